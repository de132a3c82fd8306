"""Customers that belong to others: a parent with everybody below it, summed. Rows stay leaves, so that totals hold."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec

from costtui.domain.customers.records import CustomerRow
from costtui.domain.money import known_total, total


class RolledUp(msgspec.Struct, frozen=True):
    """A row with those below it. `cost` is what the screen shows of all of them; `revenue` is what is known of it."""

    row: CustomerRow
    members: "tuple[RolledUp, ...]"
    cost: Decimal
    revenue: Decimal | None


def rolled_up(row: CustomerRow, rows: Sequence[CustomerRow]) -> RolledUp:
    """`row` with its members, the dearest first, among `rows` of its currency; a circle of parents ends where it closes."""
    below: dict[str, list[CustomerRow]] = defaultdict(list)
    for one in rows:
        if one.parent is not None and one.currency == row.currency:
            below[one.parent].append(one)
    return _family(row, below, frozenset())


def _family(row: CustomerRow, below: Mapping[str, Sequence[CustomerRow]], above: frozenset[str]) -> RolledUp:
    seen = above | {row.id}
    members = [_family(member, below, seen) for member in below.get(row.id, ()) if member.id not in seen]
    members.sort(key=lambda member: (-member.cost, member.row.id))
    return RolledUp(
        row,
        tuple(members),
        total([row.shown.total, *(member.cost for member in members)]),
        known_total([row.revenue, *(member.revenue for member in members)]),
    )
