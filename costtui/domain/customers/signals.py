"""What deserves a look: spikes, trends, concentration, forecast. Every result carries the figures that led to it.

All money is exact: medians of Decimals, slopes compared as integers. The trend in percent, which every row has and nothing is
summed from, is reckoned in doubles: a tenth of the time at 10,000 rows. Estimated days are left out by the callers.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import combinations
from math import lcm
from operator import itemgetter, mul, sub

import msgspec

from costtui.domain.customers.records import Concentration, Forecast
from costtui.domain.customers.units import from_units, scale_of, to_units
from costtui.domain.money import EXACT, total
from costtui.domain.period import Window, month_start, next_month

NORMAL_MAD = Decimal("0.6744897502")
"""Median absolute deviation of the standard normal distribution (Iglewicz and Hoaglin 1993)."""
NORMAL_MEAN_AD = Decimal("1.2533141373")
"""Standard deviation over mean absolute deviation of the normal distribution, the square root of pi/2."""
SPIKE_Z = Decimal("3.5")
HISTORY, LEAST_HISTORY = 8, 4
"""A day is compared with the last eight of its weekday, and not at all when fewer than four are known."""
LEAST_TREND_DAYS = 7
_PLACES = Decimal("1e-6")
_Take = Callable[[Sequence[float]], tuple[float, ...]]


class Spike(msgspec.Struct, frozen=True):
    """A day far above its own weekday: `z` is robust, `delta` is money above `median`."""

    day: date
    amount: Decimal
    median: Decimal
    delta: Decimal
    z: Decimal


def median(values: Sequence[Decimal]) -> Decimal:
    """The middle value, or the mean of the two in the middle; ValueError when there is none."""
    if not values:
        raise ValueError("no values: a median needs at least one")
    ordered, half = sorted(values), len(values) // 2
    if len(values) % 2:
        return ordered[half]
    return EXACT.divide(EXACT.add(ordered[half - 1], ordered[half]), Decimal(2))


def robust_z(history: Sequence[Decimal], value: Decimal) -> Decimal | None:
    """How many robust standard deviations `value` is off; None when the history never varied.

    By MAD; where more than half of the history is equal, by mean absolute deviation (Iglewicz and Hoaglin 1993). Six decimals.
    """
    middle = median(history)
    deviations = [abs(EXACT.subtract(past, middle)) for past in history]
    off = EXACT.subtract(value, middle)
    if spread := median(deviations):
        score = EXACT.divide(EXACT.multiply(NORMAL_MAD, off), spread)
    elif mean := EXACT.divide(total(deviations), Decimal(len(deviations))):
        score = EXACT.divide(off, EXACT.multiply(NORMAL_MEAN_AD, mean))
    else:
        return None
    return score.quantize(_PLACES, context=EXACT)


def spike(days: Sequence[tuple[date, Decimal]], floor: Decimal) -> Spike | None:
    """The newest spike of the last seven of `days` (complete days, oldest first), each against its own weekday before it.

    A spike has z of 3.5 or more, and lies `floor` and 20 percent above the median.
    """
    scale = scale_of(amount for _, amount in days)
    return spike_in([(day, to_units(amount, scale)) for day, amount in days], scale, floor)


def spike_in(days: Sequence[tuple[date, int]], scale: int, floor: Decimal) -> Spike | None:
    """`spike` of amounts in units of 10^-scale: most days are ruled out by whole numbers."""
    least = floor.scaleb(scale, EXACT)
    for position, earlier in weekdays_before(tuple([day for day, _ in days])):
        units = days[position][1]
        past = [days[number][1] for number in earlier]
        above = 2 * units - twice_median(past)
        if above < 2 * least or 5 * above < twice_median(past):
            continue
        amount, history = from_units(units, scale), [from_units(one, scale) for one in past]
        score = robust_z(history, amount)
        if score is not None and score >= SPIKE_Z:
            middle = median(history)
            return Spike(days[position][0], amount, middle, EXACT.subtract(amount, middle), score)
    return None


def twice_median(units: Sequence[int]) -> int:
    """In whole units the median itself may be half a one."""
    ordered, half = sorted(units), len(units) // 2
    return 2 * ordered[half] if len(units) % 2 else ordered[half - 1] + ordered[half]


@lru_cache(maxsize=8)
def weekdays_before(days: tuple[date, ...]) -> list[tuple[int, list[int]]]:
    """For each of the last seven days, newest first, that has history enough: its position and those of its weekday before it."""
    found = []
    for position in range(len(days) - 1, max(-1, len(days) - 8), -1):
        same = [number for number in range(position) if days[number].weekday() == days[position].weekday()][-HISTORY:]
        if len(same) >= LEAST_HISTORY:
            found.append((position, same))
    return found


def theil_sen(points: Sequence[tuple[int, Decimal]]) -> Decimal | None:
    """The median slope over all pairs of points (day number, value; by day): value per day; None with fewer than seven points.

    Slopes are compared as integers over one common denominator, so the median is exact (Theil 1950, Sen 1968).
    """
    if len(points) < LEAST_TREND_DAYS:
        return None
    scale = scale_of(value for _, value in points)
    twice, common = _median_slope(tuple(day for day, _ in points), [to_units(value, scale) for _, value in points])
    return EXACT.divide(Decimal(twice), Decimal(2 * common)).scaleb(-scale, EXACT)


def trend_pct(days: tuple[int, ...], units: Sequence[int]) -> Decimal | None:
    """The Theil-Sen change from the first to the last day in percent of the median day; six decimals. Amounts in any whole unit.

    None with fewer than seven days, or where the median is not above zero.
    """
    if len(days) < LEAST_TREND_DAYS:
        return None
    twice_middle = twice_median(units)
    if twice_middle <= 0:
        return None
    values = [float(amount) for amount in units]
    earlier, later, rates = _pair_rates(days)
    slopes = sorted(map(mul, map(sub, later(values), earlier(values)), rates))
    half = len(slopes) // 2
    slope = slopes[half] if len(slopes) % 2 else (slopes[half - 1] + slopes[half]) / 2
    return Decimal(slope * (days[-1] - days[0]) * 200 / twice_middle).quantize(_PLACES, context=EXACT)


def _median_slope(days: tuple[int, ...], values: Sequence[int]) -> tuple[int, int]:
    """Twice the median slope as a numerator, and the denominator of the slope."""
    common, pairs = _pairs(days)
    slopes = sorted([(values[later] - values[earlier]) * factor for earlier, later, factor in pairs])
    half = len(slopes) // 2
    return (2 * slopes[half] if len(slopes) % 2 else slopes[half - 1] + slopes[half]), common


@lru_cache(maxsize=8)
def _pair_rates(days: tuple[int, ...]) -> tuple[_Take, _Take, list[float]]:
    """All pairs of days: what takes the values of the earlier ones, of the later ones, and what makes their difference a slope."""
    pairs = list(combinations(range(len(days)), 2))
    return itemgetter(*(i for i, _ in pairs)), itemgetter(*(j for _, j in pairs)), [1 / (days[j] - days[i]) for i, j in pairs]


@lru_cache(maxsize=8)
def _pairs(days: tuple[int, ...]) -> tuple[int, list[tuple[int, int, int]]]:
    """All pairs of positions with what a difference of theirs is multiplied by, and the denominator that this is over."""
    common = lcm(*range(1, days[-1] - days[0] + 1))
    return common, [(i, j, common // (days[j] - days[i])) for i in range(len(days)) for j in range(i + 1, len(days))]


def gini(values: Sequence[Decimal]) -> Decimal | None:
    """Concentration, 0 (all equal) towards 1 (one has all); a negative value counts as 0. None when the sum is 0."""
    ordered = sorted(max(Decimal(0), value) for value in values)
    whole = total(ordered)
    if not whole:
        return None
    count = Decimal(len(ordered))
    ranked = total(Decimal(rank) * value for rank, value in enumerate(ordered, start=1))
    return EXACT.subtract(EXACT.divide(2 * ranked, EXACT.multiply(count, whole)), EXACT.divide(count + 1, count)).quantize(
        _PLACES, context=EXACT
    )


def concentration(values: Sequence[Decimal], top: int) -> Concentration | None:
    """Of what customers cost; None without any cost."""
    share, spread = top_share(values, top), gini(values)
    if share is None or spread is None:
        return None
    return Concentration(len(values), min(top, len(values)), share, spread)


def top_share(values: Sequence[Decimal], count: int) -> Decimal | None:
    """The part of the whole, in percent, that the `count` largest have; None when the whole is not above zero."""
    whole = total(values)
    if whole <= 0:
        return None
    largest = total(sorted(values, reverse=True)[:count])
    return EXACT.divide(EXACT.multiply(largest, Decimal(100)), whole).quantize(_PLACES, context=EXACT)


def free_hog_bar(free_costs: Sequence[Decimal], floor: Decimal) -> Decimal:
    """What a customer on a free plan must cost to be out of proportion: five times the median of its kind, at least `floor`."""
    return max(floor, 5 * median(free_costs)) if free_costs else floor


def month_end(window: Window, daily: Sequence[Decimal], complete: Collection[date], estimated: Collection[date]) -> Forecast | None:
    """The forecast of the month that the window ends in; `daily` has an amount for each day of the window.

    None where the window lacks the month's first day, where the month is over, or with fewer than seven complete days of it.
    """
    last = window.end - timedelta(1)
    first, following = month_start(last), next_month(last)
    month = [(day, amount) for day, amount in zip(window.days, daily, strict=True) if day >= first]
    billed = [day for day, _ in month if day in complete or day in estimated]
    if window.start > first or not billed or (window.end == following and not any(day in estimated for day in billed)):
        return None
    remaining = (following - billed[-1]).days - 1
    if not remaining:
        return None
    return forecast(total(amount for _, amount in month), [amount for day, amount in month if day in complete], remaining)


def forecast(so_far: Decimal, complete: Sequence[Decimal], remaining_days: int) -> Forecast | None:
    """The month's end from its complete days; None with fewer than seven (own arithmetic, no paid forecast).

    `so_far` is everything already billed in the month, estimated days included; `remaining_days` those without any bill.
    """
    if len(complete) < LEAST_TREND_DAYS:
        return None
    ordered, days = sorted(complete), Decimal(remaining_days)
    half = (len(ordered) + 1) // 2
    low, middle, high = median(ordered[:half]), median(ordered), median(ordered[-half:])
    low, middle, high = (EXACT.add(so_far, EXACT.multiply(days, daily)) for daily in (low, middle, high))
    return Forecast(low, middle, high, so_far, len(complete), remaining_days)
