"""The explorer: holds the model, hears the fetcher, and moves between screens."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import get_args

from textual import events
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode

from costtui.config import Settings
from costtui.domain.customers.records import Basis
from costtui.domain.period import PeriodError
from costtui.service.messages import Event, Lost, Progress, Prompt, Updated
from costtui.service.ports import Backend
from costtui.ui.base_screen import BaseScreen
from costtui.ui.chrome import period_words
from costtui.ui.keys import EVERYWHERE, checked
from costtui.ui.lines import LineList
from costtui.ui.model import Model, Spec
from costtui.ui.pane_screen import PaneScreen
from costtui.ui.saving import SavedPane, SaveSnapshot, confirmable, default_name, doubt, panes_to_save, path_of

CLOSES_FILTER = ("enter", "escape")
BASES: tuple[Basis, ...] = get_args(Basis)
BATCH = 1.0
"""Seconds between two readings of the store while the fetcher keeps writing, and between two words of progress."""
CLOSING = 0.5
"""Seconds that the fetcher gets to be let go; quitting never waits longer."""


class ExplorerApp(App[None], inherit_bindings=False):
    """Nothing here waits for a network: the backend answers at once with what is stored, and speaks up when there is more."""

    TITLE = "costtui"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    BINDINGS = [*EVERYWHERE]

    def __init__(self, backend: Backend, panes: tuple[Spec, ...], period: str, settings: Settings, save: SaveSnapshot) -> None:
        super().__init__()
        self.animation_level = "none"
        self.model = Model(backend, panes, period, settings)
        self.save = save
        self.pane_screen = PaneScreen(self.model)
        self._complaints: list[str] = []
        self._last_reading = -BATCH
        self._last_progress = -BATCH
        self._reading_due = False
        self._held: list[events.Key] | None = None
        """Keys that wait for the filter's field to close; None while it does not."""

    async def on_event(self, event: events.Event) -> None:
        """Finish what a key does before the next one is looked at: `/name` may arrive at once, and belongs to the field that `/` opens;
        so may what is typed after the Enter that closes it, and belongs to the table."""
        if isinstance(event, events.Key) and not event.is_forwarded and self.pane_screen.filters(self.focused):
            if self._held is not None:
                self._held.append(event)
                return
            if event.key in CLOSES_FILTER:
                self._held = []
        if isinstance(event, events.Key) and not event.is_forwarded and isinstance(self.focused, LineList):
            active = self.screen.active_bindings.get(event.key)
            if active is not None and await self.run_action(active.binding.action, active.node):
                return
        await super().on_event(event)

    def release_keys(self) -> None:
        """The field has answered: what was typed meanwhile takes its turn."""
        held, self._held = self._held or [], None
        for event in held:
            self.post_message(event)

    def get_default_screen(self) -> PaneScreen:
        return self.pane_screen

    def on_mount(self) -> None:
        self._configure()
        self.model.backend.listen(self._receive)
        self.model.read(head=True)
        self.pane_screen.read_rows()
        self.call_after_refresh(self._after_first_paint)

    def _configure(self) -> None:
        ui = self.model.settings.ui
        self.model.keys, self._complaints = checked(ui.keys)
        self.set_keymap(self.model.keys)
        if ui.theme in self.available_themes:
            self.theme = ui.theme
        else:
            self._complaints.append(f"ui.theme {ui.theme!r} is not known: use one of {', '.join(sorted(self.available_themes))}")

    def _after_first_paint(self) -> None:
        if self.model.data is not None and self.model.data.more:
            self.model.read()
            self.pane_screen.read_rows()
        self._want()
        for spec in self.model.panes:
            if spec is not self.model.spec:
                self.model.read_headline(spec)
        self.pane_screen.redraw()
        self.set_interval(60, self._redraw)
        if self._complaints:
            self.pane_screen.tell("config.toml: " + "; ".join(self._complaints), "warn")

    def _redraw(self) -> None:
        if isinstance(self.screen, BaseScreen):
            self.screen.redraw()

    def _want(self, *, refresh: bool = False) -> None:
        if not self.model.backend.offline:
            self.model.want(refresh=refresh)
            self._redraw()

    def handle_bindings_clash(self, clashed_bindings: set[Binding], node: DOMNode) -> None:
        """Clashes are refused before the keymap is set, with a sentence."""

    def _receive(self, event: Event) -> None:
        """Take the event into the application's own queue: it may come from outside its tasks."""
        self.call_later(self._hear, event)

    def _hear(self, event: Event) -> None:
        self.model.activity.hear(event)
        now = monotonic()
        if isinstance(event, Updated):
            self._read_soon(event, now)
        elif isinstance(event, Prompt):
            self._ask(event)
        elif isinstance(event, Progress):
            if now - self._last_progress >= BATCH:
                self._last_progress = now
                self._pass_on(event, newer=False)
        else:
            self._read_due(event)
            self.model.settle()
            self._pass_on(event, newer=False)
            if isinstance(event, Lost) and isinstance(self.screen, BaseScreen):
                self.screen.forget_message()

    def _read_soon(self, event: Updated, now: float) -> None:
        """At once, or together with what follows within a second: a fetch of many pages writes often."""
        if event.window not in self.model.windows:
            return
        if event.pane != self.model.spec.id:
            self.model.read_headline(next(spec for spec in self.model.panes if spec.id == event.pane))
            self._pass_on(event, newer=False)
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

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "pane":
            return any(spec.key == parameters[0] for spec in self.model.panes)
        return True

    async def action_pane(self, key: str) -> None:
        await self._go_to(next(spec for spec in self.model.panes if spec.key == key))

    async def action_pane_step(self, step: int) -> None:
        panes = self.model.panes
        await self._go_to(panes[(panes.index(self.model.spec) + step) % len(panes)])

    async def _go_to(self, spec: Spec) -> None:
        while self.screen is not self.pane_screen:
            await self.pop_screen()
        self.model.open(spec)
        await self.pane_screen.go_to_pane()
        self._want()

    async def change_period(self, period: str) -> None:
        try:
            self.model.set_period(period)
        except PeriodError as error:
            self.pane_screen.tell(str(error), "warn")
            return
        await self.pane_screen.go_to_pane()
        self._want()
        self.pane_screen.tell(f"period: {period_words(period, self.model.window, self.model.backend.now())}")
        self.call_after_refresh(self._read_headlines)

    def next_basis(self) -> None:
        """Show the same bill in the next cost basis."""
        backend = self.model.backend
        backend.basis = BASES[(BASES.index(backend.basis) + 1) % len(BASES)]
        self.model.read()
        self.pane_screen.read_rows()
        self._want()
        self.pane_screen.tell(f"cost basis: {backend.basis.replace('-', ' ')}")

    def compare(self, compares: bool) -> None:
        """Add or take away the Δ columns."""
        model = self.model
        model.compares = compares
        model.read()
        self.pane_screen.read_rows()
        if not compares:
            self.pane_screen.tell("not compared any more")
            return
        self._want()
        before = model.before
        self.pane_screen.tell(f"compared with {before.start} to {before.end - timedelta(1)}: Δ is now minus then")

    def _read_headlines(self) -> None:
        for spec in self.model.panes:
            if spec is not self.model.spec:
                self.model.read_headline(spec)
        self.pane_screen.redraw()

    def action_refresh(self) -> None:
        screen = self.screen
        assert isinstance(screen, BaseScreen)
        if self.model.backend.offline:
            screen.tell("offline: nothing is fetched")
        else:
            screen.message = None
            if self.model.roll():
                self.pane_screen.read_rows()
            self._want(refresh=True)
            screen.tell(f"refreshing {self.model.spec.noun} from free sources")

    async def action_problems(self) -> None:
        from costtui.ui.problems_screen import ProblemsScreen

        await self._toggle(ProblemsScreen, lambda: ProblemsScreen(self.model))

    async def action_help(self) -> None:
        from costtui.ui.help_screen import HelpScreen

        live = [active.binding for active in self.screen.active_bindings.values() if active.enabled]
        await self._toggle(HelpScreen, lambda: HelpScreen(self.model, live))

    async def _toggle(self, kind: type[BaseScreen], make: Callable[[], BaseScreen]) -> None:
        """Open a screen, or close it when it is the one on top."""
        if isinstance(self.screen, kind):
            await self.pop_screen()
        else:
            await self.push_screen(make())

    async def ask_and_save(self, *, everything: bool) -> None:
        from costtui.ui.prompt_screen import PromptScreen

        panes = panes_to_save(self.model, everything=everything)
        if not panes:
            self.pane_screen.tell("nothing to save: no rows are stored yet", "warn")
            return
        rows = sum(len(rows) for _, _, rows in panes)
        what = f"every pane, {rows:,} rows" if everything else f"{rows:,} {self.model.spec.noun} as filtered and sorted"
        prompt = PromptScreen(
            f"Snapshot of {what}: into which file?",
            default=default_name(self.model, everything=everything),
            check=doubt,
            confirmable=confirmable,
        )
        await self.push_screen(prompt, lambda answer: self._save(answer, panes))

    async def _save(self, answer: str | None, panes: list[SavedPane]) -> None:
        if answer is None:
            self.pane_screen.tell("nothing saved")
            return
        path = path_of(answer)
        self.pane_screen.tell(f"saving {path}")
        self.run_worker(self._write(path, panes), group="save", exit_on_error=False)

    async def _write(self, path: Path, panes: list[SavedPane]) -> None:
        try:
            await asyncio.to_thread(self.save, path, panes=panes)
        except OSError as error:
            self.pane_screen.tell(f"not saved: {path}: {error.strerror or error}", "bad")
        else:
            self.pane_screen.tell(f"saved {path}")

    async def action_quit(self) -> None:
        self.exit()

    async def on_unmount(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.model.backend.close(), CLOSING)
