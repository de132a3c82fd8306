"""A stranger's walk through the demo company: from nothing to the cause of the dearest drift, and what a week later has changed.

`python -m tests.e2e.walk FOLDER` writes the screens of it as text, one file a size.
"""

import re
import sys
import tempfile
import textwrap
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.command import run
from tests.e2e.tmux import PATIENCE, SIZES, Tmux

NO_ACCOUNT = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/nowhere", "AWS_SHARED_CREDENTIALS_FILE": "/nowhere"}
ALL_IS_THERE = r"(?s)alone 505\.97.*\+411\.70.*Acme\s+Corp.*\d+ fresh, the oldest.*\n▌"
"""On the overview, once nothing more is on its way: rows that still arrive would move under the cursor."""
DRAWN = 0.15
"""Seconds after which the rest of a line has followed its first cell."""
MOST_LINES = 30
"""Of a way down a screen: who needs more is lost."""


@dataclass
class Walk:
    """The screens in order, each with what led to it; `presses` from the overview to the cause."""

    cols: int
    screens: list[tuple[str, list[str]]] = field(default_factory=list)
    presses: int = 0
    diff: str = ""

    def keep(self, caption: str, lines: list[str]) -> None:
        self.screens.append((caption, lines))

    def text(self) -> str:
        rule = "─" * self.cols
        return "\n".join(
            f"{textwrap.fill(caption, self.cols)}\n{rule}\n" + "\n".join(lines) + f"\n{rule}\n" for caption, lines in self.screens
        )


class Steps:
    """Keys pressed in one terminal, counted."""

    def __init__(self, terminal: Tmux, walk: Walk) -> None:
        self.terminal, self.walk, self.count = terminal, walk, 0

    def press(self, key: str, then: str, caption: str) -> None:
        """One key, and the screen that it leads to."""
        self.terminal.press(key)
        self.count += 1
        self.keep(then, f"{caption}  [key {self.count}: {key}]")

    def keep(self, shows: str, caption: str) -> None:
        self.walk.keep(caption, self.terminal.wait(shows))

    def down_to(self, pattern: str) -> None:
        """One line down at a time, until the cursor is on the line with `pattern`."""
        self.terminal.wait(pattern)
        row = self._cursor(None)
        for _ in range(MOST_LINES):
            if re.search(pattern, self.terminal.lines[row]):
                return
            self.terminal.press("Down")
            self.count += 1
            row = self._cursor(row)
        raise AssertionError(f"{pattern!r} is out of reach:\n" + "\n".join(self.terminal.lines))

    def _cursor(self, before: int | None) -> int:
        """The row of the cursor once it has left `before`; while it moves, a screen may show none or two, or half of a line."""
        deadline = time.monotonic() + PATIENCE
        while True:
            rows = [number for number, line in enumerate(self.terminal.lines) if line.startswith("▌")]
            if len(rows) == 1 and rows[0] != before:
                time.sleep(DRAWN)
                return rows[0]
            assert time.monotonic() < deadline, "\n".join(self.terminal.lines)
            time.sleep(0.02)


def walked(cols: int, rows: int, folder: Path) -> Walk:
    """The whole walk in a terminal of that size; `folder` holds its cache, its sockets and its snapshots."""
    walk = Walk(cols)
    _with_nothing(walk, rows, folder)
    _to_the_cause(walk, rows, folder)
    _a_week_later(walk, folder)
    return walk


def _with_nothing(walk: Walk, rows: int, folder: Path) -> None:
    terminal = Tmux(folder / "n", walk.cols, rows, folder / "empty", NO_ACCOUNT, words=())
    try:
        steps = Steps(terminal, walk)
        terminal.wait("problem")
        steps.press("1", r"--demo", "costtui, with no account and no configuration: what is missing, and the ways on")
        terminal.press("q")
    finally:
        terminal.close()


def _to_the_cause(walk: Walk, rows: int, folder: Path) -> None:
    terminal = Tmux(folder / "b", walk.cols, rows, folder / "cache", {})
    try:
        steps = Steps(terminal, walk)
        steps.keep(ALL_IS_THERE, "costtui --demo: the overview, in sentences with money in them")
        steps.press("3", r"▌Acme Corp ", "The costliest customer is under the cursor")
        steps.press(
            "x", r"Functions that serve it", "What hangs together with it: the functions that serve it, and the story that joins them"
        )
        steps.down_to(r"checkout-authorize +[\d.]+ +[\d.]+%")
        steps.press("Enter", r"Runs on", "The function that costs it most")
        steps.press("x", r"Drift\n", "Who pays for it, and the drift that made it six times as dear")
        steps.down_to(r"CheckoutFn .*\+411\.70")
        steps.press("Enter", r"(?s)Who +maria.*84\.45", "The cause: who did it, when, through what, and the price of both sides")
        walk.presses = steps.count
        steps.down_to(r"difference +actual − declared +\+411\.70")
        steps.press("e", r"Money of CheckoutFn", "That number, explained")
        _snapshot(steps, folder / "before.toml")
        terminal.press("q")
    finally:
        terminal.close()


def _snapshot(steps: Steps, path: Path) -> None:
    steps.terminal.press("0")
    steps.terminal.wait(r"▸0")
    steps.terminal.press("S")
    steps.terminal.wait(r"into which file")
    steps.terminal.press("C-u")
    steps.terminal.wait(r"costtui-\d{4}", gone=True)
    steps.terminal.type(str(path))
    steps.press("Enter", r"saved ", "A snapshot of every pane: 0, S, a file name, Enter")


def _a_week_later(walk: Walk, folder: Path) -> None:
    cache, after = folder / "cache", folder / "after.toml"
    taken = run("--demo", "--scenario", "after", "snapshot", "-o", str(after), cache=cache)
    assert taken.returncode == 0, taken.stderr
    told = run("diff", str(folder / "before.toml"), str(after), "--format", "table", cache=cache)
    walk.diff = told.stdout
    walk.keep("costtui diff before.toml after.toml: a week later, in money", told.stdout.splitlines())


def main() -> int:
    if len(sys.argv) != 2:
        sys.stderr.write("usage: python -m tests.e2e.walk FOLDER\n")
        return 2
    for cols, rows in SIZES:
        with tempfile.TemporaryDirectory(prefix="walk-") as folder:
            (Path(sys.argv[1]) / f"walk-{cols}.txt").write_text(walked(cols, rows, Path(folder)).text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
