"""A terminal for tests and benchmarks: a program runs in a pseudo-terminal, pyte keeps its screen, every byte is timed."""

import contextlib
import fcntl
import os
import pty
import queue
import re
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import pyte

KEYS = {
    "up": b"\x1b[A",
    "down": b"\x1b[B",
    "enter": b"\r",
    "esc": b"\x1b",
    "tab": b"\t",
    "pgdn": b"\x1b[6~",
    "home": b"\x1b[H",
    "end": b"\x1b[F",
}
QUIET = 0.06
"""Seconds without a byte after which an answer is complete."""
SILENT = 0.3
"""Seconds after which a key that brought nothing is taken to bring nothing."""
PATIENCE = 30.0

_FOREIGN = re.compile(
    rb"\x1b\[[<=>][0-9;:]*[@-~]"  # private sequences that pyte would print the end of
    rb"|\x1b\[\??[0-9;]*\$[@-~]"  # questions about modes
    rb"|\x1b\[\?[0-9;]*[a-gi-km-z]"
    rb"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
    rb"|\x1b[P_^X].*?(?:\x1b\\|\x07)",
    re.S,
)
_HALF = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*|[P_^X\]][^\x07\x1b]*\x1b?)?$", re.S)
_SYNC_QUESTION = b"\x1b[?2026$p"
_SYNC_ANSWER = b"\x1b[?2026;2$y"
"""Today's terminals know synchronized output; without it Textual sends fewer bytes."""


@dataclass(frozen=True)
class Answer:
    """What one key brought: `seconds` until its last byte (None when nothing came), `size` in bytes."""

    seconds: float | None
    size: int


class Terminal:
    """Runs `argv` until the block ends; then the program is killed if it still runs."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        cols: int = 120,
        rows: int = 40,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self._screen = pyte.Screen(cols, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._half = b""
        self.wire = bytearray()
        """Every byte that came, sequences and all."""
        self._chunks: queue.Queue[tuple[float, bytes]] = queue.Queue()
        self._master, slave = pty.openpty()
        self._set_size(cols, rows)
        environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "TMUX", "NO_COLOR")}
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            argv,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**environment, "TERM": "xterm-256color", **(env or {})},
            cwd=cwd,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # so that a new size reaches it as a signal
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join(1)
        os.close(self._master)

    @property
    def lines(self) -> list[str]:
        """The screen as one reads it."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def grid(self) -> list[str]:
        """The screen with one character for each cell: the second cell of a wide character is a space."""
        buffer, size = self._screen.buffer, range(self._screen.columns)
        return ["".join(buffer[row][column].data or " " for column in size) for row in range(self._screen.lines)]

    def wait(self, pattern: str, *, gone: bool = False, seconds: float = PATIENCE) -> float:
        """Seconds since the start when `pattern` is first on the screen (or, with `gone`, no more)."""
        deadline = time.perf_counter() + seconds
        at = time.perf_counter()
        while bool(re.search(pattern, self.text)) is gone:
            came = self._take(deadline - time.perf_counter())
            if came is None:
                raise AssertionError(f"{pattern!r} is {'still' if gone else 'not'} on the screen after {seconds} s:\n{self.text}")
            at = came[0]
        return at - self.started

    def press(self, key: str) -> Answer:
        """One key by its name or its character (or pasted text), and what it brings until the program is quiet."""
        self.settle()
        began = time.perf_counter()
        self.send(key)
        return self._answer(began)

    def send(self, key: str) -> None:
        """The same, without waiting."""
        os.write(self._master, KEYS.get(key) or key.encode())

    def settle(self) -> None:
        """Take in what is still coming."""
        while self._take(QUIET) is not None:
            pass

    def listen(self, seconds: float) -> int:
        """Bytes that come within `seconds` with nobody at the keys."""
        until, size = time.perf_counter() + seconds, 0
        while (came := self._take(until - time.perf_counter())) is not None:
            size += len(came[1])
        return size

    def resize(self, cols: int, rows: int) -> None:
        self.settle()
        self._screen.resize(rows, cols)
        self._set_size(cols, rows)
        self._answer(time.perf_counter())

    def exit_code(self, seconds: float) -> int:
        """Its exit status, to be had within `seconds`."""
        return self.process.wait(seconds)

    def _answer(self, began: float) -> Answer:
        last, size = None, 0
        while (came := self._take(SILENT if last is None else QUIET)) is not None:
            last, size = came[0], size + len(came[1])
        return Answer(None if last is None else last - began, size)

    def _take(self, seconds: float) -> tuple[float, bytes] | None:
        try:
            came = self._chunks.get(timeout=max(0.0, seconds))
        except queue.Empty:
            return None
        self.wire += came[1]
        data = self._half + came[1]
        cut = _HALF.search(data)
        self._half = data[cut.start() :] if cut else b""
        self._stream.feed(_FOREIGN.sub(b"", data[: cut.start()] if cut else data))
        return came

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # the other end was closed
            while data := os.read(self._master, 1 << 16):
                self._chunks.put((time.perf_counter(), data))
                if _SYNC_QUESTION in data:
                    os.write(self._master, _SYNC_ANSWER)

    def _set_size(self, cols: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
