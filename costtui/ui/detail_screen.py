"""What lies behind a row: facts, and sections as small tables. A line marked › can be entered in turn."""

from collections.abc import Iterable, Sequence

from textual.widget import Widget

from costtui.domain.text import literal
from costtui.panes.spec import Detail
from costtui.service.messages import Event
from costtui.ui.base_screen import BaseScreen
from costtui.ui.chrome import period_words, side_state
from costtui.ui.detail_lines import Entry, laid_out
from costtui.ui.keys import BACK
from costtui.ui.lines import LineList, OneLine, Span
from costtui.ui.model import Model
from costtui.ui.text import cells, cut, ends


class DetailLines(LineList):
    """The lines of one Detail, laid out anew for each width."""

    def __init__(self, detail: Detail) -> None:
        super().__init__(id="detail")
        self.detail = detail
        self.entries: list[Entry] = []

    def line_count(self) -> int:
        return len(self.entries)

    def spans(self, index: int) -> Sequence[Span]:
        return self.entries[index].spans

    def stops(self, index: int) -> bool:
        return self.entries[index].stops

    def settle(self) -> None:
        self.entries = laid_out(self.detail, self.size.width - 1)
        super().settle()

    def show(self, detail: Detail) -> None:
        """Newer words for the same thing: the cursor stays on its line."""
        self.detail = detail
        self.settle()


class DetailScreen(BaseScreen):
    """`row_id` is set on the first detail of a row, which follows when the data behind it is refreshed; what was entered from a
    line stays as it was opened."""

    BINDINGS = [BACK]

    def __init__(self, model: Model, detail: Detail, *, row_id: str | None = None, crumbs: tuple[str, ...] = ()) -> None:
        super().__init__(model)
        self.row_id = row_id
        self.crumbs = (*(crumbs or (model.spec.title,)), detail.title)
        self.title_words = OneLine(id="title")
        self.lines = DetailLines(detail)

    def body(self) -> Iterable[Widget]:
        return self.title_words, self.lines

    def on_mount(self) -> None:
        self.set_focus(self.lines)

    def redraw(self) -> None:
        model, width = self.model, self.size.width
        when = f"{period_words(model.period, model.window, model.backend.now())} UTC "
        trail = " " + " › ".join(literal(crumb) for crumb in self.crumbs[:-1]) + " › "
        here = cut(literal(self.crumbs[-1]), max(1, width - cells(trail) - cells(when) - 2))
        used = cells(trail) + cells(here)
        self.title_words.say([(trail, "dim"), (here, "title"), (ends("", when, width - used), "dim")])
        super().redraw()

    def state_spans(self, width: int) -> list[Span]:
        hints = [f"{self.key_of('back')} back", f"{self.key_of('help')} help"]
        entries, cursor = self.lines.entries, self.lines.cursor
        if entries and entries[cursor].behind is not None:
            hints.insert(0, f"{self.key_of('open')} opens ›")
        if self.lines.below:
            hints.insert(0, f"↓ {self.lines.below} more")
        return side_state(self.model, self.message, width, hints)

    def heard(self, event: Event, *, newer: bool) -> None:
        model = self.model
        if newer and self.row_id is not None and model.data is not None:
            row = next((row for row in model.data.rows if model.spec.row_id(row) == self.row_id), None)
            if row is None:
                self.tell("not in the newest data any more: shown as it was", "warn")
            else:
                self.lines.show(model.spec.detail(row, model.data))
        super().heard(event, newer=newer)

    def on_line_list_moved(self) -> None:
        self.message = None
        self.say_state()

    async def action_open(self) -> None:
        behind = self.lines.entries[self.lines.cursor].behind
        if behind is None:
            self.tell("nothing lies behind this line: › marks those that open")
        else:
            await self.explorer.push_screen(DetailScreen(self.model, behind(), crumbs=self.crumbs))

    async def action_back(self) -> None:
        await self.app.pop_screen()
