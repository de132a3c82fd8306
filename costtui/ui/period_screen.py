"""The small list of periods, and a month that is typed."""

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from costtui.domain.period import PERIODS, PeriodError, resolve
from costtui.ui.keys import BACK, EVERYWHERE
from costtui.ui.lines import LineList, OneLine, Span
from costtui.ui.model import Model
from costtui.ui.said import period_words
from costtui.ui.text import fit


class PeriodList(LineList):
    """The named periods with their days; the last line is the month that is being typed."""

    def __init__(self, model: Model) -> None:
        super().__init__(id="periods")
        self.model = model
        self.typed = ""
        self.cursor = PERIODS.index(model.period) if model.period in PERIODS else len(PERIODS)

    def line_count(self) -> int:
        return len(PERIODS) + 1

    def spans(self, index: int) -> Sequence[Span]:
        if index == len(PERIODS):
            return [(fit("month", 12), ""), (self.typed or "type YYYY-MM", "" if self.typed else "dim")]
        now = self.model.backend.now()
        period = PERIODS[index]
        return [(fit(period, 12), ""), (period_words(period, resolve(period, now), now), "dim")]

    def type(self, typed: str) -> None:
        self.typed = typed
        self.move_to(len(PERIODS))
        self.refresh()


class PeriodScreen(ModalScreen[str | None], inherit_bindings=False):
    """Dismissed with a period that can be resolved, or None."""

    BINDINGS = [BACK, *(binding for binding in EVERYWHERE if binding.id in ("quit", "interrupt"))]

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.model = model
        self.lines = PeriodList(model)
        self.heading = OneLine(id="heading")
        self.hint = OneLine(id="hint")

    def compose(self) -> ComposeResult:
        with Vertical(id="period"):
            yield self.heading
            yield self.lines
            yield self.hint

    def on_mount(self) -> None:
        self.heading.say([("Period, in whole UTC days", "title")])
        self.hint.say([("Enter chooses, Esc leaves it", "dim")])
        self.set_focus(self.lines)

    def on_key(self, event: events.Key) -> None:
        if event.character and (event.character.isdigit() or event.character == "-"):
            self.lines.type((self.lines.typed + event.character)[:7])
            event.stop()
        elif event.key == "backspace":
            self.lines.type(self.lines.typed[:-1])
            event.stop()

    def on_line_list_opened(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        index = self.lines.cursor
        period = PERIODS[index] if index < len(PERIODS) else self.lines.typed
        try:
            resolve(period, self.model.backend.now())
        except PeriodError as error:
            self.hint.say([(str(error) if period else "type the month first: YYYY-MM", "warn")])
        else:
            self.dismiss(period)

    def action_back(self) -> None:
        self.dismiss(None)

    async def action_quit(self) -> None:
        await self.app.action_quit()
