"""Questions that cost money or time: priced first, put only after the user's yes, stopped on a key."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from costtui.domain.asking import Ask
from costtui.panes.spec import Action
from costtui.service.messages import Estimated, Finished
from costtui.ui.explorer.base import ExplorerBase
from costtui.ui.model import Spec
from costtui.ui.said import about, dollars
from costtui.ui.text import count

if TYPE_CHECKING:
    from costtui.ui.choice_screen import Choice

Priced = Callable[[list[Estimated]], None]

DAY = Decimal("0.50")
"""USD a UTC day that the question on first use proposes."""


class Asking(ExplorerBase):
    _prices: dict[str, Estimated]
    """Those that have come in, by pane."""
    _priced: Priced | None = None
    """What happens when all of them have."""
    _awaited: frozenset[str] = frozenset()
    _news_read = False
    _asked_once = False
    """Whether this run has asked for consent unasked."""

    def price(
        self, panes: Sequence[Spec], then: Callable[[list[Estimated]], None], *, paid: bool = False, asks: tuple[Ask, ...] = ()
    ) -> None:
        """Find out what something would cost; a newer question takes the place of one that is not answered yet."""
        self._prices, self._priced, self._awaited = {}, then, frozenset(spec.id for spec in panes)
        for spec in panes:
            self.model.backend.estimate(spec.id, self.model.window, paid=paid, asks=asks)

    def hear_price(self, event: Estimated) -> None:
        if self._priced is None or event.want.pane not in self._awaited:
            return
        self._prices[event.want.pane] = event
        if self._awaited <= self._prices.keys():
            then, self._priced = self._priced, None
            then(list(self._prices.values()))

    def hear_end(self, event: Finished, *, asked: bool) -> None:
        """Say what a question has come to; and on first use, ask whether what is missing may cost something."""
        model = self.model
        if asked:
            self.tell_top(_outcome(event))
        if model.at_overview and not model.is_fetching and not self._news_read:
            self._news_read = True
            self.run_worker(self.overview_screen.read_news(), exit_on_error=False)
        waits = any(problem.kind == "needs-consent" for problem in event.problems)
        if waits and model.backend.needs_consent and not model.memory.declined and not self._asked_once:
            self._asked_once = True
            self.price([next(spec for spec in model.panes if spec.id == event.pane)], self._offer)

    def _offer(self, estimates: list[Estimated]) -> None:
        """The question on first use, in a line that takes no key from anybody: its answer is given on the key that asks again."""
        prices = [price for estimate in estimates for price in estimate.prices if price.usd]
        if prices and not self.pane_screen.filters(self.focused):
            more = f" and {len(prices) - 1} more" if len(prices) > 1 else ""
            usd = sum((price.usd for price in prices), Decimal(0))
            asked = f"read on for {about(usd)}, up to {dollars(DAY)} a day? {self.key_words('pay')} answers"
            self.tell_top(f"{asked}: {prices[0].words}{more}", "warn")

    def action_pay(self) -> None:
        model = self.model
        if model.backend.offline:
            self.tell_top("offline: nothing can be paid for")
            return
        self.tell_top("asking what a paid refresh would cost …")
        self.price(model.shown, self._ask_to_pay, paid=True)

    def _ask_to_pay(self, estimates: list[Estimated]) -> None:
        if not any(price.calls for estimate in estimates for price in estimate.prices):
            problem = next((problem for estimate in estimates for problem in estimate.problems), None)
            if problem is not None:
                self.tell_top(f"the price is not known: {problem.what}", "warn")
            else:
                self.tell_top(f"nothing here costs money: {self.key_words('refresh')} refreshes it")
            return
        what = "everything" if self.model.at_overview else self.model.spec.noun
        self._push_price(f"Fetch {what} anew?", estimates, self._consented)

    def _push_price(self, question: str, estimates: list[Estimated], then: Callable[[Decimal | None], None]) -> None:
        from costtui.ui.price_screen import PriceScreen

        backend = self.model.backend
        left = None if backend.budget is None else max(Decimal(0), backend.budget - self.model.activity.paid.usd)
        proposal = DAY if backend.needs_consent else None
        self.tell_top("")
        self.push_screen(PriceScreen(question, estimates, budget=backend.budget, left=left, proposal=proposal, keys=self.model.keys), then)

    def _consented(self, answer: Decimal | None) -> None:
        """`answer` is the budget of a day that was agreed to, None a no."""
        model = self.model
        if answer is None:
            if model.backend.needs_consent:
                model.memory.declined = True
                model.save_memory()
            self.tell_top(f"nothing is paid for: {self.key_words('pay')} asks again")
            return
        self._agree(answer)
        for spec in model.shown:
            model.activity.asked_on_a_key(spec.id, model.window)
        self.want(refresh=True, paid=True)
        self.tell_top(f"fetching what costs money: {self.key_words('back')} stops")

    def _agree(self, usd_per_day: Decimal) -> None:
        model = self.model
        if model.backend.needs_consent and usd_per_day:
            model.backend.consent(usd_per_day)
            model.memory.declined = False
            model.save_memory()

    async def choose_question(self, rows: Sequence[Any]) -> None:
        """Ask the cloud about these rows: which question, then its price, then a yes."""
        model = self.model
        actions = model.spec.actions
        if not actions:
            self.tell_top(f"nothing more can be asked about {model.spec.noun}")
        elif model.backend.offline:
            self.tell_top("offline: nothing is asked")
        elif not rows:
            self.tell_top(f"no {model.spec.noun} to ask about")
        elif len(actions) == 1:
            self.ask_about(actions[0], rows)
        else:
            from costtui.ui.choice_screen import ChoiceScreen

            choices = [_choice(action, rows) for action in actions]
            heading = f"Ask the cloud about {f'{len(rows):,} {model.spec.noun}' if len(rows) > 1 else 'this row'}"
            await self.push_screen(
                ChoiceScreen(heading, choices, model.keys), lambda at: None if at is None else self.ask_about(actions[at], rows)
            )

    def ask_about(self, action: Action[Any], rows: Sequence[Any]) -> None:
        subjects = subjects_of(action, rows)
        if not subjects:
            self.tell_top(action.unavailable, "warn")
            return
        asks = (Ask(action.dataset, subjects),)
        self.tell_top(f"asking what that would cost: {action.title} …")
        self.price([self.model.spec], lambda estimates: self._ask_question(action, asks, estimates), asks=asks)

    def _ask_question(self, action: Action[Any], asks: tuple[Ask, ...], estimates: list[Estimated]) -> None:
        about = sum(len(ask.subjects) for ask in asks)
        problem = next((problem for estimate in estimates for problem in estimate.problems), None)
        if problem is not None and not any(estimate.prices for estimate in estimates):
            self.tell_top(f"{action.title}: {problem.what}: {problem.action}", "warn")
            return

        def put(answer: Decimal | None) -> None:
            if answer is None:
                self.tell_top(f"not asked: {action.title}")
                return
            self._agree(answer)
            self.model.ask(asks, on_a_key=True)
            self.tell_top(f"{action.title}, {about:,} asked about: {self.key_words('back')} stops")

        self._push_price(f"{action.title[:1].upper()}{action.title[1:]}, for {about:,}?", estimates, put)

    def stop(self, *, asked: bool = False) -> bool:
        """Stop what is being brought for the screen, or only what was `asked` on a key; False where nothing is."""
        model = self.model
        runs = any(model.activity.was_asked(spec.id) for spec in model.shown) if asked else model.is_fetching
        if not runs:
            return False
        model.cancel()
        self.tell_top("stopping: what has arrived stays")
        return True

    def key_words(self, binding_id: str) -> str:
        return self.base.key_of(binding_id)


def subjects_of(action: Action[Any], rows: Sequence[Any]) -> tuple[str, ...]:
    """What is asked about for these rows, each once."""
    return tuple(dict.fromkeys(subject for row in rows if (subject := action.subject(row)) is not None))


def _outcome(event: Finished) -> str:
    """What it cost, and what went wrong first."""
    calls = f"{count(event.paid.count, 'paid call')}, {about(event.paid.usd)}" if event.paid.count else "nothing was paid"
    problem = next((problem for problem in event.problems if problem.kind not in ("warning", "needs-consent")), None)
    return f"done: {calls}" if problem is None else f"{problem.what}: {calls}"


def _choice(action: Action[Any], rows: Sequence[Any]) -> "Choice":
    from costtui.ui.choice_screen import Choice

    subjects = len(subjects_of(action, rows))
    if not subjects:
        return Choice(action.title, "not here", f"{action.unavailable[:1].upper()}{action.unavailable[1:]}.", possible=False)
    one = "one question" if subjects == 1 else f"{subjects:,} questions"
    return Choice(action.title, one, "Cost and time are said before anything is asked.")
