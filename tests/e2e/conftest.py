"""A demo cache that is filled once, and a copy of it for each test that needs it warm."""

import shutil
from pathlib import Path

import pytest

from tests.e2e.command import answer


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cache = tmp_path_factory.mktemp("filled") / "cache"
    answer("--demo", "snapshot", "-o", str(cache.with_name("all.toml")), cache=cache)
    return cache


@pytest.fixture
def warm(filled: Path, tmp_path: Path) -> Path:
    """A cache directory that holds every pane of the demo company."""
    return Path(shutil.copytree(filled, tmp_path / "warm"))
