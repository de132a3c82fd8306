"""The line in which a filter is typed: it works while it is being typed."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from costtui.ui.lines import OneLine

HINT = "text  !text  column:text  column>number  tag.KEY:text"


class FilterBar(Horizontal):
    """Stands in the footer's place while it is open."""

    BINDINGS = [Binding("escape", "clear", "clear the filter and close it", id="filter-clear")]

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

    def __init__(self, expression: str) -> None:
        super().__init__(id="filter")
        self.field = Input(expression, placeholder=HINT, compact=True, select_on_focus=False)
        self.field.cursor_blink = False

    def compose(self) -> ComposeResult:
        slash = OneLine(id="slash")
        slash.say([(" /", "key")])
        yield slash
        yield self.field

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Typed(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Closed(keep=True))

    def action_clear(self) -> None:
        self.post_message(self.Closed(keep=False))
