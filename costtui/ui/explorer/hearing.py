"""What the explorer does when the fetcher speaks: reads the store again, tells its screens, asks the user."""

from time import monotonic

from costtui.service.messages import Estimated, Event, Finished, Lost, Progress, Prompt, Updated
from costtui.ui.base_screen import BaseScreen
from costtui.ui.explorer.asking import Asking

BATCH = 1.0
"""Seconds between two readings of the store while the fetcher keeps writing, and between two words of progress."""


class Hearing(Asking):
    _last_reading = -BATCH
    _last_progress = -BATCH
    _reading_due = False

    def receive(self, event: Event) -> None:
        """Take the event into the application's own queue: it may come from outside its tasks."""
        self.call_later(self._hear, event)

    def _hear(self, event: Event) -> None:
        asked = isinstance(event, Finished) and self.model.activity.was_asked(event.pane)
        self.model.activity.hear(event)
        now = monotonic()
        if isinstance(event, Updated):
            self._read_soon(event, now)
        elif isinstance(event, Prompt):
            self._ask(event)
        elif isinstance(event, Estimated):
            self.hear_price(event)
        elif isinstance(event, Progress):
            if now - self._last_progress >= BATCH:
                self._last_progress = now
                self._pass_on(event, newer=False)
        else:
            self._settle(event, asked=asked)

    def _settle(self, event: Event, *, asked: bool) -> None:
        """Something ended: an answer, a paid call, the fetcher itself."""
        self._read_due(event)
        self.model.settle()
        self._pass_on(event, newer=False)
        if isinstance(event, Lost) and isinstance(self.screen, BaseScreen):
            self.screen.forget_message()
        if isinstance(event, Finished):
            self.hear_end(event, asked=asked)

    def _read_soon(self, event: Updated, now: float) -> None:
        """At once, or together with what follows within a second: a fetch of many pages writes often."""
        model = self.model
        if event.window not in model.windows:
            return
        if model.at_overview or event.pane != model.spec.id:
            model.read_headline(next(spec for spec in model.panes if spec.id == event.pane))
            self._pass_on(event, newer=model.at_overview)
        elif now - self._last_reading >= BATCH:
            self._read(event)
        elif not self._reading_due:
            self._reading_due = True
            self.set_timer(BATCH, lambda: self._read_due(event))

    def _read_due(self, event: Event) -> None:
        """What waited for its second, or for the end of the fetch."""
        if self._reading_due:
            self._read(event)

    def _read(self, event: Event) -> None:
        self._reading_due = False
        if self.model.at_overview:
            return
        self._last_reading = monotonic()
        self.model.read()
        self._pass_on(event, newer=True)

    def _pass_on(self, event: Event, *, newer: bool) -> None:
        """Every full screen follows, so that going back shows what is true now."""
        for screen in self.screen_stack:
            if isinstance(screen, BaseScreen):
                screen.heard(event, newer=newer)

    def _ask(self, prompt: Prompt) -> None:
        from costtui.ui.prompt_screen import PromptScreen

        answer = self.model.backend.answer
        self.push_screen(PromptScreen(prompt.question, secret=prompt.secret), lambda text: answer(prompt.id, text))
