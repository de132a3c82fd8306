"""N8 and N9: differences that only repeat another managed resource, or that were handed over on purpose.

They need the other resources of the plan or stack with their values, so the source asks here, before it redacts.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from costtui.domain.drift.vocabulary import canonical_type, folded


class Managed(msgspec.Struct, frozen=True):
    """A resource that the code manages, with its values: never to leave the source."""

    address: str
    type: str
    values: dict[str, Any]


class Relations:
    """The managed resources of one plan or stack, by type and in snake_case.

    `now` is what is there; `was` is what drifted resources were before, for elements that left together with them.
    """

    def __init__(self, now: Iterable[Managed], was: Iterable[Managed] = ()) -> None:
        self._now = _by_type(now)
        self._was = _by_type(was)
        self._named: dict[tuple[str, str, bool], dict[str, list[dict[str, Any]]]] = {}

    def now(self, *types: str) -> Sequence[dict[str, Any]]:
        return [values for type_ in types for values in self._now.get(type_, ())]

    def was(self, *types: str) -> Sequence[dict[str, Any]]:
        return [values for type_ in types for values in self._was.get(type_, ())]

    def naming(self, type_: str, name: str, value: Any, *, left: bool = False) -> Sequence[dict[str, Any]]:
        """Those of `now` (or, where they `left`, of `was`) that have the text `value` under `name`; of many as fast as of few."""
        if not isinstance(value, str):
            return ()
        found = self._named.get((type_, name, left))
        if found is None:
            found = self._named[type_, name, left] = {}
            for values in self.was(type_) if left else self.now(type_):
                if isinstance(values.get(name), str):
                    found.setdefault(values[name], []).append(values)
        return found.get(value, ())


def _by_type(resources: Iterable[Managed]) -> dict[str, list[dict[str, Any]]]:
    result: dict[str, list[dict[str, Any]]] = {}
    for resource in resources:
        result.setdefault(canonical_type(resource.type), []).append(folded(resource.values))
    return result


class Drifted(msgspec.Struct, frozen=True):
    """The resource whose differences are looked at: both sides in full, under its id."""

    type: str
    id: str
    before: dict[str, Any]
    after: dict[str, Any]
