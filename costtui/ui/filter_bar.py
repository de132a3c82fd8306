"""The line in which a filter is typed: it works while it is being typed, goes on by itself, and remembers."""

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input

from costtui.ui.lines import OneLine

HINT = "text  !text  column:text  column>number  tag.KEY:text"
CHOICES_WIDTH = 36


class Suggested(Suggester):
    """The first choice, which stands dim behind what is typed."""

    def __init__(self, choices: Callable[[str], list[str]]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._choices = choices

    async def get_suggestion(self, value: str) -> str | None:
        return next((choice for choice in self._choices(value) if choice.startswith(value)), None)


class FilterBar(Horizontal):
    """Stands in the footer's place while it is open. Tab goes through what the last word could become, ↑ and ↓ through `past` filters."""

    BINDINGS = [
        Binding("escape", "clear", "clear the filter and close it", id="filter-clear"),
        Binding("tab", "complete", "complete the word, again for the next", id="filter-complete"),
        Binding("up", "past(1)", "an earlier filter", id="filter-earlier"),
        Binding("down", "past(-1)", "a later filter", id="filter-later"),
    ]

    class Typed(Message):
        def __init__(self, expression: str) -> None:
            super().__init__()
            self.expression = expression

        def can_replace(self, message: Message) -> bool:
            """Of several letters that are waiting, only the last text matters."""
            return isinstance(message, FilterBar.Typed)

    class Closed(Message):
        """Enter keeps the filter, Esc clears it."""

        def __init__(self, *, keep: bool) -> None:
            super().__init__()
            self.keep = keep

    def __init__(self, expression: str, *, choices: Callable[[str], list[str]], past: Sequence[str] = (), hint: str = HINT) -> None:
        super().__init__(id="filter")
        self._choices = choices
        self._past = ["", *past]
        self._at = 0
        self._offered: list[str] = []
        """What Tab goes through, until something else is typed."""
        self.field = Input(expression, placeholder=hint, compact=True, select_on_focus=False, suggester=Suggested(choices))
        self.field.cursor_blink = False
        self.others = OneLine(id="choices")

    def compose(self) -> ComposeResult:
        slash = OneLine(id="slash")
        slash.say([(" /", "key")])
        yield slash
        yield self.field
        yield self.others

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value not in self._offered:
            self._offered = []
        self._say_choices()
        self.post_message(self.Typed(event.value))

    def _say_choices(self) -> None:
        """The last words of the first choices, and the key that takes them."""
        found = self._offered or self._choices(self.field.value)
        words = "  ".join(choice.rsplit(" ", 1)[-1] for choice in found[:4])
        self.others.say([(f"Tab: {words}", "dim")] if found else [])

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Closed(keep=True))

    def action_clear(self) -> None:
        self.post_message(self.Closed(keep=False))

    def action_complete(self) -> None:
        if not self._offered:
            self._offered = self._choices(self.field.value)
            following = 0
        else:
            following = (self._offered.index(self.field.value) + 1) % len(self._offered) if self.field.value in self._offered else 0
        if self._offered:
            self._put(self._offered[following])

    def action_past(self, step: int) -> None:
        self._at = max(0, min(self._at + step, len(self._past) - 1))
        self._put(self._past[self._at])

    def _put(self, expression: str) -> None:
        self.field.value = expression
        self.field.cursor_position = len(expression)
