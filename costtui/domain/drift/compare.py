"""The differences between two states of one resource, as JSON pointers: maps by key, sets by content, other lists by position."""

from collections.abc import Iterator
from typing import Any

import msgspec

from costtui.domain.drift import pointer
from costtui.domain.drift.noise.rules import unordered
from costtui.domain.drift.noise.values import dump, plain_scalars, same, without_empty
from costtui.domain.drift.records import Op


class Change(msgspec.Struct, frozen=True):
    """One property that differs, values as they are: not yet redacted, so it must not leave the source."""

    path: str
    expected: Any
    actual: Any
    op: Op
    rule: str = ""
    """The noise rule that a comparison with other resources found; "" leaves it to the judgement of values."""


def compare(type_: str, expected: Any, actual: Any, path: str = "") -> Iterator[Change]:
    """Every leaf that differs, in a stable order. Equal values, also the same ones written as 1 and 1.0, give nothing."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        yield from _maps(type_, expected, actual, path)
    elif same(expected, actual):
        return
    elif isinstance(expected, list) and isinstance(actual, list):
        rule = unordered(type_, path)
        yield from _sets(type_, expected, actual, path, rule) if rule else _lists(type_, expected, actual, path)
    else:
        yield Change(path, expected, actual, "change")


def _maps(type_: str, expected: dict[str, Any], actual: dict[str, Any], path: str) -> Iterator[Change]:
    """Most of a resource is as it was: that is left out before anything else is done."""
    keys = {key for key, value in expected.items() if key not in actual or (value is not actual[key] and not same(value, actual[key]))}
    for key in sorted(keys | (actual.keys() - expected.keys())):
        where = pointer.join(path, key)
        if key not in actual:
            yield Change(where, expected[key], None, "remove")
        elif key not in expected:
            yield Change(where, None, actual[key], "add")
        else:
            yield from compare(type_, expected[key], actual[key], where)


def _lists(type_: str, expected: list[Any], actual: list[Any], path: str) -> Iterator[Change]:
    for index, (one, other) in enumerate(zip(expected, actual, strict=False)):
        yield from compare(type_, one, other, pointer.join(path, index))
    for index in range(len(actual), len(expected)):
        yield Change(pointer.join(path, index), expected[index], None, "remove")
    for index in range(len(expected), len(actual)):
        yield Change(pointer.join(path, index), None, actual[index], "add")


def _sets(type_: str, expected: list[Any], actual: list[Any], path: str, rule: str) -> Iterator[Change]:
    """Elements without a partner came or went; partners that are equal but not the same are compared further, so that a noise rule
    is named for what it hides. A set that only changed its order is one difference."""
    came = {index: _content(entry) for index, entry in enumerate(actual)}
    waiting: dict[str, list[int]] = {}
    for index, content in came.items():
        waiting.setdefault(content, []).append(index)
    silent = True
    for index, entry in enumerate(expected):
        partners = waiting.get(_content(entry))
        if not partners:
            silent = False
            yield Change(pointer.join(path, index), entry, None, "remove")
            continue
        partner = partners.pop(0)
        for change in compare(type_, entry, actual[partner], pointer.join(path, partner)):
            silent = False
            yield change
    for index in sorted(index for indexes in waiting.values() for index in indexes):
        silent = False
        yield Change(pointer.join(path, index), None, actual[index], "add")
    if silent:
        yield Change(path, expected, actual, "change", rule)


def _content(entry: Any) -> str:
    """What makes two elements of a set one: their content without the empty entries (N1) and the ways to write a number (N5)."""
    return dump(plain_scalars(without_empty(entry)))
