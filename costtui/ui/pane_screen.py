"""The first screen: title, line of panes, table, footer, state."""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.widget import Widget

from costtui.domain.filters import FilterError
from costtui.panes.spec import Column, Detail
from costtui.service.messages import Event
from costtui.ui.base_screen import BaseScreen
from costtui.ui.chrome import footer_line, footer_words, panes_line, period_words, title_line
from costtui.ui.columns import fitting, last_start
from costtui.ui.empty import empty_words
from costtui.ui.keys import PANE
from costtui.ui.lines import OneLine
from costtui.ui.model import Model
from costtui.ui.table import PaneTable
from costtui.ui.view import descends

if TYPE_CHECKING:
    from costtui.ui.filter_bar import FilterBar

WARM_AFTER, WARM_PAUSE, WARM_ROWS = 0.5, 0.01, 100
"""Seconds without new rows, seconds between two portions, rows in one (about 2 ms)."""


class PaneScreen(BaseScreen):
    """Shows one pane of the model at a time."""

    BINDINGS = [*PANE]

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self.title_words = OneLine(id="title")
        self.panes_words = OneLine(id="panes")
        self.footer_words = OneLine(id="footer")
        self.table = PaneTable(model.view, id="table")
        self.totals = ""
        self.filter_bar: FilterBar | None = None

    def body(self) -> Iterable[Widget]:
        return self.title_words, self.panes_words, self.table, self.footer_words

    def on_mount(self) -> None:
        self.set_focus(self.table)

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
        self._say_footer()
        self.say_state()

    def show_rows(self) -> None:
        """The model's rows, order or pane changed."""
        self.table.view = self.model.view
        self.table.settle()
        self.totals = footer_words(self.model)
        self.redraw()

    async def warm(self) -> None:
        """Make the first filter as quick as the second, in pauses that no key press notices."""
        view = self.model.view
        await asyncio.sleep(WARM_AFTER)
        while view.warm(WARM_ROWS):
            await asyncio.sleep(WARM_PAUSE)

    def read_rows(self) -> None:
        """The model's rows are new."""
        self.show_rows()
        self.run_worker(self.warm(), group="warm", exclusive=True, exit_on_error=False)

    def _say_footer(self) -> None:
        self.footer_words.say(footer_line(self.totals, self.table.below, self.size.width))

    def heard(self, event: Event, *, newer: bool) -> None:
        if newer:
            self.read_rows()
        else:
            if not self.model.view.order:
                self.table.refresh()
            super().heard(event, newer=newer)

    async def go_to_pane(self) -> None:
        """The model has another pane or period now."""
        await self._close_filter()
        self.message = None
        self.read_rows()

    def on_line_list_moved(self) -> None:
        self.forget_message()
        self._say_footer()

    async def action_open(self) -> None:
        view, data = self.model.view, self.model.data
        if view.row is not None and data is not None:
            row = view.row
            await self._enter(view.spec.detail(row, data), row_id=view.spec.row_id(row))

    async def _enter(self, detail: Detail, *, row_id: str | None = None) -> None:
        from costtui.ui.detail_screen import DetailScreen

        await self.explorer.push_screen(DetailScreen(self.model, detail, row_id=row_id))

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
        self.tell(f"{columns[0].title}, then {columns[1].title} to {columns[-1].title}")

    def action_hidden(self) -> None:
        view = self.model.view
        view.toggle_hidden()
        self.show_rows()
        self.tell(f"{view.hidden_count:,} explained {view.spec.noun} are {'shown' if view.show_hidden else 'hidden'}")

    async def action_filter(self) -> None:
        if self.filter_bar is None:
            self.message = None
            self.footer_words.display = False
            from costtui.ui.filter_bar import FilterBar  # with Textual's Input: not for the first frame

            self.filter_bar = FilterBar(self.model.view.expression)
            await self.mount(self.filter_bar, before=self.state_words)
            self.set_focus(self.filter_bar.field)
            self.say_state()

    def on_filter_bar_typed(self, event: "FilterBar.Typed") -> None:
        if self.filter_bar is None:
            return
        try:
            self.model.view.filter_by(event.expression)
        except FilterError as error:
            self.tell(str(error), "warn")
        else:
            self.message = None
            self.show_rows()

    def filters(self, widget: Widget | None) -> bool:
        """Whether `widget` is the field in which a filter is being typed."""
        return self.filter_bar is not None and widget is self.filter_bar.field

    async def on_filter_bar_closed(self, event: "FilterBar.Closed") -> None:
        kept_open = event.keep and self.message is not None  # the filter cannot be read, and the state line says why
        if not kept_open:
            await self._close_filter()
            if not event.keep:
                self._clear_filter()
            elif not self.model.view.expression:
                self.tell("no filter")
        self.explorer.release_keys()

    async def _close_filter(self) -> None:
        bar, self.filter_bar = self.filter_bar, None
        if bar is not None:
            await bar.remove()
            self.footer_words.display = True
            self.set_focus(self.table)

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

    async def action_related(self) -> None:
        from costtui.panes.related import related

        row = self.model.view.row
        if row is None:
            self.tell("no row under the cursor")
        else:
            await self._enter(related(row, self.model.world()))

    async def action_group(self) -> None:
        from costtui.panes.grouping import group_choices

        view, data = self.model.view, self.model.data
        if data is None or not view.order:
            self.tell(f"no {view.spec.noun} to group")
        else:
            await self._enter(group_choices(view.spec, data, view.visible))

    def action_compare(self) -> None:
        self.explorer.compare(not self.model.compares)

    def action_basis(self) -> None:
        spec = self.model.spec
        if spec.by_basis:
            self.explorer.next_basis()
        else:
            self.tell(f"{spec.noun} have one cost basis: {spec.basis}")

    async def action_period(self) -> None:
        from costtui.ui.period_screen import PeriodScreen

        await self.explorer.push_screen(PeriodScreen(self.model), self._chosen)

    async def _chosen(self, period: str | None) -> None:
        if period is None:
            self.tell(f"period unchanged: {period_words(self.model.period, self.model.window, self.model.backend.now())}")
            return
        await self.explorer.change_period(period)

    async def action_save(self, what: str) -> None:
        await self.explorer.ask_and_save(everything=what == "all")
