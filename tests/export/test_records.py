"""What a snapshot adds to its documents brings the very records back."""

from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costtui.export.records import rest, restored


class Inner(msgspec.Struct, frozen=True, array_like=True):
    """A struct that the store keeps as a list."""

    name: str
    amount: Decimal | None = None


class Outer(msgspec.Struct, frozen=True, array_like=True):
    """One of every kind of field."""

    id: str
    amount: Decimal | None
    at: datetime | None
    day: date
    inner: Inner
    inners: list[Inner]
    some: dict[str, Decimal]
    packed: bytes = b""
    maybe: Inner | None = None
    pair: tuple[int, str] = (0, "")
    known_to_be_none: Decimal | None = Decimal(0)


amounts = st.decimals(allow_nan=False, allow_infinity=False, places=12)
inners = st.builds(Inner, st.text(), st.none() | amounts)
outers = st.builds(
    Outer,
    st.text(),
    st.none() | amounts,
    st.none() | st.datetimes(timezones=st.just(UTC)),
    st.dates(),
    inners,
    st.lists(inners),
    st.dictionaries(st.text(), amounts),
    st.binary(),
    st.none() | inners,
    st.tuples(st.integers(0, 2**40), st.text()),
    st.none() | amounts,
)


@given(outers, st.sets(st.sampled_from(["id", "amount", "at", "day", "inner", "some", "wrong"])))
def test_any_record_comes_back_whatever_its_document_says(record: Outer, told: set[str]) -> None:
    everything = rest(record, {})
    document = {name: value for name, value in everything.items() if name in told and name != "unknown"}
    if "wrong" in told:
        document["id"] = "another"
    assert restored(Outer, document, rest(record, document)) == record


def test_what_the_document_or_a_default_says_is_not_said_twice() -> None:
    record = Outer("a", Decimal("1.50"), None, date(2026, 1, 1), Inner("x"), [], {})
    assert rest(record, {"id": "a", "amount": "1.5", "at": None, "inner": {"name": "x"}}) == {
        "day": date(2026, 1, 1),
        "inners": [],
        "some": {},
    }


def test_a_field_that_must_be_there_is_named() -> None:
    with pytest.raises(msgspec.ValidationError, match="day is missing"):
        restored(Outer, {"id": "a"}, {})
