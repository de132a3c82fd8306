"""Recurring revenue of a window: a calendar month's MRR, day by day."""

from calendar import monthrange
from collections.abc import Collection
from decimal import Decimal
from fractions import Fraction

from costtui.domain.customers.currency import Rates, quantized
from costtui.domain.customers.records import Customer
from costtui.domain.money import EXACT
from costtui.domain.period import Window, next_month


def is_free(customer: Customer, free_plans: Collection[str]) -> bool:
    """On a free plan, or listed with a revenue of 0; somebody without a line in the customer list is not free but unknown."""
    return customer.plan in free_plans or customer.mrr == 0


def revenue(customer: Customer, window: Window, currency: str, rates: Rates, free_plans: Collection[str] = ()) -> Decimal | None:
    """MRR prorated to the window's days by the length of each calendar month, in `currency`, half-even at twelve decimals.

    `since` is the first day with the customer and `until` the first day without (half-open, like every window). A day is worth
    MRR / days of its month at that day's rate. None when the MRR is unknown or a day has no rate: unknown is not zero.
    """
    mrr = Decimal(0) if customer.mrr is None and customer.plan in free_plans else customer.mrr
    if mrr is None:
        return None
    sum_of_days = Fraction(0)
    for part in _months(_clip(window, customer)):
        month = monthrange(part.start.year, part.start.month)[1]
        if customer.currency == currency:
            sum_of_days += Fraction(len(part), month)
            continue
        dated = [rates.rate(customer.currency, currency, day) for day in part.days]
        known = [Fraction(rate) for rate in dated if rate is not None]
        if len(known) < len(dated):
            return None
        sum_of_days += sum(known, Fraction(0)) / month
    earned = Fraction(mrr) * sum_of_days
    return quantized(EXACT.divide(Decimal(earned.numerator), Decimal(earned.denominator)))


def _clip(window: Window, customer: Customer) -> Window:
    start = max(window.start, customer.since or window.start)
    return Window(start, max(start, min(window.end, customer.until or window.end)))


def _months(window: Window) -> list[Window]:
    """The parts of the window that lie in one calendar month each."""
    parts: list[Window] = []
    start = window.start
    while start < window.end:
        end = min(next_month(start), window.end)
        parts.append(Window(start, end))
        start = end
    return parts
