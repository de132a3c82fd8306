"""Which columns of a pane fit into a width, and where they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from costtui.panes.spec import Column

MARGIN = 1
"""The cell before the first column, for the cursor's mark."""
WIDE_GAP, NARROW_GAP = 2, 1
LEAST = 6
"""A column that gives up width for the others keeps this much."""


@dataclass(frozen=True)
class Slot:
    """One column on the screen: `x` is its first cell, `width` what it got."""

    column: Column[Any]
    x: int
    width: int


def fitting(columns: Sequence[Column[Any]], terminal: int) -> list[Column[Any]]:
    """The columns that a terminal of this width shows."""
    return [column for column in columns if column.from_width <= terminal]


def lay_out(columns: Sequence[Column[Any]], width: int, longest: int | None = None) -> list[Slot]:
    """Places for all of `columns`, the growing one giving up what is missing or taking what is left: up to `longest`, the width of
    its longest text, so that the eye need not cross a void to reach its neighbour."""
    if not columns:
        return []
    needed = sum(column.width for column in columns)
    gap = WIDE_GAP if MARGIN + needed + WIDE_GAP * (len(columns) - 1) <= width else NARROW_GAP
    spare = width - MARGIN - needed - gap * (len(columns) - 1)
    growing = next((column for column in columns if column.grows), columns[0] if spare < 0 else None)
    most = width if longest is None or growing is None else max(longest, growing.width)
    slots, x = [], MARGIN
    for column in columns:
        own = max(min(column.width, LEAST), min(column.width + spare, most)) if column is growing else column.width
        slots.append(Slot(column, x, own))
        x += own + gap
    return slots


def scrolled(columns: Sequence[Column[Any]], width: int, first: int) -> list[Slot]:
    """All columns at their own width from column `first` on, beside the leading one, which stays: it names the row.
    What does not fit is left out; at least one column is shown."""
    chosen, used = [columns[0]], MARGIN + columns[0].width
    for column in columns[1 + first :]:
        if used + WIDE_GAP + column.width > width and len(chosen) > 1:
            break
        chosen.append(column)
        used += WIDE_GAP + column.width
    return lay_out(chosen, width)


def last_start(columns: Sequence[Column[Any]], width: int) -> int:
    """How far `scrolled` can go until the last column is on the screen."""
    for first in range(len(columns)):
        if scrolled(columns, width, first)[-1].column is columns[-1]:
            return first
    return 0
