"""The user's own list of drifts to leave out, each with a reason and, if wanted, an end.

A pattern is `type.name:property`: `*` stands for anything, modules and keys in front and behind may be left out, and without a property the
whole resource is meant. Nothing is left out in silence: what was ignored is counted, and a pattern that expired or matches nothing warns.
"""

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from costtui.domain.drift import pointer
from costtui.domain.drift.records import DriftFinding, Ignore
from costtui.domain.drift.vocabulary import snake
from costtui.domain.problems import Problem


class IgnoreList:
    """Matches findings and remembers which patterns were of use."""

    def __init__(self, ignores: Sequence[Ignore], today: date) -> None:
        self._expired = [ignore for ignore in ignores if ignore.expired(today)]
        self._active = [ignore for ignore in ignores if not ignore.expired(today)]
        self._used: set[str] = set()

    def find(self, finding: DriftFinding, path: str | None) -> Ignore | None:
        """The pattern that leaves out the property at `path`, or the resource as a whole when that is None."""
        for ignore in self._active:
            if _matches(ignore.match, finding, path):
                self._used.add(ignore.match)
                return ignore
        return None

    def warnings(self) -> list[Problem]:
        """One for each pattern that has expired, and for each that matched nothing."""
        found = []
        for ignore in self._expired:
            what = f'the ignore "{ignore.match}" expired on {ignore.expires}, its drifts are shown again'
            found.append(_warning(what, "renew or remove it under [[drift.ignore]]"))
        for ignore in self._active:
            if ignore.match not in self._used:
                found.append(_warning(f'the ignore "{ignore.match}" matches nothing', "correct or remove it under [[drift.ignore]]"))
        return found


def _warning(what: str, action: str) -> Problem:
    return Problem(kind="warning", source="drift", what=what, action=action)


def _matches(pattern: str, finding: DriftFinding, path: str | None) -> bool:
    address, property_ = _parted(pattern)
    if not _matches_address(address, finding):
        return False
    if property_ in (None, "*"):
        return True
    if path is None:
        return False
    dotted = ".".join(pointer.segments(path))
    names = {
        dotted,
        ".".join(snake(part) for part in pointer.segments(path)),
        ".".join(p for p in pointer.segments(path) if not p.isdigit()),
    }
    return any(_glob(property_ or "").fullmatch(prefix) for name in names for prefix in _prefixes(name))


def _parted(pattern: str) -> tuple[str, str | None]:
    """The last single colon parts address and property; `AWS::EC2::Instance` has double ones."""
    match = re.fullmatch(r"(.*[^:]):([^:]+)", pattern)
    return (match[1], match[2].replace("/", ".").strip(".")) if match else (pattern, None)


def _matches_address(pattern: str, finding: DriftFinding) -> bool:
    regex = _glob(pattern)
    bare = re.sub(r"\[[^\]]*\]", "", finding.address)
    tail = bare[max(bare.rfind(f"{finding.type}."), 0) :]
    return any(regex.fullmatch(name) for name in (finding.address, bare, tail, f"{finding.type}.{finding.address}"))


def _prefixes(dotted: str) -> list[str]:
    parts = dotted.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts) + 1)]


@lru_cache(maxsize=1024)
def _glob(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in pattern.split("*")))
