"""Which questions of a pane build on each other, and which can be asked side by side."""

from collections.abc import Callable, Sequence

from costtui.domain.datasets import Scope
from costtui.domain.problems import Problem, SourceError
from costtui.sources.port import Source

Chain = list[tuple[Source, Scope]]
"""One scope's questions, each after those that it builds on."""


def chains(sources: Sequence[Source], nowhere: Callable[[Source, Problem | None], None]) -> list[Chain]:
    """`nowhere` hears of each source that can be asked nowhere: with the reason, or with None where nobody configured it."""
    found: dict[tuple[str, Scope], Chain] = {}
    for source in sources:
        try:
            scopes = source.scopes()
        except SourceError as error:
            nowhere(source, error.problem)
            continue
        if not scopes:
            nowhere(source, None)
        for scope in scopes:
            head = (source.after[0] if source.after else source.dataset, scope)
            found.setdefault(head, []).append((source, scope))
    return list(found.values())
