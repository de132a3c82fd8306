"""Recurring revenue of a window: a calendar month's MRR, day by day."""

from calendar import monthrange
from collections.abc import Collection
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

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
    clip = _clip(window, customer)
    if customer.currency == currency:
        return _earned(mrr, clip)
    months = Fraction(0)
    for part in _months(clip):
        dated = [rates.rate(customer.currency, currency, day) for day in part.days]
        known = [Fraction(rate) for rate in dated if rate is not None]
        if len(known) < len(dated):
            return None
        months += sum(known, Fraction(0)) / _length(part)
    return _product(mrr, months)


@lru_cache(maxsize=4096)
def _earned(mrr: Decimal, clip: Window) -> Decimal:
    """Many customers share a plan's price and all of the window."""
    return _product(mrr, sum((Fraction(len(part), _length(part)) for part in _months(clip)), Fraction(0)))


def _product(mrr: Decimal, months: Fraction) -> Decimal:
    earned = Fraction(mrr) * months
    return quantized(EXACT.divide(Decimal(earned.numerator), Decimal(earned.denominator)))


def _length(part: Window) -> int:
    """Days of the calendar month that `part` lies in."""
    return monthrange(part.start.year, part.start.month)[1]


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
