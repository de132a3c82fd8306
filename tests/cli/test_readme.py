"""The README names everything there is: every command, key and setting, and only pictures that exist."""

import re
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from costtui.cli.main import COMMANDS
from costtui.config import Settings, parse
from costtui.ui.keys import DETAIL, EVERYWHERE, LINES, OVERVIEW, PANE

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
FREE_NAMES = {"fx", "ui.keys", "alerts.routes", "customers.accounts", "customers.shared.weights", "customers.shared.percent"}
"""Tables whose keys are the user's own."""


def test_every_example_of_the_configuration_is_one() -> None:
    for text in _examples():
        parse(text, name="README.md", base=ROOT)


def test_every_setting_is_shown() -> None:
    shown = {path for text in _examples() for path in _paths(msgspec.toml.decode(text))}
    known = set(_settings(Settings)) - {"base"}
    assert known - shown == set()


@pytest.mark.parametrize("name", sorted({binding.id for binding in [*EVERYWHERE, *LINES, *PANE, *DETAIL, *OVERVIEW] if binding.id}))
def test_every_key_is_named(name: str) -> None:
    wanted = "`pane-0` … `pane-9`" if name.startswith("pane-") else f"`{name}`"
    assert wanted in README


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_an_example(command: str) -> None:
    assert re.search(rf"costtui {command}\b", README)


def test_every_picture_is_there() -> None:
    named = set(re.findall(r"\((screenshots/[^)]+)\)", README))
    assert named
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []


def _examples() -> list[str]:
    return re.findall(r"^```toml\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def _paths(table: Mapping[str, Any], before: str = "") -> Iterator[str]:
    for key, value in table.items():
        path = f"{before}{key}"
        yield path
        if path not in FREE_NAMES:
            for inner in value if isinstance(value, list) else [value]:
                if isinstance(inner, Mapping):
                    yield from _paths(inner, f"{path}.")


def _settings(struct: type[msgspec.Struct], before: str = "") -> Iterator[str]:
    hints = typing.get_type_hints(struct)
    for field in msgspec.structs.fields(struct):
        path = f"{before}{field.encode_name}"
        yield path
        kinds = [hints[field.name], *typing.get_args(hints[field.name])]
        for kind in kinds:
            if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
                yield from _settings(kind, f"{path}.")
