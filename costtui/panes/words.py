"""How values look on the screen: one way for money, counts, ages and trends in every pane."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from math import isnan, nan

from costtui.domain.loaded import SourceState
from costtui.domain.money import EXACT, rounded

UNKNOWN = "?"
NOT_APPLICABLE = "–"
BARS = "▁▂▃▄▅▆▇█"


def money(amount: Decimal | None, places: int = 2) -> str:
    """Thousands grouped, `places` decimals; `?` for unknown, so that it is never taken for zero."""
    return UNKNOWN if amount is None else f"{rounded(amount, places):,}"


def signed(amount: Decimal | None, places: int = 2) -> str:
    """`money` with its sign: a delta always has one."""
    return UNKNOWN if amount is None else f"{rounded(amount, places):+,}".replace("-", "−")


def count(number: int | Decimal | None) -> str:
    """A quantity in at most eight characters: 950, 12,345, 3.20 M, 1.95 G."""
    if number is None:
        return UNKNOWN
    size = abs(Decimal(number))
    for bound, unit in ((Decimal(10) ** 9, " G"), (Decimal(10) ** 6, " M")):
        if size >= bound:
            return f"{rounded(EXACT.divide(Decimal(number), bound), 2):,}{unit}"
    return f"{rounded(Decimal(number), 0 if isinstance(number, int) or size >= 100 else 2):,}"


def number(value: Decimal | int | None, places: int = 1) -> str:
    return UNKNOWN if value is None else f"{rounded(Decimal(value), places):,}"


def percent(value: Decimal | None, places: int = 1) -> str:
    return NOT_APPLICABLE if value is None else f"{rounded(value, places):,}%"


def age(at: datetime | None, now: datetime) -> str:
    """How long ago, in one unit: 45 s, 2 m, 6 h, 8 d."""
    if at is None:
        return UNKNOWN
    seconds = max(0, int((now - at).total_seconds()))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def stamp(at: datetime | None) -> str:
    return UNKNOWN if at is None else at.strftime("%Y-%m-%d %H:%M UTC")


def spark(values: Sequence[float], width: int = 8) -> str:
    """The last days as bars from zero, each the mean of its share of the days; a blank where there is no data."""
    means = _means(values, width)
    most = max((mean for mean in means if not isnan(mean)), default=0.0)
    return _bars(means, 0.0, most)


LEAST_SPAN = 0.2
"""Bars that differ by less than this part of the highest do not use all eight heights."""
WEEK = 7


def shape(values: Sequence[float], width: int = 8) -> str:
    """Like `spark`, from the lowest bar to the highest: how a series moved, not how large it is. One that hardly moves looks like it.

    Where there are two weeks or more, each bar is the mean of the seven days up to it, so that weekends do not look like a trend.
    """
    means = _weekly_means(values, width) if len(values) >= 2 * WEEK else _means(values, width)
    known = [mean for mean in means if not isnan(mean)]
    most, least = max(known, default=0.0), min(known, default=0.0)
    return _bars(means, min(least, most * (1 - LEAST_SPAN)), most)


def _weekly_means(values: Sequence[float], width: int) -> list[float]:
    ends = (WEEK + round((len(values) - WEEK) * bar / (width - 1)) for bar in range(width))
    return [_mean(values[end - WEEK : end]) for end in ends]


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if not isnan(value)]
    return sum(known) / len(known) if known else nan


def _means(values: Sequence[float], width: int) -> list[float]:
    cells = min(width, len(values))
    return [_mean(values[cell * len(values) // cells : (cell + 1) * len(values) // cells]) for cell in range(cells)]


def _bars(means: Sequence[float], low: float, high: float) -> str:
    span = high - low
    return "".join(" " if isnan(mean) else BARS[0 if span <= 0 else min(7, max(0, int((mean - low) / span * 7.999)))] for mean in means)


def of_sources(sources: Sequence[SourceState], now: datetime) -> str:
    """Ages of the sources that are configured, those of one age together, what is not fresh first:
    "compute-optimizer failed · lambda, cloudwatch 2 m"."""
    found: dict[tuple[bool, str], list[str]] = {}
    for source in sources:
        if source.state == "not-configured":
            continue
        state = "" if source.state == "fresh" else f" {source.state}"
        words = f"{age(source.as_of, now)}{state}" if source.as_of else source.state
        found.setdefault((source.state == "fresh", words), []).append(source.name.removeprefix("aws."))
    return " · ".join(f"{', '.join(names)} {words}" for (_, words), names in sorted(found.items(), key=lambda item: item[0][0]))
