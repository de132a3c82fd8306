"""The palette: every live binding, every pane, every row, and commands with a word behind them."""

import asyncio
from collections.abc import Iterator
from functools import partial
from typing import Any, get_args

from textual.dom import DOMNode

from costtui.domain.customers.records import Basis
from costtui.domain.filters import FilterError
from costtui.domain.period import PERIODS, PeriodError, resolve
from costtui.ui.explorer.choosing import Choosing
from costtui.ui.explorer.going import Going
from costtui.ui.explorer.sending import Sending
from costtui.ui.keys import MOVE, display
from costtui.ui.model import OVERVIEW, Spec
from costtui.ui.palette import Command
from costtui.ui.places import Place


class Commands(Going, Choosing, Sending):
    async def action_commands(self) -> None:
        from costtui.ui.palette_screen import PaletteScreen

        screen = PaletteScreen(list(self._commands()), self.model.memory.recent, self._rows, self._typed)
        await self.push_screen(screen, self._chosen_command)

    async def _chosen_command(self, command: Command | None) -> None:
        if command is None:
            return
        if not command.is_row:
            self.model.memory.used(command.name)
            self.model.save_memory()
        done = command.run()
        if done is not None:
            await done

    def _commands(self) -> Iterator[Command]:
        yield Command("overview", "a little of every pane", partial(self.action_pane, OVERVIEW), OVERVIEW)
        for spec in self.model.panes:
            yield Command(spec.title.casefold(), f"the pane of {spec.noun}", partial(self.action_pane, spec.key), spec.key)
        for name, (pane, expression) in self.model.memory.saved.items():
            yield Command(f"filter {name}", f"{pane}: /{expression}", partial(self.use_saved, name))
            yield Command(f"forget {name}", "the saved filter", partial(self.forget_filter, name))
        yield Command("markdown", "this view as a table for a chat, to the clipboard", self.send_markdown)
        yield from self._of_bindings()
        yield from self._with_words()

    def _of_bindings(self) -> Iterator[Command]:
        """What a key does now, under what help calls it; one line for all keys of a binding."""
        seen = {"commands"}
        moves_last = sorted(self.screen.active_bindings.values(), key=lambda active: active.binding.group is MOVE)
        for active in moves_last:
            binding = active.binding
            name = binding.id or binding.action
            if not active.enabled or name in seen or name.startswith("pane-"):
                continue
            seen.add(name)
            yield Command(binding.description, "", partial(self._press, binding.action, active.node), display(binding.key))

    async def _press(self, action: str, node: DOMNode) -> None:
        await self.run_action(action, node)

    def _with_words(self) -> Iterator[Command]:
        """Commands with each of the words that they take."""
        for period in PERIODS:
            yield Command(f"period {period}", "", partial(self.change_period, period))
        for basis in get_args(Basis):
            yield Command(f"basis {basis}", "cost basis", partial(self.set_basis, basis))
        from costtui.ui.themes import known

        for theme in known(self):
            yield Command(f"theme {theme}", "", partial(self.use_theme, theme))
        if self.model.at_overview:
            return
        view = self.model.view
        for column in view.spec.columns:
            yield Command(f"sort {column.id}", column.title, partial(self._sort, column.id))
        tags = sorted({key for row in view.rows[:500] for key in view.spec.tags(row)})
        for by in (*view.spec.groups, *(f"tag:{key}" for key in tags)):
            yield Command(f"group {by}", f"{self.model.spec.noun} added up", partial(self._group, by))

    def _sort(self, column_id: str) -> None:
        column = self.model.view.spec.column(column_id)
        assert column is not None
        self.pane_screen.sort(column, reverse=column.align == "right")

    async def _group(self, by: str) -> None:
        from costtui.panes.grouping import group_detail

        model = self.model
        if model.data is not None:
            await self.enter(group_detail(model.spec, model.data, model.view.visible, by), (("groups",),), (model.spec.title,))

    def _typed(self, line: str) -> Command | None:
        """A command whose word is the user's own: a filter, a month, the number of a row, a name for the filter."""
        name, _, rest = line.strip().partition(" ")
        rest = rest.strip()
        if name.isdecimal() and not self.model.at_overview:
            return Command(line.strip(), "to that row", lambda: self.pane_screen.table.move_to(int(name) - 1))
        if name in ("filter", "f") and rest and rest not in self.model.memory.saved and not self.model.at_overview:
            return Command(f"filter {rest}", f"over {self.model.spec.noun}", partial(self._filter, rest))
        if name == "save" and rest and self.model.view.expression and not self.model.at_overview:
            return Command(f"save {rest}", f"/{self.model.view.expression}, as a filter of that name", partial(self.save_filter, rest))
        if name == "period" and rest and rest not in PERIODS:
            try:
                resolve(rest, self.model.backend.now())
            except PeriodError:
                return None
            return Command(f"period {rest}", "", partial(self.change_period, rest))
        return None

    def _filter(self, expression: str) -> None:
        self.visit()
        try:
            self.model.view.filter_by(expression)
        except FilterError as error:
            self.tell_top(str(error), "warn")
            return
        self.model.memory.filtered(self.model.spec.id, expression)
        self.model.save_memory()
        self.pane_screen.message = None
        self.pane_screen.show_rows()
        self.visit()

    def save_filter(self, name: str) -> None:
        model = self.model
        model.memory.saved[name] = (model.spec.id, model.view.expression)
        model.save_memory()
        self.tell_top(f"saved as {name}: {self.base.key_of('commands')} filter {name} brings it back")

    def forget_filter(self, name: str) -> None:
        self.model.memory.saved.pop(name, None)
        self.model.save_memory()
        self.tell_top(f"the filter {name} is forgotten")

    async def use_saved(self, name: str) -> None:
        pane, expression = self.model.memory.saved[name]
        await self._go_filtered(next(spec for spec in self.model.panes if spec.id == pane), expression)

    async def _go_filtered(self, spec: Spec, expression: str, anchor: str | None = None) -> None:
        model = self.model
        self.visit()
        sort = model.views[spec.id].sort
        hidden = model.views[spec.id].show_hidden
        await self.go_to(spec, Place(spec.id, model.period, model.backend.basis, model.compares, expression, hidden, (), sort, anchor))
        self.visit()

    async def _rows(self) -> list[Command]:
        """Every stored row by its name, and every stack: read for the palette and not kept."""
        return await asyncio.to_thread(self._read_rows)

    def _read_rows(self) -> list[Command]:
        found, model = [], self.model
        for spec in model.panes:
            data = model.backend.stored(spec, model.window)
            name = next((column for column in spec.columns if column.grows), spec.columns[0])
            for row in data.rows if data is not None else ():
                found.append(Command(name.text(row), spec.title, partial(self._go_filtered, spec, "", spec.row_id(row)), is_row=True))
            found += self._stacks(spec, data.rows if data is not None else [])
        return found

    def _stacks(self, spec: Spec, rows: list[Any]) -> list[Command]:
        key = spec.groups.get("stack")
        if key is None or spec.column("stack") is None:
            return []
        names = sorted({name for row in rows if (name := key(row))})
        return [Command(name, f"stack: its {spec.noun}", partial(self._go_filtered, spec, f"stack:{name}"), is_row=True) for name in names]

    async def send_markdown(self) -> None:
        from costtui.ui.markdown import of_overview, of_view

        if self.model.at_overview:
            shown = self.overview_screen.shown
            text = of_overview(self.model, shown) if shown is not None else ""
        else:
            text = of_view(self.model)
        await self.send_out(text, "the view as Markdown")
