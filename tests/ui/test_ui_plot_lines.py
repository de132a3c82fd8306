"""Plots inside a detail: whole at every width that the explorer takes."""

import pytest

from costtui.panes.plots import BEST, MEASURED, NOW, Plot
from costtui.panes.spec import Detail, Line, Section
from costtui.ui.detail_lines import laid_out
from costtui.ui.text import cells

POINTS = ((128, 310.0), (256, 145.0), (1024, 29.0), (3008, 24.0))
PLOT = Plot("Cost", POINTS, lambda size: 40_000 / size, now=256, best=1024)


@pytest.mark.parametrize("width", [59, 79, 119, 199])
def test_both_plots_are_whole_and_stand_between_lines_and_note(width: int) -> None:
    entries = laid_out(Detail("d", sections=(Section("Verdict", (Line(("why",)),), note="the note", plots=(PLOT, PLOT)),)), width)
    texts = ["".join(text for text, _ in entry.spans) for entry in entries]
    assert max(map(cells, texts)) <= width
    whole = "\n".join(texts)
    drawn = "".join(text for text in texts if "┤" in text or "│" in text)
    assert (drawn.count(NOW), drawn.count(BEST), drawn.count(MEASURED)) == (2, 2, 4)
    assert whole.count(" MB") == 2
    assert whole.index("why") < whole.index("Cost") < whole.index("the note")
