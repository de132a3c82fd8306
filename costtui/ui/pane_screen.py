"""The first screen: title, line of panes, table, footer, state."""

from collections.abc import Iterable

from textual.binding import Binding
from textual.widget import Widget

from costtui.domain.filters import FilterError
from costtui.panes.spec import Column
from costtui.service.messages import Event
from costtui.ui.base_screen import PLACES, BaseScreen
from costtui.ui.chrome import footer_line, panes_line, period_words, title_line
from costtui.ui.columns import fitting, last_start
from costtui.ui.detail_screen import DetailScreen
from costtui.ui.empty import empty_words
from costtui.ui.filter_bar import FilterBar
from costtui.ui.lines import LineList, OneLine
from costtui.ui.model import Model
from costtui.ui.table import PaneTable
from costtui.ui.view import descends

TABLE = Binding.Group("Table")
DATA = Binding.Group("Data")


class PaneScreen(BaseScreen, inherit_bindings=False):
    """Shows one pane of the model at a time."""

    BINDINGS = [
        Binding("escape", "back", "close what is open, then clear the filter", id="back", group=PLACES),
        Binding("/", "filter", "filter over all rows", id="filter", group=TABLE),
        Binding("<", "sort(-1)", "sort by the column to the left", id="sort-left", group=TABLE),
        Binding(">", "sort(1)", "sort by the column to the right", id="sort-right", group=TABLE),
        Binding("R", "reverse", "reverse the order", id="reverse", group=TABLE),
        Binding("w", "wide", "wide: all columns", id="wide", group=TABLE),
        Binding("left", "columns(-1)", "wide: one column to the left", id="columns-left", group=TABLE),
        Binding("right", "columns(1)", "wide: one column to the right", id="columns-right", group=TABLE),
        Binding("n", "hidden", "show or hide the explained rows", id="hidden", group=TABLE),
        Binding("p", "period", "choose the period", id="period", group=DATA),
        Binding("s", "save('view')", "snapshot of the view, as filtered and sorted", id="save-view", group=DATA),
        Binding("S", "save('all')", "snapshot of every pane", id="save-all", group=DATA),
    ]

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self.title_words = OneLine(id="title")
        self.panes_words = OneLine(id="panes")
        self.footer_words = OneLine(id="footer")
        self.table = PaneTable(model.view, id="table")
        self.filter_bar: FilterBar | None = None

    def body(self) -> Iterable[Widget]:
        return self.title_words, self.panes_words, self.table, self.footer_words

    def on_mount(self) -> None:
        self.table.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        view = self.model.view
        if action == "hidden":
            return view.hidden_count > 0
        return view.wide if action == "columns" else True

    def redraw(self) -> None:
        width = self.size.width
        self.title_words.say(title_line(self.model, width))
        self.panes_words.say(panes_line(self.model, width))
        self.table.empty = [] if self.model.view.order else empty_words(self.model)
        self.footer_words.say(footer_line(self.model, self.table.below, width))
        self.say_state()

    def show_rows(self) -> None:
        """The model's rows, order or pane changed."""
        self.table.view = self.model.view
        self.table.settle()
        self.redraw()

    def heard(self, event: Event, *, newer: bool) -> None:
        if newer:
            self.show_rows()
        else:
            if not self.model.view.order:
                self.table.refresh()
            super().heard(event, newer=newer)

    async def go_to_pane(self) -> None:
        """The model has another pane or period now."""
        await self._close_filter()
        self.message = None
        self.show_rows()

    def on_line_list_moved(self) -> None:
        self.forget_message()
        self.footer_words.say(footer_line(self.model, self.table.below, self.size.width))

    def on_line_list_opened(self) -> None:
        view, data = self.model.view, self.model.data
        if view.row is not None and data is not None:
            row = view.row
            self.explorer.push_screen(DetailScreen(self.model, view.spec.detail(row, data), row_id=view.spec.row_id(row)))

    def on_pane_table_head_clicked(self, event: PaneTable.HeadClicked) -> None:
        view = self.model.view
        same = event.column.id == view.column.id
        self._sort(event.column, reverse=not view.reverse if same else descends(event.column))

    def action_sort(self, step: int) -> None:
        column = self.model.view.neighbour(self.table.columns, step)
        if column.id == self.model.view.column.id:
            self.tell(f"sorted by {column.title.strip()}: no column further {'left' if step < 0 else 'right'}")
        else:
            self._sort(column, reverse=descends(column))

    def action_reverse(self) -> None:
        view = self.model.view
        self._sort(view.column, reverse=not view.reverse)

    def _sort(self, column: Column[object], *, reverse: bool) -> None:
        self.model.view.sort_by(column, reverse=reverse)
        self.show_rows()
        self.tell(f"sorted by {column.title.strip()}, {'largest' if reverse else 'smallest'} first, unknown last")

    def action_wide(self) -> None:
        view, width = self.model.view, self.size.width
        view.wide, view.first = not view.wide, 0
        self.show_rows()
        everything = len(view.spec.columns)
        if not view.wide:
            self.tell(f"the {len(fitting(view.spec.columns, width))} of {everything} columns that fit")
        elif last_start(view.spec.columns, width):
            self.tell(f"wide: all {everything} columns, {self.key_of('columns-left')} {self.key_of('columns-right')} move through them")
        else:
            self.tell(f"wide: all {everything} columns are on the screen")

    def action_columns(self, step: int) -> None:
        self.model.view.first += step
        self.show_rows()
        columns = self.table.columns
        self.tell(f"{columns[0].title} and {columns[1].title} to {columns[-1].title}" if len(columns) > 1 else columns[0].title)

    def action_hidden(self) -> None:
        view = self.model.view
        view.toggle_hidden()
        self.show_rows()
        self.tell(f"{view.hidden_count:,} explained {view.spec.noun} are {'shown' if view.show_hidden else 'hidden'}")

    async def action_filter(self) -> None:
        if self.filter_bar is None:
            self.message = None
            self.footer_words.display = False
            self.filter_bar = FilterBar(self.model.view.expression)
            await self.mount(self.filter_bar, before=self.state_words)
            self.say_state()

    def on_filter_bar_typed(self, event: FilterBar.Typed) -> None:
        if self.filter_bar is None:
            return
        try:
            self.model.view.filter_by(event.expression)
        except FilterError as error:
            self.tell(str(error), "warn")
        else:
            self.message = None
            self.show_rows()

    async def on_filter_bar_closed(self, event: FilterBar.Closed) -> None:
        await self._close_filter()
        if event.keep:
            view = self.model.view
            self.forget_message()
            if not view.expression:
                self.tell("no filter")
        else:
            self._clear_filter()

    async def _close_filter(self) -> None:
        bar, self.filter_bar = self.filter_bar, None
        if bar is not None:
            await bar.remove()
            self.footer_words.display = True
            self.table.focus()

    def _clear_filter(self) -> None:
        view = self.model.view
        view.filter_by("")
        self.show_rows()
        self.tell(f"filter cleared: {view.total:,} {view.spec.noun}")

    def action_back(self) -> None:
        if self.model.view.expression:
            self._clear_filter()
        else:
            self.tell(f"nothing to go back to: {self.key_of('quit')} quits")

    async def action_period(self) -> None:
        from costtui.ui.period_screen import PeriodScreen

        await self.explorer.push_screen(PeriodScreen(self.model), self._chosen)

    async def _chosen(self, period: str | None) -> None:
        if period is None:
            self.tell(f"period unchanged: {period_words(self.model.period, self.model.window, self.model.backend.now())}")
            return
        await self.explorer.change_period(period)

    def action_save(self, what: str) -> None:
        self.explorer.ask_and_save(everything=what == "all")
