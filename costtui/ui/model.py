"""What the explorer shows: the pane, the period, and what the store holds for them. No terminal in here."""

from typing import TYPE_CHECKING, Any

from costtui.config import Settings
from costtui.domain.asking import Ask
from costtui.domain.loaded import PaneData, SourceState
from costtui.domain.period import Window, previous, resolve
from costtui.domain.problems import Problem
from costtui.panes.spec import PaneSpec
from costtui.service.ports import Backend
from costtui.ui.activity import Activity
from costtui.ui.memory import Memory
from costtui.ui.view import TableView

if TYPE_CHECKING:
    from costtui.panes.join import World

Spec = PaneSpec[Any, Any]
Data = PaneData[Any, Any]
OVERVIEW = "0"
"""The digit of the place that is no pane."""
HEAD = 200
"""Rows that are kept of a pane that is not on the screen."""


class Model:
    """Holds the rows of the pane on the screen only: the others keep their headline, and are read again when they are opened,
    which takes tens of milliseconds and saves their memory."""

    def __init__(self, backend: Backend, panes: tuple[Spec, ...], period: str, settings: Settings) -> None:
        self.backend = backend
        self.panes = panes
        self.settings = settings
        self.keys: dict[str, str] = {}
        """Remapped keys, as far as they can be used."""
        self.period = period
        self.window: Window = resolve(period, backend.now())
        self.compares = False
        """Whether the table also shows what changed since `before`."""
        self.spec = panes[0]
        self.at_overview = False
        """Whether no pane is on the screen, but a little of each."""
        self.memory: Memory = backend.recall(Memory) or Memory()
        self.views = {spec.id: TableView(spec, sort=self.memory.sorts.get(spec.id, "")) for spec in panes}
        self.heads: dict[str, Data] = {}
        """The first rows of every pane that holds an answer, with its totals, sources and problems."""
        self.activity = Activity(backend.paid_today())
        self.data: Data | None = None

    @property
    def view(self) -> TableView:
        return self.views[self.spec.id]

    @property
    def before(self) -> Window:
        """The window that comparisons are made with."""
        return previous(self.window, self.period)

    @property
    def windows(self) -> tuple[Window, ...]:
        """Those that the screen shows anything of."""
        return (self.window, self.before) if self.compares else (self.window,)

    @property
    def currency(self) -> str:
        data = next(iter(self.heads.values()), None) if self.at_overview else self.data
        return str(getattr(data.totals, "currency", "")) if data is not None else ""

    @property
    def shown(self) -> tuple[Spec, ...]:
        """The panes that the screen shows anything of."""
        return self.panes if self.at_overview else (self.spec,)

    @property
    def is_fetching(self) -> bool:
        return any(self.activity.is_fetching(spec.id, self.window) for spec in self.shown)

    @property
    def progress(self) -> str:
        """What is being done for the screen; empty when nothing is."""
        return next(filter(None, (self.activity.progress(spec.id, window) for spec in self.shown for window in self.windows)), "")

    @property
    def sources(self) -> list[SourceState]:
        """Those of what is on the screen, each once."""
        heads = [self.heads[spec.id] for spec in self.shown if spec.id in self.heads]
        return list({source.name: source for head in heads for source in head.sources}.values())

    def open(self, spec: Spec) -> None:
        """Make `spec` the pane on the screen."""
        self.view.release()
        self.spec, self.at_overview = spec, False
        self.read()

    def open_overview(self) -> None:
        """Show a little of every pane; the rows of the one that was open are let go."""
        self.view.release()
        self.data, self.at_overview = None, True
        for spec in self.panes:
            self.read_headline(spec)

    def save_memory(self) -> None:
        self.backend.remember(self.memory)

    def set_period(self, period: str) -> None:
        """Raises period.PeriodError, and then changes nothing."""
        self.window = resolve(period, self.backend.now())
        self.period = period
        self.heads.clear()
        self.read_again()

    def roll(self) -> bool:
        """Move the window on when a day has passed since it was chosen; True when it did."""
        if resolve(self.period, self.backend.now()) == self.window:
            return False
        self.set_period(self.period)
        return True

    def read_again(self) -> None:
        """Whatever is on the screen."""
        if self.at_overview:
            self.open_overview()
        else:
            self.read()

    def read(self, *, head: bool = False) -> None:
        """Show what the store holds now; with `head` the first rows only, for a first frame that does not wait for the rest."""
        self.data = None  # the old rows go before the new ones come: together they take twice the memory
        self.view.release()
        self.data = self.backend.stored(self.spec, self.window, head=head)
        self.view.spec = self._compared() if self.compares and self.data is not None else self.spec
        self.view.show(self.data)
        self.settle()
        self._note(self.spec, self.data)

    def _compared(self) -> Spec:
        """The pane with its Δ columns: unknown in every row while the earlier window is not stored."""
        from costtui.panes.comparing import changes, with_change_columns

        assert self.data is not None
        before = self.backend.stored(self.spec, self.before)
        return with_change_columns(self.spec, {} if before is None else changes(self.spec, self.data.rows, before.rows))

    def settle(self) -> None:
        """Nothing more is on its way: what is under the cursor stays under it."""
        if not self.is_fetching:
            self.view.hold()

    def read_headline(self, spec: Spec) -> None:
        """The one number of a pane that is not on the screen; its rows are let go again."""
        self._note(spec, self.backend.stored(spec, self.window, head=True))

    def _note(self, spec: Spec, data: Data | None) -> None:
        if data is None:
            self.heads.pop(spec.id, None)
        else:
            self.heads[spec.id] = data if data.more or len(data.rows) <= HEAD else data.head(HEAD)

    def world(self) -> "World":
        """What the store holds of every pane, for what hangs together across them. Read when asked for, and not kept."""
        from costtui.panes.join import World

        stored = ((spec, self.backend.stored(spec, self.window)) for spec in self.panes)
        keys = tuple(self.settings.customers.ordered_keys)
        return World({spec.id: (spec, data) for spec, data in stored if data is not None}, keys)

    def want(self, *, refresh: bool = False, paid: bool = False, asks: tuple[Ask, ...] = ()) -> None:
        """Ask for what the screen lacks, or anew, or what `asks` ask."""
        for spec in self.shown:
            for window in self.windows:
                self.activity.asked(spec.id, window)
                self.backend.want(spec.id, window, refresh=refresh, paid=paid, asks=asks)

    def ask(self, asks: tuple[Ask, ...], *, on_a_key: bool = False) -> None:
        """Put questions about rows of the pane on the screen."""
        if on_a_key:
            self.activity.asked_on_a_key(self.spec.id, self.window)
        else:
            self.activity.asked(self.spec.id, self.window)
        self.backend.want(self.spec.id, self.window, asks=asks)

    def cancel(self) -> None:
        """Stop what is being brought for the screen."""
        for spec in self.shown:
            self.backend.cancel(spec.id)

    def problems_of(self, spec: Spec) -> list[Problem]:
        """Those of the stored answer and of the last one, each once."""
        stored = self.heads[spec.id].problems if spec.id in self.heads else []
        return list(dict.fromkeys([*stored, *self.activity.problems(spec.id, self.window)]))

    @property
    def problems(self) -> list[tuple[Spec, Problem]]:
        """Every known problem; the pane on the screen comes first, and one that concerns several panes stands once."""
        seen: dict[Problem, Spec] = {}
        for spec in sorted(self.panes, key=lambda spec: spec is not self.spec):
            for problem in self.problems_of(spec):
                seen.setdefault(problem, spec)
        return [(spec, problem) for problem, spec in seen.items()]
