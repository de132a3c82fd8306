"""What one source said of one scope, and what that makes of the source as a whole."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from costtui.domain.datasets import DATASETS, Scope
from costtui.domain.loaded import SourceState, State
from costtui.domain.problems import Problem
from costtui.sources.port import Source


@dataclass
class Answer:
    """The records of one source and scope, newly brought or as they were stored."""

    source: Source
    scope: Scope | None
    read: Callable[[], Sequence[Any]] = lambda: ()
    """The records; read from the store only when somebody needs them."""
    as_of: datetime | None = None
    whole: bool = True
    """False when a part of what was asked for is missing."""
    detail: str = ""
    """What was read, in words."""
    error: Problem | None = None
    """Why nothing newer could be brought."""
    problems: list[Problem] = field(default_factory=list)
    asked: bool = False
    """Somebody has just asked for this, on a key, and this scope had something to say."""


def state_of(source: Source, answers: Sequence[Answer], *, offline: bool) -> SourceState:
    """One source over all its scopes."""
    found = _state(source, answers, offline=offline)
    return msgspec.structs.replace(found, local=source.local, makes_rows=DATASETS[source.dataset].makes_rows)


def _state(source: Source, answers: Sequence[Answer], *, offline: bool) -> SourceState:
    asked = [answer for answer in answers if (answer.scope is not None or answer.error is not None) and not _unasked(answer)]
    if not asked:
        return SourceState(source.name, "not-configured", detail=source.unconfigured)
    ages = [answer.as_of for answer in asked if answer.as_of is not None]
    as_of = min(ages, default=None)
    errors = [answer.error for answer in asked if answer.error is not None]
    if not ages:
        return SourceState(source.name, "failed", detail=_sentence(errors) or "nothing is stored yet")
    whole = len(ages) == len(asked) and all(answer.whole for answer in asked)
    if not whole:
        return SourceState(source.name, "partial", as_of, _sentence(errors) or _partly(asked))
    state: State = "stale" if errors or (offline and not source.local) else "fresh"
    return SourceState(source.name, state, as_of, _sentence(errors) or _places(asked))


def _unasked(answer: Answer) -> bool:
    """A place that nobody asked on a key lacks nothing."""
    return DATASETS[answer.source.dataset].asked and answer.as_of is None and answer.error is None


def _sentence(errors: Sequence[Problem]) -> str:
    if not errors:
        return ""
    first = errors[0]
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    where = f"{first.where}: " if first.where else ""
    return f"{where}{first.what}: {first.action}{more}"


def _partly(answers: Sequence[Answer]) -> str:
    problems = [problem for answer in answers for problem in answer.problems]
    return _sentence(problems) or "a part is not stored yet"


def _places(answers: Sequence[Answer]) -> str:
    if details := dict.fromkeys(answer.detail for answer in answers if answer.detail):
        return ", ".join(details)
    profiles = sorted({answer.scope.profile for answer in answers if answer.scope and answer.scope.profile})
    regions = sorted({answer.scope.region for answer in answers if answer.scope and answer.scope.region})
    return ", ".join(part for part in (", ".join(profiles), ", ".join(regions)) if part)
