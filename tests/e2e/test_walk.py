"""A stranger finds the cause of the dearest drift in few keys, sees who did it and why it costs what it costs, and what a week changes."""

import re
from decimal import Decimal

import pytest

from tests.e2e.tmux import NEEDS_TMUX, SIZES
from tests.e2e.walk import Walk, walked

pytestmark = NEEDS_TMUX

MOST_PRESSES = 12


@pytest.fixture(scope="module", params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def walk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Walk:
    cols, rows = request.param
    return walked(cols, rows, tmp_path_factory.mktemp("w"))


def test_the_cause_is_a_dozen_keys_away(walk: Walk) -> None:
    assert 0 < walk.presses <= MOST_PRESSES, [caption for caption, _ in walk.screens]


def test_nothing_on_the_way_is_wider_than_the_terminal(walk: Walk) -> None:
    screens = walk.screens[:-1]  # the last is a command's answer
    assert not [line for _, lines in screens for line in lines if len(line) > walk.cols]


def test_the_same_money_all_along_the_way(walk: Walk) -> None:
    """The overview's sentence, the story, the drift and its explanation name one amount."""
    with_it = [caption for caption, lines in walk.screens if "411.70" in "\n".join(lines)]
    assert len(with_it) >= 6, with_it
    cause = "\n".join(next(lines for caption, lines in walk.screens if caption.startswith("The cause")))
    declared, actual = (Decimal(amount) for amount in re.findall(r"([\d.]+) → ([\d.]+), on-demand", cause)[0])
    assert actual - declared == Decimal("411.70")


def test_a_week_later_is_told_in_money(walk: Walk) -> None:
    for pane in ("functions", "drift", "customers"):
        told = re.search(rf"^{pane}  ([\d,.]+) → ([\d,.]+) USD \(([+−][\d,.]+),", walk.diff, re.MULTILINE)
        assert told is not None, walk.diff
        old, new, change = (Decimal(word.replace(",", "").replace("−", "-")) for word in told.groups())
        assert abs(new - old - change) <= Decimal("0.01"), told[0]
        assert change, f"nothing happened to {pane} in a week"
    assert re.search(r"gone +legacy-pdf-export", walk.diff)
