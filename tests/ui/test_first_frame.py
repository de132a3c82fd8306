"""The first rows are on the terminal before Textual is imported."""

import subprocess
import sys

import pytest

from costtui.ui import first_frame
from tests.ui.fakes import PANES, jobs, some_jobs


def test_it_shows_the_first_rows_where_the_explorer_will(capfd: pytest.CaptureFixture[str]) -> None:
    assert first_frame.draw(PANES, jobs(some_jobs()), "demo company", (80, 24))
    lines = capfd.readouterr().err.removeprefix(first_frame.OPEN).split("\r\n")
    assert "demo company" in lines[0] and "opening" in lines[0]
    assert lines[2].split()[0] == "Job"
    assert "checkout-authorize" in lines[3]
    assert len(lines) <= 22


def test_hostile_names_reach_the_terminal_as_signs(capfd: pytest.CaptureFixture[str]) -> None:
    first_frame.draw(PANES, jobs(some_jobs()), "\x1b[31mred", (80, 24))
    assert "\x1b[31m" not in capfd.readouterr().err


def test_a_terminal_without_room_is_left_alone(capfd: pytest.CaptureFixture[str]) -> None:
    assert not first_frame.draw(PANES, jobs(some_jobs()), "demo company", (59, 24))
    assert capfd.readouterr().err == ""


def test_it_imports_no_textual() -> None:
    code = "import sys, costtui.ui.first_frame; sys.exit('textual' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
