"""The overview: a little of every pane, and a row of each that deserves a look."""

import asyncio
from collections.abc import Iterable

from textual.widget import Widget

from costtui.panes.overview import Overview, overview
from costtui.panes.spec import Detail
from costtui.service.messages import Event
from costtui.ui.actions.rows import RowActions
from costtui.ui.base_screen import Step
from costtui.ui.chrome import panes_line, situation, state_line, title_line
from costtui.ui.detail_screen import DetailLines
from costtui.ui.empty import empty_words
from costtui.ui.keys import OVERVIEW
from costtui.ui.lines import OneLine, Span
from costtui.ui.model import Model
from costtui.ui.panes_words import PanesWords
from costtui.ui.said import rows_of_overview
from costtui.ui.subject import Subject, subject


class OverviewScreen(RowActions):
    """Reads like a note to a colleague. Enter on a row opens it."""

    BINDINGS = [*OVERVIEW]

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self.title_words = OneLine(id="title")
        self.panes_words = PanesWords()
        self.lines = DetailLines(Detail(""))
        self.shown: Overview | None = None
        self.news: list[str] = []
        self._moved = False

    def body(self) -> Iterable[Widget]:
        return self.title_words, self.panes_words, self.lines

    def on_mount(self) -> None:
        self.set_focus(self.lines)

    async def read_news(self) -> None:
        """Once a run, beside the screen."""
        from costtui.ui.news import news

        self.news = await asyncio.to_thread(news, self.model)
        if self.news:
            self.redraw()

    def redraw(self) -> None:
        width = self.size.width
        self.title_words.say(title_line(self.model, width))
        self.panes_words.say(panes_line(self.model, width))
        self.read()
        self.say_state()

    def read(self) -> None:
        """The heads of the panes are new."""
        model = self.model
        missing = {spec.id: " · ".join(empty_words(model, spec)) for spec in model.panes if spec.id not in model.heads}
        rows = rows_of_overview(self.size.height)
        self.shown = overview(model.panes, model.heads, missing, situation(model), rows, self.news)
        self.lines.show(self.shown.detail)
        if not self._moved:  # the first row that can be opened, until the user chooses another line
            first = next((at for at, entry in enumerate(self.lines.entries) if entry.number == 0), 0)
            if first != self.lines.cursor:
                self.lines.cursor = first
                self.lines.settle()

    def state_spans(self, width: int) -> list[Span]:
        hints = [f"{self.key_of('open')} opens ›"] if self.subject_id() is not None else []
        if self.lines.below:
            hints.insert(0, f"↓ {self.lines.below} more")
        return state_line(self.model, self.message, width, [*hints, f"{self.key_of('help')} help"])

    def heard(self, event: Event, *, newer: bool) -> None:  # noqa: ARG002
        self.redraw()

    def on_line_list_moved(self) -> None:
        self._moved = True
        self.message = None
        self.say_state()

    @property
    def place_name(self) -> str:
        return "Overview"

    def subject_id(self) -> tuple[str, str] | None:
        """Pane and row under the cursor."""
        number = self.lines.entry.number
        return self.shown.rows[number] if self.shown is not None and number >= 0 else None

    def subject(self) -> Subject | None:
        found = self.subject_id()
        return None if found is None else subject(self.model, *found)

    async def action_open(self) -> None:
        if self.subject_id() is None:
            self.tell("nothing lies behind this line: › marks those that open")
        else:
            await super().action_open()

    async def action_copy(self, what: str) -> None:
        if what != "words":
            await super().action_copy(what)
        elif self.shown is not None and self.shown.sentences:
            await self.explorer.send_out("\n".join(self.shown.sentences), "the sentences")
        else:
            self.tell("nothing to copy yet: nothing is stored")

    async def action_back(self) -> None:
        if not self.explorer.stop():
            self.tell(f"nothing to go back to: {self.key_of('quit')} quits")

    async def action_basis(self) -> None:
        await self.explorer.next_basis()

    async def action_period(self) -> None:
        await self.explorer.ask_period()

    async def action_save(self, what: str) -> None:
        await self.explorer.ask_and_save(everything=what == "all")

    async def enter(self, detail: Detail, *trail: Step) -> None:
        await self.explorer.enter(detail, trail, (self.place_name,))
