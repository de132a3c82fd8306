"""What a measurement can be: the bounds of a memory size and of a duration, and how a number is written."""

import re
from decimal import Decimal
from typing import Final

SMALLEST_MB: Final = 128
LARGEST_MB: Final = 32_768
"""The Lambda service model's bounds of MemorySize."""
LONGEST_MS: Final = 10**9
"""Far beyond any timeout: a larger number is a mistake, and slow to compute with."""
NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,9})?")


def written_number(text: str) -> Decimal | None:
    """The number that `text` is; None for anything else, the underscores and foreign digits that Python would read included."""
    return Decimal(text) if NUMBER.fullmatch(text) else None
