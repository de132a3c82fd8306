"""A terminal that is not ours: tmux draws what a program writes, and says what stands on the screen."""

import os
import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.e2e.command import COSTTUI

PATIENCE = 30.0
SIZES = [(80, 24), (120, 40)]
NEEDS_TMUX = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed: apt-get install tmux")


class Tmux:
    """One session on a socket of its own, in which costtui runs with `words`."""

    def __init__(self, socket: Path, cols: int, rows: int, cache: Path, env: Mapping[str, str], words: Sequence[str] = ("--demo",)) -> None:
        self.server = ["tmux", "-S", str(socket), "-f", os.devnull]
        self.cols = cols
        settings = [f"{name}={value}" for name, value in env.items()]
        command = shlex.join(["env", *settings, *COSTTUI, *words, "--cache-dir", str(cache)])
        self.ask("new-session", "-d", "-x", str(cols), "-y", str(rows), "-s", "main", command)
        self.pid = int(self.ask("list-panes", "-F", "#{pane_pid}"))

    def ask(self, *words: str) -> str:
        own = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        environment = {**own, "LC_ALL": "C.UTF-8"}
        return subprocess.run([*self.server, *words], capture_output=True, text=True, check=True, env=environment).stdout

    @property
    def lines(self) -> list[str]:
        return self.ask("capture-pane", "-p", "-t", "main").splitlines()

    def press(self, *keys: str) -> None:
        self.ask("send-keys", "-t", "main", *keys)

    def type(self, text: str) -> None:
        self.ask("send-keys", "-t", "main", "-l", text)

    def wait(self, pattern: str, *, gone: bool = False) -> list[str]:
        """The screen as soon as `pattern` is on it (or, with `gone`, no more)."""
        deadline = time.monotonic() + PATIENCE
        while True:
            lines = self.lines
            if bool(re.search(pattern, "\n".join(lines))) is not gone:
                return lines
            assert time.monotonic() < deadline, f"{pattern!r}, {gone=}:\n" + "\n".join(lines)
            time.sleep(0.05)

    def resize(self, cols: int, rows: int) -> None:
        self.cols = cols
        self.ask("resize-window", "-t", "main", "-x", str(cols), "-y", str(rows))

    def close(self) -> None:
        subprocess.run([*self.server, "kill-server"], capture_output=True, check=False)
