"""Resources that changed in the same way, as one line: one cause, or one mistake made many times."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec

from costtui.domain.drift.records import DriftRow
from costtui.domain.money import known_total
from costtui.panes.drift.actors import NOT_LOOKED_UP
from costtui.panes.drift.changes import same_change

T = TypeVar("T")
SEVERAL = "several"
SHORTEST = 4
"""A common beginning of fewer letters names nothing."""


def kin(row: DriftRow) -> str:
    """The same for rows that are one line together: of one type, severity and change. "" for explained ones, which are there to be read."""
    if row.tier == "noise":
        return ""
    words = "|".join((row.severity, row.tier, row.status, same_change(row)))
    return hashlib.blake2b(words.encode(errors="replace"), digest_size=6).hexdigest()


def together(rows: Sequence[DriftRow]) -> DriftRow:
    """A row that stands for all of `rows`: what they share, and their money added up."""
    first = rows[0]
    beginning = _beginning([row.address for row in rows])
    name = f"{beginning}…" if len(beginning) >= SHORTEST else first.type
    return msgspec.structs.replace(
        first,
        address=f"{len(rows)} × {name}",
        scope=_shared(row.scope for row in rows) or SEVERAL,
        region=_shared(row.region for row in rows) or SEVERAL,
        team=_shared(row.team for row in rows) or (SEVERAL if any(row.team for row in rows) else None),
        monthly_delta=known_total(row.monthly_delta for row in rows),
        **_who(rows),
    )


def _who(rows: Sequence[DriftRow]) -> dict[str, object]:
    """Whoever changed all of them; the day only where it was one. As long as some were not looked up, nobody is named."""
    days = {row.changed_at.date() if row.changed_at else None for row in rows}
    when: dict[str, object] = {"changed_at": rows[0].changed_at if len(days) == 1 else None}
    if _shared((row.changed_by, row.changed_via, row.changed_note) for row in rows) is not None:
        return when
    if any(row.changed_note == NOT_LOOKED_UP for row in rows):
        return when | {"changed_by": None, "changed_note": NOT_LOOKED_UP}
    return when | {"changed_by": SEVERAL, "changed_via": None}


def _beginning(names: Sequence[str]) -> str:
    """The letters that all begin with: as many as the first and the last of them in order share."""
    low, high = min(names), max(names)
    same = next((at for at, (one, other) in enumerate(zip(low, high, strict=False)) if one != other), len(low))
    return low[:same]


def _shared(values: Iterable[T]) -> T | None:
    found = set(values)
    return found.pop() if len(found) == 1 else None
