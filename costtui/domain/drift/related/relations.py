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

    def now(self, *types: str) -> Sequence[dict[str, Any]]:
        return [values for type_ in types for values in self._now.get(type_, ())]

    def was(self, *types: str) -> Sequence[dict[str, Any]]:
        return [values for type_ in types for values in self._was.get(type_, ())]


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
