"""Two windows of one pane: what each row's money changed by."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from costtui.domain.money import EXACT, plain_or_none, rounded
from costtui.panes.spec import Column, Json, PaneSpec
from costtui.panes.words import NOT_APPLICABLE, signed

PERCENT_PLACES = 10


class Change(msgspec.Struct, frozen=True):
    """`amount` is now minus before; `pct` of before. None where a side is not known, and `pct` where before is zero or absent."""

    amount: Decimal | None
    pct: Decimal | None


def changes(spec: PaneSpec[Any, Any], rows: Sequence[Any], before: Sequence[Any]) -> dict[str, Change]:
    """By row id. A row that was not there before changed by all it costs."""
    then = {spec.row_id(row): spec.money(row) for row in before}
    return {spec.row_id(row): _change(spec.money(row), then.get(spec.row_id(row), Decimal(0))) for row in rows}


def _change(now: Decimal | None, before: Decimal | None) -> Change:
    if now is None or before is None:
        return Change(None, None)
    amount = EXACT.subtract(now, before)
    if not before:
        return Change(amount, None)
    return Change(amount, rounded(EXACT.divide(EXACT.multiply(amount, Decimal(100)), abs(before)), PERCENT_PLACES))


def document_change(change: Change) -> Json:
    return {"amount": plain_or_none(change.amount), "pct": plain_or_none(change.pct)}


def with_change_columns(spec: PaneSpec[Any, Any], found: Mapping[str, Change]) -> PaneSpec[Any, Any]:
    """The pane with two more columns, Δ in money and in percent."""

    def amount(row: Any) -> Decimal | None:
        change = found.get(spec.row_id(row))
        return change.amount if change else None

    def pct(row: Any) -> Decimal | None:
        change = found.get(spec.row_id(row))
        return change.pct if change else None

    def pct_text(row: Any) -> str:
        value = pct(row)
        return NOT_APPLICABLE if value is None else f"{signed(value, 1)}%"

    more = (
        Column("change", "Δ $", 10, lambda row: signed(amount(row)), amount, align="right"),
        Column("change_pct", "Δ %", 8, pct_text, pct, align="right"),
    )
    return spec.with_columns((*spec.columns, *more))
