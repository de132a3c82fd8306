"""What the explorer shows: the pane, the period, and what the store holds for them. No terminal in here."""

from typing import TYPE_CHECKING, Any

from costtui.config import Settings
from costtui.domain.loaded import PaneData
from costtui.domain.period import Window, previous, resolve
from costtui.domain.problems import Problem
from costtui.panes.spec import PaneSpec
from costtui.service.ports import Backend
from costtui.ui.activity import Activity
from costtui.ui.view import TableView

if TYPE_CHECKING:
    from costtui.panes.related import World

Spec = PaneSpec[Any, Any]
Data = PaneData[Any, Any]


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
        self.views = {spec.id: TableView(spec) for spec in panes}
        self.headlines: dict[str, str] = {}
        self.activity = Activity(backend.paid_today())
        self.data: Data | None = None
        self._stored_problems: dict[str, list[Problem]] = {}

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
        return str(getattr(self.data.totals, "currency", "")) if self.data is not None else ""

    @property
    def is_fetching(self) -> bool:
        return self.activity.is_fetching(self.spec.id, self.window)

    def open(self, spec: Spec) -> None:
        """Make `spec` the pane on the screen."""
        self.view.release()
        self.spec = spec
        self.read()

    def set_period(self, period: str) -> None:
        """Raises period.PeriodError, and then changes nothing."""
        self.window = resolve(period, self.backend.now())
        self.period = period
        self.headlines.clear()
        self._stored_problems.clear()
        self.read()

    def roll(self) -> bool:
        """Move the window on when a day has passed since it was chosen; True when it did."""
        if resolve(self.period, self.backend.now()) == self.window:
            return False
        self.set_period(self.period)
        return True

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
            self.headlines.pop(spec.id, None)
            self._stored_problems.pop(spec.id, None)
        else:
            self.headlines[spec.id] = spec.headline(data.totals)
            self._stored_problems[spec.id] = list(data.problems)

    def world(self) -> "World":
        """What the store holds of every pane, for what hangs together across them. Read when asked for, and not kept."""
        from costtui.panes.related import World

        stored = ((spec, self.backend.stored(spec, self.window)) for spec in self.panes)
        return World({spec.id: (spec, data) for spec, data in stored if data is not None})

    def want(self, *, refresh: bool = False) -> None:
        """Ask for what the pane on the screen lacks."""
        for window in self.windows:
            self.activity.asked(self.spec.id, window)
            self.backend.want(self.spec.id, window, refresh=refresh)

    def problems_of(self, spec: Spec) -> list[Problem]:
        """Those of the stored answer and of the last one, each once."""
        return list(dict.fromkeys([*self._stored_problems.get(spec.id, []), *self.activity.problems(spec.id, self.window)]))

    @property
    def problems(self) -> list[tuple[Spec, Problem]]:
        """Every known problem; the pane on the screen comes first, and one that concerns several panes stands once."""
        seen: dict[Problem, Spec] = {}
        for spec in sorted(self.panes, key=lambda spec: spec is not self.spec):
            for problem in self.problems_of(spec):
                seen.setdefault(problem, spec)
        return [(spec, problem) for problem, spec in seen.items()]
