"""Completion in a real shell: what Tab would offer after some words."""

import shutil
import subprocess
from pathlib import Path

import pytest

from costtui.cli.main import COMMANDS, main


@pytest.fixture
def script(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main(["completion", "bash"]) == 0
    path = tmp_path / "completion.bash"
    path.write_text(capsys.readouterr().out, encoding="utf-8")
    return path


def offered(script: Path, *words: str) -> set[str]:
    quoted = " ".join(f"'{word}'" for word in ("costtui", *words))
    ask = f"source {script}; COMP_WORDS=({quoted}); COMP_CWORD={len(words)}; _costtui; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    done = subprocess.run(["bash", "--norc", "-c", ask], capture_output=True, text=True, check=True, cwd=script.parent)
    return set(done.stdout.split())


def test_commands_panes_options_and_choices(script: Path) -> None:
    assert set(COMMANDS) <= offered(script, "")
    assert offered(script, "sh") == {"show"}
    assert {"functions", "drift", "customers"} <= offered(script, "show", "")
    assert "--fail-over" in offered(script, "--demo", "diff", "--f")
    assert offered(script, "show", "drift", "--format", "") == {"table", "json", "csv", "toml"}
    assert offered(script, "policy", "--for", "b") == {"billing"}
    assert {"amortized", "list"} <= offered(script, "--cost", "")


def test_files_are_offered_where_nothing_else_fits(script: Path) -> None:
    (script.parent / "week.toml").touch()
    assert offered(script, "diff", "we") == {"week.toml"}


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_read_theirs(shell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    text = capsys.readouterr().out
    assert "snapshot" in text
    if (there := shutil.which(shell)) is None:
        pytest.skip(f"{shell} is not installed here")
    (tmp_path / "c").write_text(text, encoding="utf-8")
    subprocess.run([there, "-n", str(tmp_path / "c")], check=True)
