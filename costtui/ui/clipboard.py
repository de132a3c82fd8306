"""Text on its way to the user's own clipboard, through whatever stands between: OSC 52, wrapped for tmux and GNU screen.

OSC 52 is xterm's "manipulate selection data" (ctlseqs, Operating System Commands). tmux hands on what comes in a DCS that begins with
`tmux;`, with every ESC doubled, where `allow-passthrough` is on (tmux(1)); by itself it forwards OSC 52 only where `set-clipboard` is on,
and its own `load-buffer -w` where that is external. GNU screen hands on the content of a DCS, at most 768 bytes at a time.

Nothing answers: that text was sent says nothing about whether a terminal took it.
"""

import asyncio
import base64
import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

ESC = "\x1b"
MOST_BYTES = 100_000
"""More text than this goes to a file: terminals drop long sequences without a word."""
SCREEN_PART = 700
"""Bytes of one DCS in GNU screen, whose limit of 768 counts the frame too."""
TMUX_SECONDS = 1.0

Route = Literal["plain", "tmux", "tmux-buffer", "tmux-shut", "screen"]


def osc52(text: str) -> str:
    """The bare sequence: put `text` on the clipboard."""
    return f"{ESC}]52;c;{base64.b64encode(text.encode()).decode()}\a"


def framed(text: str, route: Route) -> str:
    """One sequence that reaches the outer terminal as one OSC 52."""
    bare = osc52(text)
    if route == "tmux":
        return f"{ESC}Ptmux;{bare.replace(ESC, ESC + ESC)}{ESC}\\"
    if route == "screen":
        return "".join(f"{ESC}P{bare[at : at + SCREEN_PART]}{ESC}\\" for at in range(0, len(bare), SCREEN_PART))
    return bare


async def route(environment: Mapping[str, str]) -> Route:
    """What stands between here and the terminal. Where tmux cannot be asked, it is taken to pass things through."""
    if environment.get("TMUX"):
        passes, clipboard = await _tmux_options()
        if passes in ("on", "all", ""):
            return "tmux"
        return "plain" if clipboard == "on" else "tmux-buffer" if clipboard == "external" else "tmux-shut"
    if environment.get("STY") or environment.get("TERM", "").startswith("screen"):
        return "screen"
    return "plain"


async def _tmux_options() -> tuple[str, str]:
    """`allow-passthrough` and `set-clipboard`; empty where tmux does not say (before 3.3 there was no such option, and all passed)."""
    answer = await _tmux("display-message", "-p", "#{allow-passthrough} #{set-clipboard}")
    passes, _, clipboard = answer.partition(" ")
    return passes.strip(), clipboard.strip()


async def into_tmux_buffer(text: str) -> None:
    """tmux's own way to the outer clipboard."""
    await _tmux("load-buffer", "-w", "-", text=text)


async def _tmux(*arguments: str, text: str = "") -> str:
    pipe = asyncio.subprocess.PIPE
    try:
        process = await asyncio.create_subprocess_exec("tmux", *arguments, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL)
        with contextlib.suppress(TimeoutError):
            out, _ = await asyncio.wait_for(process.communicate(text.encode()), TMUX_SECONDS)
            return out.decode(errors="replace").strip()
        process.kill()
        await process.wait()
    except OSError:
        pass
    return ""


def into_file(text: str) -> Path:
    """A file of the user's own with the text. Raises OSError."""
    descriptor, name = tempfile.mkstemp(prefix="costtui-", suffix=".txt")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return Path(name)
