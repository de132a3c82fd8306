"""A small list to choose from."""

from collections.abc import Mapping, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from costtui.domain.text import literal
from costtui.ui.keys import BACK, EVERYWHERE, shown_key
from costtui.ui.lines import LineList, OneLine, Span

WIDTH = 66


class Choices(LineList):
    def __init__(self, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__(id="choices-list")
        self.choices = choices
        self.styles.height = len(choices)

    def line_count(self) -> int:
        return len(self.choices)

    def spans(self, index: int) -> Sequence[Span]:
        name, about = self.choices[index]
        return [(literal(name), ""), (f"  {literal(about)}", "dim")]


class ChoiceScreen(ModalScreen[int | None], inherit_bindings=False):
    """Each choice is a name and words about it. Dismissed with the number of one, or None."""

    BINDINGS = [BACK, *(binding for binding in EVERYWHERE if binding.id in ("quit", "interrupt"))]

    def __init__(self, heading: str, choices: Sequence[tuple[str, str]], keys: Mapping[str, str]) -> None:
        super().__init__()
        self.heading = OneLine(id="heading")
        self.heading.say([(heading, "title")])
        self.lines = Choices(choices)
        self.hint = OneLine(id="hint")
        self.hint.say([(f"{shown_key('open', keys)} chooses, {shown_key('back', keys)} leaves it", "dim")])

    def compose(self) -> ComposeResult:
        with Vertical(id="choice"):
            yield self.heading
            yield self.lines
            yield self.hint

    def on_mount(self) -> None:
        self.set_focus(self.lines)

    def on_line_list_opened(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        self.dismiss(self.lines.cursor)

    def action_back(self) -> None:
        self.dismiss(None)

    async def action_quit(self) -> None:
        await self.app.action_quit()
