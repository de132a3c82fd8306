"""One question with one line to answer in: an MFA code, a file name."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from costtui.ui.keys import EVERYWHERE
from costtui.ui.lines import OneLine, Span
from costtui.ui.text import wrapped

WIDTH = 72
CANCELS = [
    Binding("escape", "cancel", "leave it unanswered", id="cancel"),
    *(binding for binding in EVERYWHERE if binding.priority),
]


def _not_empty(answer: str) -> str | None:
    return None if answer else "type an answer, or leave with Esc"


class PromptScreen(ModalScreen[str | None], inherit_bindings=False):
    """Dismissed with what was typed, or with None. `check` says what is wrong with an answer, or None when it can be used; one that
    is `confirmable` passes when it is given twice in a row."""

    BINDINGS = [*CANCELS]

    def __init__(
        self,
        question: str,
        *,
        default: str = "",
        secret: bool = False,
        check: Callable[[str], str | None] = _not_empty,
        confirmable: Callable[[str], bool] = lambda _answer: False,
    ) -> None:
        super().__init__()
        self.question = question
        self.check = check
        self.confirmable = confirmable
        self.doubted = ""
        self.field = Input(default, password=secret, compact=True, select_on_focus=False)
        self.field.cursor_blink = False
        self.hint = OneLine(id="hint")

    def compose(self) -> ComposeResult:
        with Vertical(id="prompt"):
            for at, line in enumerate(wrapped(self.question, WIDTH - 6)):
                words = OneLine(id=f"question-{at}")
                words.say([(line, "title")])
                yield words
            yield self.field
            yield self.hint

    def on_mount(self) -> None:
        self._hint("Enter answers, Esc leaves it", "dim")
        self.set_focus(self.field)

    def _hint(self, sentence: str, tone: str) -> None:
        spans: list[Span] = [(sentence, tone)]
        self.hint.say(spans)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        answer = event.value.strip()
        doubt = self.check(answer)
        if doubt is None or (answer == self.doubted and self.confirmable(answer)):
            self.dismiss(answer)
        else:
            self.doubted = answer
            self._hint(doubt, "warn")

    def action_cancel(self) -> None:
        self.dismiss(None)

    async def action_quit(self) -> None:
        await self.app.action_quit()
