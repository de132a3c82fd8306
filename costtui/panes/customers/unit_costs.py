"""Cost per one of what customers use, day by day, and where it is going."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from costtui.domain.customers.currency import quantized
from costtui.domain.customers.records import CustomerRow, CustomerTotals
from costtui.domain.customers.signals import LEAST_TREND_DAYS, theil_sen
from costtui.domain.loaded import PaneData
from costtui.domain.money import EXACT
from costtui.panes.words import number, signed

THOUSAND = Decimal(1_000)
PLACES = 6

Customers = PaneData[CustomerRow, CustomerTotals]


def daily_unit_costs(row: CustomerRow, data: Customers) -> list[tuple[int, Decimal]]:
    """Cost of one, by day number of the window: complete days with any usage of the metric."""
    used = row.parts.used.get(data.totals.unit_metric or "")
    if used is None:
        return []
    complete = set(data.totals.complete_days)
    by_day = zip(data.window.days, row.daily, used.amounts, strict=True)
    return [
        (number, quantized(EXACT.divide(cost, amount))) for number, (day, cost, amount) in enumerate(by_day) if amount and day in complete
    ]


def unit_cost_words(row: CustomerRow, data: Customers) -> str:
    if row.unit_cost is None:
        return "no usage of the metric is known, so there is none"
    metric = data.totals.unit_metric
    return f"{number(THOUSAND * row.unit_cost, PLACES)} {row.currency} per 1,000 {metric}{_going(daily_unit_costs(row, data))}"


def _going(days: Sequence[tuple[int, Decimal]]) -> str:
    slope = theil_sen(days)
    if slope is None:
        return f"; no trend with fewer than {LEAST_TREND_DAYS} complete days"
    return f"; {signed(THOUSAND * slope, PLACES)} a day (Theil-Sen, {len(days)} complete days)"


def spread_words(row: CustomerRow, data: Customers) -> str:
    """The cheapest and the dearest day."""
    days = daily_unit_costs(row, data)
    if not days:
        return ""
    (low_at, low), (high_at, high) = min(days, key=lambda one: one[1]), max(days, key=lambda one: one[1])
    start = data.window.start
    first = f"{number(THOUSAND * low, PLACES)} on {start + timedelta(low_at):%d %b}"
    return f"from {first} to {number(THOUSAND * high, PLACES)} on {start + timedelta(high_at):%d %b}"
