"""Which columns, in which order of rows."""

from costtui.panes.spec import Column
from costtui.ui.actions.pane_base import PaneBase
from costtui.ui.columns import fitting, last_start
from costtui.ui.table import PaneTable
from costtui.ui.view import descends


class Sorting(PaneBase):
    def on_pane_table_head_clicked(self, event: PaneTable.HeadClicked) -> None:
        view = self.model.view
        same = event.column.id == view.column.id
        self.sort(event.column, reverse=not view.reverse if same else descends(event.column))

    def action_sort(self, step: int) -> None:
        column = self.model.view.neighbour(self.table.columns, step)
        if column.id == self.model.view.column.id:
            self.tell(f"sorted by {column.title.strip()}: no column further {'left' if step < 0 else 'right'}")
        else:
            self.sort(column, reverse=descends(column))

    def action_reverse(self) -> None:
        view = self.model.view
        self.sort(view.column, reverse=not view.reverse)

    def sort(self, column: Column[object], *, reverse: bool) -> None:
        """Order the rows, now and whenever the pane is opened again."""
        model = self.model
        model.view.sort_by(column, reverse=reverse)
        model.memory.sorts[model.spec.id] = model.view.sort
        model.save_memory()
        self.show_rows()
        self.tell(f"sorted by {column.title.strip()}, {'largest' if reverse else 'smallest'} first, unknown last")

    def action_wide(self) -> None:
        view, width = self.model.view, self.size.width
        view.wide, view.first = not view.wide, 0
        self.show_rows()
        everything = len(view.spec.columns)
        if not view.wide:
            self.tell(f"the {len(fitting(view.spec.columns, width))} of {everything} columns that fit")
        elif last_start(view.spec.columns, width):
            self.tell(f"wide: all {everything} columns, {self.key_of('columns-left')} {self.key_of('columns-right')} move through them")
        else:
            self.tell(f"wide: all {everything} columns are on the screen")

    def action_columns(self, step: int) -> None:
        self.model.view.first += step
        self.show_rows()
        columns = self.table.columns
        self.tell(f"{columns[0].title}, then {columns[1].title} to {columns[-1].title}")
