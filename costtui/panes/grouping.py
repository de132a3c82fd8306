"""Rows added up by what they share: account, region, team, a tag. A group's money is the exact sum of its rows."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import msgspec

from costtui.domain.customers.tags import tag_value
from costtui.domain.loaded import PaneData
from costtui.domain.money import ZERO, known_total, plain_or_none
from costtui.panes.spec import Detail, Json, Line, PaneSpec, Section
from costtui.panes.words import money

NONE = "(none)"
"""The group of rows that have no such value."""

Key = Callable[[Any], str | None]


class GroupError(ValueError):
    """A grouping that the pane does not have; its text is one sentence."""


class Group(msgspec.Struct, frozen=True):
    """`amount` sums the rows whose money is known, `unknown` counts the others."""

    key: str
    rows: int
    amount: Decimal | None
    unknown: int
    currency: str


def group_key(spec: PaneSpec[Any, Any], by: str) -> Key:
    """The value that rows are grouped by. Raises GroupError."""
    if by.startswith("tag:") and len(by) > len("tag:"):
        name = by.removeprefix("tag:")
        return lambda row: tag_value(spec.tags(row), name)
    if by in spec.groups:
        return spec.groups[by]
    raise GroupError(f"{spec.id} cannot be grouped by {by!r}: use {', '.join(spec.groups)} or tag:KEY")


def grouped(spec: PaneSpec[Any, Any], rows: Sequence[Any], by: str, currency: str) -> list[Group]:
    """Dearest first; rows in another currency than the pane's are groups of their own. Raises GroupError."""
    key = group_key(spec, by)
    found: dict[tuple[str, str], list[Decimal | None]] = defaultdict(list)
    for row in rows:
        found[key(row) or NONE, getattr(row, "currency", currency)].append(spec.money(row))
    groups = [Group(name, len(amounts), known_total(amounts), amounts.count(None), unit) for (name, unit), amounts in found.items()]
    return sorted(groups, key=lambda group: (group.currency != currency, -(group.amount or ZERO), group.key))


def document_group(group: Group) -> Json:
    return {
        "key": group.key,
        "rows": group.rows,
        "amount": plain_or_none(group.amount),
        "unknown": group.unknown,
        "currency": group.currency,
    }


def group_detail(spec: PaneSpec[Any, Any], data: PaneData[Any, Any], rows: Sequence[Any], by: str) -> Detail:
    """The groups of `rows` as a detail; Enter on one shows its rows, and on a row its own detail. Raises GroupError."""
    currency = getattr(data.totals, "currency", "USD")
    spec = replace(spec, money=spec.cents or spec.money)
    key = group_key(spec, by)
    groups = grouped(spec, rows, by, currency)

    def members(group: Group) -> list[Any]:
        return [row for row in rows if (key(row) or NONE, getattr(row, "currency", currency)) == (group.key, group.currency)]

    def line(group: Group) -> Line:
        cells = (group.key, f"{group.rows:,}", money(group.amount), group.currency, _without(group))
        return Line(cells, behind=lambda: _members(spec, data, members(group), group))

    whole = known_total(group.amount for group in groups if group.currency == currency)
    lines = (*map(line, groups), Line(("Total", f"{len(rows):,}", money(whole), currency, ""), "good"))
    section = Section(
        f"{spec.title} by {by}",
        lines,
        head=(by, spec.noun, "amount", "", ""),
        widths=(28, 12, 14, 4, 0),
        right=frozenset({1, 2}),
        note=spec.basis,
    )
    return Detail(f"{spec.title} by {by}", sections=(section,))


def _members(spec: PaneSpec[Any, Any], data: PaneData[Any, Any], rows: Sequence[Any], group: Group) -> Detail:
    name = spec.columns[0] if spec.columns[0].grows else next(column for column in spec.columns if column.grows)
    lines = tuple(Line((name.text(row), money(spec.money(row))), behind=partial(spec.row_detail, row, data)) for row in rows)
    section = Section(spec.title, lines, head=(name.title, group.currency), widths=(48, 14), right=frozenset({1}))
    return Detail(group.key, (("Amount", f"{money(group.amount)} {group.currency}"),), (section,))


def _without(group: Group) -> str:
    return f"{group.unknown:,} without a known amount" if group.unknown else ""


def group_choices(spec: PaneSpec[Any, Any], data: PaneData[Any, Any], rows: Sequence[Any]) -> Detail:
    """What `rows` can be grouped by; Enter on a line shows the groups."""
    tags = sorted({f"tag:{key}" for row in rows for key in spec.tags(row)})
    lines = tuple(Line((by,), behind=partial(group_detail, spec, data, rows, by)) for by in (*spec.groups, *tags))
    section = Section(f"Group {len(rows):,} {spec.noun} by", lines, note="" if lines else "nothing to group by")
    return Detail("Groups", sections=(section,))
