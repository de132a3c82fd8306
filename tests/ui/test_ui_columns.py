from itertools import pairwise

from costtui.ui.columns import fitting, last_start, lay_out, scrolled
from tests.ui.fakes import JOBS

COLUMNS = JOBS.columns


def test_a_narrow_terminal_shows_fewer_columns() -> None:
    assert [column.id for column in fitting(COLUMNS, 80)] == ["name", "account", "memory", "calls", "cost", "trend"]
    assert len(fitting(COLUMNS, 100)) == 7
    assert len(fitting(COLUMNS, 200)) == len(COLUMNS)


def test_the_growing_column_takes_what_is_left() -> None:
    slots = lay_out(fitting(COLUMNS, 80), 80)
    assert slots[-1].x + slots[-1].width == 80
    assert slots[0].width > COLUMNS[0].width


def test_the_growing_column_stops_at_its_longest_text() -> None:
    assert lay_out(fitting(COLUMNS, 200), 200, lambda _column: 25)[0].width == 25
    assert lay_out(fitting(COLUMNS, 200), 200, lambda _column: 3)[0].width == COLUMNS[0].width


def test_what_is_left_over_goes_to_texts_that_are_cut() -> None:
    long = {"name": 30, "account": 20}
    slots = lay_out(fitting(COLUMNS, 90), 90, lambda column: long.get(column.id, 0))
    assert [slot.width for slot in slots][:3] == [30, 17, 5]
    assert slots[-1].x + slots[-1].width == 90


def test_the_growing_column_gives_up_what_is_missing() -> None:
    slots = lay_out(fitting(COLUMNS, 80), 62)
    assert slots[0].width < COLUMNS[0].width
    assert slots[-1].x + slots[-1].width <= 62


def test_slots_never_overlap() -> None:
    for width in range(40, 240):
        slots = lay_out(fitting(COLUMNS, width), width)
        for left, right in pairwise(slots):
            assert left.x + left.width < right.x


def test_a_wide_table_scrolls_by_columns_and_keeps_the_first() -> None:
    last = last_start(COLUMNS, 80)
    assert last > 0
    for first in range(last + 1):
        slots = scrolled(COLUMNS, 80, first)
        assert slots[0].column is COLUMNS[0]
        assert slots[1].column is COLUMNS[1 + first]
    assert slots[-1].column is COLUMNS[-1]
    assert last_start(COLUMNS, 400) == 0
