"""The child process: `python -P -m costtui.fetcher PARENT_PID`, frames on descriptors 0 and 1.

It never owns the terminal (its parent started it in a session of its own) and never outlives its parent: the kernel kills it
when the parent dies (PR_SET_PDEATHSIG, Linux), and end-of-file on the pipe ends it everywhere.
"""

import contextlib
import ctypes
import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import BinaryIO

from costtui.fetcher.engine import Engine
from costtui.service.messages import FRAME_HEAD, Answer, Cancel, Consent, Estimate, Event, Hello, Want, decode_down, frame, frame_size

PR_SET_PDEATHSIG = 1


def main() -> None:
    _die_with(int(sys.argv[1]))
    down, up = _private_pipes()
    gc.set_threshold(200_000, 50, 50)  # records hold no circles, and walking them by the hundred thousand takes a tenth of the time
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for chatty in ("botocore", "httpx", "httpcore", "urllib3"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    lock = threading.Lock()

    def send(event: Event) -> None:
        with lock:
            try:
                up.write(frame(event))
                up.flush()
            except (BrokenPipeError, ValueError):
                os._exit(0)

    with contextlib.suppress(EOFError):
        _listen(down, send)
    os._exit(0)  # threads may sit in a network call; nothing they do matters any more


def _listen(down: BinaryIO, send: Callable[[Event], None]) -> None:
    engine: Engine | None = None
    while True:
        message = decode_down(_exactly(down, frame_size(_exactly(down, FRAME_HEAD))))
        match message:
            case Hello():
                engine = Engine(message, send)
            case Want() if engine is not None:
                engine.want(message)
            case Answer() if engine is not None:
                engine.answer(message)
            case Estimate() if engine is not None:
                engine.estimate(message)
            case Cancel() if engine is not None:
                engine.cancel(message.pane)
            case Consent() if engine is not None:
                engine.consent(message)


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise EOFError
    return data


def _private_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Move the pipe off descriptors 0 and 1, which every grandchild (a `credential_process`) inherits and may read or write."""
    down, up = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return down, up


def _die_with(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the kernel was asked to tell
        os._exit(0)


if __name__ == "__main__":
    main()
