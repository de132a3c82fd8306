"""A small list to choose from."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from costtui.domain.text import literal
from costtui.ui.keys import BACK, EVERYWHERE, shown_key
from costtui.ui.lines import LineList, OneLine, Span
from costtui.ui.text import cells, fit, wrapped

ROOM = 66
"""Cells of a line of the box, which an 80-column terminal has room for."""
MOST = 2
"""Lines of words about one choice."""


class Choice(NamedTuple):
    """`short` stands beside the name, `words` below the list while the cursor is on it."""

    name: str
    short: str
    words: str
    possible: bool = True


class Choices(LineList):
    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__(id="choices-list")
        self.choices = choices
        self.styles.height = len(choices)
        self.widest = max(cells(literal(choice.name)) for choice in choices)

    def line_count(self) -> int:
        return len(self.choices)

    def spans(self, index: int) -> Sequence[Span]:
        choice = self.choices[index]
        return [(fit(literal(choice.name), self.widest), "" if choice.possible else "dim"), (f"   {literal(choice.short)}", "dim")]


class ChoiceScreen(ModalScreen[int | None], inherit_bindings=False):
    """A list of choices, and words about the one under the cursor. Dismissed with the number of one, or None."""

    BINDINGS = [BACK, *(binding for binding in EVERYWHERE if binding.id in ("quit", "interrupt"))]

    def __init__(self, heading: str, choices: Sequence[Choice], keys: Mapping[str, str]) -> None:
        super().__init__()
        self.heading = OneLine(id="heading")
        self.heading.say([(heading, "title")])
        self.lines = Choices(choices)
        self.words = [OneLine(id=f"words-{at}") for at in range(MOST)]
        self.hint = OneLine(id="hint")
        self.hint.say([(f"{shown_key('open', keys)} chooses, {shown_key('back', keys)} leaves it", "dim")])

    def compose(self) -> ComposeResult:
        with Vertical(id="choice"):
            yield self.heading
            yield self.lines
            yield from self.words
            yield self.hint

    def on_mount(self) -> None:
        self.set_focus(self.lines)
        self.say_words()

    def say_words(self) -> None:
        lines = wrapped(self.lines.choices[self.lines.cursor].words, ROOM)
        for at, line in enumerate(self.words):
            line.say([(lines[at] if at < len(lines) else "", "")])

    def on_line_list_moved(self) -> None:
        self.say_words()

    def on_line_list_opened(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        self.dismiss(self.lines.cursor)

    def action_back(self) -> None:
        self.dismiss(None)

    async def action_quit(self) -> None:
        await self.app.action_quit()
