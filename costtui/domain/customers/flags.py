"""What is remarkable about a row, judged among the rows of its own currency."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from costtui.domain.customers.ledger import RowOptions
from costtui.domain.customers.records import IDLE, NOBODY, UNALLOCATED, UNTAGGED, Customer, CustomerRow, Flag, Retagged
from costtui.domain.customers.revenue import is_free
from costtui.domain.customers.signals import Spike, free_hog_bar, spike_in
from costtui.domain.customers.tags import excluded

_OF_NOBODY: dict[str, list[Flag]] = {UNTAGGED: ["untagged"], IDLE: ["idle"], UNALLOCATED: ["unallocated"]}
HOG_FAIR_SHARES = 10
"""A free plan that takes ten times an even share of the bill is out of proportion whatever its neighbours cost."""


class FreePlans:
    """Who is ranked, and what a customer on a free plan may cost."""

    def __init__(self, rows: Sequence[CustomerRow], customers: Mapping[str, Customer], options: RowOptions) -> None:
        self.ranked = {row.id for row in rows if row.id not in NOBODY and not excluded(row.id, options.exclude)}
        self.ids = {id for id in self.ranked if id in customers and is_free(customers[id], options.free_plans)}
        self.costs = [row.total for row in rows if row.id in self.ids]
        self.bar = free_hog_bar(self.costs, options.floor)

    def is_hog(self, row: CustomerRow) -> bool:
        return row.id in self.ids and (row.total >= self.bar or _many_shares(row, len(self.ranked)))


def flagged(
    rows: Sequence[CustomerRow],
    customers: Mapping[str, Customer],
    complete: Sequence[tuple[int, date]],
    free: FreePlans,
    moves: Sequence[Retagged],
    options: RowOptions,
) -> list[CustomerRow]:
    """The rows with their flags. `complete` are the days that may be judged: (number in the window, day), none of them estimated.

    Customers that are shown apart have no flag. Without any customer list nobody can be missing from it. A customer that cost
    `moves` to did not spend more, so that is no spike.
    """
    targets, moved = {move.target for move in moves}, {owner for move in moves for owner in (move.source, move.target)}

    def flags(row: CustomerRow) -> list[Flag]:
        if row.id not in free.ranked:
            return _OF_NOBODY.get(row.id, [])
        customer = customers.get(row.id)
        found: list[Flag] = []
        if _below_target(row, options.margin_target_pct):
            found.append("negative-margin")
        if free.is_hog(row):
            found.append("free-hog")
        if row.id not in targets and spike_of(row, complete, options.floor):
            found.append("spike")
        if customers and not customer:
            found.append("no-crm")
        return found

    return [msgspec.structs.replace(row, flags=flags(row), moved=row.id in moved) for row in rows]


def spike_of(row: CustomerRow, complete: Sequence[tuple[int, date]], floor: Decimal) -> Spike | None:
    """The newest spike of the row's complete days: (number in the window, day)."""
    daily = row.parts.days.units
    return spike_in([(day, daily[number]) for number, day in complete], row.parts.days.scale, floor)


def _below_target(row: CustomerRow, target_pct: Decimal) -> bool:
    """A loss, or less than the target; without revenue there is no percentage, and any cost is a loss."""
    if row.margin is None:
        return False
    return row.margin < 0 or (row.margin_pct is not None and row.margin_pct < target_pct)


def _many_shares(row: CustomerRow, customers: int) -> bool:
    return row.share_pct is not None and row.share_pct * customers >= HOG_FAIR_SHARES * 100
