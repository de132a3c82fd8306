"""What can be done with one row, on whatever screen it is seen: related rows, an explanation, a copy."""

from typing import TYPE_CHECKING

from costtui.ui.base_screen import BaseScreen, Step

if TYPE_CHECKING:
    from costtui.panes.spec import Detail
    from costtui.ui.subject import Subject


class RowActions(BaseScreen):
    """A screen says which row is under its cursor."""

    def subject(self) -> "Subject | None":
        raise NotImplementedError

    chosen_by = ""
    """Why it is that column, in words that follow its name."""

    def column(self, subject: "Subject") -> str:
        """The id of the column that `explain` explains."""
        return money_column(subject)

    async def enter(self, detail: "Detail", *trail: Step) -> None:
        """Open a detail that `trail` leads to."""
        await self.explorer.enter(detail, trail, (self.place_name,))

    @property
    def place_name(self) -> str:
        """What stands before the title of a detail that is opened from here."""
        return self.model.spec.title

    async def open_step(self, kind: str, *more: str) -> None:
        """Open a view of the row under the cursor."""
        from costtui.ui.trail import of_row

        found = self.subject()
        if found is None:
            self.tell("no row under the cursor")
            return
        step = (kind, found.spec.id, found.spec.row_id(found.row), *more)
        await self.enter(of_row(self.model, step, found), step)

    async def action_open(self) -> None:
        await self.open_step("row")

    async def action_related(self) -> None:
        await self.open_step("related")

    async def action_explain(self) -> None:
        found = self.subject()
        if found is None:
            self.tell("no number under the cursor")
            return
        column = self.column(found)
        await self.open_step("explain", column)
        title = next((each.title.strip() for each in self.model.view.spec.columns if each.id == column), column)
        self.explorer.tell_top(f"how {title} came about{self.chosen_by}")

    async def action_copy(self, what: str) -> None:
        from costtui.ui.copies import copy_of

        found = self.subject()
        if found is None:
            self.tell("no row under the cursor to copy")
            return
        copy = copy_of(what, found)
        if copy.detail is not None:
            await self.enter(copy.detail, ("link", found.spec.id, found.spec.row_id(found.row)))
        if copy.text:
            await self.explorer.send_out(copy.text, copy.name)
        else:
            self.tell(copy.name, "warn")


def money_column(subject: "Subject") -> str:
    """The column that shows the row's money; the one that the pane is sorted by, where its money is not known."""
    spec, row, _ = subject
    amount = spec.money(row)
    numbers = [column for column in spec.columns if column.align == "right"]
    if amount is not None:
        same = next((column for column in numbers if column.value(row) == amount), None)
        if same is not None:
            return same.id
    return spec.sort.removeprefix("-")
