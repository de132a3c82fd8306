"""What a person feels of the explorer, measured from outside, in a pseudo-terminal of 120×40 cells."""

import re
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.terminal import Answer, Terminal

ROW = r"x86|arm"
"""On the screen when the first row of functions is."""
MINIMAL = Path(__file__).with_name("minimal_app.py")
IN_PAGE, SCROLLING = 20, 80
"""Cursor keys: 40 lines hold the first ones without scrolling."""
IDLE_SECONDS = 3.0


@dataclass(frozen=True)
class Keys:
    """A run of presses of one key."""

    milliseconds: list[float]
    sizes: list[int]

    @property
    def p95_ms(self) -> float:
        return statistics.quantiles(self.milliseconds, n=20, method="inclusive")[-1]


@dataclass(frozen=True)
class Measured:
    """One start of the explorer from a warm store, and a walk."""

    first_row_ms: float
    in_page: Keys
    scrolling: Keys
    sort_ms: list[float]
    filter_ms: list[float]
    idle_bytes: int
    peak_mb: float
    quit_ms: float


def first_paint_of_minimal_ms() -> float:
    with Terminal([sys.executable, str(MINIMAL)]) as terminal:
        return terminal.wait("READY") * 1000


def walk(command: Sequence[str]) -> Measured:
    """Start `command`, press keys, watch."""
    with Terminal(command) as terminal:
        first_row = terminal.wait(ROW) * 1000
        terminal.wait("fetching", gone=True)
        terminal.press("1")
        in_page = keys_of([terminal.press("down") for _ in range(IN_PAGE)])
        scrolling = keys_of([terminal.press("down") for _ in range(SCROLLING)])
        sort = keys_of([terminal.press(key) for key in ("<", "<", "R", ">", ">", "R")]).milliseconds
        terminal.press("/")
        filtered = keys_of([terminal.press(character) for character in "render"]).milliseconds
        terminal.press("enter")
        filtered += keys_of([terminal.press("esc")]).milliseconds
        idle = terminal.listen(IDLE_SECONDS)
        peak = _peak_mb(terminal.process.pid)
        return Measured(first_row, in_page, scrolling, sort, filtered, idle, peak, _quit_ms(terminal))


def _quit_ms(terminal: Terminal) -> float:
    began = time.perf_counter()
    terminal.send("q")
    terminal.exit_code(5)
    return (time.perf_counter() - began) * 1000


def keys_of(answers: list[Answer]) -> Keys:
    silent = sum(answer.seconds is None for answer in answers)
    assert silent <= len(answers) // 10, f"{silent} of {len(answers)} keys did nothing"
    return Keys([answer.seconds * 1000 for answer in answers if answer.seconds is not None], [answer.size for answer in answers])


def _peak_mb(pid: int) -> float:
    """The most memory that the explorer's own process has held."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024
