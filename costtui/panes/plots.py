"""A plot as lines of text, for any terminal: measured points, the curve between them, where one is and where it is cheapest.

Every sign has a shape of its own, so that it reads without colour.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest
from math import log2

from costtui.panes.day_plot import DayPlot

MEASURED, MODEL, NOW, BEST, BOTH, KNEE = "●", "·", "◆", "★", "◈", "┼"
HEIGHT = 9
WIDEST = 72
"""More columns than this add nothing to a curve through a handful of points."""
SIDE_BY_SIDE_FROM = 110
GAP = 4
PAD = 0.06


@dataclass(frozen=True)
class Plot:
    """One quantity over memory size, which is drawn on a logarithmic scale. `model` gives the quantity at any size in between."""

    title: str
    points: tuple[tuple[int, float], ...]
    model: Callable[[float], float] | None = None
    now: int | None = None
    best: int | None = None
    places: int = 2
    knee: int | None = None
    """A size where the model bends, marked on the axis."""

    @property
    def legend(self) -> list[str]:
        """What its signs mean, the dispensable ones last."""
        sizes = {size for size, _ in self.points}
        same = self.now == self.best
        signs = [
            (MEASURED, "measured", bool(sizes - {self.now, self.best})),
            (MODEL, "model", self.model is not None),
            (BOTH, "now and cheapest", same and self.now in sizes),
            (NOW, "now", not same and self.now in sizes),
            (BEST, "cheapest", not same and self.best in sizes),
            (KNEE, "1 vCPU", _inside(self.knee, sizes)),
        ]
        return [f"{sign} {word}" for sign, word, drawn_ in signs if drawn_]


def _inside(size: int | None, sizes: set[int]) -> bool:
    return size is not None and min(sizes) <= size <= max(sizes)


def drawn(plots: tuple[Plot | DayPlot, ...], width: int) -> list[str]:
    """All plots within `width` cells: beside each other where there is room, otherwise below each other."""
    if len(plots) != 2 or width < SIDE_BY_SIDE_FROM:
        return [line for plot in plots for line in _lines(plot, width)]
    half = (width - GAP) // 2
    left, right = (_lines(plot, half) for plot in plots)
    return [f"{one:<{half}}{' ' * GAP}{other}".rstrip() for one, other in zip_longest(left, right, fillvalue="")]


def _lines(plot: Plot | DayPlot, width: int) -> list[str]:
    return plot.lines(width) if isinstance(plot, DayPlot) else draw(plot, width)


def draw(plot: Plot, width: int, height: int = HEIGHT) -> list[str]:
    """The title, `height` rows and the axis; at least two points at different sizes."""
    sizes = [size for size, _ in plot.points]
    low_x, high_x = log2(min(sizes)), log2(max(sizes))
    values = [value for _, value in plot.points]
    low, high = _range(values)
    labels = [f"{low + (high - low) * row / (height - 1):,.{plot.places}f}" for row in range(height)]
    margin = max(map(len, labels))
    columns = max(16, min(WIDEST, width - margin - 6))

    def x(size: float) -> int:
        return round((log2(size) - low_x) / (high_x - low_x) * (columns - 1))

    def y(value: float) -> int:
        return min(height - 1, max(0, round((value - low) / (high - low) * (height - 1))))

    grid = [[" "] * columns for _ in range(height)]
    if plot.model is not None:
        for column in range(columns):
            grid[y(plot.model(2 ** (low_x + (high_x - low_x) * column / (columns - 1))))][column] = MODEL
    for size, value in sorted(plot.points, key=lambda point: (point[0] == plot.now, point[0] == plot.best)):  # the marked ones on top
        row, column = grid[y(value)], x(size)
        row[column] = _sign(plot, size, row[column])
    rows = [
        f"{labels[row] if row % 2 == 0 else '':>{margin}} {'┤' if row % 2 == 0 else '│'} {''.join(grid[row])}".rstrip()
        for row in reversed(range(height))
    ]
    knee = x(plot.knee) if plot.knee is not None and _inside(plot.knee, set(sizes)) else None
    axis = _axis([(x(size), str(size)) for size in sorted(sizes)], columns, knee)
    return [_title(plot, width), *rows, f"{'':>{margin}} └─{axis} MB"]


def _sign(plot: Plot, size: int, there: str) -> str:
    if size == plot.now:
        return BOTH if BEST in (there, BEST if size == plot.best else "") else NOW
    return BEST if size == plot.best else MEASURED


def _title(plot: Plot, width: int) -> str:
    """The title, and what the signs mean as far as there is room for it."""
    words = plot.legend
    while words:
        line = f"{plot.title}{' ' * GAP}{'  '.join(words)}"
        if len(line) <= width:
            return line
        words = words[:-1] if words[-1].startswith(KNEE) else []
    return plot.title


SMALLEST = 1e-9
"""Costs and times below it are drawn as zeros: no real one is, and their range is too small to divide by."""


def _range(values: list[float]) -> tuple[float, float]:
    """From a little below the least to a little above the most: points that hardly differ look like it."""
    low, high = min(values), max(values)
    least = 0.2 * high if high > SMALLEST else 1.0
    spare = max(high - low, least) * PAD + max(0.0, least - (high - low)) / 2
    return max(0.0, low - spare), high + spare


def _axis(ticks: list[tuple[int, str]], columns: int, knee: int | None) -> str:
    """The sizes under their points; a size that would touch its neighbour is left out."""
    line, free = ["─"] * columns, 0
    if knee is not None:
        line[knee] = KNEE
    for at, label in ticks:
        start = min(max(0, at - len(label) // 2), columns - len(label))
        if start >= free:
            line[start : start + len(label)] = label
            free = start + len(label) + 1
    return "".join(line)
