"""Where the explorer cannot draw, it says so in one sentence and names the headless command."""

import subprocess
from pathlib import Path

import pytest

from tests.e2e.command import COSTTUI, run
from tests.e2e.terminal import Terminal

HEADLESS = "use a headless command instead, as in: costtui show functions"


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_dumb_terminal_is_refused(term: str, tmp_path: Path) -> None:
    with Terminal([*COSTTUI, "--demo", "--cache-dir", str(tmp_path)], cols=160, env={"TERM": term}) as terminal:
        terminal.wait("costtui: ")
        assert terminal.exit_code(10) == 2
        terminal.settle()
        assert terminal.text.strip() == f"costtui: this terminal (TERM=dumb) cannot draw the explorer: {HEADLESS}"


def test_a_pipe_is_refused(tmp_path: Path) -> None:
    done = run("--demo", cache=tmp_path, env={"TERM": "xterm"})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"costtui: the explorer needs a terminal: {HEADLESS}\n"


def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    command = [*COSTTUI, "--demo", "--cache-dir", str(tmp_path), "show", "functions", "--format", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == (b"", 0)
