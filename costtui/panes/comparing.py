"""Two windows of one pane: what each row's money changed by; and some rows of one pane side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import msgspec

from costtui.domain.loaded import PaneData
from costtui.domain.money import EXACT, plain_or_none, rounded
from costtui.panes.spec import Column, Detail, Json, Line, PaneSpec, Section
from costtui.panes.words import NOT_APPLICABLE, money, signed

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

    def explain(row: Any, column: str, data: PaneData[Any, Any]) -> Detail:
        if column not in ("change", "change_pct"):
            return spec.explain(row, column, data)
        return _explained(spec.money(row), found.get(spec.row_id(row)), getattr(row, "currency", getattr(data.totals, "currency", "")))

    return replace(spec, columns=(*spec.columns, *more), explain=explain)


def _explained(now: Decimal | None, change: Change | None, currency: str) -> Detail:
    """Both sides of a difference, and what it is a share of."""
    before = None if change is None or change.amount is None or now is None else EXACT.subtract(now, change.amount)
    difference = None if change is None else change.amount
    lines = [
        Line(("this period", money(now), currency)),
        Line(("the one before, of as many days", money(before), currency)),
        Line(("difference", signed(difference), currency)),
    ]
    if change is not None and change.pct is not None:
        lines.append(Line(("difference ÷ the amount before", f"{signed(change.pct, 1)}%")))
    note = (
        "the earlier period is not stored: it cannot be compared"
        if change is None
        else "a row that was not there before changed by all it costs"
    )
    return Detail("The change", sections=(Section("How it came about", tuple(lines), widths=(40, 14, 4), right=frozenset({1}), note=note),))


MOST_BESIDE = 4
"""Rows that stand beside each other in 80 columns."""
DIFFERS, SAME = "≠", " "


def side_by_side(spec: PaneSpec[Any, Any], rows: Sequence[Any]) -> Detail:
    """Two to four rows, columns as lines: ≠ before the lines in which they differ, and of two rows what the second has more."""
    names = [_name(spec).text(row) for row in rows]
    lines = [_beside(column.title, [column.text(row) for row in rows], _difference(column, rows)) for column in spec.columns]
    keys = sorted({key for row in rows for key in spec.tags(row)})
    lines += [_beside(f"tag {key}", [spec.tags(row).get(key, NOT_APPLICABLE) for row in rows], "") for key in keys]
    two = len(rows) == 2
    section = Section(
        f"{len(rows)} {spec.noun} side by side",
        tuple(lines),
        head=("", "", *names, *(["second − first"] if two else [])),
        widths=(1, 14, *[0] * len(rows), *([14] if two else [])),
        right=frozenset({2 + len(rows)}) if two else frozenset(),
        note=f"{sum(line.cells[0] == DIFFERS for line in lines)} of {len(lines)} lines differ: {DIFFERS} stands before them",
    )
    return Detail(" | ".join(names), sections=(section,))


def _name(spec: PaneSpec[Any, Any]) -> Column[Any]:
    return next((column for column in spec.columns if column.grows), spec.columns[0])


def _beside(title: str, texts: Sequence[str], difference: str) -> Line:
    differs = len(set(texts)) > 1
    return Line((DIFFERS if differs else SAME, title, *texts, *([difference] if difference else [])), "warn" if differs else "dim")


def _difference(column: Column[Any], rows: Sequence[Any]) -> str:
    """Of two rows, where both have a number."""
    values = [column.value(row) for row in rows]
    if len(values) != 2 or column.align != "right":
        return ""
    first, second = (Decimal(value) if isinstance(value, int | Decimal) else None for value in values)
    if first is None or second is None or first == second:
        return ""
    whole = all(isinstance(value, int) for value in values)
    return signed(EXACT.subtract(second, first), 0 if whole else 2)
