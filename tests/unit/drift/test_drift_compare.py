"""Differences as pointers: applied to the expected side they give the actual one."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from costtui.domain.drift import pointer
from costtui.domain.drift.compare import compare
from costtui.domain.drift.noise.values import same


def shown(type_: str, expected: Any, actual: Any) -> list[tuple[str, Any, Any, str]]:
    return [(change.path, change.expected, change.actual, change.op) for change in compare(type_, expected, actual)]


def test_leaves_are_named_by_escaped_pointers() -> None:
    assert shown("t", {"a/b": {"c~d": [1]}}, {"a/b": {"c~d": [2]}}) == [("/a~1b/c~0d/0", 1, 2, "change")]
    assert pointer.segments("/a~1b/c~0d/0") == ("a/b", "c~d", "0")


def test_true_is_not_one_and_false_is_not_missing() -> None:
    assert shown("t", {"a": True, "b": False, "c": 1}, {"a": 1, "b": None, "c": 1.0}) == [
        ("/a", True, 1, "change"),
        ("/b", False, None, "change"),
    ]


def test_lists_are_compared_by_position_and_sets_by_content() -> None:
    assert shown("t", {"steps": ["a", "b"]}, {"steps": ["b", "a", "c"]}) == [
        ("/steps/0", "a", "b", "change"),
        ("/steps/1", "b", "a", "change"),
        ("/steps/2", None, "c", "add"),
    ]
    assert shown("t", {"subnet_ids": ["a", "b"]}, {"subnet_ids": ["b", "c"]}) == [
        ("/subnet_ids/0", "a", None, "remove"),
        ("/subnet_ids/1", None, "c", "add"),
    ]


def test_a_set_counts_its_elements() -> None:
    assert shown("t", {"subnet_ids": ["a"]}, {"subnet_ids": ["a", "a"]}) == [("/subnet_ids/1", None, "a", "add")]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab/~", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab/~", max_size=2), inner, max_size=3),
    max_leaves=10,
)


@given(JSON, JSON)
def test_there_is_a_difference_exactly_where_values_differ(expected: Any, actual: Any) -> None:
    assert bool(list(compare("t", expected, actual))) == (not same(expected, actual))


@given(JSON, JSON)
def test_every_pointer_leads_to_the_value_it_names(expected: Any, actual: Any) -> None:
    for change in compare("t", expected, actual):
        for side, value, missing in ((expected, change.expected, "add"), (actual, change.actual, "remove")):
            if change.op != missing:
                assert same(_at(side, change.path), value)


def _at(value: Any, path: str) -> Any:
    for part in pointer.segments(path):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value
