"""What the actions of the pane's screen stand on: its widgets, and how they are said and drawn anew."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.widget import Widget

from costtui.ui.actions.rows import RowActions
from costtui.ui.chrome import footer_line, footer_words, panes_line, title_line
from costtui.ui.empty import empty_words
from costtui.ui.lines import OneLine
from costtui.ui.model import Model
from costtui.ui.panes_words import PanesWords
from costtui.ui.table import PaneTable

if TYPE_CHECKING:
    from costtui.ui.filter_bar import FilterBar


class PaneBase(RowActions):
    """Shows one pane of the model at a time."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self.title_words = OneLine(id="title")
        self.panes_words = PanesWords()
        self.footer_words = OneLine(id="footer")
        self.table = PaneTable(model.view, id="table")
        self.totals = ""
        self.filter_bar: FilterBar | None = None

    def body(self) -> Iterable[Widget]:
        return self.title_words, self.panes_words, self.table, self.footer_words

    def redraw(self) -> None:
        width = self.size.width
        self.title_words.say(title_line(self.model, width))
        self.panes_words.say(panes_line(self.model, width))
        self.table.empty = [] if self.model.view.order else empty_words(self.model)
        self.say_footer()
        self.say_state()

    def say_footer(self) -> None:
        self.footer_words.say(footer_line(self.totals, self.table.below, self.size.width))

    def show_rows(self) -> None:
        """The model's rows, order or pane changed."""
        self.table.view = self.model.view
        self.table.settle()
        self.totals = footer_words(self.model)
        self.redraw()
