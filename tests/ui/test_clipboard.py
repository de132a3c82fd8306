"""OSC 52 on its way out: one well-formed sequence, whatever stands between."""

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costtui.ui import clipboard
from costtui.ui.clipboard import MOST_BYTES, framed, osc52, route


@given(st.text(max_size=3000))
def test_tmux_hands_on_exactly_the_bare_sequence(text: str) -> None:
    """tmux strips the frame and halves the escapes (tmux(1), allow-passthrough)."""
    match = re.fullmatch(r"\x1bPtmux;((?:[^\x1b]|\x1b\x1b)*)\x1b\\", framed(text, "tmux"), re.DOTALL)
    assert match is not None
    assert match[1].replace("\x1b\x1b", "\x1b") == osc52(text)


@given(st.text(max_size=3000))
def test_screen_hands_on_the_parts_which_are_short_enough(text: str) -> None:
    parts = re.findall(r"\x1bP(.*?)\x1b\\", framed(text, "screen"), re.DOTALL)
    assert "".join(parts) == osc52(text)
    assert all(len(part) + 4 <= 768 for part in parts)


@given(st.text(max_size=3000))
def test_nothing_of_the_text_is_read_as_a_sequence(text: str) -> None:
    bare = framed(text, "plain")
    assert base64.b64decode(bare.removeprefix("\x1b]52;c;").removesuffix("\a")).decode() == text
    assert bare.count("\x1b") == 1 and bare.count("\a") == 1


@pytest.mark.parametrize(
    ("environment", "options", "way"),
    [
        ({}, "", "plain"),
        ({"TMUX": "", "STY": ""}, "", "plain"),
        ({"TERM": "screen-256color"}, "", "screen"),
        ({"STY": "1.tty"}, "", "screen"),
        ({"TMUX": "/tmp/x,1,0", "TERM": "screen"}, "on external", "tmux"),
        ({"TMUX": "/tmp/x,1,0"}, "all off", "tmux"),
        ({"TMUX": "/tmp/x,1,0"}, " on", "tmux"),
        ({"TMUX": "/tmp/x,1,0"}, "", "tmux"),
        ({"TMUX": "/tmp/x,1,0"}, "off on", "plain"),
        ({"TMUX": "/tmp/x,1,0"}, "off external", "tmux-buffer"),
        ({"TMUX": "/tmp/x,1,0"}, "off off", "tmux-shut"),
    ],
)
async def test_route(environment: dict[str, str], options: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def say(*_arguments: str, text: str = "") -> str:
        assert not text
        return options

    monkeypatch.setattr(clipboard, "_tmux", say)
    assert await route(environment) == way


def test_the_cap_keeps_the_sequence_below_the_limits_of_terminals() -> None:
    assert len(framed("x" * MOST_BYTES, "plain")) < 150_000
