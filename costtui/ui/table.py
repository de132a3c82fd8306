"""The virtual table: any number of rows, of which only those on the screen are ever drawn."""

from collections.abc import Sequence

from textual.message import Message
from textual.strip import Strip

from costtui.domain.text import literal
from costtui.panes.spec import Column
from costtui.ui.columns import MARGIN, Slot, fitting, last_start, lay_out, scrolled
from costtui.ui.lines import LineList, Span
from costtui.ui.text import fit
from costtui.ui.view import TableView

DOWN, UP = "▼", "▲"


class PaneTable(LineList):
    """Draws a TableView. The view outlives the table's turn on the screen."""

    HEAD = 1

    class HeadClicked(Message):
        """A click on a column's title."""

        def __init__(self, column: Column[object]) -> None:
            super().__init__()
            self.column = column

    def __init__(self, view: TableView, *, id: str) -> None:
        super().__init__(id=id)
        self.view = view
        self.empty: list[str] = []
        """What an empty table says instead of rows."""
        self.slots: list[Slot] = []

    @property
    def cursor(self) -> int:
        return self.view.cursor

    @cursor.setter
    def cursor(self, to: int) -> None:
        self.view.cursor = to

    @property
    def top(self) -> int:
        return self.view.top

    @top.setter
    def top(self, to: int) -> None:
        self.view.top = to

    @property
    def columns(self) -> list[Column[object]]:
        """The columns on the screen, from left to right."""
        return [slot.column for slot in self.slots]

    def line_count(self) -> int:
        return len(self.view.order)

    def place(self, to: int) -> None:
        self.view.move(to)

    def marked(self, index: int) -> bool:
        return self.view.is_marked(index)

    def settle(self) -> None:
        self.set_columns()
        super().settle()

    def set_columns(self) -> None:
        """Give the columns their places, for this width."""
        view, width = self.view, self.size.width
        columns = view.spec.columns
        if view.wide:
            view.first = max(0, min(view.first, last_start(columns, width)))
            self.slots = scrolled(columns, width, view.first)
        else:
            self.slots = lay_out(fitting(columns, width), width, view.longest)

    def head_strip(self, width: int) -> Strip:
        view, spans, x = self.view, [], 0
        for slot in self.slots:
            sorted_by = slot.column.id == view.column.id
            arrow = (DOWN if view.reverse else UP) if sorted_by else ""
            title = fit(literal(slot.column.title), slot.width - len(arrow), slot.column.align) if slot.column.align == "right" else ""
            text = title + arrow if title else fit(literal(slot.column.title) + arrow, slot.width)
            spans += [(" " * (slot.x - x), "head"), (text, "title" if sorted_by else "head")]
            x = slot.x + slot.width
        spans.append((" " * max(0, width - x), "head"))
        return self.strip(spans, width)

    def spans(self, index: int) -> Sequence[Span]:
        row, x = self.view.drawn(index), MARGIN
        text, tone, spans = "", "", []
        for slot in self.slots:
            column = slot.column
            own = column.tone(row) if column.tone is not None else ""
            cell = " " * (slot.x - x) + fit(literal(column.text(row)), slot.width, column.align)
            if own != tone:
                spans.append((text, tone))
                text, tone = "", own
            text += cell
            x = slot.x + slot.width
        return [*spans, (text, tone)]

    def render_line(self, y: int) -> Strip:
        if not self.view.order and 0 <= y - self.HEAD - 1 < len(self.empty):
            line = self.empty[y - self.HEAD - 1]
            return self.strip([("  ", ""), (literal(line), "" if y == self.HEAD + 1 else "dim")], self.size.width)
        return super().render_line(y)

    def click_head(self, x: int) -> None:
        for slot in self.slots:
            if slot.x <= x < slot.x + slot.width:
                self.post_message(self.HeadClicked(slot.column))
