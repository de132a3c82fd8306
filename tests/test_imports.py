"""What a command does not load, and the rooms' walls."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HEAVY = ("textual", "rich", "boto3", "botocore", "httpx", "duckdb", "diskcache")
NETWORK = ("boto3", "botocore", "httpx", "duckdb", "urllib3")


def loaded(code: str) -> set[str]:
    """The top-level modules that `code` leaves behind."""
    ends = "\nimport json, sys\nprint(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    ran = subprocess.run([sys.executable, "-c", code + ends], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(json.loads(ran.stdout.splitlines()[-1]))


def command(*argv: str) -> str:
    return f"from costtui.cli.main import main\ntry: main({list(argv)!r})\nexcept SystemExit: pass"


@pytest.mark.parametrize("argv", [["--help"], ["--version"], ["show", "--version"]])
def test_help_loads_nothing_heavy(argv: list[str]) -> None:
    assert not loaded(command(*argv)) & (set(HEAVY) if argv[0].startswith("-") else set(NETWORK) | {"textual"})


@pytest.mark.parametrize("argv", [["show", "--help"], ["snapshot", "--help"], ["info", "--cache-dir", "/nonexistent"], ["tune", "--help"]])
def test_headless_commands_load_neither_screen_nor_network(argv: list[str]) -> None:
    assert not loaded(command(*argv)) & {*NETWORK, "textual", "rich"}


@pytest.mark.skipif(find_spec("costtui.ui.app") is None, reason="the explorer is not there yet")
def test_the_explorer_never_loads_the_network() -> None:
    code = "import costtui.ui.app, costtui.cli.explore, costtui.service.live\nfrom costtui.panes import panes\npanes()"
    found = loaded(code)
    assert "textual" in found
    assert not found & set(NETWORK)


def test_the_fetcher_never_loads_the_screen_and_the_network_only_when_it_is_used() -> None:
    assert not loaded("import costtui.fetcher.__main__") & {*NETWORK, "textual", "rich"}


def test_the_rooms_have_no_circle_and_imports_only_go_down() -> None:
    tool = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run([tool, "--no-cache"], capture_output=True, text=True, check=False, cwd=ROOT)
    assert ran.returncode == 0, ran.stdout
