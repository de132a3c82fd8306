"""The days that the demo company's data covers, and the two moments at which one looks at it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Literal

Scenario = Literal["before", "after"]

DEMO_NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
AFTER = timedelta(days=7)
DELETED_ON = date(2026, 11, 23)
"""When the function that the later scenario no longer has was deleted."""

FIRST_DAY = date(2026, 9, 1)
DAYS = 95
"""September to early December: 60 days before the earlier moment with room for comparisons, and the week after."""

REFERENCE_START = (date(2026, 10, 21) - FIRST_DAY).days
REFERENCE_END = (date(2026, 11, 20) - FIRST_DAY).days
"""The 30 whole days before `DEMO_NOW`, as day numbers: the story's monthly quantities are exact over these."""

ALL_DAYS: Sequence[date] = [FIRST_DAY + timedelta(number) for number in range(DAYS)]
WEEKDAYS: Sequence[int] = [day.weekday() for day in ALL_DAYS]


def clock(scenario: Scenario) -> datetime:
    """The moment at which the demo's clock stands still."""
    return DEMO_NOW if scenario == "before" else DEMO_NOW + AFTER


def day_number(day: date) -> int:
    return (day - FIRST_DAY).days
