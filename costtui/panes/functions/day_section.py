"""The days of a function: its last 60 where they were asked for, otherwise those of the window."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from itertools import zip_longest
from math import isnan, nan

import msgspec

from costtui.domain.functions.records import FunctionRow
from costtui.domain.money import plain
from costtui.panes.day_plot import DayPlot
from costtui.panes.functions.bills import bill_of
from costtui.panes.functions.explain_bill import rate_words
from costtui.panes.functions.facts import METRICS, SHOWN, Functions, price_words, source_facts
from costtui.panes.spec import Detail, Line, Section
from costtui.panes.words import NOT_APPLICABLE, money, number

HISTORY = "Days, newest first"
NOTE = "each day at today's memory size and the first tier, without what is configured for the whole window"
MORE = "these are the days of the window: its last 60 can be asked for (a)"


class Day(msgspec.Struct, frozen=True):
    """One day's sums; None is a day without data."""

    day: date
    calls: int | None
    duration_ms: Decimal | None
    cost: Decimal | None
    gb_seconds: Decimal | None


def day_sections(row: FunctionRow, data: Functions) -> Iterator[Section]:
    """The plot first: how the cost went is in sight before the figures."""
    days = [_priced(row, day, calls, ms, data) for day, calls, ms in (_history(row) or _window(row, data))]
    known = [day for day in days if day.calls is not None]
    if sum(day.cost is not None for day in days) > 1:
        yield Section("", (), plots=(_plot(row, days),))
    lines = tuple(Line(_cells(day), "dim" if day.calls is None else "", why=partial(explain_day, row, day, data)) for day in reversed(days))
    yield Section(
        HISTORY,
        lines,
        head=("Day, UTC", "Calls", "Mean ms", "GB-s", "Cost $"),
        widths=(12, 14, 10, 14, 12),
        right=frozenset({1, 2, 3, 4}),
        note=(NOTE if row.history else f"{NOTE}; {MORE}") if known else "no day has data",
    )


def _plot(row: FunctionRow, days: Sequence[Day]) -> DayPlot:
    shown = [day for day in days if day.cost is not None]
    today = frozenset({row.history.asked}) if row.history else frozenset()
    return DayPlot(f"Cost by day, $, {len(days)} days", [day.day for day in shown], [float(day.cost or 0) for day in shown], open=today)


def _history(row: FunctionRow) -> list[tuple[date, int | None, Decimal | None]]:
    """Every day that was asked for; one without a record is one that CloudWatch has no point of."""
    if row.history is None:
        return []
    found = {day.day: day for day in row.history.days}
    days = (row.history.since + timedelta(n) for n in range((row.history.asked - row.history.since).days + 1))
    return [(day, found[day].invocations, found[day].duration_ms) if day in found else (day, None, None) for day in days]


def _window(row: FunctionRow, data: Functions) -> Iterator[tuple[date, int | None, Decimal | None]]:
    for n, (called, lasted) in enumerate(zip_longest(row.daily_calls.values, row.daily_duration_ms.values, fillvalue=nan)):
        day = data.window.start + timedelta(n)
        yield (day, None, None) if isnan(called) or isnan(lasted) else (day, int(called), Decimal(repr(lasted)))


def _priced(row: FunctionRow, day: date, calls: int | None, ms: Decimal | None, data: Functions) -> Day:
    priced = bill_of(row, calls, ms, data.totals.discount_pct)
    return Day(day, calls, ms, priced.total, priced.gb_seconds) if priced else Day(day, None, None, None, None)


def _cells(day: Day) -> tuple[str, ...]:
    if day.calls is None or day.duration_ms is None:
        return str(day.day), "no data", "", "", ""
    mean = number(day.duration_ms / day.calls, 2) if day.calls else NOT_APPLICABLE
    return str(day.day), f"{day.calls:,}", mean, number(day.gb_seconds, 1), money(day.cost, 4)


def explain_day(row: FunctionRow, day: Day, data: Functions) -> Detail:
    title = f"{row.name} on {day.day}"
    source = ("Source", f"{METRICS}: Invocations and Duration, one sum a day, UTC")
    if day.calls is None or day.duration_ms is None:
        return Detail(title, (("Formula", "CloudWatch has no point of that day: no data, which is not zero"), source))
    ms, size = plain(day.duration_ms), plain(day.gb_seconds) if day.gb_seconds is not None else "?"
    cost = "unpriced" if day.cost is None else f"{plain(day.cost)} USD"
    facts = (
        ("GB-seconds", f"{row.memory_mb:,} MB ÷ 1,024 × {ms} ms ÷ 1,000 = {size}"),
        ("Formula", f"{day.calls:,} requests and {size} GB-seconds = {cost}"),
        ("Rates", rate_words(row)),
        ("Rate from", price_words(row)),
        ("Basis", f"estimated: {NOTE}"),
        ("Rounding", f"{SHOWN} to 4 decimals"),
        source,
    )
    return Detail(title, (*facts, *source_facts(data, "aws.cloudwatch")))
