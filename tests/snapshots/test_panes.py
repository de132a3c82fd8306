"""How the three panes and one detail of each look on the demo company, at the two usual sizes.

When a look is meant to change: `pytest tests/snapshots --snapshot-update`, and look at what changed.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from costtui.ui.app import ExplorerApp
from tests.fakes.demo_explorer import demo_explorer, fill

SIZES = [(80, 24), (120, 40)]
VIEWS = {
    "overview": ["0"],
    "explained": ["3", "e"],
    "beside": ["1", "space", "space", "equals_sign"],
    "functions": ["1"],
    "function": ["1", "slash", *"thumbnail", "enter", "enter"],
    "drift": ["2"],
    "drifted": ["2", "enter"],
    "customers": ["3"],
    "customer": ["3", "enter"],
}

Compare = Callable[..., bool]


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("panes")
    fill(folder)
    return folder


@pytest.fixture
def app(cache: Path) -> ExplorerApp:
    return demo_explorer(cache)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("view", VIEWS)
def test_view(view: str, size: tuple[int, int], app: ExplorerApp, snap_compare: Compare) -> None:
    assert snap_compare(app, press=VIEWS[view], terminal_size=size)
