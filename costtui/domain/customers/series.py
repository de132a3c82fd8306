"""One amount a day, packed: a pane holds several of these for each of its rows."""

import struct
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

import msgspec

from costtui.domain.customers.units import from_units

EIGHT_BYTES = 8


class Series(msgspec.Struct, frozen=True, array_like=True):
    """Whole numbers of 10^-scale, one a day, each in `size` bytes."""

    scale: int = 0
    size: int = EIGHT_BYTES
    data: bytes = b""

    @classmethod
    def of(cls, units: Sequence[int], scale: int) -> "Series":
        try:
            return cls(scale, EIGHT_BYTES, _eights(len(units)).pack(*units))
        except struct.error:  # beyond nine million a day at twelve decimals
            size = max(unit.bit_length() for unit in units) // 8 + 1
            return cls(scale, size, b"".join(unit.to_bytes(size, "little", signed=True) for unit in units))

    @property
    def units(self) -> list[int]:
        if self.size == EIGHT_BYTES:
            return list(_eights(len(self.data) // EIGHT_BYTES).unpack(self.data))
        parts = (self.data[start : start + self.size] for start in range(0, len(self.data), self.size))
        return [int.from_bytes(part, "little", signed=True) for part in parts]

    @property
    def amounts(self) -> list[Decimal]:
        return [from_units(unit, self.scale) for unit in self.units]


@lru_cache(maxsize=16)
def _eights(count: int) -> struct.Struct:
    return struct.Struct(f"<{count}q")
