"""Copying inside tmux, seen from the terminal around it: what comes over the wire there, byte by byte."""

import base64
import re
import stat
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.command import answer
from tests.e2e.terminal import Terminal
from tests.e2e.tmux import NEEDS_TMUX, Tmux

pytestmark = NEEDS_TMUX

OSC_52 = re.compile(rb"\x1b\]52;[a-z]*;([A-Za-z0-9+/=]*)(?:\x07|\x1b\\)")
COLS, ROWS = 200, 50
FIRST_ARN = "arn:aws:lambda:us-east-1:111122223333:function:checkout-authorize"


@contextmanager
def around(tmp_path: Path, passes: str, clipboard: str, *words: str) -> Iterator[tuple[Terminal, Tmux]]:
    """The outer terminal, attached to a tmux in which the explorer shows its functions."""
    inner = Tmux(tmp_path / "s", COLS, ROWS, tmp_path / "cache", {"TMPDIR": str(tmp_path)}, words=words or ("--demo",))
    try:
        inner.ask("set-option", "-g", "allow-passthrough", passes)
        inner.ask("set-option", "-s", "set-clipboard", clipboard)
        with Terminal([*inner.server, "attach-session", "-t", "main"], cols=COLS, rows=ROWS + 1) as outer:
            outer.wait("Overview")
            outer.press("1")
            outer.wait(r"▸1 Functions [\d,]")
            yield outer, inner
    finally:
        inner.close()


def copied(outer: Terminal, key: str, says: str) -> list[str]:
    """What a key puts on the outer terminal's clipboard, and nothing else of it may be left on the wire."""
    outer.settle()
    outer.wire.clear()
    outer.send(key)
    outer.wait(says)
    outer.settle()
    wire = bytes(outer.wire)
    rest = OSC_52.sub(b"", wire)
    assert b"tmux;" not in rest and b"]52;" not in rest, rest
    return [base64.b64decode(text, validate=True).decode() for text in OSC_52.findall(wire)]


@pytest.mark.parametrize(("passes", "clipboard"), [("on", "external"), ("off", "external"), ("off", "on")], ids=lambda word: str(word))
def test_one_well_formed_sequence_reaches_the_terminal_around_tmux(passes: str, clipboard: str, tmp_path: Path) -> None:
    with around(tmp_path, passes, clipboard) as (outer, _):
        assert copied(outer, "Y", "the ARN sent to the terminal") == [FIRST_ARN]
        row = copied(outer, "J", "the row as TOML sent to the terminal")
        assert len(row) == 1 and f'arn = "{FIRST_ARN}"' in row[0]


def test_where_tmux_lets_nothing_through_it_says_so(tmp_path: Path) -> None:
    with around(tmp_path, "off", "off") as (outer, _):
        assert copied(outer, "Y", "the ARN was not sent: tmux lets nothing through") == []


def test_more_than_a_terminal_takes_goes_to_a_file_of_the_users_own(tmp_path: Path) -> None:
    long = "x" * 120_000
    snapshot = tmp_path / "long.toml"
    text = answer("--demo", "snapshot", cache=tmp_path / "cache")
    snapshot.write_text(text.replace("[functions.rows.tags]", f'[functions.rows.tags]\nlong = "{long}"', 1), encoding="utf-8")
    with around(tmp_path, "on", "external", "open", str(snapshot)) as (outer, _):
        assert copied(outer, "J", r"written to \S+\.txt") == []
        named = re.search(r"written to (\S+\.txt): the row as TOML is too long", outer.text)
        assert named is not None, outer.text
        file = Path(named[1])
        row = tomllib.loads(file.read_text(encoding="utf-8"))
        assert (row["arn"], row["tags"]["long"]) == (FIRST_ARN, long)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
