"""Questions that are asked only on a key press, and what they would cost."""

from decimal import Decimal

import msgspec


class Ask(msgspec.Struct, frozen=True):
    """Bring `dataset` for these subjects: ids of rows, or whatever the dataset's records call their subject."""

    dataset: str
    subjects: tuple[str, ...]


class Price(msgspec.Struct, frozen=True):
    """What bringing something would cost, told before it is asked.

    `usd` is the list price of `calls` requests, `seconds` about how long they take (0 where that is a moment). `words` name what is
    brought, with its amount: "the bill of 30 days by tag customer, 4 pages"."""

    source: str
    calls: int
    usd: Decimal
    seconds: int
    words: str
