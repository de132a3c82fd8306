"""Help, made from the bindings that are live on the screen it was opened from."""

from collections.abc import Iterable

from textual.binding import Binding

from costtui.domain.text import literal
from costtui.panes.spec import Column
from costtui.ui.filter_bar import HINT
from costtui.ui.keys import display
from costtui.ui.lines import Span
from costtui.ui.model import Model
from costtui.ui.sheet_screen import Sheet, SheetScreen
from costtui.ui.text import cells, cut, fit, wrapped

GROUPS = ("Places", "Move", "Table", "Data")
TWO_COLUMNS_FROM = 116
KEYS_WIDTH = 14


class HelpScreen(SheetScreen):
    """`bindings` are those that were live when `?` was pressed."""

    HEADING = "Help"

    def __init__(self, model: Model, bindings: Iterable[Binding]) -> None:
        super().__init__(model)
        self.groups = grouped(model, bindings)

    def sheet(self, width: int) -> Sheet:
        blocks = [_block(name, lines) for name, lines in self.groups.items()]
        sheet = _side_by_side(blocks, width) if width >= TWO_COLUMNS_FROM else [line for block in blocks for line in [*block, []]]
        spec = self.model.spec
        sheet += [[("Filter", "title")], [("  " + HINT + ", several words mean and", "")]]
        sheet += _named("columns: ", ", ".join(_column(column) for column in spec.columns), width)
        if spec.basis:
            sheet += [[], [("Money", "title")], *_named("", spec.basis, width)]
        return sheet


def grouped(model: Model, bindings: Iterable[Binding]) -> dict[str, list[tuple[str, str]]]:
    """Group → (keys, what they do). Every live binding is in it, keys of one binding beside each other."""
    groups: dict[str, dict[str, tuple[list[str], str]]] = {name: {} for name in GROUPS}
    titles = {f"pane-{spec.key}": spec.title for spec in model.panes}
    for binding in bindings:
        name = binding.group.description if binding.group is not None else GROUPS[-1]
        label = titles.get(binding.id or "", binding.description)
        keys, _ = groups.setdefault(name, {}).setdefault(binding.id or binding.action, ([], label))
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
