"""Which rows: the filter, and those that are hidden as explained."""

from typing import TYPE_CHECKING

from textual.widget import Widget

from costtui.domain.filters import FilterError
from costtui.ui.actions.pane_base import PaneBase

if TYPE_CHECKING:
    from costtui.ui.filter_bar import FilterBar


class Filtering(PaneBase):
    def action_hidden(self) -> None:
        view = self.model.view
        view.toggle_hidden()
        self.show_rows()
        self.tell(f"{view.hidden_count:,} explained {view.spec.noun} are {'shown' if view.show_hidden else 'hidden'}")

    async def action_filter(self) -> None:
        if self.filter_bar is not None:
            return
        from costtui.ui.completion import Completion
        from costtui.ui.filter_bar import FilterBar  # with Textual's Input: not for the first frame

        model = self.model
        self.explorer.visit()
        self.message = None
        self.footer_words.display = False
        past = model.memory.filters.get(model.spec.id, [])
        self.filter_bar = FilterBar(model.view.expression, choices=Completion(model.view).choices, past=past)
        await self.mount(self.filter_bar, before=self.state_words)
        self.set_focus(self.filter_bar.field)
        self.say_state()

    def on_filter_bar_typed(self, event: "FilterBar.Typed") -> None:
        if self.filter_bar is None:
            return
        try:
            self.model.view.filter_by(event.expression)
        except FilterError as error:
            self.tell(str(error), "warn")
        else:
            self.message = None
            self.show_rows()

    def filters(self, widget: Widget | None) -> bool:
        """Whether `widget` is the field in which a filter is being typed."""
        return self.filter_bar is not None and widget is self.filter_bar.field

    async def on_filter_bar_closed(self, event: "FilterBar.Closed") -> None:
        kept_open = event.keep and self.message is not None  # the filter cannot be read, and the state line says why
        if not kept_open:
            await self.close_filter()
            if not event.keep:
                self.clear_filter()
            elif not self.model.view.expression:
                self.tell("no filter")
            else:
                self.model.memory.filtered(self.model.spec.id, self.model.view.expression)
                self.model.save_memory()
            self.explorer.visit()
        self.explorer.release_keys()

    async def close_filter(self) -> None:
        bar, self.filter_bar = self.filter_bar, None
        if bar is not None:
            await bar.remove()
            self.footer_words.display = True
            self.set_focus(self.table)

    def clear_filter(self) -> None:
        view = self.model.view
        view.filter_by("")
        self.show_rows()
        self.tell(f"filter cleared: {view.total:,} {view.spec.noun}")
