"""What changed between two snapshots, pane by pane, the most money first."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

import msgspec

from costtui.domain.money import EXACT, plain_or_none, rounded
from costtui.panes.spec import Json, PaneSpec

Kind = Literal["new", "gone", "changed"]
KINDS: tuple[Kind, ...] = ("new", "gone", "changed")
PERCENT_PLACES = 10
MEASURES = frozenset(
    {
        *("invocations", "errors", "throttles", "duration_avg_ms", "duration_p95_ms", "billed_gb_seconds", "cold_start_share"),
        *("max_memory_used_mb", "usage", "unit_cost", "trend_pct", "share_pct", "direct", "shared", "margin", "margin_pct"),
    }
)
"""What differs from day to day by itself: it is in documents, and not among what people are shown to have changed."""
BESIDE = frozenset(("record", "change", "last_checked"))
"""Parts of a row that are not what the row says, or only when it was said."""


FINGERPRINTS = "secrets"
"""Keyed hashes by path: they tell that a secret changed again, where one key made both."""


class Field(msgspec.Struct, frozen=True):
    """One field that differs; a side is None where it has no value."""

    name: str
    old: Any
    new: Any


class RowDiff(msgspec.Struct, frozen=True):
    """One row that came, went or changed. `amount` is new minus old, None where a side is unknown."""

    kind: Kind
    id: str
    label: str
    old: Decimal | None
    new: Decimal | None
    amount: Decimal | None
    fields: list[Field] = []


class PaneDiff(msgspec.Struct, frozen=True):
    """One pane. `old` and `new` are its totals; `pct` of the old one, None where that is unknown or nothing."""

    pane: str
    old: Decimal | None
    new: Decimal | None
    amount: Decimal | None
    pct: Decimal | None
    currency: str
    rows: list[RowDiff]
    note: str = ""

    def crosses(self, bar: Decimal) -> bool:
        """Whether its total changed by more than `bar` percent, up or down; from nothing to something is more than any."""
        if self.amount is None or not self.amount:
            return False
        return self.pct is None or abs(self.pct) > bar


def diff(old: Json, new: Json, specs: Sequence[PaneSpec[Any, Any]]) -> list[PaneDiff]:
    """Of two snapshot documents, the panes that both hold."""
    return [_pane(spec, old[spec.id], new[spec.id]) for spec in specs if spec.id in old and spec.id in new]


def _pane(spec: PaneSpec[Any, Any], old: Json, new: Json) -> PaneDiff:
    before, after = _totals(spec, old), _totals(spec, new)
    currencies = {body["totals"].get("currency", "USD") for body in (old, new)}
    amount = _minus(after, before) if len(currencies) == 1 else None
    pct = (
        rounded(EXACT.divide(EXACT.multiply(amount, Decimal(100)), abs(before)), PERCENT_PLACES) if amount is not None and before else None
    )
    note = "" if len(currencies) == 1 else f"amounts are in {' and '.join(sorted(currencies))}: not compared"
    rows = sorted(_rows(spec, old, new), key=_most_money_first)
    return PaneDiff(spec.id, before, after, amount, pct, str(new["totals"].get("currency", "USD")), rows, note)


def _most_money_first(row: RowDiff) -> tuple[bool, Decimal, str, str]:
    return row.amount is None, -abs(row.amount or Decimal(0)), row.kind, row.id


def _rows(spec: PaneSpec[Any, Any], old: Json, new: Json) -> Iterator[RowDiff]:
    before = {str(_at(row, spec.id_key)): row for row in old.get("rows", ()) if not _explained(row)}
    after = {str(_at(row, spec.id_key)): row for row in new.get("rows", ()) if not _explained(row)}
    for row_id in sorted(before.keys() | after.keys()):
        was, now = before.get(row_id), after.get(row_id)
        money = [None if row is None else _decimal(_at(row, spec.money_key)) for row in (was, now)]
        if was is None or now is None:
            kind: Kind = "new" if was is None else "gone"
            amount = _minus(_or_zero(now, money[1]), _or_zero(was, money[0]))
            yield RowDiff(kind, row_id, _label(now or was or {}, row_id), money[0], money[1], amount)
        elif fields := list(_fields(was, now)):
            yield RowDiff("changed", row_id, _label(now, row_id), money[0], money[1], _minus(money[1], money[0]), fields)


def _fields(old: Json, new: Json, prefix: str = "") -> Iterator[Field]:
    for name in dict.fromkeys([*old, *new]):
        was, now = old.get(name), new.get(name)
        if was == now or name in BESIDE or (name == FINGERPRINTS and _by_two_keys(was, now)):
            continue
        if isinstance(was, Mapping) and isinstance(now, Mapping):
            yield from _fields(dict(was), dict(now), f"{prefix}{name}.")
        else:
            yield Field(prefix + name, was, now)


def _by_two_keys(old: Any, new: Any) -> bool:
    """Whether these are fingerprints of two stores, which say nothing of each other: the part before the colon stands for the key."""
    keys = {str(print_).partition(":")[0] for side in (old, new) if isinstance(side, Mapping) for print_ in side.values()}
    return len(keys) > 1


def _explained(row: Json) -> bool:
    """Noise is drift that is none: it neither comes nor goes."""
    return row.get("tier") == "noise"


def _label(row: Json, row_id: str) -> str:
    return str(row.get("name") or row.get("address") or row_id)


def _totals(spec: PaneSpec[Any, Any], body: Json) -> Decimal | None:
    return _decimal(_at(body["totals"], spec.total_key))


def _at(table: Json, path: str) -> Any:
    found: Any = table
    for key in path.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _minus(new: Decimal | None, old: Decimal | None) -> Decimal | None:
    return None if new is None or old is None else EXACT.subtract(new, old)


def _or_zero(row: Json | None, money: Decimal | None) -> Decimal | None:
    """A row that is not there costs nothing; one that is there and has no price is unknown."""
    return Decimal(0) if row is None else money


def document(found: Sequence[PaneDiff]) -> Json:
    """All panes, as data."""
    return {one.pane: _pane_document(one) for one in found}


def _pane_document(one: PaneDiff) -> Json:
    totals = {
        "old": plain_or_none(one.old),
        "new": plain_or_none(one.new),
        "amount": plain_or_none(one.amount),
        "pct": plain_or_none(one.pct),
        "currency": one.currency,
        "note": one.note or None,
    }
    return {"total": totals} | {kind: [_row_document(row) for row in one.rows if row.kind == kind] for kind in KINDS}


def _row_document(row: RowDiff) -> Json:
    return {
        "id": row.id,
        "label": row.label,
        "old": plain_or_none(row.old),
        "new": plain_or_none(row.new),
        "amount": plain_or_none(row.amount),
        "fields": [{"field": field.name, "old": field.old, "new": field.new} for field in row.fields],
    }
