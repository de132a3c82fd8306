"""Keys and values as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costtui.domain.customers.records import Customer
from costtui.domain.customers.tags import Names, in_conflict, normalise, tag_value


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"customer": "a", "Customer": "b"}, "a"),
        ({"Customer": "b", "CUSTOMER": "c"}, "c"),
        ({" customer": "d"}, "d"),
        ({"customer": "", "Customer": "b"}, ""),
        ({"customers": "x"}, None),
        ({}, None),
    ],
)
def test_an_exact_key_wins_then_the_smallest_spelling(tags: dict[str, str], expected: str | None) -> None:
    assert tag_value(tags, "customer") == expected


def test_a_conflict_is_two_spellings_with_different_values() -> None:
    assert in_conflict({"customer": "a", "Customer": "b"}, "customer")
    assert not in_conflict({"customer": "a", "Customer": "A "}, "customer")
    assert not in_conflict({"customer": "a", "other": "b"}, "customer")


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text) == normalise(f" {text}\t")


def test_names_resolve_aliases_in_any_spelling() -> None:
    names = Names([Customer("Acme", aliases=["ACME Ltd", "4711"])])
    assert [names.id_of(raw) for raw in ("acme", "acme ltd ", "4711", "globex", " ")] == ["acme", "acme", "acme", "globex", ""]
