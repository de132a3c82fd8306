"""The stored overview on the terminal before Textual is even imported, which takes three times as long.

Plain text at the places where the explorer draws the same a moment later; nothing here imports Textual.
"""

import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from costtui.domain.ascii_text import ascii_text
from costtui.domain.loaded import PaneData
from costtui.domain.text import literal
from costtui.panes.overview import overview
from costtui.panes.spec import PaneSpec
from costtui.service.ports import Backend
from costtui.ui.detail_lines import laid_out
from costtui.ui.said import rows_of_overview, situation_of
from costtui.ui.text import cut

OPEN, CLOSE = "\x1b[?1049h\x1b[?25l\x1b[H", "\x1b[?25h\x1b[?1049l"
"""Onto the alternate screen without a cursor, and back (xterm's control sequences)."""
LEAST_WIDTH, LEAST_HEIGHT = 60, 10

Heads = Mapping[str, PaneData[Any, Any]]


def draw(panes: Sequence[PaneSpec[Any, Any]], heads: Heads, backend: Backend, period: str, *, ascii_only: bool) -> bool:
    """Draw the overview over the panes' first rows; False where nothing is stored, or there is no room. `close` undoes it when the
    explorer does not follow."""
    width, height = shutil.get_terminal_size()
    if not heads or width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return False
    names = "  ".join(f"{each.key} {each.title}" for each in panes)
    lines = [f" costtui  {literal(backend.place)}  opening …", f"▸0 Overview  {names}"]
    missing = {spec.id: f"Reading {spec.noun} …" for spec in panes}
    shown = overview(panes, heads, missing, situation_of(backend, period, backend.paid_today()), rows_of_overview(height))
    entries = laid_out(shown.detail, width - 1)[: height - len(lines) - 1]
    lines += [" " + literal(entry.words) for entry in entries]
    text = "\r\n".join(cut(line, width) + "\x1b[K" for line in lines)
    _write(OPEN + (ascii_text(text) if ascii_only else text) + "\x1b[J")
    return True


def close() -> None:
    """Give the terminal back."""
    _write(CLOSE)


def _write(text: str) -> None:
    """To stderr, where Textual draws too."""
    assert sys.__stderr__ is not None
    sys.__stderr__.write(text)
    sys.__stderr__.flush()
