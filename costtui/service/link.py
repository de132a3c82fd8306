"""The explorer's end of the pipe: starts the fetcher, writes to it, hears it, and notices when it is gone."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from costtui.service.messages import FRAME_HEAD, Down, Event, Lost, decode_event, frame, frame_size


class FetcherLink:
    """One fetcher process at a time. All methods belong to the event loop's thread."""

    def __init__(self, hear: Callable[[Event], None], log_file: Path) -> None:
        self._hear, self._log_file = hear, log_file
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._closing = False

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None and self.alive else None

    async def start(self, *hello: Down) -> None:
        """Start a fetcher and say hello. Its stderr goes to the log file; it gets a session of its own, and so no terminal."""
        with _log(self._log_file) as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",
                "-m",
                "costtui.fetcher",
                str(os.getpid()),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        self._reader = asyncio.create_task(self._read(self._process))
        for message in hello:
            self.send(message)

    def send(self, message: Down) -> None:
        """Write a frame; a fetcher that is gone is noticed by the reader, not here."""
        if self._process is not None and self._process.stdin is not None and not self._process.stdin.is_closing():
            self._process.stdin.write(frame(message))

    async def close(self) -> None:
        """Kill it: what it was doing can be done again, and nobody should wait for a network."""
        self._closing = True
        if self._process is not None:
            _kill(self._process)
            await self._process.wait()
            assert self._process.stdin is not None
            self._process.stdin.close()
            with contextlib.suppress(ConnectionError):
                await self._process.stdin.wait_closed()
        if self._reader is not None:
            await asyncio.wait([self._reader], timeout=0.2)  # it ends with the pipe, unless a grandchild still holds that
            self._reader.cancel()

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        try:
            while True:
                head = await process.stdout.readexactly(FRAME_HEAD)
                event = decode_event(await process.stdout.readexactly(frame_size(head)))
                if not self._closing:
                    self._hear(event)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        except ValueError as error:
            _kill(process)
            self._hear(Lost(f"it said something unreadable ({error})"))
            return
        code = await process.wait()
        if not self._closing:
            how = f"it was killed by signal {-code}" if code < 0 else f"it ended with status {code}"
            self._hear(Lost(how))


def _kill(process: asyncio.subprocess.Process) -> None:
    """It and what it has started (a `credential_process` that hangs): its session is a process group of its own."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


@contextlib.contextmanager
def _log(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
