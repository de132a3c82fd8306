"""Packed days come back as they were, however large."""

from decimal import Decimal

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from costtui.domain.customers.series import Series
from costtui.domain.money import EXACT


@given(st.lists(st.integers(-(10**30), 10**30), max_size=40), st.integers(0, 30))
@example([2**63 - 1, -(2**63)], 12)
@example([2**63, 0, -1], 12)
@example([0, 255, -256], 0)
def test_any_series_survives(units: list[int], scale: int) -> None:
    stored = msgspec.msgpack.decode(msgspec.msgpack.encode(Series.of(units, scale)), type=Series)
    assert stored.units == units
    assert stored.amounts == [Decimal(unit).scaleb(-scale, EXACT) for unit in units]
