"""Numbers that look like chance and are the same on every machine, Python and run."""

import hashlib
from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


def stream(*names: object) -> Random:
    """A generator of its own for every subject. Seeding by text is the same everywhere; `hash()` is salted per process.

    Only `random()` of it is used: what the other methods draw has changed between Python versions. For the same reason floats are
    summed with `math.fsum`: `sum` rounds otherwise since Python 3.12.
    """
    return Random("/".join(map(str, names)))


def unit(*names: object) -> float:
    """One number in [0, 1) for a subject; a tenth of the time of `stream(...).random()`."""
    digest = hashlib.blake2b("/".join(map(str, names)).encode(), digest_size=8).digest()
    return (int.from_bytes(digest) >> 11) / (1 << 53)


def pick(choices: Sequence[T], draw: float) -> T:
    """The element that `draw` in [0, 1) falls on."""
    return choices[int(draw * len(choices))]


def hexadecimal(length: int, *names: object) -> str:
    """An identifier as AWS writes them."""
    return hashlib.sha256("/".join(map(str, names)).encode()).hexdigest()[:length]
