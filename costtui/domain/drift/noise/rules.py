"""Which noise rule, if any, shows the two sides of one difference equal."""

import re
from collections.abc import Callable
from typing import Any

from costtui.domain.drift import pointer
from costtui.domain.drift.noise import policy, sets
from costtui.domain.drift.noise.computed import is_computed, is_own_tag
from costtui.domain.drift.noise.values import plain_scalars, same, structure, without_empty
from costtui.domain.drift.records import Op
from costtui.domain.drift.vocabulary import canonical_path, canonical_type, snake

_WORD = re.compile(r"(?!arn:)[A-Za-z](.*[^.])?", re.DOTALL)
Canonical = Callable[[Any], Any]


def explain(type_: str, path: str, expected: Any, actual: Any, *, op: Op = "change", declared: bool = True) -> str:
    """The rule ("N1", or several as "N1 N2") under which `expected` is `actual`; "" when they really differ.

    An element of a list that came or went never equals its absence: one more is one more, empty or not. N6 and N7 are by name: they hide
    what the code does not declare, and only that.
    """
    element = op != "change" and path.rpartition("/")[2].isdigit()
    if not element and (rule := equal_under(type_, path, expected, actual)):
        return rule
    if is_own_tag(path):
        return "N7"
    return "N6" if is_computed(type_, canonical_path(type_, path), declared=declared) else ""


def equal_under(type_: str, path: str, expected: Any, actual: Any) -> str:
    """The value rules N1 to N5 alone: the first that is enough, else the fewest that are enough together."""
    if _cannot_be_equal(expected, actual):
        return ""
    if same(expected, actual):
        return "equal"
    rules = _canonical_forms(type_, path)
    for name, form in rules.items():
        if same(form(expected), form(actual)):
            return name
    if not _equal(rules.values(), expected, actual):
        return ""
    needed = dict(rules)
    for name in rules:
        without = {other: form for other, form in needed.items() if other != name}
        if _equal(without.values(), expected, actual):
            needed = without
    return " ".join(sorted(needed))


def _equal(forms: Any, expected: Any, actual: Any) -> bool:
    for form in forms:
        expected, actual = form(expected), form(actual)
    return same(expected, actual)


def _canonical_forms(type_: str, path: str) -> dict[str, Canonical]:
    """In the order in which they are tried and combined: a JSON text is opened before anything in it is compared."""
    forms: dict[str, Canonical] = {}
    where = canonical_path(type_, path)
    depth = policy.document_depth(where)
    if depth is not None and canonical_type(type_) != "aws_organizations_policy":
        part = policy.part_at(path) if depth else ""
        forms["N3"] = lambda value: policy.canonical(value, part)
    else:
        forms["N2"] = structure
    forms["N1"] = without_empty
    forms["N4"] = lambda value: sets.canonical(value, type_, path)
    forms["N5"] = plain_scalars
    return forms


def _cannot_be_equal(expected: Any, actual: Any) -> bool:
    """The common case, fast: two words, or two numbers, that differ, also in one place of two maps. What no rule opens or rewrites begins
    with a letter, ends without a dot and is no ARN."""
    if isinstance(expected, str) and isinstance(actual, str):
        return expected != actual and bool(_WORD.fullmatch(expected) and _WORD.fullmatch(actual))
    if isinstance(expected, dict) and isinstance(actual, dict):
        return any(key in actual and _cannot_be_equal(value, actual[key]) for key, value in expected.items())
    return isinstance(expected, int) and isinstance(actual, int) and expected != actual


def unordered(type_: str, path: str) -> str:
    """The rule under which the elements of the list at `path` have no order: "N4", "N3" for policy statements, else ""."""
    if sets.is_set(type_, path):
        return "N4"
    inside_policy = policy.document_depth(canonical_path(type_, path)) is not None
    last = snake(pointer.segments(path)[-1]) if path else ""
    return "N3" if inside_policy and last in ("statement", "action", "resource", "aws", "service", "federated") else ""
