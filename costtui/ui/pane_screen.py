"""The screen of one pane: title, line of panes, table, footer, state."""

import asyncio

from costtui.domain.asking import Ask
from costtui.panes.spec import Action
from costtui.service.messages import Event
from costtui.ui.actions.filtering import Filtering
from costtui.ui.actions.marking import Marking
from costtui.ui.actions.sorting import Sorting
from costtui.ui.keys import PANE
from costtui.ui.subject import Subject

WARM_AFTER, WARM_PAUSE, WARM_ROWS = 0.5, 0.01, 100
"""Seconds without new rows, seconds between two portions, rows in one (about 2 ms)."""
RESTS = 0.7
"""Seconds after which a cursor counts as resting, and what is free is asked for the rows on the screen."""


class PaneScreen(Filtering, Marking, Sorting):
    """Shows one pane of the model at a time."""

    BINDINGS = [*PANE]
    chosen_by = ", the column that is sorted by"

    _rests: asyncio.TimerHandle | None = None
    _asked: set[tuple[str, str]]

    def on_mount(self) -> None:
        self._asked = set()
        self.set_focus(self.table)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        view = self.model.view
        if action == "hidden":
            return view.hidden_count > 0
        if action == "fold":
            return view.folds.any
        return view.wide if action == "columns" else True

    async def warm(self) -> None:
        """Make the first filter as quick as the second, in pauses that no key press notices."""
        view = self.model.view
        await asyncio.sleep(WARM_AFTER)
        while view.warm(WARM_ROWS):
            await asyncio.sleep(WARM_PAUSE)

    def read_rows(self) -> None:
        """The model's rows are new."""
        self.show_rows()
        self.run_worker(self.warm(), group="warm", exclusive=True, exit_on_error=False)
        self._rest()

    def heard(self, event: Event, *, newer: bool) -> None:
        if newer:
            self.read_rows()
        else:
            if not self.model.view.order:
                self.table.refresh()
            super().heard(event, newer=newer)

    async def go_to_pane(self) -> None:
        """The model has another pane or period now."""
        await self.close_filter()
        self.message = None
        self.read_rows()

    def on_line_list_moved(self) -> None:
        self.forget_message()
        self.say_footer()
        self._rest()

    def _rest(self) -> None:
        """The cursor has moved, or the rows are new: after a while of rest, ask what is free for the rows on the screen."""
        if self._rests is not None:
            self._rests.cancel()
        self._rests = None
        if self.model.spec.on_screen and not self.model.backend.offline:
            self._rests = asyncio.get_running_loop().call_later(RESTS, self._ask_for_rows)

    def _ask_for_rows(self) -> None:
        model, table = self.model, self.table
        if model.at_overview or not self.is_mounted or model.is_fetching:
            return
        rows = [model.view.rows[index] for index in model.view.order[table.top : table.top + table.page]]
        asks = tuple(ask for action in model.spec.on_screen if (ask := self._new_subjects(action, rows)))
        if asks:
            model.ask(asks)
            self.say_state()

    def _new_subjects(self, action: Action[object], rows: list[object]) -> Ask | None:
        """What has not been asked before in this run: an answer that does not come is not asked for again and again."""
        found = dict.fromkeys(subject for row in rows if (subject := action.subject(row)) is not None)
        new = tuple(subject for subject in found if (action.id, subject) not in self._asked)
        self._asked |= {(action.id, subject) for subject in new}
        return Ask(action.dataset, new) if new else None

    def subject(self) -> Subject | None:
        view, data = self.model.view, self.model.data
        return Subject(self.model.spec, view.row, data) if view.row is not None and data is not None else None

    def column(self, subject: Subject) -> str:  # noqa: ARG002
        return self.model.view.column.id

    async def action_back(self) -> None:
        """What is nearest to the user goes first: a question that runs, the filter, the marks, then what is being fetched."""
        view = self.model.view
        if self.explorer.stop(asked=True):
            return
        if view.expression:
            self.explorer.visit()
            self.clear_filter()
            self.explorer.visit()
        elif view.marks:
            self.clear_marks()
        elif not self.explorer.stop():
            self.tell(f"nothing to go back to: {self.key_of('quit')} quits")

    async def action_open(self) -> None:
        if self.model.view.unfold():
            self.show_rows()
            self.tell(f"unfolded: {self.key_of('fold')} folds again")
        else:
            await super().action_open()

    def action_fold(self) -> None:
        view = self.model.view
        view.toggle_folds()
        self.show_rows()
        self.tell("every row has its own line" if view.folds.all_open else f"{view.folds.folded:,} {view.spec.noun} share lines")

    async def action_group(self) -> None:
        from costtui.panes.grouping import group_choices

        view, data = self.model.view, self.model.data
        if data is None or not view.order:
            self.tell(f"no {view.spec.noun} to group")
        else:
            await self.enter(group_choices(view.spec, data, view.visible), ("groups",))

    async def action_ask(self) -> None:
        view = self.model.view
        rows = view.marked or (view.visible if view.expression else view.under_cursor)
        await self.explorer.choose_question(rows)

    def action_compare(self) -> None:
        self.explorer.compare(not self.model.compares)

    async def action_basis(self) -> None:
        spec = self.model.spec
        if spec.by_basis:
            await self.explorer.next_basis()
        else:
            self.tell(f"{spec.noun} have one cost basis: {spec.basis}")

    async def action_period(self) -> None:
        await self.explorer.ask_period()

    async def action_save(self, what: str) -> None:
        await self.explorer.ask_and_save(everything=what == "all")
