"""Rows added up by what they share: account, region, team, a tag. A group's money is the exact sum of its rows."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from costtui.domain.customers.tags import tag_value
from costtui.domain.money import ZERO, known_total, plain_or_none
from costtui.panes.spec import Json, PaneSpec

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
