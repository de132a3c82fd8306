"""What every part of the explorer stands on: the model, the two screens below all others, and words in the top one's state line."""

import logging
from collections.abc import Callable

from rich.text import Text
from textual.app import App

from costtui.config import Settings
from costtui.domain.text import literal
from costtui.panes.spec import Detail
from costtui.service.ports import Backend
from costtui.ui.actions.rows import RowActions
from costtui.ui.base_screen import BaseScreen, Step
from costtui.ui.keys import EVERYWHERE
from costtui.ui.model import OVERVIEW, Model, Spec
from costtui.ui.overview_screen import OverviewScreen
from costtui.ui.pane_screen import PaneScreen
from costtui.ui.saving import SaveSnapshot

log = logging.getLogger(__name__)


class ExplorerBase(App[None], inherit_bindings=False):
    """The lowest screen is the overview's or the panes', whichever is open; details, help and questions lie on top of it."""

    TITLE = "costtui"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    BINDINGS = [*EVERYWHERE]
    DEFAULT_MODE = "first"

    def __init__(
        self,
        backend: Backend,
        panes: tuple[Spec, ...],
        period: str,
        settings: Settings,
        save: SaveSnapshot,
        *,
        first: str = OVERVIEW,
        ascii_only: bool = False,
    ) -> None:
        """`first` is the digit of the place that is opened first."""
        super().__init__()
        self.animation_level = "none"
        self.ascii_only = ascii_only
        self.model = Model(backend, panes, period, settings)
        self.model.at_overview = first == OVERVIEW
        self.save = save
        self.pane_screen = PaneScreen(self.model)
        self.overview_screen = OverviewScreen(self.model)
        self._first = self.base
        self.add_mode("first", lambda: self._first)
        self.add_mode("other", lambda: self.base)

    def _fatal_error(self) -> None:
        """A bug ends in one line, and the log has the whole story: Textual would print every local, with all the rows there are."""
        error = self._exception
        log.error("the explorer", exc_info=error)
        said = literal(" ".join(f"{type(error).__name__}: {error}".split()))
        self.panic(Text(f"costtui: {said}: this is a bug, and --log-file FILE has the whole story"))

    @property
    def base(self) -> RowActions:
        """The screen of the place that is open."""
        return self.overview_screen if self.model.at_overview else self.pane_screen

    def tell_top(self, sentence: str, tone: str = "") -> None:
        """Name an effect in the state line of the full screen that the user sees."""
        screen = next((screen for screen in reversed(self.screen_stack) if isinstance(screen, BaseScreen)), self.base)
        screen.tell(sentence, tone)

    def redraw(self) -> None:
        if isinstance(self.screen, BaseScreen):
            self.screen.redraw()

    def want(self, *, refresh: bool = False, paid: bool = False) -> None:
        """Ask for what the screen lacks, or for it anew."""
        if not self.model.backend.offline:
            self.model.want(refresh=refresh, paid=paid)
            self.redraw()

    async def show_base(self) -> None:
        """Close what lies on top of the place that is open, and show that."""
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        await self.switch_mode("first" if self.base is self._first else "other")
        if self.model.at_overview:
            self.overview_screen.read()
        else:
            await self.pane_screen.go_to_pane()

    def visit(self) -> None:
        """Remember where the user is: called before and after every step to another place."""
        raise NotImplementedError

    async def enter(self, detail: Detail, trail: tuple[Step, ...], crumbs: tuple[str, ...]) -> None:
        """Open a detail that `trail` leads to, below `crumbs`."""
        from costtui.ui.detail_screen import DetailScreen

        self.visit()
        await self.push_screen(DetailScreen(self.model, detail, trail=trail, crumbs=crumbs))
        self.visit()

    async def back(self) -> None:
        """Close the screen on top."""
        self.visit()
        await self.pop_screen()
        self.visit()

    async def toggle(self, kind: type[BaseScreen], make: Callable[[], BaseScreen]) -> None:
        """Open a screen, or close it when it is the one on top."""
        if isinstance(self.screen, kind):
            await self.pop_screen()
        else:
            await self.push_screen(make())
