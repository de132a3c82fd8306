from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costtui.domain.filters import FilterError, Value, haystack, ordered, parse


@dataclass(frozen=True)
class Thing:
    name: str
    account: str = "prod"
    cost: Decimal | None = None
    calls: int | None = None
    seen: datetime | None = None
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Col:
    id: str
    drawn: bool = False

    def text(self, row: Thing) -> str:
        value = getattr(row, self.id)
        return "?" if value is None else str(value)

    def value(self, row: Thing) -> Any:
        return getattr(row, self.id)


COLUMNS = [Col("name"), Col("account"), Col("cost"), Col("calls"), Col("seen")]
THINGS = [
    Thing("checkout", cost=Decimal("1904.32"), calls=5, tags=(("team", "Payments"), ("aws:cloudformation:stack-name", "shop-prod"))),
    Thing("Thumbnail", account="stage", cost=Decimal("1"), calls=10, seen=datetime(2026, 11, 12, 8, tzinfo=UTC), tags=(("env", ""),)),
    Thing("AWS::Lambda::Function", cost=None, calls=None),
]


def found(expression: str) -> list[str]:
    match = parse(expression, COLUMNS, lambda thing: dict(thing.tags))
    return [thing.name for thing in THINGS if match(thing)]


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("", ["checkout", "Thumbnail", "AWS::Lambda::Function"]),
        ("THUMB", ["Thumbnail"]),
        ("thumb !stage", []),
        ("!stage", ["checkout", "AWS::Lambda::Function"]),
        ("prod out", ["checkout"]),
        ("name:thumb", ["Thumbnail"]),
        ("account:thumb", []),
        ("NAME:THUMB", ["Thumbnail"]),
        ("!name:thumb", ["checkout", "AWS::Lambda::Function"]),
        ("cost>1", ["checkout"]),
        ("cost>=1", ["checkout", "Thumbnail"]),
        ("cost<1904.32", ["Thumbnail"]),
        ("cost<=1,904.32", ["checkout", "Thumbnail"]),
        ("cost=1", ["Thumbnail"]),
        ("cost=1.0", ["Thumbnail"]),
        ("calls<6", ["checkout"]),
        ("account=stage", ["Thumbnail"]),
        ("account=stag", []),
        ("seen>2026-11-12", ["Thumbnail"]),
        ("seen<2026-11-12", []),
        ("lambda::func", ["AWS::Lambda::Function"]),
        ("tag.team:pay", ["checkout"]),
        ("tag.TEAM:PAY", ["checkout"]),
        ("tag.team=payments", ["checkout"]),
        ("tag.team=pay", []),
        ("tag.aws:cloudformation:stack-name:shop", ["checkout"]),
        ("tag.env:", ["Thumbnail"]),
        ("!tag.team:", ["Thumbnail", "AWS::Lambda::Function"]),
        ("!", ["checkout", "Thumbnail", "AWS::Lambda::Function"]),
        ("account:", ["checkout", "Thumbnail", "AWS::Lambda::Function"]),
        ("cost>1 calls=5", ["checkout"]),
    ],
)
def test_words(expression: str, names: list[str]) -> None:
    assert found(expression) == names


def test_unknown_is_neither_greater_nor_less() -> None:
    assert "AWS::Lambda::Function" not in found("cost>-1") + found("cost<999999") + found("calls=0")


def test_text_is_not_found_across_two_cells() -> None:
    assert found("checkoutprod") == []
    assert haystack(THINGS[0], COLUMNS).startswith("checkout")


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("owner:x", "no column 'owner' to filter by: use one of name, account, cost, calls, seen, or tag.KEY:text"),
        ("cost>abc", "column 'cost' > 'abc': expected a number or a date after >, as in cost>1"),
        ("cost>", "column 'cost' > '': expected a number or a date after >, as in cost>1"),
        ("cost>NaN", "column 'cost' > 'NaN': expected a number or a date after >, as in cost>1"),
        ("cost=", "column 'cost' =: expected a value after =, as in cost=1"),
        ("fine cost>x", "column 'cost' > 'x': expected a number or a date after >, as in cost>1"),
    ],
)
def test_a_bad_filter_is_one_sentence(expression: str, sentence: str) -> None:
    with pytest.raises(FilterError) as error:
        found(expression)
    assert str(error.value) == sentence


def test_nothing_is_looked_for_in_cells_that_are_drawn() -> None:
    assert haystack(THINGS[0], [Col("name"), Col("account", drawn=True)]) == "checkout"


def test_a_kept_haystack_is_what_text_searches() -> None:
    match = parse("needle", COLUMNS, lambda _thing: {}, lambda thing: "needle" if thing.name == "checkout" else "")
    assert [thing.name for thing in THINGS if match(thing)] == ["checkout"]


@given(st.text(alphabet="ab!:>=<. tag1", max_size=20))
def test_any_text_is_a_filter_or_a_sentence(expression: str) -> None:
    try:
        match = parse(expression, COLUMNS, lambda thing: dict(thing.tags))
    except FilterError as error:
        assert str(error)
        assert "\n" not in str(error)
    else:
        for thing in THINGS:
            match(thing)


@given(st.lists(st.text(alphabet="abcX", max_size=3)), st.text(alphabet="abcx", min_size=1, max_size=2))
def test_text_and_its_inverse_share_the_rows(names: list[str], needle: str) -> None:
    rows = [Thing(name, account="") for name in names]
    match, inverse = (parse(mark + needle, COLUMNS[:1], lambda _thing: {}) for mark in ("", "!"))
    assert sum(map(match, rows)) + sum(map(inverse, rows)) == len(rows)
    assert sum(map(match, rows)) == sum(needle in name.casefold() for name in names)


values = st.one_of(st.none(), st.integers(-5, 5), st.decimals(-5, 5, places=1))


@given(st.lists(values), st.booleans())
def test_sorting_is_stable_and_unknown_comes_last(column: list[Value], reverse: bool) -> None:
    order = ordered(column, reverse=reverse)
    assert sorted(order) == list(range(len(column)))
    known = [index for index in order if column[index] is not None]
    assert order[: len(known)] == known
    assert order[len(known) :] == [index for index, value in enumerate(column) if value is None]
    for left, right in pairwise(known):
        a, b = column[left], column[right]
        assert isinstance(a, int | Decimal) and isinstance(b, int | Decimal)
        assert (a > b if reverse else a < b) or (a == b and left < right)


def test_text_sorts_without_regard_to_case() -> None:
    assert ordered(["b", "A", None, "a", "B"]) == [1, 3, 0, 4, 2]
