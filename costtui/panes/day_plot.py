"""Amounts by day as columns of blocks, for any terminal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

BLOCKS = " ▁▂▃▄▅▆▇█"
OPEN_BLOCKS = " ░░░░▒▒▒▒"
"""Of a day that may still change: dotted, so that it reads without colour."""
HEIGHT = 6
LEAST_WIDTH = 12


@dataclass(frozen=True)
class DayPlot:
    """One amount a day. `open` are days that may still change, `marked` those worth a look."""

    title: str
    days: Sequence[date]
    amounts: Sequence[float]
    open: frozenset[date] = frozenset()
    marked: frozenset[date] = frozenset()

    def lines(self, width: int) -> list[str]:
        """The title, HEIGHT rows, the axis with its days, and the marks where there are any; the newest days where not all fit."""
        most = max([*self.amounts, 0.0])
        labels = [f"{most * row / HEIGHT:,.2f}" for row in range(HEIGHT + 1)]
        margin = max(map(len, labels))
        room = max(LEAST_WIDTH, width - margin - 3)
        each = max(1, min(3, room // max(1, len(self.days))))
        first = max(0, len(self.days) - room // each)
        shown = list(zip(self.days, self.amounts, strict=True))[first:]
        rows = []
        for row in reversed(range(HEIGHT)):
            bars = "".join(self._block(day, amount, most, row) * each for day, amount in shown)
            label = labels[row + 1] if (HEIGHT - row) % 2 else ""
            rows.append(f"{label:>{margin}} {'┤' if label else '│'}{bars}".rstrip())
        axis = f"{'0':>{margin}} └{'─' * (each * len(shown))}"
        marks = [f"{'':>{margin}}  {''.join(('▲' if day in self.marked else ' ') * each for day, _ in shown)}".rstrip()]
        return [
            self.title,
            *rows,
            axis,
            f"{'':>{margin}}  {_ends(shown, each)}",
            *(marks if self.marked & {day for day, _ in shown} else []),
        ]

    def _block(self, day: date, amount: float, most: float, row: int) -> str:
        eighths = round(amount / most * HEIGHT * 8) if most > 0 and amount > 0 else 0
        level = min(8, max(0, eighths - 8 * row))
        return (OPEN_BLOCKS if day in self.open else BLOCKS)[level]


def _ends(shown: Sequence[tuple[date, float]], each: int) -> str:
    """The first and the last day under their columns."""
    if not shown:
        return ""
    first, last = f"{shown[0][0]:%d %b}", f"{shown[-1][0]:%d %b}"
    gap = each * len(shown) - len(first) - len(last)
    return f"{first}{' ' * gap}{last}" if gap > 0 else first
