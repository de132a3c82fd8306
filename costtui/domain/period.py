"""Windows of whole UTC days: half-open, [start, end)."""

import re
from datetime import UTC, date, datetime, timedelta

import msgspec

PERIODS = ("7d", "30d", "mtd", "last-month")
"""The named periods of `--period` and the `p` key; a month as YYYY-MM is the fifth form."""


class Window(msgspec.Struct, frozen=True, order=True):
    """Days from `start` up to, and without, `end`."""

    start: date
    end: date

    @property
    def days(self) -> list[date]:
        return [self.start + timedelta(n) for n in range(len(self))]

    def __len__(self) -> int:
        return (self.end - self.start).days

    def __str__(self) -> str:
        return f"{self.start}..{self.end}"


class PeriodError(ValueError):
    """A period that cannot be read; its text is one sentence for the user."""


def month_start(day: date) -> date:
    return day.replace(day=1)


def next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(32)).replace(day=1)


def resolve(period: str, now: datetime) -> Window:
    """The window that `period` names at `now`.

    `Nd` is the last N whole UTC days, so today is left out; `mtd` runs from the first of the month through today, which is
    open and therefore partial; a month is the whole calendar month, and two, as 2026-09..2026-10, are all from one to the other;
    two days, as 2026-10-21..2026-11-19, are those and all between them.
    """
    today = now.astimezone(UTC).date()
    if match := re.fullmatch(r"([1-9]\d{0,2})d", period):
        return Window(today - timedelta(int(match[1])), today)
    if period == "mtd":
        return Window(month_start(today), today + timedelta(1))
    if period == "last-month":
        return Window(month_start(month_start(today) - timedelta(1)), month_start(today))
    if match := re.fullmatch(r"(\d{4}-\d{2})(?:\.\.(\d{4}-\d{2}))?", period):
        first = _month(match[1])
        last = _month(match[2]) if match[2] else first
        if first > today:
            raise PeriodError(f"period {period} lies in the future: today is {today} UTC")
        if last < first:
            raise PeriodError(f"period {period} ends before it starts: write the earlier month first")
        return Window(first, next_month(last))
    if match := re.fullmatch(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})", period):
        return Window(_day(match[1]), _day(match[2]) + timedelta(1))
    raise PeriodError(f"period {period!r} is not known: use 7d, 30d, mtd, last-month or a month as YYYY-MM")


def _month(text: str) -> date:
    try:
        return date(int(text[:4]), int(text[5:]), 1)
    except ValueError:
        raise PeriodError(f"period {text!r} is not a month: write YYYY-MM, as in 2026-10") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise PeriodError(f"period {text!r} is not a day: write YYYY-MM-DD, as in 2026-10-21") from None


def name_of(window: Window) -> str:
    """A period that names the window on any day: "2026-10-21..2026-11-19"."""
    return f"{window.start}..{window.end - timedelta(1)}"


def months(window: Window) -> str:
    """The period that names a window of whole calendar months: "2026-10", "2026-09..2026-10"."""
    first, last = window.start, month_start(window.end - timedelta(1))
    return f"{first:%Y-%m}" if first == last else f"{first:%Y-%m}..{last:%Y-%m}"


def previous(window: Window, period: str) -> Window:
    """What `--compare previous` compares with: the same number of days before; for `mtd` the same days of last month;
    for a calendar month the month before."""
    if period == "mtd":
        start = month_start(window.start - timedelta(1))
        return Window(start, min(start + timedelta(len(window)), window.start))
    if period == "last-month" or re.fullmatch(r"\d{4}-\d{2}", period):
        return Window(month_start(window.start - timedelta(1)), window.start)
    return Window(window.start - timedelta(len(window)), window.start)
