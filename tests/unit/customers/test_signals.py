"""Signals to the last digit, and the figures they carry."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costtui.domain.customers import signals
from costtui.domain.customers.records import Forecast

START = date(2026, 9, 1)


def amounts(*values: float | str) -> list[Decimal]:
    return [Decimal(str(value)) for value in values]


@pytest.mark.parametrize(
    ("history", "value", "expected"),
    [
        ([100, 102, 98, 101, 99, 100, 103, 97], 130, "13.489795"),
        ([10, 10, 10, 10, 10, 10, 10, 12], 20, "31.915382"),
        ([10] * 8, 20, None),
    ],
)
def test_robust_z(history: list[int], value: int, expected: str | None) -> None:
    assert signals.robust_z(amounts(*history), Decimal(value)) == (None if expected is None else Decimal(expected))


def weekly(history: list[str], value: str) -> list[tuple[date, Decimal]]:
    """One value a week on the same weekday, and a quiet day between."""
    days = [(START + timedelta(7 * number), Decimal(amount)) for number, amount in enumerate([*history, value])]
    return sorted([*days, *((day + timedelta(3), Decimal(1)) for day, _ in days[:-1])])


HISTORY = ["100", "102", "98", "101", "99", "100", "103", "97"]


def test_a_spike_carries_its_figures() -> None:
    found = signals.spike(weekly(HISTORY, "130"), Decimal(1))
    assert found == signals.Spike(START + timedelta(56), Decimal(130), Decimal(100), Decimal(30), Decimal("13.489795"))


def test_a_spike_needs_history_height_and_money() -> None:
    assert signals.spike(weekly(HISTORY[:3], "130"), Decimal(1)) is None
    assert signals.spike(weekly(HISTORY[:4], "130"), Decimal(1)) is not None
    assert signals.spike(weekly(HISTORY, "119.99"), Decimal(1)) is None
    assert signals.spike(weekly(HISTORY, "120"), Decimal(1)) is not None
    assert signals.spike(weekly(HISTORY, "130"), Decimal("30.01")) is None
    assert signals.spike(weekly(HISTORY, "70"), Decimal(1)) is None
    assert signals.spike([], Decimal(1)) is None


def test_only_the_last_eight_of_the_weekday_count() -> None:
    assert signals.spike(weekly(["900"] * 9 + HISTORY, "130"), Decimal(1)) is not None


def test_theil_sen() -> None:
    values = amounts("1", "1.02", "1.01", "1.05", "1.06", "1.08", "1.5")
    assert signals.theil_sen(list(enumerate(values))) == Decimal("0.02")
    assert signals.theil_sen(list(enumerate(values[:6]))) is None


@given(st.lists(st.integers(-100, 100), min_size=7, max_size=20), st.integers(2, 4))
def test_theil_sen_is_the_median_of_all_slopes(values: list[int], step: int) -> None:
    points = [(number * step + number % 2, Decimal(value)) for number, value in enumerate(values)]
    slopes = [(later - value) / (then - day) for number, (day, value) in enumerate(points) for then, later in points[number + 1 :]]
    found = signals.theil_sen(points)
    assert found is not None and abs(found - signals.median(slopes)) < Decimal("1e-20")


def test_a_trend_is_the_change_over_the_days_in_percent_of_the_median() -> None:
    days = tuple(range(9))
    assert signals.trend_pct(days, [100 + 5 * day for day in days]) == Decimal("33.333333")
    assert signals.trend_pct(days, [10**12 * (100 + 5 * day) for day in days]) == Decimal("33.333333")
    assert signals.trend_pct(days, [0] * 9) is None
    assert signals.trend_pct(days[:6], [1, 2, 3, 4, 5, 6]) is None


@pytest.mark.parametrize(
    ("values", "expected"), [([1, 2, 3, 4], "0.25"), ([0, 0, 0, 100], "0.75"), ([5, 5, 5], "0"), ([-50, 0, 100], "0.666667")]
)
def test_gini(values: list[int], expected: str) -> None:
    assert signals.gini(amounts(*values)) == Decimal(expected)


def test_without_cost_there_is_no_concentration() -> None:
    assert signals.gini(amounts(0, 0)) is None and signals.gini([]) is None
    assert signals.top_share(amounts(0), 5) is None and signals.top_share(amounts(-1), 5) is None


def test_the_share_of_the_largest() -> None:
    assert signals.top_share(amounts(50, 30, 15, 5), 2) == 80
    assert signals.top_share(amounts(1, 1), 5) == 100


def test_the_bar_of_a_free_hog() -> None:
    assert signals.free_hog_bar(amounts(2, 2, 9), Decimal(1)) == 10
    assert signals.free_hog_bar(amounts(0, 0, 9), Decimal(1)) == 1
    assert signals.free_hog_bar([], Decimal(1)) == 1


def test_the_forecast_of_a_month_is_a_range() -> None:
    complete = amounts(10, 10, 12, 14, 16, 20, 20)
    found = signals.forecast(Decimal(105), complete, 10)
    assert found == Forecast(Decimal(215), Decimal(245), Decimal(285), Decimal(105), 7, 10)
    assert signals.forecast(Decimal(105), complete[:6], 10) is None
    assert signals.forecast(Decimal(105), complete, 0) == Forecast(Decimal(105), Decimal(105), Decimal(105), Decimal(105), 7, 0)
