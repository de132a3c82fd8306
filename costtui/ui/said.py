"""Words that the first frame says too, before Textual is imported."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from costtui.domain.loaded import PaidCalls
from costtui.domain.period import Window
from costtui.panes.overview import Situation
from costtui.service.ports import Backend
from costtui.ui.text import count

FEW, MANY = 2, 5
"""Rows of each pane in the overview of a small terminal, and of a large one."""
LARGE_FROM = 34
"""Lines of a large terminal."""


def period_words(period: str, window: Window, now: datetime) -> str:
    """ "30 days to 19 Nov", "month to 20 Nov", "Oct 2026". The year stands where it is not this one."""
    today, last = now.astimezone(UTC).date(), window.end - timedelta(1)
    if period == "mtd":
        return f"month to {_day(last, today)}"
    if period.endswith("d"):
        return f"{count(len(window), 'day')} to {_day(last, today)}"
    if len(window) > 31:
        return f"{window.start:%b %Y} to {last:%b %Y}"
    return window.start.strftime("%b %Y")


def _day(day: date, today: date) -> str:
    return f"{day.day} {day:%b}" if day.year == today.year else f"{day.day} {day:%b %Y}"


def dollars(usd: Decimal) -> str:
    """Cents; never $0.00 for something that is paid."""
    return "<$0.01" if 0 < usd < Decimal("0.005") else f"${usd:,.2f}"


def about(usd: Decimal) -> str:
    """ "about $0.03", "free"."""
    told = dollars(usd)
    return "free" if not usd else told if told.startswith("<") else f"about {told}"


def paid_words(paid: PaidCalls, budget: Decimal | None) -> str:
    """ "paid today $0.03 of $0.50". Never $0.00 for something that was paid."""
    return f"paid today {dollars(paid.usd)}" + (f" of ${budget:,.2f}" if budget is not None else ", no budget")


def situation_of(backend: Backend, period: str, paid: PaidCalls) -> Situation:
    """What the overview says beside the panes."""
    words = "offline: nothing is asked" if backend.offline else paid_words(paid, backend.budget)
    return Situation(backend.now(), period, f"{count(paid.count, 'call')}, {words}")


def rows_of_overview(height: int) -> int:
    """How many rows of each pane a terminal of that height has room for."""
    return MANY if height >= LARGE_FROM else FEW
