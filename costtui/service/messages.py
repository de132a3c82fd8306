"""What travels over the pipe between explorer and fetcher: length-prefixed msgpack frames of these structs.

Down the pipe (explorer to fetcher): `Hello` once, then the rest of `Down`. Up the pipe: `Event`.
"""

import struct
from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec

from costtui.config import Settings
from costtui.domain.asking import Ask, Price
from costtui.domain.customers.records import Basis
from costtui.domain.loaded import PaidCalls
from costtui.domain.period import Window
from costtui.domain.problems import Problem


class Connection(msgspec.Struct, frozen=True):
    """Whose data: it names the drawer of the store, so that two accounts, endpoints or demo worlds never mix."""

    id: str
    demo: bool = False
    scale: int = 0
    """Rows a pane of the demo cloud; 0 is the company's own size."""
    scenario: Literal["before", "after"] = "before"


class Hello(msgspec.Struct, frozen=True, tag=True):
    """The first frame down: everything that the fetcher needs to know about this run."""

    settings: Settings
    connection: Connection
    cache_dir: str
    now: datetime | None
    """The clock, where it stands still (the demo); None is the real one."""
    offline: bool
    budget: Decimal | None
    """USD of paid API calls allowed for this run; None leaves it to the configuration."""
    drafts: bool = True
    """Whether somebody looks on while an answer arrives: a screen does, a headless command waits for the whole."""


class Want(msgspec.Struct, frozen=True, tag=True):
    """Bring what `pane` lacks for `window`; with `refresh` also what is still fresh, with `paid` even where that costs money; and
    what `asks` ask about.

    Without a window it is the billing periods that billing files cover; the events of the answer name it."""

    pane: str
    window: Window | None
    refresh: bool = False
    basis: Basis = "amortized"
    """The cost basis of the view, for panes that know several."""
    paid: bool = False
    asks: tuple[Ask, ...] = ()


class Estimate(msgspec.Struct, frozen=True, tag=True):
    """Say what `want` would cost, and bring nothing. Answered with `Estimated`."""

    want: Want


class Cancel(msgspec.Struct, frozen=True, tag=True):
    """Stop what runs for `pane`: what has been brought so far stays."""

    pane: str


class Consent(msgspec.Struct, frozen=True, tag=True):
    """From now on paid calls may cost this much a UTC day."""

    usd_per_day: Decimal


class Answer(msgspec.Struct, frozen=True, tag=True):
    """What the user typed for a `Prompt`; None when it was dismissed."""

    prompt: int
    text: str | None


class Progress(msgspec.Struct, frozen=True, tag=True):
    """What is being fetched. `total` is 0 where nobody knows it."""

    pane: str
    window: Window
    doing: str
    done: int
    total: int


class Updated(msgspec.Struct, frozen=True, tag=True):
    """The store holds newer data for this pane and window."""

    pane: str
    window: Window


class Finished(msgspec.Struct, frozen=True, tag=True):
    """The answer to a `Want`: nothing more comes for it. `paid` is what it cost."""

    pane: str
    window: Window
    problems: list[Problem]
    paid: PaidCalls = PaidCalls()


class Estimated(msgspec.Struct, frozen=True, tag=True):
    """The answer to an `Estimate`: what each source would cost; `problems` are those of sources that could not tell."""

    want: Want
    prices: list[Price]
    problems: list[Problem]

    @property
    def usd(self) -> Decimal:
        return sum((price.usd for price in self.prices), Decimal(0))


class Paid(msgspec.Struct, frozen=True, tag=True):
    """Paid calls of this UTC day, all runs together, after one more was sent."""

    today: PaidCalls


class Prompt(msgspec.Struct, frozen=True, tag=True):
    """A question that only the user can answer (an MFA code). Answered with `Answer`."""

    id: int
    question: str
    secret: bool


class Lost(msgspec.Struct, frozen=True, tag=True):
    """The fetcher is gone. Made by the explorer's end of the pipe; `reason` is a sentence."""

    reason: str


Down = Hello | Want | Answer | Estimate | Cancel | Consent
Event = Progress | Updated | Finished | Estimated | Paid | Prompt | Lost

_HEAD = struct.Struct(">I")
FRAME_HEAD = _HEAD.size
MAX_FRAME = 1 << 26
"""No honest frame comes near this; a larger length is a stray write into the pipe."""

_encoder = msgspec.msgpack.Encoder()


def frame(message: Down | Event) -> bytes:
    body = _encoder.encode(message)
    return _HEAD.pack(len(body)) + body


def frame_size(head: bytes) -> int:
    """The length of the body that follows `head`; ValueError when the stream is out of step."""
    (size,) = _HEAD.unpack(head)
    if size > MAX_FRAME:
        raise ValueError(f"a frame of {size} bytes: the stream is out of step")
    return int(size)


decode_down = msgspec.msgpack.Decoder(Down).decode
decode_event = msgspec.msgpack.Decoder(Event).decode
