"""Trends as bars: what they show, and what they leave out."""

from math import nan

from hypothesis import given
from hypothesis import strategies as st

from costtui.panes.words import BARS, shape, spark

WEEK = [100.0, 100, 100, 100, 100, 40, 40]


def test_weekends_are_no_trend() -> None:
    assert len(set(shape(WEEK * 4))) == 1


def test_growth_is_one_whatever_the_size() -> None:
    grown = shape([day * (1 + week) for week in range(4) for day in WEEK])
    assert list(grown) == sorted(grown, key=BARS.index)
    assert (grown[0], grown[-1]) == (BARS[0], BARS[-1])
    assert shape([1000 + 10.0 * day for day in range(28)])[0] != BARS[0], "28 % in all, less than a fifth in means of a week"


def test_what_hardly_moves_looks_like_it() -> None:
    bars = shape([100.0] * 14 + [101.0] * 14)
    assert set(bars) <= {BARS[-1], BARS[-2]}


def test_a_step_is_seen_where_it_was() -> None:
    bars = shape([10.0] * 21 + [60.0] * 9)
    assert bars[0] == BARS[0]
    assert bars[-1] == BARS[-1]
    assert bars.count(BARS[0]) >= 5


@given(st.lists(st.floats(0, 1e12) | st.just(nan), max_size=80))
def test_a_day_without_data_is_never_drawn_as_zero(values: list[float]) -> None:
    for bars in (spark(values), shape(values)):
        assert len(bars) <= 8
        assert set(bars) <= {*BARS, " "}
    if values and all(value != value for value in values):
        assert set(shape(values)) == {" "}
