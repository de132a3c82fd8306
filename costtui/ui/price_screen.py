"""What something would cost, source by source, before it is asked. A yes is typed; Enter alone is none."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from costtui.domain.asking import Price
from costtui.domain.text import literal
from costtui.service.messages import Estimated
from costtui.ui.keys import shown_key
from costtui.ui.lines import OneLine
from costtui.ui.prompt_screen import CANCELS
from costtui.ui.said import about, dollars
from costtui.ui.text import count, fit, wrapped

WIDTH = 72
ROOM = WIDTH - 6
MOST = 8
"""Sources that have a line of their own."""
YES = "yes"


class PriceScreen(ModalScreen[Decimal | None], inherit_bindings=False):
    """Dismissed with None for a no, and for a yes with the USD a day that may be spent from now on: `proposal`, another amount that was
    typed, or zero where nothing has to be agreed to."""

    BINDINGS = [*CANCELS]

    def __init__(
        self,
        question: str,
        estimates: Sequence[Estimated],
        *,
        budget: Decimal | None,
        left: Decimal | None,
        proposal: Decimal | None,
        keys: Mapping[str, str],
    ) -> None:
        super().__init__()
        self.question, self.budget, self.left, self.proposal = question, budget, left, proposal
        self.prices = [price for estimate in estimates for price in estimate.prices]
        self.problems = [problem for estimate in estimates for problem in estimate.problems]
        self.usd = sum((price.usd for price in self.prices), Decimal(0))
        self.no = shown_key("back", keys)
        self.field = Input(placeholder="type yes" if self.usd else "Enter asks", compact=True, select_on_focus=False)
        self.field.cursor_blink = False
        self.hint = OneLine(id="hint")

    def compose(self) -> ComposeResult:
        with Vertical(id="prompt"):
            for at, (text, tone) in enumerate(self.lines()):
                words = OneLine(id=f"line-{at}")
                words.say([(text, tone)])
                yield words
            yield self.field
            yield self.hint

    def on_mount(self) -> None:
        self.hint.say([(self.way_out(), "dim")])
        self.set_focus(self.field)

    def lines(self) -> list[tuple[str, str]]:
        lines = [(line, "title") for line in wrapped(self.question, ROOM)] + [("", "")]
        for price in self.prices[:MOST]:
            cost = _cost(price)
            words = wrapped(price.words, ROOM - len(cost) - 2) or [literal(price.source)]
            lines += [*((line, "") for line in words[:-1]), (fit(words[-1], ROOM - len(cost)) + cost, "")]
        if len(self.prices) > MOST:
            lines.append((f"and {count(len(self.prices) - MOST, 'question')} more", "dim"))
        lines += [
            (f"not known: {line}" if at == 0 else line, "warn")
            for problem in self.problems[:2]
            for at, line in enumerate(wrapped(problem.what, ROOM - 11))
        ]
        lines += [("", ""), (self.total(), "head")]
        return lines

    def total(self) -> str:
        """ "3 calls, about $0.03, 40 s; $0.47 of today's $0.50 is left"."""
        calls, seconds = sum(price.calls for price in self.prices), sum(price.seconds for price in self.prices)
        words = [count(calls, "call") if calls else "", about(self.usd), _duration(seconds)]
        left = (
            f"; {dollars(self.left)} of today's {dollars(self.budget)} is left" if self.left is not None and self.budget is not None else ""
        )
        return ", ".join(filter(None, words)) + left

    def way_out(self) -> str:
        if self.proposal is not None and self.usd:
            return f"type yes for up to {dollars(self.proposal)} a UTC day, or another amount; {self.no}: free sources only"
        return f"type yes; {self.no} leaves it" if self.usd else f"Enter asks; {self.no} leaves it"

    def on_input_submitted(self, event: Input.Submitted) -> None:
        answer = event.value.strip().casefold()
        amount = _amount(answer)
        if self.left is not None and self.usd > self.left:
            self.hint.say([("that is more than is left of today's budget: --budget or [budget] raises it", "warn")])
        elif answer == YES or (not answer and not self.usd):
            self.dismiss(self.proposal or Decimal(0))
        elif amount is not None and self.proposal is not None:
            self.dismiss(amount)
        else:
            self.hint.say([(f"nothing is asked without a yes: {self.way_out()}", "warn")])

    def action_cancel(self) -> None:
        self.dismiss(None)

    async def action_quit(self) -> None:
        await self.app.action_quit()


def _cost(price: Price) -> str:
    return ", ".join(filter(None, (dollars(price.usd) if price.usd else "free", _duration(price.seconds))))


def _duration(seconds: int) -> str:
    return "" if not seconds else f"{seconds} s" if seconds < 100 else f"{(seconds + 59) // 60} min"


def _amount(answer: str) -> Decimal | None:
    try:
        amount = Decimal(answer.removeprefix("$"))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount > 0 else None
