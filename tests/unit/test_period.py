"""Windows of whole UTC days."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costtui.domain.period import PERIODS, PeriodError, Window, months, previous, resolve
from tests.conftest import NOW

MOMENTS = st.datetimes(min_value=datetime(2015, 1, 1), max_value=datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
NAMES = st.sampled_from([*PERIODS, "1d", "455d"])


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("7d", "2026-11-13", "2026-11-20"),
        ("30d", "2026-10-21", "2026-11-20"),
        ("mtd", "2026-11-01", "2026-11-21"),
        ("last-month", "2026-10-01", "2026-11-01"),
        ("2026-02", "2026-02-01", "2026-03-01"),
        ("2024-02", "2024-02-01", "2024-03-01"),
        ("2025-12", "2025-12-01", "2026-01-01"),
        ("2026-11", "2026-11-01", "2026-12-01"),
        ("2025-12..2026-02", "2025-12-01", "2026-03-01"),
    ],
)
def test_windows(period: str, start: str, end: str) -> None:
    assert resolve(period, NOW) == Window(date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("7d", "2026-11-06", "2026-11-13"),
        ("30d", "2026-09-21", "2026-10-21"),
        ("mtd", "2026-10-01", "2026-10-21"),
        ("last-month", "2026-09-01", "2026-10-01"),
        ("2026-03", "2026-02-01", "2026-03-01"),
        ("2026-01", "2025-12-01", "2026-01-01"),
    ],
)
def test_what_it_is_compared_with(period: str, start: str, end: str) -> None:
    assert previous(resolve(period, NOW), period) == Window(date.fromisoformat(start), date.fromisoformat(end))


def test_month_to_date_of_a_longer_month_ends_with_the_shorter_one() -> None:
    window = resolve("mtd", datetime(2026, 3, 31, tzinfo=UTC))
    assert previous(window, "mtd") == Window(date(2026, 2, 1), date(2026, 3, 1))


@pytest.mark.parametrize("name", ["2026-10", "2025-12..2026-02"])
def test_whole_months_have_a_name(name: str) -> None:
    assert months(resolve(name, NOW)) == name


def test_the_day_is_that_of_utc() -> None:
    evening_in_new_york = datetime(2026, 11, 19, 22, tzinfo=timezone(timedelta(hours=-5)))
    assert resolve("7d", evening_in_new_york).end == date(2026, 11, 20)


@pytest.mark.parametrize(
    "period",
    [
        "2026-12",
        "2027-01",
        "2026-13",
        "2026-00",
        "0d",
        "1000d",
        "30",
        "",
        "yesterday",
        "30D",
        " 30d",
        "2026-1",
        "2026-10..2026-09",
        "2026-10..",
        "2026-10..2026-13",
    ],
)
def test_what_is_no_period_is_refused_in_one_sentence(period: str) -> None:
    with pytest.raises(PeriodError, match=r"^period .*: .+") as caught:
        resolve(period, NOW)
    assert "\n" not in str(caught.value)


@given(MOMENTS, NAMES)
def test_windows_are_half_open_and_whole(now: datetime, period: str) -> None:
    window = resolve(period, now)
    assert window.days[0] == window.start
    assert window.days[-1] == window.end - timedelta(1)
    assert len(window.days) == len(window) > 0
    assert (window.end <= now.date()) or (period == "mtd" and window.end == now.date() + timedelta(1))


@given(MOMENTS, NAMES)
def test_the_window_before_ends_where_this_one_begins(now: datetime, period: str) -> None:
    window = resolve(period, now)
    before = previous(window, period)
    assert before.end <= window.start
    if period.endswith("d") and period != "mtd":
        assert (len(before), before.end) == (len(window), window.start)
    if period == "last-month":
        assert before.end == window.start
