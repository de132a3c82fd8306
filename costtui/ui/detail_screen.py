"""What lies behind a row: facts, and sections as small tables. A line marked › can be entered in turn."""

from collections.abc import Iterable, Sequence

from textual.widget import Widget

from costtui.domain.text import literal
from costtui.panes.spec import Detail
from costtui.service.messages import Event
from costtui.ui.actions.rows import RowActions
from costtui.ui.base_screen import Step
from costtui.ui.chrome import side_state
from costtui.ui.detail_lines import Entry, laid_out
from costtui.ui.keys import DETAIL
from costtui.ui.lines import LineList, OneLine, Span
from costtui.ui.model import Model
from costtui.ui.said import period_words
from costtui.ui.subject import Subject, subject
from costtui.ui.text import cells, cut, ends


class DetailLines(LineList):
    """The lines of one Detail, laid out anew for each width."""

    def __init__(self, detail: Detail) -> None:
        super().__init__(id="detail")
        self.detail = detail
        self.entries: list[Entry] = []

    @property
    def entry(self) -> Entry:
        """The line under the cursor."""
        return self.entries[self.cursor] if self.entries else Entry()

    def line_count(self) -> int:
        return len(self.entries)

    def spans(self, index: int) -> Sequence[Span]:
        return self.entries[index].spans

    def stops(self, index: int) -> bool:
        return self.entries[index].stops

    def settle(self) -> None:
        self.entries = laid_out(self.detail, self.size.width - 1)
        super().settle()

    def show(self, detail: Detail) -> None:
        """Newer words for the same thing: the cursor stays on its line, and only lines whose words changed are sent."""
        before, self.detail = self.entries, detail
        self.entries = laid_out(detail, self.size.width - 1)
        if [entry.stops for entry in before] != [entry.stops for entry in self.entries]:
            self.settle()
            return
        changed = [at for at, entry in enumerate(self.entries) if entry.spans != before[at].spans]
        if shown := [at for at in changed if self.top <= at < self.top + self.page]:
            self._refresh_lines(*shown)


class DetailScreen(RowActions):
    """`trail` is how it was opened. What one step opened of a row follows when the data behind it is refreshed; what was entered from
    a line stays as it was opened."""

    BINDINGS = [*DETAIL]

    def __init__(self, model: Model, detail: Detail, *, trail: tuple[Step, ...] = (), crumbs: tuple[str, ...] = ()) -> None:
        super().__init__(model)
        self.trail = trail
        self.crumbs = (*crumbs, detail.title)
        self.title_words = OneLine(id="title")
        self.lines = DetailLines(detail)

    def body(self) -> Iterable[Widget]:
        return self.title_words, self.lines

    def on_mount(self) -> None:
        self.set_focus(self.lines)

    def redraw(self) -> None:
        model, width = self.model, self.size.width
        when = f"{period_words(model.period, model.window, model.backend.now())} UTC "
        trail = " " + "".join(f"{literal(crumb)} › " for crumb in self.crumbs[:-1])
        if cells(trail) + cells(literal(self.crumbs[-1])) + cells(when) + 2 > width and len(self.crumbs) > 2:
            trail = f" … › {literal(self.crumbs[-2])} › "
        here = cut(literal(self.crumbs[-1]), max(1, width - cells(trail) - cells(when) - 2))
        used = cells(trail) + cells(here)
        self.title_words.say([(trail, "dim"), (here, "title"), (ends("", when, width - used), "dim")])
        super().redraw()

    def state_spans(self, width: int) -> list[Span]:
        hints = [f"{self.key_of('back')} back", f"{self.key_of('help')} help"]
        entry = self.lines.entry
        if entry.line is not None and entry.line.why is not None:
            hints.insert(0, f"{self.key_of('explain')} explains")
        if entry.behind is not None:
            hints.insert(0, f"{self.key_of('open')} opens ›")
        if self.lines.below:
            hints.insert(0, f"↓ {self.lines.below} more")
        return side_state(self.model, self.message, width, hints)

    def heard(self, event: Event, *, newer: bool) -> None:
        about = self.lines.detail.about
        if newer and about is not None and len(self.trail) == 1:
            from costtui.ui.trail import opened

            newest = opened(self.model, self.trail)
            if newest:
                self.lines.show(newest[0])
            else:
                self.tell("not in the newest data any more: shown as it was", "warn")
        super().heard(event, newer=newer)

    def on_line_list_moved(self) -> None:
        self.message = None
        self.say_state()

    def subject(self) -> Subject | None:
        about = self.lines.detail.about
        return None if about is None else subject(self.model, *about)

    async def enter(self, detail: Detail, *trail: Step) -> None:
        """The step may be one from this detail, or one to its row, wherever that was come from."""
        await self.explorer.enter(detail, (*self.trail, *trail), self.crumbs)

    async def action_open(self) -> None:
        entry = self.lines.entry
        if entry.behind is None:
            self.tell("nothing lies behind this line: › marks those that open")
        else:
            await self.enter(entry.behind(), ("line", str(entry.number)))

    async def action_explain(self) -> None:
        entry = self.lines.entry
        if entry.line is not None and entry.line.why is not None:
            await self.enter(entry.line.why(), ("why", str(entry.number)))
        elif self.trail and self.trail[-1][0] == "row":
            await super().action_explain()
        else:
            self.tell("nothing more is known of how this line came about")

    async def action_related(self) -> None:
        if self.trail and self.trail[-1][0] == "related":
            self.tell("these are the related rows")
        else:
            await super().action_related()

    async def action_copy(self, what: str) -> None:
        if what != "line":
            await super().action_copy(what)
        elif words := " ".join(self.lines.entry.words.removesuffix(" ›").split()):
            await self.explorer.send_out(words, "the line")
        else:
            self.tell("nothing stands on this line")

    async def action_back(self) -> None:
        if not self.explorer.stop(asked=True):
            await self.explorer.back()
