"""A plot as lines of text, for any terminal: measured points, the curve between them, where one is and where it is cheapest.

Every sign has a shape of its own, so that it reads without colour.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest
from math import log2

MEASURED, MODEL, NOW, BEST = "●", "·", "◆", "★"
LEGEND = f"{MEASURED} measured  {MODEL} model  {NOW} now  {BEST} cheapest"
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


def drawn(plots: tuple[Plot, ...], width: int) -> list[str]:
    """All plots within `width` cells: beside each other where there is room, otherwise below each other."""
    if len(plots) != 2 or width < SIDE_BY_SIDE_FROM:
        return [line for plot in plots for line in draw(plot, width)]
    half = (width - GAP) // 2
    left, right = (draw(plot, half) for plot in plots)
    return [f"{one:<{half}}{' ' * GAP}{other}".rstrip() for one, other in zip_longest(left, right, fillvalue="")]


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
        grid[y(value)][x(size)] = NOW if size == plot.now else BEST if size == plot.best else MEASURED
    rows = [
        f"{labels[row] if row % 2 == 0 else '':>{margin}} {'┤' if row % 2 == 0 else '│'} {''.join(grid[row])}".rstrip()
        for row in reversed(range(height))
    ]
    return [plot.title, *rows, f"{'':>{margin}} └─{_axis([(x(size), str(size)) for size in sorted(sizes)], columns)} MB"]


def _range(values: list[float]) -> tuple[float, float]:
    """From a little below the least to a little above the most: points that hardly differ look like it."""
    low, high = min(values), max(values)
    least = 0.2 * high or 1.0
    spare = max(high - low, least) * PAD + max(0.0, least - (high - low)) / 2
    return max(0.0, low - spare), high + spare


def _axis(ticks: list[tuple[int, str]], columns: int) -> str:
    """The sizes under their points; a size that would touch its neighbour is left out."""
    line, free = ["─"] * columns, 0
    for at, label in ticks:
        start = min(max(0, at - len(label) // 2), columns - len(label))
        if start >= free:
            line[start : start + len(label)] = label
            free = start + len(label) + 1
    return "".join(line)
