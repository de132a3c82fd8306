"""Help, made from the bindings that are live on the screen it was opened from."""

from collections.abc import Iterable

from textual.binding import Binding

from costtui.domain.text import literal
from costtui.panes.spec import Column
from costtui.ui.filter_bar import HINT, FilterBar
from costtui.ui.keys import MOVE, PLACES, display
from costtui.ui.lines import Span
from costtui.ui.model import OVERVIEW, Model
from costtui.ui.sheet_screen import Sheet, SheetScreen
from costtui.ui.text import cells, cut, fit, wrapped

GROUPS = ("Places", "Move", "Table", "Data")
TWO_COLUMNS_FROM = 116
KEYS_WIDTH = 14


class HelpScreen(SheetScreen):
    """`bindings` are those that were live when `?` was pressed."""

    HEADING = "Help"
    BINDINGS = [Binding("/", "search", "search this help", id="filter", group=PLACES)]

    def __init__(self, model: Model, bindings: Iterable[Binding]) -> None:
        super().__init__(model)
        self.groups = grouped(model, bindings)
        self.sought = ""
        self.search_bar: FilterBar | None = None

    async def action_search(self) -> None:
        if self.search_bar is None:
            self.search_bar = FilterBar(self.sought, choices=lambda _typed: [], hint="what a key does, or a key")
            await self.mount(self.search_bar, before=self.state_words)
            self.set_focus(self.search_bar.field)

    def on_filter_bar_typed(self, event: FilterBar.Typed) -> None:
        self.sought = event.expression.casefold().strip()
        self.redraw()

    async def on_filter_bar_closed(self, event: FilterBar.Closed) -> None:
        bar, self.search_bar = self.search_bar, None
        if bar is not None:
            await bar.remove()
        if not event.keep:
            self.sought = ""
        self.set_focus(self.lines)
        self.redraw()

    async def action_back(self) -> None:
        if self.sought:
            self.sought = ""
            self.redraw()
        else:
            await super().action_back()

    def state_spans(self, width: int) -> list[Span]:
        self.message = self.message or (f"/{self.sought}" if self.sought else f"{self.key_of('filter')} searches", "dim")
        return super().state_spans(width)

    def sheet(self, width: int) -> Sheet:
        if self.sought:
            return self._found()
        blocks = [_block(name, lines) for name, lines in self.groups.items()]
        sheet = _side_by_side(blocks, width) if width >= TWO_COLUMNS_FROM else [line for block in blocks for line in [*block, []]]
        spec = self.model.spec
        sheet += [[("Filter", "title")], [("  " + HINT + ", several words mean and", "")]]
        sheet += _named("columns: ", ", ".join(_column(column) for column in spec.columns), width)
        if spec.basis:
            sheet += [[], [("Money", "title")], *_named("", spec.basis, width)]
        return sheet

    def _found(self) -> Sheet:
        """The groups with what is sought in their keys or words."""
        sheet: Sheet = []
        for name, entries in self.groups.items():
            found = [(keys, label) for keys, label in entries if self.sought in f"{keys} {label} {name}".casefold()]
            sheet += [*_block(name, found), []] if found else []
        return sheet or [[(f"nothing in this help says {self.sought}", "")]]


def grouped(model: Model, bindings: Iterable[Binding]) -> dict[str, list[tuple[str, str]]]:
    """Group → (keys, what they do). Every live binding is in it, keys of one binding beside each other."""
    groups: dict[str, dict[str, tuple[list[str], str]]] = {name: {} for name in GROUPS}
    titles = {f"pane-{OVERVIEW}": "Overview", **{f"pane-{spec.key}": spec.title for spec in model.panes}}
    for binding in bindings:
        name = binding.group.description if binding.group is not None else GROUPS[-1]
        entry = binding.id or binding.action
        label = titles.get(entry, binding.description)
        if entry.startswith("pane-") and entry not in titles:
            name, entry, label = MOVE.description, "count", "begin a count: 5j, 40G"
        keys, _ = groups.setdefault(name, {}).setdefault(entry, ([], label))
        keys.append(display(binding.key))
    return {name: [(" ".join(keys), label) for keys, label in entries.values()] for name, entries in groups.items() if entries}


def _block(name: str, entries: list[tuple[str, str]]) -> Sheet:
    return [[(name, "title")], *([("  " + fit(keys, KEYS_WIDTH), "key"), (literal(label), "")] for keys, label in entries)]


def _side_by_side(blocks: list[Sheet], width: int) -> Sheet:
    """Two blocks beside each other, line by line."""
    half, sheet = width // 2, Sheet()
    for at in range(0, len(blocks), 2):
        left, right = blocks[at], blocks[at + 1] if at + 1 < len(blocks) else []
        for row in range(max(len(left), len(right))):
            spans = left[row] if row < len(left) else []
            sheet.append([*_padded(spans, half), *(right[row] if row < len(right) else [])])
        sheet.append([])
    return sheet


def _padded(spans: list[Span], width: int) -> list[Span]:
    """Exactly `width` cells, the last two of them blank."""
    done, left = [], width - 2
    for text, name in spans:
        done.append((cut(text, left), name))
        left -= cells(done[-1][0])
    return [*done, (" " * (left + 2), "")]


def _column(column: Column[object]) -> str:
    return column.id


def _named(label: str, text: str, width: int) -> Sheet:
    lines = wrapped(text, width - 2 - len(label))
    return [[("  " + (label if at == 0 else " " * len(label)), "dim"), (line, "")] for at, line in enumerate(lines)]
