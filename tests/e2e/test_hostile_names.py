"""Names that carry markup and escape sequences, and names in Chinese: literal and aligned wherever they are shown."""

import csv
import io
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from costtui.sources.demo import World
from tests.e2e.command import COSTTUI, answer
from tests.e2e.terminal import Terminal
from tests.fakes.demo import function
from tests.fakes.http_cloud import served

MARKUP = "[bold]x[/] \x1b[31m"
CHINESE = "缩略图渲染"
UNBALANCED = "[/x] [@click]y"
SHOWN = {MARKUP: "[bold]x[/] ␛[31m", CHINESE: CHINESE, UNBALANCED: UNBALANCED}
SPACED = {MARKUP: "[bold]x[/] ␛[31m", CHINESE: "缩 略 图 渲 染", UNBALANCED: UNBALANCED}
"""As `Terminal.grid` has them: one character a cell."""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """A cache that knows these names, and the environment it was filled in. A budget, so that the rows have costs."""
    folder = tmp_path_factory.mktemp("hostile")
    keys = {"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    with served(World(extra_functions=tuple(function(name) for name in SHOWN))) as cloud:
        environment = {"AWS_ENDPOINT_URL": cloud.url, **keys}
        answer("show", "functions", "--format", "json", "--budget", "1", cache=folder, env=environment)
        yield folder, environment


def show(cache: tuple[Path, dict[str, str]], form: str) -> str:
    return answer("--offline", "show", "functions", "--format", form, cache=cache[0], env=cache[1])


def test_documents_hold_the_names_as_they_are(cache: tuple[Path, dict[str, str]]) -> None:
    in_json = json.loads(show(cache, "json"))
    in_toml = tomllib.loads(show(cache, "toml"))
    assert set(SHOWN) <= {row["name"] for row in in_json["rows"]}
    assert set(SHOWN) <= {row["name"] for row in in_toml["rows"]}
    assert "\x1b" not in show(cache, "json") + show(cache, "toml"), "an escape character travels as its escape"


def test_csv_is_read_back_with_one_row_for_each_name(cache: tuple[Path, dict[str, str]]) -> None:
    names = [row["name"] for row in csv.DictReader(io.StringIO(show(cache, "csv")))]
    assert {MARKUP.replace("\x1b", "␛"), CHINESE, UNBALANCED} <= {name.replace("\x1b", "␛").lstrip("'") for name in names}
    assert len(names) == len(json.loads(show(cache, "json"))["rows"])


def test_the_printed_table_is_literal_and_aligned(cache: tuple[Path, dict[str, str]]) -> None:
    lines = show(cache, "table").splitlines()
    assert not [line for line in lines if not line.isprintable()]
    architecture = lines[0].index("Arch")
    for name, shown in SHOWN.items():
        (line,) = (line for line in lines if line.startswith(shown))
        wide = len(shown) if name == CHINESE else 0
        assert line[architecture - wide :].startswith(("x86 ", "arm "))


def found(screen: Terminal, text: str) -> str:
    lines = [line for line in screen.grid if text in line]
    assert lines, f"{text!r} is not on the screen:\n{screen.text}"
    return lines[0]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SHOWN, ids=["markup", "chinese", "unbalanced"])
def test_on_the_screen_in_table_detail_and_help(name: str, size: tuple[int, int], cache: tuple[Path, dict[str, str]]) -> None:
    command = [*COSTTUI, "--offline", "--cache-dir", str(cache[0])]
    with Terminal(command, cols=size[0], rows=size[1], env=cache[1]) as screen:
        screen.wait("Overview")
        screen.press("1")
        screen.wait("checkout-authorize")
        screen.press("/")
        screen.wait("column:text")
        screen.press(name[:4] if name != MARKUP else "bold")
        screen.press("enter")
        screen.wait("checkout-authorize", gone=True)
        head, row = found(screen, " Arch"), found(screen, SPACED[name])
        assert row.startswith("▌" + SPACED[name])
        assert row[head.index("Arch") :].startswith("arm ")
        assert len(row) == size[0]
        screen.press("enter")
        screen.wait("Esc")
        assert SPACED[name] in found(screen, SPACED[name])
        screen.press("?")
        screen.wait("quit")
        screen.press("esc")
        screen.press("esc")
        assert found(screen, SPACED[name]) == row


def test_in_a_snapshot_from_the_screen(cache: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    file = tmp_path / "view.toml"
    with Terminal([*COSTTUI, "--offline", "--cache-dir", str(cache[0])], env=cache[1], cwd=tmp_path) as screen:
        screen.wait("Overview")
        screen.press("1")
        screen.wait("checkout-authorize")
        screen.press("s")
        screen.wait("Snapshot of")
        screen.press("\x15")
        screen.press(str(file))
        screen.press("enter")
        screen.wait("saved")
    assert set(SHOWN) <= {row["name"] for row in tomllib.loads(file.read_text(encoding="utf-8"))["functions"]["rows"]}
