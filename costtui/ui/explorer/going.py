"""From place to place: by digit, by name, back and forward through those that the user has been to."""

from typing import Any, cast

from costtui.domain.customers.records import Basis
from costtui.ui.detail_screen import DetailScreen
from costtui.ui.explorer.base import ExplorerBase
from costtui.ui.lines import LineList
from costtui.ui.model import OVERVIEW, Spec
from costtui.ui.places import Place, Places
from costtui.ui.trail import opened

LONGEST_COUNT = 6
"""Digits of a count."""


class Going(ExplorerBase):
    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.places = Places()

    def here(self) -> Place:
        model, view = self.model, self.model.view
        details = [screen for screen in self.screen_stack if isinstance(screen, DetailScreen)]
        trail = details[-1].trail if details else ()
        if model.at_overview:
            return Place("", model.period, model.backend.basis, model.compares, trail=trail)
        return Place(
            model.spec.id,
            model.period,
            model.backend.basis,
            model.compares,
            view.expression,
            view.show_hidden,
            trail,
            view.sort,
            view.anchor,
        )

    def visit(self) -> None:
        """Remember where the user is: called before and after every step to another place."""
        self.places.visit(self.here())

    async def action_place(self, step: int) -> None:
        self.visit()
        place = self.places.step(step)
        if place is None:
            self.tell_top("no place before this one" if step < 0 else "no place after this one")
            return
        await self._return_to(place)
        self.tell_top(self.places.words)

    async def _return_to(self, place: Place) -> None:
        model = self.model
        if place.period != model.period:
            model.set_period(place.period)
        model.backend.basis = cast(Basis, place.basis)
        model.compares = place.compares
        if place.pane:
            await self.go_to(next(spec for spec in model.panes if spec.id == place.pane), place)
        else:
            await self.go_to_overview()
        details = opened(model, place.trail)
        crumbs = (self.base.place_name, *(detail.title for detail in details))
        for depth, detail in enumerate(details, 1):
            await self.push_screen(DetailScreen(model, detail, trail=place.trail[:depth], crumbs=crumbs[:depth]))

    async def go_to(self, spec: Spec, place: Place | None = None) -> None:
        """Open a pane, and set it as it was in `place`."""
        model = self.model
        model.open(spec)
        if place is not None:
            view = model.view
            view.show_hidden, view.anchor = place.show_hidden, place.anchor
            view.filter_by(place.expression)
            column = view.spec.column(place.sort.removeprefix("-"))
            if column is not None:
                view.sort_by(column, reverse=place.sort.startswith("-"))
        await self.show_base()
        self.want()

    async def go_to_overview(self) -> None:
        self.model.open_overview()
        await self.show_base()
        self.want()

    async def action_pane(self, key: str) -> None:
        spec = next((spec for spec in self.model.panes if spec.key == key), None)
        lines = self.focused
        if isinstance(lines, LineList) and (lines.count or (spec is None and key != OVERVIEW)):
            lines.count = int(f"{lines.count}{key}"[:LONGEST_COUNT])
            self.tell_top(f"{lines.count} …: a move takes it as its count")
            return
        self.visit()
        if spec is not None:
            await self.go_to(spec)
        else:
            await self.go_to_overview()
        self.visit()

    async def action_pane_step(self, step: int) -> None:
        panes = self.model.panes
        self.visit()
        if self.model.at_overview:
            await self.go_to(panes[0 if step > 0 else -1])
        else:
            await self.go_to(panes[(panes.index(self.model.spec) + step) % len(panes)])
        self.visit()
