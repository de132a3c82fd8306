"""The explorer: what happens when it starts, between a key and its action, and when it ends."""

import asyncio
import contextlib
from typing import Any

from textual import events
from textual.binding import Binding
from textual.dom import DOMNode

from costtui.ui.base_screen import BaseScreen
from costtui.ui.explorer.commands import Commands
from costtui.ui.explorer.hearing import Hearing
from costtui.ui.explorer.saving import Saving
from costtui.ui.keys import checked
from costtui.ui.lines import LineList
from costtui.ui.themes import known, registered

CLOSES_FILTER = ("enter", "escape")
TAKES_COUNT = ("go", "page", "end", "pane")
CLOSING = 0.5
"""Seconds that the fetcher gets to be let go; quitting never waits longer."""


class ExplorerApp(Commands, Hearing, Saving):
    """Nothing here waits for a network: the backend answers at once with what is stored, and speaks up when there is more."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._complaints: list[str] = []
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
        if isinstance(event, events.Key) and not event.is_forwarded and isinstance(lines := self.focused, LineList):
            active = self.screen.active_bindings.get(event.key)
            if active is not None:
                done = await self.run_action(active.binding.action, active.node)
                if not active.binding.action.startswith(TAKES_COUNT):
                    lines.count = 0
                if done:
                    return
        await super().on_event(event)

    def release_keys(self) -> None:
        """The field has answered: what was typed meanwhile takes its turn."""
        held, self._held = self._held or [], None
        for event in held:
            self.post_message(event)

    def on_mount(self) -> None:
        self._configure()
        self.model.backend.listen(self.receive)
        if self.model.at_overview:
            self.model.open_overview()
            self.overview_screen.read()
        else:
            self.model.read(head=True)
            self.pane_screen.read_rows()
        self.call_after_refresh(self._after_first_paint)

    def _configure(self) -> None:
        ui = self.model.settings.ui
        self.model.keys, self._complaints = checked(ui.keys)
        self.set_keymap(self.model.keys)
        theme = self.model.memory.theme or ui.theme
        if theme in known(self):
            self.theme = registered(self, theme)
        else:
            self._complaints.append(f"ui.theme {theme!r} is not known: use one of {', '.join(known(self))}")

    def _after_first_paint(self) -> None:
        if self.model.data is not None and self.model.data.more:
            self.model.read()
            self.pane_screen.read_rows()
        self.want()
        self.read_headlines()
        self.visit()
        self.set_interval(60, self.redraw)
        if self._complaints:
            self.tell_top("config.toml: " + "; ".join(self._complaints), "warn")

    def handle_bindings_clash(self, clashed_bindings: set[Binding], node: DOMNode) -> None:
        """Clashes are refused before the keymap is set, with a sentence."""

    def action_refresh(self) -> None:
        model = self.model
        if model.backend.offline:
            self.tell_top("offline: nothing is fetched")
            return
        if isinstance(self.screen, BaseScreen):
            self.screen.message = None
        if model.roll() and not model.at_overview:
            self.pane_screen.read_rows()
        self.want(refresh=True)
        what = "everything" if model.at_overview else model.spec.noun
        self.tell_top(f"refreshing {what} from free sources")

    async def action_problems(self) -> None:
        from costtui.ui.problems_screen import ProblemsScreen

        await self.toggle(ProblemsScreen, lambda: ProblemsScreen(self.model))

    async def action_help(self) -> None:
        from costtui.ui.help_screen import HelpScreen

        live = [active.binding for active in self.screen.active_bindings.values() if active.enabled]
        await self.toggle(HelpScreen, lambda: HelpScreen(self.model, live))

    async def action_quit(self) -> None:
        self.exit()

    async def on_unmount(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.model.backend.close(), CLOSING)
