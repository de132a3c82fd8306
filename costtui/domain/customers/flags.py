"""What is remarkable about a row, judged among the rows of its own currency."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from costtui.domain.customers.ledger import RowOptions
from costtui.domain.customers.records import IDLE, NOBODY, UNALLOCATED, UNTAGGED, Customer, CustomerRow, Flag
from costtui.domain.customers.revenue import is_free
from costtui.domain.customers.signals import free_hog_bar, spike
from costtui.domain.customers.tags import excluded

_OF_NOBODY: dict[str, list[Flag]] = {UNTAGGED: ["untagged"], IDLE: ["idle"], UNALLOCATED: ["unallocated"]}
HOG_FAIR_SHARES = 10
"""A free plan that takes ten times an even share of the bill is out of proportion whatever its neighbours cost."""


def flagged(
    rows: Sequence[CustomerRow], customers: Mapping[str, Customer], complete: Sequence[tuple[int, date]], options: RowOptions
) -> list[CustomerRow]:
    """The rows with their flags. `complete` are the days that may be judged: (number in the window, day), none of them estimated.

    Customers that are shown apart have no flag. Without any customer list nobody can be missing from it.
    """
    ranked = {row.id: row for row in rows if row.id not in NOBODY and not excluded(row.id, options.exclude)}
    free = [row.total for id, row in ranked.items() if id in customers and is_free(customers[id], options.free_plans)]
    bar = free_hog_bar(free, options.floor)

    def flags(row: CustomerRow) -> list[Flag]:
        if row.id not in ranked:
            return _OF_NOBODY.get(row.id, [])
        customer = customers.get(row.id)
        found: list[Flag] = []
        if _below_target(row, options.margin_target_pct):
            found.append("negative-margin")
        if customer and is_free(customer, options.free_plans) and (row.total >= bar or _many_shares(row, len(ranked))):
            found.append("free-hog")
        daily = row.daily
        if spike([(day, daily[number]) for number, day in complete], options.floor):
            found.append("spike")
        if customers and not customer:
            found.append("no-crm")
        return found

    return [msgspec.structs.replace(row, flags=flags(row)) for row in rows]


def _below_target(row: CustomerRow, target_pct: Decimal) -> bool:
    """A loss, or less than the target; without revenue there is no percentage, and any cost is a loss."""
    if row.margin is None:
        return False
    return row.margin < 0 or (row.margin_pct is not None and row.margin_pct < target_pct)


def _many_shares(row: CustomerRow, customers: int) -> bool:
    return row.share_pct is not None and row.share_pct * customers >= HOG_FAIR_SHARES * 100
