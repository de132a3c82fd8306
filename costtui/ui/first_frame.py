"""The stored rows on the terminal before Textual is even imported, which takes three times as long.

Plain text at the places where the explorer draws the same a moment later; nothing here imports Textual.
"""

import sys
from collections.abc import Sequence
from typing import Any

from costtui.domain.loaded import PaneData
from costtui.domain.text import literal
from costtui.panes.spec import PaneSpec
from costtui.ui.columns import Slot, fitting, lay_out
from costtui.ui.text import cells, cut, fit

OPEN, CLOSE = "\x1b[?1049h\x1b[?25l\x1b[H", "\x1b[?25h\x1b[?1049l"
"""Onto the alternate screen without a cursor, and back (xterm's control sequences)."""
LEAST_WIDTH, LEAST_HEIGHT = 60, 10


def draw(panes: Sequence[PaneSpec[Any, Any]], data: PaneData[Any, Any], place: str, size: tuple[int, int]) -> bool:
    """Draw the first pane's first rows; False where there is no room. `close` undoes it when the explorer does not follow."""
    width, height = size
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return False
    spec = panes[0]
    slots = _slots(spec, data, width)
    head = _line([fit(slot.column.title, slot.width, slot.column.align) for slot in slots], slots)
    names = "  ".join(f"{each.key} {each.title}" for each in panes)
    lines = [f" costtui  {literal(place)}  opening …", f"▸{names}", head]
    for row in data.rows[: height - len(lines) - 2]:
        lines.append(_line([fit(literal(slot.column.text(row)), slot.width, slot.column.align) for slot in slots], slots))
    _write(OPEN + "\r\n".join(cut(line, width) + "\x1b[K" for line in lines) + "\x1b[J")
    return True


def close() -> None:
    """Give the terminal back."""
    _write(CLOSE)


def _write(text: str) -> None:
    """To stderr, where Textual draws too."""
    assert sys.__stderr__ is not None
    sys.__stderr__.write(text)
    sys.__stderr__.flush()


def _slots(spec: PaneSpec[Any, Any], data: PaneData[Any, Any], width: int) -> list[Slot]:
    def longest(column: Any) -> int:
        return max((cells(literal(column.text(row))) for row in data.rows), default=0)

    return lay_out(fitting(spec.columns, width), width, longest)


def _line(texts: Sequence[str], slots: Sequence[Slot]) -> str:
    line = ""
    for text, slot in zip(texts, slots, strict=True):
        line += " " * (slot.x - cells(line)) + text
    return line
