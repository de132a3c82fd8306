"""A full screen of lines to read: the base of help and problems."""

from collections.abc import Iterable, Sequence

from textual.widget import Widget

from costtui.service.messages import Event
from costtui.ui.base_screen import BaseScreen
from costtui.ui.chrome import side_state
from costtui.ui.keys import BACK
from costtui.ui.lines import LineList, OneLine, Span
from costtui.ui.model import Model

Sheet = list[list[Span]]


class SheetLines(LineList):
    """Lines to read; the cursor passes over headings and gaps."""

    def __init__(self) -> None:
        super().__init__(id="sheet")
        self.sheet: Sheet = []

    def line_count(self) -> int:
        return len(self.sheet)

    def spans(self, index: int) -> Sequence[Span]:
        return self.sheet[index]

    def stops(self, index: int) -> bool:
        line = self.sheet[index]
        return bool(line) and line[0][1] != "title"


class SheetScreen(BaseScreen):
    """A subclass writes the sheet for a width."""

    BINDINGS = [BACK]
    HEADING = ""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self.title_words = OneLine(id="title")
        self.lines = SheetLines()

    def body(self) -> Iterable[Widget]:
        return self.title_words, self.lines

    def on_mount(self) -> None:
        self.set_focus(self.lines)

    def sheet(self, width: int) -> Sheet:
        raise NotImplementedError

    def redraw(self) -> None:
        self.title_words.say([(f" {self.HEADING}", "title")])
        self.lines.sheet = self.sheet(self.size.width - 2)
        self.lines.settle()
        self.say_state()

    def state_spans(self, width: int) -> list[Span]:
        more = [f"↓ {self.lines.below} more"] if self.lines.below else []
        return side_state(self.model, self.message, width, [*more, f"{self.key_of('back')} back"])

    def heard(self, event: Event, *, newer: bool) -> None:  # noqa: ARG002
        self.redraw()

    def on_line_list_moved(self) -> None:
        self.message = None
        self.say_state()

    async def action_open(self) -> None:
        self.tell("nothing lies behind this line")

    async def action_back(self) -> None:
        await self.explorer.back()
