"""The explorer in a terminal that is not ours: what tmux says that stands on the screen."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.processes import gone_within
from tests.e2e.tmux import NEEDS_TMUX, PATIENCE, SIZES, Tmux

pytestmark = NEEDS_TMUX

PANES = {
    "1": r"checkout-authorize.* \d+\.\d\d",
    "2": r"(?s)aws_security_group\.db.*\+\d+\.\d\d",
    "3": r"(?i)acme.* [\d,]+\.\d\d",
}
"""A row of each pane, with a number."""


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def tmux(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Tmux]:
    cols, rows = request.param
    session = Tmux(tmp_path / "s", cols, rows, tmp_path / "cache", {})
    yield session
    session.close()


def test_a_walk_from_an_empty_cache(tmux: Tmux) -> None:
    """Three panes with numbers, a filter, a detail, the help, and out within a second."""
    for key, row in PANES.items():
        tmux.press(key)
        lines = tmux.wait(row)
        assert not [line for line in lines if len(line) > tmux.cols]
    tmux.press("1")
    tmux.wait("fraud-score")
    tmux.type("/thumbnail")
    tmux.press("Enter")
    assert any("thumbnail-render" in line for line in tmux.wait("fraud-score", gone=True))
    tmux.press("Enter")
    tmux.wait(r"Functions › thumbnail-render|256 MB")
    tmux.press("Escape")
    tmux.wait(r"/thumbnail\s")
    tmux.press("Escape")
    tmux.wait("fraud-score")
    tmux.press("?")
    tmux.wait(r"\bq +quit")
    tmux.press("q")
    assert gone_within(tmux.pid, 1.0)


def test_a_new_size_is_filled_and_nothing_wraps(tmux: Tmux) -> None:
    tmux.press("1")
    tmux.wait("fraud-score")
    for cols, rows in ((100, 30), (62, 12), (160, 50)):
        tmux.resize(cols, rows)
        deadline = time.monotonic() + PATIENCE
        while not _fills(lines := tmux.lines, cols, rows):
            assert time.monotonic() < deadline, "\n".join(lines)
            time.sleep(0.05)


def _fills(lines: list[str], cols: int, rows: int) -> bool:
    """Title and state at the edges, one row under the cursor, and nothing wider than the terminal."""
    edges = "costtui" in lines[0] and "? help" in lines[-1]
    one_cursor = sum(line.startswith("▌chec") for line in lines) == 1
    return len(lines) == rows and edges and one_cursor and max(map(len, lines)) <= cols


def test_a_terminal_too_small_says_so_and_comes_back(tmux: Tmux) -> None:
    tmux.press("1")
    tmux.wait("fraud-score")
    tmux.resize(40, 8)
    tmux.wait("costtui needs 60×10 cells")
    tmux.resize(80, 24)
    tmux.wait("fraud-score")


def test_without_colours_the_state_can_be_read(tmp_path: Path) -> None:
    session = Tmux(tmp_path / "s", 80, 24, tmp_path / "cache", {"NO_COLOR": "1"})
    try:
        session.press("1")
        lines = session.wait("fraud-score")
        assert sum(line.startswith("▌") for line in lines) == 1, "one line is under the cursor"
        session.press("2")
        session.wait(r"critical")
        coloured = session.ask("capture-pane", "-p", "-e", "-t", "main")
        codes = {code for codes in re.findall(r"\x1b\[([0-9;]*)m", coloured) for code in codes.split(";")}
        assert not codes & {"38", "48", *map(str, range(31, 37)), *map(str, range(41, 47))} or _greys_only(coloured)
    finally:
        session.close()


def _greys_only(coloured: str) -> bool:
    """NO_COLOR takes the colours away; Textual then draws in shades of grey."""
    shades = re.findall(r"[34]8;2;(\d+);(\d+);(\d+)", coloured)
    indexed = re.findall(r"[34]8;5;(\d+)", coloured)
    grey = {0, 7, 8, 15, 16, 59, 102, 145, 188, 231, *range(232, 256)}
    return all(red == green == blue for red, green, blue in shades) and all(int(index) in grey for index in indexed)
