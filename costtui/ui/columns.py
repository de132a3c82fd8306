"""Which columns of a pane fit into a width, and where they stand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from costtui.panes.spec import Column

MARGIN = 1
"""The cell before the first column, for the cursor's mark."""
WIDE_GAP, NARROW_GAP = 2, 1
LEAST = 6
"""A column that gives up width for the others keeps this much."""

Longest = Callable[[Column[Any]], int]
"""Cells of the longest text in a column."""


@dataclass(frozen=True)
class Slot:
    """One column on the screen: `x` is its first cell, `width` what it got."""

    column: Column[Any]
    x: int
    width: int


def fitting(columns: Sequence[Column[Any]], terminal: int) -> list[Column[Any]]:
    """The columns that a terminal of this width shows; those for the widest terminals go first where all would crush the growing one."""
    shown = [column for column in columns if column.from_width <= terminal]
    while MARGIN + sum(column.width + NARROW_GAP for column in shown) - NARROW_GAP > terminal:
        least = max(shown, key=lambda column: column.from_width)
        if not least.from_width:
            break
        shown.remove(least)
    return shown


def lay_out(columns: Sequence[Column[Any]], width: int, longest: Longest | None = None) -> list[Slot]:
    """Places for all of `columns`. Where width is missing the growing one gives it up. What is left over goes to the growing one
    first, then to others whose text is cut, and with `longest` never further than their longest text: the eye need not cross a
    void to the next column."""
    if not columns:
        return []
    needed = sum(column.width for column in columns)
    gap = WIDE_GAP if MARGIN + needed + WIDE_GAP * (len(columns) - 1) <= width else NARROW_GAP
    widths = _widths(columns, width - MARGIN - needed - gap * (len(columns) - 1), longest)
    slots, x = [], MARGIN
    for column, own in zip(columns, widths, strict=True):
        slots.append(Slot(column, x, own))
        x += own + gap
    return slots


def _widths(columns: Sequence[Column[Any]], spare: int, longest: Longest | None) -> list[int]:
    widths = [column.width for column in columns]
    growing = next((at for at, column in enumerate(columns) if column.grows), None)
    if spare < 0:
        at = growing or 0
        widths[at] = max(min(widths[at], LEAST), widths[at] + spare)
        return widths
    if longest is None:
        if growing is not None:
            widths[growing] += spare
        return widths
    for at in sorted(range(len(columns)), key=lambda at: at != growing):
        more = min(spare, max(0, longest(columns[at]) - widths[at])) if spare else 0
        widths[at] += more
        spare -= more
    return widths


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
