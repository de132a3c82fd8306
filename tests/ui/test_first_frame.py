"""The stored overview is on the terminal before Textual is imported."""

import subprocess
import sys
from typing import Any

import pytest

from costtui.domain.loaded import PaneData
from costtui.ui import first_frame
from tests.ui.fakes import PANES, FakeBackend, changes, explorer, jobs, lines_of, some_changes, some_jobs

HEADS: dict[str, PaneData[Any, Any]] = {"jobs": jobs(some_jobs()), "changes": changes(some_changes())}


@pytest.fixture(autouse=True)
def size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")


def draw(*, place: str = "demo company", ascii_only: bool = False) -> bool:
    backend = FakeBackend(list(HEADS.values()))
    backend.place = place
    return first_frame.draw(PANES, HEADS, backend, "30 days to 19 Nov", ascii_only=ascii_only)


def drawn(capfd: pytest.CaptureFixture[str]) -> list[str]:
    text = capfd.readouterr().err.removeprefix(first_frame.OPEN).removesuffix("\x1b[J")
    return [line.removesuffix("\x1b[K") for line in text.split("\r\n")]


async def test_it_stands_where_the_explorer_draws_the_same(capfd: pytest.CaptureFixture[str]) -> None:
    assert draw()
    lines = drawn(capfd)
    assert "demo company" in lines[0] and "opening" in lines[0]
    app = explorer(FakeBackend(list(HEADS.values())), first="0")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        after = lines_of(app)
    places = [next(at for at, line in enumerate(screen) if "checkout-authorize" in line) for screen in (lines, after)]
    assert places[0] == places[1]
    assert lines[places[0]].split()[:2] == ["Jobs", "checkout-authorize"]


def test_hostile_names_reach_the_terminal_as_signs(capfd: pytest.CaptureFixture[str]) -> None:
    draw(place="\x1b[31mred")
    assert "\x1b[31m" not in capfd.readouterr().err


def test_in_ascii_nothing_else_is_sent(capfd: pytest.CaptureFixture[str]) -> None:
    draw(ascii_only=True)
    assert capfd.readouterr().err.isascii()


def test_a_terminal_without_room_is_left_alone(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "59")
    assert not draw()
    assert capfd.readouterr().err == ""


def test_without_anything_stored_nothing_is_drawn() -> None:
    assert not first_frame.draw(PANES, {}, FakeBackend(), "30 days", ascii_only=False)


def test_it_imports_no_textual() -> None:
    code = "import sys, costtui.ui.first_frame; sys.exit('textual' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
