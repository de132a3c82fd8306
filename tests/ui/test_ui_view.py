import dataclasses
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costtui.domain.filters import FilterError
from costtui.ui.view import TableView, descends
from tests.ui.fakes import CHANGES, JOBS, Change, Job, jobs, some_changes, some_jobs
from tests.ui.fakes import changes as changes_data


def view_of(rows: list[Job]) -> TableView:
    view = TableView(JOBS)
    view.show(jobs(rows))
    return view


def at_cursor(view: TableView) -> str:
    assert view.row is not None
    return str(JOBS.row_id(view.row))


def ids(view: TableView) -> list[str]:
    return [row.id for row in view.visible]


def test_the_default_order_is_the_panes_own() -> None:
    assert ids(view_of(some_jobs(6))) == ["arn:1", "arn:2", "arn:3", "arn:4", "arn:5", "arn:6"]


def test_unknown_is_last_in_both_directions() -> None:
    view = view_of(some_jobs(6))
    view.sort_by(view.column, reverse=False)
    assert ids(view) == ["arn:5", "arn:4", "arn:3", "arn:2", "arn:1", "arn:6"]


def test_the_cursor_stays_on_its_row_over_sort_filter_and_refresh() -> None:
    view = view_of(some_jobs())
    view.move(2)
    assert at_cursor(view) == "arn:3"
    view.sort_by(JOBS.columns[0], reverse=False)
    assert at_cursor(view) == "arn:3"
    view.filter_by("report")
    assert (at_cursor(view), view.cursor) == ("arn:3", 0)
    view.filter_by("")
    assert at_cursor(view) == "arn:3"
    view.show(jobs([Job("new", "aaa", cost=Decimal(9999)), *some_jobs(), Job("newer", "bbb")]))
    assert at_cursor(view) == "arn:3"


def test_the_cursor_finds_back_to_a_row_that_a_filter_hid() -> None:
    view = view_of(some_jobs())
    view.move(2)
    view.filter_by("thumbnail")
    assert at_cursor(view) == "arn:2"
    view.filter_by("")
    assert at_cursor(view) == "arn:3"


def test_the_cursor_keeps_its_place_when_its_row_is_gone() -> None:
    view = view_of(some_jobs(6))
    view.move(2)
    view.show(jobs([job for job in some_jobs(6) if job.id != "arn:3"]))
    assert (view.cursor, at_cursor(view)) == (2, "arn:4")


def test_a_refresh_keeps_the_cursor_at_its_height_on_the_screen() -> None:
    view = view_of(some_jobs())
    view.move(30)
    view.top = 20
    view.show(jobs([*some_jobs(), *(Job(f"new:{at}", "x", cost=Decimal(1000)) for at in range(5))]))
    assert (view.cursor, view.top) == (35, 25)


def test_a_bad_filter_leaves_the_old_one() -> None:
    view = view_of(some_jobs())
    view.filter_by("worker")
    with pytest.raises(FilterError):
        view.filter_by("nobody:x")
    assert (view.expression, len(view.order), view.total) == ("worker", 54, 60)


def test_an_empty_table_has_no_row() -> None:
    view = view_of([])
    view.move(3)
    assert view.row is None
    assert view.cursor == 0


def test_hidden_rows_wait_until_asked_for() -> None:
    view = TableView(CHANGES)
    view.show(changes_data(some_changes()))
    assert (len(view.order), view.total, view.hidden_count) == (3, 3, 4)
    view.filter_by("noise")
    assert (len(view.order), view.total) == (0, 3)
    view.toggle_hidden()
    assert (len(view.order), view.found, view.total) == (1, 4, 7)


def alike(count: int) -> TableView:
    """One change, and `count` that are alike, worst first."""
    view = TableView(dataclasses.replace(CHANGES, hidden=lambda _: False))
    view.show(changes_data([Change("first", "high", "deleted"), *(Change(f"n{at}", "low", "same", explained=True) for at in range(count))]))
    return view


def test_two_alike_keep_their_names_and_three_share_a_line() -> None:
    assert (len(alike(2).order), len(alike(3).order)) == (3, 2)
    view = alike(3)
    assert [view.drawn(place).id for place in range(2)] == ["first", "3 alike"]
    assert ids(view) == ["first", "n0", "n1", "n2"]
    assert (view.found, view.total, view.folds.folded) == (4, 4, 3)


def test_a_filter_finds_rows_inside_a_fold() -> None:
    view = alike(5)
    view.filter_by("n3")
    assert [view.drawn(place).id for place in range(len(view.order))] == ["n3"]
    view.filter_by("same")
    assert [view.drawn(place).id for place in range(len(view.order))] == ["5 alike"]
    assert view.found == 5


def test_the_cursor_stays_on_its_row_whether_folded_or_not() -> None:
    view = alike(5)
    view.toggle_folds()
    view.move(4)
    assert at_cursor(view) == "n3"
    view.toggle_folds()
    assert [row.id for row in view.under_cursor] == ["n0", "n1", "n2", "n3", "n4"]
    view.toggle_folds()
    assert at_cursor(view) == "n3"


def test_what_was_unfolded_stays_so_over_a_refresh_and_folds_with_all_others() -> None:
    view = alike(3)
    view.move(0)
    assert not view.unfold()
    view.move(1)
    assert view.unfold()
    view.show(changes_data([Change(f"n{at}", "low", "same", explained=True) for at in range(4)]))
    assert len(view.order) == 4
    view.toggle_folds()
    assert len(view.order) == 1


def test_a_mark_on_a_fold_is_one_on_each_of_its_rows() -> None:
    view = alike(3)
    view.move(1)
    view.mark()
    assert (view.marks, view.is_marked(1), view.is_marked(0)) == ({"n0", "n1", "n2"}, True, False)
    view.mark()
    assert view.marks == set()


@given(st.lists(st.sampled_from("abc"), max_size=12))
def test_folding_loses_no_row_and_doubles_none(kinds: list[str]) -> None:
    view = TableView(dataclasses.replace(CHANGES, hidden=lambda _: False))
    view.show(changes_data([Change(f"n{at}", "low", kind, explained=True) for at, kind in enumerate(kinds)]))
    shown = [row.id for place in range(len(view.order)) for row in view.on_line(place)]
    assert sorted(shown) == sorted(ids(view)) == sorted(f"n{at}" for at in range(len(kinds)))


def test_sorting_moves_among_the_columns_on_the_screen() -> None:
    view = view_of(some_jobs())
    shown = [column for column in JOBS.columns if column.id in ("name", "account", "cost")]
    assert view.neighbour(shown, -1).id == "account"
    assert view.neighbour(shown, 1).id == "cost"
    view.sort_by(JOBS.columns[2], reverse=False)
    assert (view.neighbour(shown, 1).id, view.neighbour(shown, -1).id) == ("name", "cost")


def test_numbers_start_with_the_largest() -> None:
    assert [descends(column) for column in JOBS.columns[:4]] == [False, False, False, True]
    assert descends(dataclasses.replace(JOBS.columns[0], align="right"))


def test_warming_prepares_every_row_once() -> None:
    view = view_of(some_jobs(25))
    assert [view.warm(10), view.warm(10), view.warm(10)] == [True, True, False]


row = st.builds(Job, id=st.uuids().map(str), name=st.text(alphabet="ab", max_size=4), cost=st.none() | st.decimals(0, 9, places=1))
rows = st.lists(row, max_size=30)


@given(rows, st.text(alphabet="abc", min_size=1, max_size=2), st.booleans())
def test_a_filter_shows_exactly_the_matching_rows_in_the_same_order(given_rows: list[Job], needle: str, reverse: bool) -> None:
    view = view_of(given_rows)
    view.sort_by(JOBS.columns[5], reverse=reverse)
    before = ids(view)
    view.filter_by(f"name:{needle}")
    wanted = {row.id for row in given_rows if needle in row.name}
    assert ids(view) == [row_id for row_id in before if row_id in wanted]
    assert view.total == len(given_rows)
