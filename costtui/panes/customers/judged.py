"""Why a customer stands out: every flag and event with the figures that led to it."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

from costtui.domain.customers.flags import spike_of
from costtui.domain.customers.ledger import RowOptions
from costtui.domain.customers.records import NOBODY, CustomerRow, CustomerTotals, Flag, Retagged
from costtui.domain.customers.signals import Spike
from costtui.domain.loaded import PaneData
from costtui.panes.customers.cents import cents
from costtui.panes.words import number, percent, signed

Customers = PaneData[CustomerRow, CustomerTotals]

RETAGGED = "retagged"
_OF_NOBODY: dict[str, str] = {
    "untagged": "no customer key places it, and no rule of customers.shared takes it",
    "idle": "commitments that were paid and not used: nobody shares them",
    "unallocated": "rules took it and found nobody to share it with",
    "no-crm": "the bill or the usage knows this customer and the customer list does not: no plan, no revenue, no margin",
}


def judged(row: CustomerRow, data: Customers) -> Iterator[tuple[str, str]]:
    """Flag or event, and its figures."""
    for flag in row.flags:
        yield flag, _WORDS[flag](row, data) if flag in _WORDS else _OF_NOBODY[flag]
    for move in moves_of(row, data):
        yield RETAGGED, move_words(move, row, data)


def moves_of(row: CustomerRow, data: Customers) -> list[Retagged]:
    return [move for move in data.totals.retagged if row.id in (move.source, move.target) and row.currency == data.totals.currency]


def move_words(move: Retagged, row: CustomerRow, data: Customers) -> str:
    came = move.target == row.id
    other = move.source if came else move.target
    name = next((f"‹{one.name}›" if one.id in NOBODY else one.name for one in data.rows if one.id == other), f"the pool {other}")
    amount = cents(move.amount, row.currency)
    return f"{move.day:%d %b}: {amount} a day {'came from' if came else 'went to'} {name}: the key changed, not the cost"


def spike_day(row: CustomerRow, data: Customers) -> Spike | None:
    """The spike behind the flag."""
    if "spike" not in row.flags:
        return None
    complete = [((day - data.window.start).days, day) for day in data.totals.complete_days]
    return spike_of(row, complete, RowOptions().floor)


def _spike(row: CustomerRow, data: Customers) -> str:
    found = spike_day(row, data)
    if found is None:
        return "a day far above its own weekday"
    amount, usual, more = (cents(value, row.currency) for value in (found.amount, found.median, found.delta))
    weekdays = f"{found.day:%A}s before it"
    return f"{found.day:%d %b}: {amount}, {more} above {usual}, the median of the {weekdays}; robust z {number(found.z)}, 3.5 is a spike"


def _below(row: CustomerRow, _: Customers) -> str:
    earned, cost = cents(row.revenue, row.currency), cents(row.shown.total, row.currency)
    margin = "" if row.margin is None else f" = {signed(row.margin)}"
    pct = "" if row.margin_pct is None else f", {percent(row.margin_pct)} of revenue"
    return f"revenue {earned} − cost {cost}{margin} {row.currency}{pct}"


def _hog(row: CustomerRow, data: Customers) -> str:
    bar = data.totals.free_hog_bar
    cost = cents(row.shown.total, row.currency)
    if bar is not None and row.total >= bar:
        return f"on a free plan and costs {cost}: {cents(bar, row.currency)} or more is five times the median of the free plans"
    return f"on a free plan and costs {cost}: {percent(row.share_pct)} of the bill is ten even shares or more"


_WORDS: dict[Flag, Callable[[CustomerRow, Customers], str]] = {"spike": _spike, "negative-margin": _below, "free-hog": _hog}


def estimated_words(row: CustomerRow, data: Customers) -> str:
    """The newest estimated days with their amounts, and where they count."""
    daily = row.daily
    by_day: dict[date, Decimal] = {day: daily[(day - data.window.start).days] for day in data.totals.estimated_days}
    told = [f"{day:%d %b} ~{cents(amount, row.currency)}" for day, amount in by_day.items() if amount]
    more = f" ({len(told)} days)" if len(told) > 2 else ""
    return f"{', '.join(told[-2:])}: in the total, out of trends, spikes and alerts{more}"
