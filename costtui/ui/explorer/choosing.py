"""Another period, cost basis, comparison or theme."""

from datetime import timedelta
from typing import get_args

from costtui.domain.customers.records import Basis
from costtui.domain.period import PeriodError
from costtui.ui.explorer.base import ExplorerBase
from costtui.ui.said import period_words

BASES: tuple[Basis, ...] = get_args(Basis)


class Choosing(ExplorerBase):
    async def ask_period(self) -> None:
        from costtui.ui.period_screen import PeriodScreen

        await self.push_screen(PeriodScreen(self.model), self._chosen)

    async def _chosen(self, period: str | None) -> None:
        if period is None:
            self.tell_top(f"period unchanged: {period_words(self.model.period, self.model.window, self.model.backend.now())}")
        else:
            await self.change_period(period)

    async def change_period(self, period: str) -> None:
        try:
            self.model.set_period(period)
        except PeriodError as error:
            self.tell_top(str(error), "warn")
            return
        await self.show_base()
        self.want()
        self.tell_top(f"period: {period_words(period, self.model.window, self.model.backend.now())}")
        self.call_after_refresh(self.read_headlines)

    def read_headlines(self) -> None:
        """The numbers of the panes that are not on the screen."""
        for spec in self.model.panes:
            if spec not in self.model.shown:
                self.model.read_headline(spec)
        self.redraw()

    async def next_basis(self) -> None:
        """Show the same bill in the next cost basis."""
        await self.set_basis(BASES[(BASES.index(self.model.backend.basis) + 1) % len(BASES)])

    async def set_basis(self, basis: Basis) -> None:
        self.model.backend.basis = basis
        self.model.read_again()
        await self.show_base()
        self.want()
        self.tell_top(f"cost basis: {basis.replace('-', ' ')}")

    def compare(self, compares: bool) -> None:
        """Add or take away the Δ columns."""
        model = self.model
        model.compares = compares
        model.read()
        self.pane_screen.read_rows()
        if not compares:
            self.tell_top("not compared any more")
            return
        self.want()
        before = model.before
        self.tell_top(f"compared with {before.start} to {before.end - timedelta(1)}: Δ is now minus then")

    def use_theme(self, name: str) -> None:
        """From now on, and in later runs."""
        from costtui.ui.themes import known, registered

        if name not in known(self):
            self.tell_top(f"no theme {name!r}: use one of {', '.join(known(self))}", "warn")
            return
        self.theme = registered(self, name)
        self.model.memory.theme = name
        self.model.save_memory()
        self.tell_top(f"theme: {name}")
