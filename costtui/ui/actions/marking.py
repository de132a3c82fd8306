"""Marks: rows that are set apart by hand, to be compared or asked about."""

from costtui.ui.actions.pane_base import PaneBase


class Marking(PaneBase):
    def action_mark(self) -> None:
        view = self.model.view
        if view.row is None:
            self.tell("no row to mark")
            return
        view.mark()
        self.table.action_go(1)
        self.table.refresh()
        self.say_state()

    def clear_marks(self) -> None:
        self.model.view.marks.clear()
        self.table.refresh()
        self.tell("no marks")

    async def action_beside(self) -> None:
        from costtui.panes.comparing import MOST_BESIDE, side_by_side

        view = self.model.view
        rows = view.marked
        if not 1 < len(rows) <= MOST_BESIDE:
            some = f"{len(rows)} are marked" if rows else "none is marked"
            self.tell(f"mark 2 to {MOST_BESIDE} {view.spec.noun} with {self.key_of('mark')}: {some}")
        else:
            await self.enter(side_by_side(view.spec, rows), ("beside", *(view.spec.row_id(row) for row in rows)))
