"""Days as columns: what is tallest, what is open, what is marked, and how much fits."""

from datetime import date, timedelta

from costtui.panes.day_plot import HEIGHT, DayPlot
from costtui.panes.plots import drawn

DAYS = [date(2026, 10, 1) + timedelta(number) for number in range(12)]


def test_the_dearest_day_fills_the_height_and_an_open_one_is_dotted() -> None:
    amounts = [6.0, 3.0, 0.0, -4.0, *[1.0] * 8]
    lines = DayPlot("USD a day", DAYS, amounts, open=frozenset({DAYS[1]}), marked=frozenset({DAYS[0]})).lines(24)
    assert lines == [
        "USD a day",
        "6.00 ┤█",
        "     │█",
        "4.00 ┤█",
        "     │█▒",
        "2.00 ┤█▒",
        "     │█▒  ████████",
        "   0 └────────────",
        "      01 Oct",
        "      ▲",
    ]


def test_without_marks_there_is_no_line_for_them_and_nothing_is_no_error() -> None:
    assert len(DayPlot("x", DAYS, [0.0] * 12).lines(80)) == HEIGHT + 3
    assert DayPlot("x", [], []).lines(80)[0] == "x"


def test_where_not_all_days_fit_the_newest_are_shown() -> None:
    days = [date(2026, 1, 1) + timedelta(number) for number in range(365)]
    lines = DayPlot("x", days, [1.0] * 364 + [2.0]).lines(60)
    assert all(len(line) <= 60 for line in lines)
    assert lines[1].endswith("█") and lines[-1].endswith("31 Dec")


def test_it_is_drawn_where_other_plots_are() -> None:
    assert drawn((DayPlot("x", DAYS, [1.0] * 12),), 60)[0] == "x"
