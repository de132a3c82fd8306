"""What every full screen has: room for its lines, a sentence where there is none, and a line of state."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, cast

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget

from costtui.panes.spec import Detail
from costtui.service.messages import Event
from costtui.ui.chrome import state_line
from costtui.ui.keys import shown_key
from costtui.ui.lines import OneLine, Span
from costtui.ui.model import Model

LEAST_WIDTH, LEAST_HEIGHT = 60, 10
Step = tuple[str, ...]
"""One step of a trail, the way into details: ("row", pane, id), ("related", pane, id), ("explain", pane, id, column),
("link", pane, id), ("groups",), ("beside", ids…), ("line", n) and ("why", n) of the detail above."""


class Explorer(Protocol):
    """What screens ask of the application."""

    def push_screen(self, screen: Screen[Any], callback: Callable[[Any], Any] | None = None) -> Any: ...

    def compare(self, compares: bool) -> None: ...

    def release_keys(self) -> None: ...

    def stop(self, *, asked: bool = False) -> bool: ...

    def tell_top(self, sentence: str, tone: str = "") -> None: ...

    def visit(self) -> None: ...

    async def ask_and_save(self, *, everything: bool) -> None: ...

    async def ask_period(self) -> None: ...

    async def back(self) -> None: ...

    async def choose_question(self, rows: Sequence[Any]) -> None: ...

    async def enter(self, detail: Detail, trail: tuple[Step, ...], crumbs: tuple[str, ...]) -> None: ...

    async def next_basis(self) -> None: ...

    async def send_out(self, text: str, name: str) -> None: ...


class BaseScreen(Screen[None], inherit_bindings=False):
    """A full screen over a Model. Messages of the last effect stand in the state line until the cursor moves on."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.model = model
        self.message: Span | None = None
        self.state_words = OneLine(id="state")

    @property
    def explorer(self) -> Explorer:
        return cast(Explorer, self.app)

    def body(self) -> Iterable[Widget]:
        """The widgets above the state line."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        yield from self.body()
        yield self.state_words
        tiny = OneLine(id="tiny")
        tiny.say([(f" costtui needs {LEAST_WIDTH}×{LEAST_HEIGHT} cells: enlarge the terminal", "")])
        yield tiny

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width < LEAST_WIDTH or event.size.height < LEAST_HEIGHT, "-tiny")
        self.redraw()

    def redraw(self) -> None:
        """Say all lines anew; those whose words did not change are not sent."""
        self.say_state()

    def say_state(self) -> None:
        self.state_words.say(self.state_spans(self.size.width))

    def state_spans(self, width: int) -> list[Span]:
        """Screens above a pane name the way back; only the pane shows ages."""
        return state_line(self.model, self.message, width, [f"{self.key_of('help')} help"])

    def tell(self, sentence: str, tone: str = "") -> None:
        """Name an effect in the state line."""
        self.message = (sentence, tone)
        self.say_state()

    def forget_message(self) -> None:
        if self.message is not None:
            self.message = None
            self.say_state()

    def heard(self, event: Event, *, newer: bool) -> None:  # noqa: ARG002
        """The fetcher said something; `newer` when the rows in the model changed."""
        self.redraw()

    async def action_open(self) -> None:
        """Enter on the line under the cursor."""
        raise NotImplementedError

    async def on_line_list_opened(self) -> None:
        await self.action_open()

    def key_of(self, binding_id: str) -> str:
        """The key that does it now, as the configuration left it."""
        return shown_key(binding_id, self.model.keys)
