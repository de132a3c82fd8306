"""One pane's table as the user has set it: rows, order, filter, cursor. No terminal in here."""

from collections.abc import Sequence
from typing import Any

from costtui.domain import filters
from costtui.domain.loaded import PaneData
from costtui.panes.spec import Column, PaneSpec
from costtui.ui.folds import Folds
from costtui.ui.text import cells


def descends(column: Column[Any]) -> bool:
    """The direction that a column is first sorted in: the largest numbers, the first names."""
    return column.align == "right"


class TableView:
    """Rows of a pane in the user's order. `order` holds an index into `rows` for each line, `cursor` and `top` count in `order`. Rows that
    are alike may share a line (`folds`), which has the index of the first of them.

    The cursor belongs to a row, not to a place: `anchor` is the id of that row, and it is found again after every refresh, sort and
    filter. Only while the first rows arrive does an untouched cursor wait at the top.
    """

    def __init__(self, spec: PaneSpec[Any, Any], sort: str = "") -> None:
        """`sort` is the order that the user left the pane in, as `PaneSpec.sort`."""
        self.spec = spec
        remembered = spec.column(sort.removeprefix("-"))
        sort = spec.sort if remembered is None else sort
        self.rows: list[Any] = []
        self.order: list[int] = []
        self.folds = Folds(spec)
        self.column = spec.column(sort.removeprefix("-")) or spec.columns[0]
        self.reverse = sort.startswith("-")
        self.expression = ""
        self.show_hidden = False
        self.wide = False
        self.first = 0
        """How many columns a wide table is scrolled to the right."""
        self.cursor = 0
        self.top = 0
        self.anchor: str | None = None
        self.total = 0
        """Rows that a filter can find: all but the hidden ones, unless those are shown."""
        self.marks: set[str] = set()
        """Ids of the rows that the user has marked, on the screen or not."""
        self._match: filters.Match[Any] | None = None
        self._sorted: list[int] = []
        self._matched: list[int] = []
        self._hay: dict[int, str] = {}
        self._hidden: set[int] = set()
        self._longest: dict[str, int] = {}

    @property
    def row(self) -> Any | None:
        """That under the cursor; of rows that share the line, the first."""
        return self.rows[self.order[self.cursor]] if self.order else None

    @property
    def sort(self) -> str:
        """The order as `PaneSpec.sort`."""
        return f"{'-' if self.reverse else ''}{self.column.id}"

    @property
    def marked(self) -> list[Any]:
        """The marked rows that are still there, in the order of the table."""
        return [self.rows[index] for index in self._sorted if self.spec.row_id(self.rows[index]) in self.marks] if self.marks else []

    @property
    def under_cursor(self) -> list[Any]:
        """Every row of the line under the cursor."""
        return self.on_line(self.cursor) if self.order else []

    def on_line(self, place: int) -> list[Any]:
        return [self.rows[index] for index in self.folds.members(self.order[place])]

    def drawn(self, place: int) -> Any:
        """The row that a line shows: its own, or what stands for all of those on it."""
        return self.folds.drawn(self.order[place], self.rows)

    def is_marked(self, place: int) -> bool:
        return bool(self.marks) and any(self.spec.row_id(row) in self.marks for row in self.on_line(place))

    def mark(self) -> None:
        """Mark the rows under the cursor, or take their marks back."""
        ids = {self.spec.row_id(row) for row in self.under_cursor}
        self.marks = self.marks - ids if ids <= self.marks else self.marks | ids

    def unfold(self) -> bool:
        """Give every row of the line under the cursor a line of its own; False where it has one already."""
        if not self.order or not self.folds.open(self.order[self.cursor], self.rows):
            return False
        self.hold()
        self._select(lost=self.cursor)
        return True

    def toggle_folds(self) -> None:
        """Every row a line of its own, or all those that are alike together again."""
        self.hold()
        self.folds.toggle()
        self._select(lost=self.cursor)

    @property
    def visible(self) -> list[Any]:
        """The rows that the filter lets through, in order."""
        return [self.rows[index] for index in self._matched]

    @property
    def found(self) -> int:
        """How many rows the filter lets through."""
        return len(self._matched)

    @property
    def hidden_count(self) -> int:
        return len(self._hidden)

    def show(self, data: PaneData[Any, Any] | None) -> None:
        """Take newer rows, of a pane that may have other columns by now; sort, filter and cursor stay."""
        self.column = self.spec.column(self.column.id) or self.spec.column(self.spec.sort.removeprefix("-")) or self.spec.columns[0]
        self.rows = list(data.rows) if data is not None else []
        self._hay.clear()
        self._longest.clear()
        self.folds.release()
        self._hidden = {index for index, row in enumerate(self.rows) if self.spec.hidden(row)}
        self._sort()

    def release(self) -> None:
        """Let go of the rows of a pane that is not on the screen; what the user has set stays."""
        self.rows, self.order, self._sorted, self._matched = [], [], [], []
        self.folds.release()
        self._hay.clear()

    def move(self, to: int) -> None:
        """Put the cursor on the `to`-th row shown, or the nearest there is."""
        self.cursor = max(0, min(to, len(self.order) - 1))
        row = self.row
        self.anchor = None if row is None else self.spec.row_id(row)

    def hold(self) -> None:
        """From now on the cursor belongs to the row that it is on."""
        if self.anchor is None:
            self.move(self.cursor)

    def sort_by(self, column: Column[Any], *, reverse: bool) -> None:
        self.hold()
        self.column, self.reverse = column, reverse
        self._sort()

    def neighbour(self, columns: Sequence[Column[Any]], step: int) -> Column[Any]:
        """The column `step` places from the sorted one among those on the screen; the ends hold."""
        ids = [column.id for column in columns]
        place = ids.index(self.column.id) if self.column.id in ids else (-1 if step > 0 else len(ids))
        return columns[max(0, min(place + step, len(ids) - 1))]

    def filter_by(self, expression: str) -> None:
        """Raises filters.FilterError, and then leaves the old filter as it was."""
        self.hold()
        match = None
        if expression.strip():
            match = filters.parse(expression, self.spec.columns, self.spec.tags, self._haystack)
        self.expression, self._match = expression.strip(), match
        self._select(lost=0)

    def toggle_hidden(self) -> None:
        self.show_hidden = not self.show_hidden
        self._select(lost=self.cursor)

    def longest(self, column: Column[Any]) -> int:
        """Cells of the longest text in a column of words. Numbers are made to fit their column by the pane."""
        if column.align == "right":
            return column.width
        if column.id not in self._longest:
            self._longest[column.id] = max((cells(column.text(row)) for row in self.rows), default=0)
        return self._longest[column.id]

    def warm(self, rows: int) -> bool:
        """Prepare that many more rows for the first filter; False when all are."""
        start = len(self._hay)
        for row in self.rows[start : start + rows]:
            self._haystack(row)
        return len(self._hay) < len(self.rows) and len(self._hay) > start

    def _haystack(self, row: Any) -> str:
        found = self._hay.get(id(row))
        if found is None:
            found = self._hay[id(row)] = filters.haystack(row, self.spec.columns)
        return found

    def _sort(self) -> None:
        value = self.column.value
        apart = self.spec.apart
        values, parts = [value(row) for row in self.rows], [apart(row) for row in self.rows]
        self._sorted = filters.ordered(values, reverse=self.reverse, apart=parts)
        self._select(lost=self.cursor)

    def _select(self, *, lost: int) -> None:
        """Rebuild `order`; the cursor goes where its row went, or to `lost` when it is not shown any more."""
        offset = self.cursor - self.top
        rows, match = self.rows, self._match
        candidates = self._sorted
        if self._hidden and not self.show_hidden:
            candidates = [index for index in candidates if index not in self._hidden]
        self.total = len(candidates)
        self._matched = candidates if match is None else [index for index in candidates if match(rows[index])]
        self.order = self.folds.lines(self._matched, rows)
        row_id, anchor = self.spec.row_id, self.anchor
        found = None
        if anchor is not None:
            known = next((index for index in self._matched if row_id(rows[index]) == anchor), None)
            line = self.folds.line_of(known) if known is not None else None
            found = next((place for place, index in enumerate(self.order) if index == line), None)
        self.cursor = found if found is not None else max(0, min(lost, len(self.order) - 1))
        self.top = max(0, self.cursor - offset)
