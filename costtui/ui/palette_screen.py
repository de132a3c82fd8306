"""Commands, panes and rows by name: a line to type in, and what fits below it."""

from collections.abc import Awaitable, Callable, Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from costtui.domain.text import literal
from costtui.ui.lines import LineList, OneLine, Span
from costtui.ui.palette import Command, ranked
from costtui.ui.prompt_screen import CANCELS
from costtui.ui.text import cells, cut, fit

NAME_WIDTH, KEY_WIDTH = 34, 8


class CommandLines(LineList):
    def __init__(self) -> None:
        super().__init__(id="commands")
        self.found: list[Command] = []
        self.can_focus = False

    def line_count(self) -> int:
        return len(self.found)

    def spans(self, index: int) -> Sequence[Span]:
        command, width = self.found[index], self.size.width - 1
        name = fit(literal(command.name), min(max(NAME_WIDTH, cells(literal(command.name))), width * 2 // 3))
        about = cut(literal(command.about), max(0, width - cells(name) - KEY_WIDTH - 3))
        space = max(1, width - cells(name) - cells(about) - KEY_WIDTH - 2)
        return [(name, ""), (f"  {about}", "dim"), (" " * space + fit(command.key, KEY_WIDTH, "right"), "key")]

    def show(self, found: list[Command]) -> None:
        self.found, self.cursor, self.top = found, 0, 0
        self.settle()


class PaletteScreen(ModalScreen[Command | None], inherit_bindings=False):
    """`commands` are there at once; `rows` come when something is typed; `typed` makes a command of a whole line with its argument."""

    BINDINGS = [
        *CANCELS,
        Binding("up", "go(-1)", "one line up", id="palette-up"),
        Binding("down", "go(1)", "one line down", id="palette-down"),
        Binding("pageup", "go(-10)", "ten lines up", id="palette-page-up"),
        Binding("pagedown", "go(10)", "ten lines down", id="palette-page-down"),
        Binding("tab", "complete", "complete the name", id="palette-complete"),
    ]

    def __init__(
        self,
        commands: Sequence[Command],
        recent: Sequence[str],
        rows: Callable[[], Awaitable[list[Command]]],
        typed: Callable[[str], Command | None],
    ) -> None:
        super().__init__()
        self.commands, self.recent = list(commands), recent
        self._rows, self._typed = rows, typed
        self._reading = False
        self.lines = CommandLines()
        self.field = Input(placeholder="a command, a pane, a customer, a function, a stack", compact=True, select_on_focus=False)
        self.field.cursor_blink = False
        self.hint = OneLine(id="hint")

    def compose(self) -> ComposeResult:
        with Vertical(id="palette"):
            yield self.field
            yield self.lines
            yield self.hint

    def on_mount(self) -> None:
        self.set_focus(self.field)
        self._show("")

    def on_input_changed(self, event: Input.Changed) -> None:
        if event.value.strip() and not self._reading:
            self._reading = True
            self.run_worker(self._read(), exit_on_error=False)
        self._show(event.value)

    async def _read(self) -> None:
        self.commands += await self._rows()
        self._show(self.field.value)

    def _show(self, query: str) -> None:
        typed = self._typed(query)
        self.lines.show([*([typed] if typed is not None else []), *ranked(query, self.commands, self.recent)])
        found = "Enter does it · Tab completes · Esc leaves" if self.lines.found else "nothing is called that: Esc leaves"
        self.hint.say([(found, "dim")])

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self.lines.found:
            self.dismiss(self.lines.found[self.lines.cursor])

    def on_line_list_opened(self) -> None:
        self.dismiss(self.lines.found[self.lines.cursor])

    def action_go(self, step: int) -> None:
        self.lines.move_to(self.lines.cursor + step, step)

    def action_complete(self) -> None:
        if self.lines.found:
            self.field.value = self.lines.found[self.lines.cursor].name
            self.field.cursor_position = len(self.field.value)

    def action_cancel(self) -> None:
        self.dismiss(None)

    async def action_quit(self) -> None:
        await self.app.action_quit()
