"""PropertyDifferences as CloudFormation states them: JSON pointers to leaves, values as text."""

import json
from collections.abc import Iterator
from typing import Any


def property_differences(expected: Any, actual: Any, path: str = "") -> Iterator[dict[str, str]]:
    """Leaves that differ. An element that one list has beyond the other is an ADD or a REMOVE."""
    if as_text(expected) == as_text(actual) and type(expected) is type(actual):
        return
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key in sorted(expected.keys() | actual.keys()):
            yield from property_differences(expected.get(key), actual.get(key), f"{path}/{key}")
    elif isinstance(expected, list) and isinstance(actual, list):
        yield from _elements(expected, actual, path)
    else:
        yield _difference(path, expected, actual, "NOT_EQUAL")


def _elements(expected: list[Any], actual: list[Any], path: str) -> Iterator[dict[str, str]]:
    """By content where the lengths differ, else by position; an element that only moved is replaced as a whole."""
    if len(expected) == len(actual):
        for index, (one, other) in enumerate(zip(expected, actual, strict=True)):
            if one != other and (one in actual or other in expected):
                yield _difference(f"{path}/{index}", one, other, "NOT_EQUAL")
            else:
                yield from property_differences(one, other, f"{path}/{index}")
        return
    for index, one in enumerate(expected):
        if one not in actual:
            yield _difference(f"{path}/{index}", one, None, "REMOVE")
    for index, other in enumerate(actual):
        if other not in expected:
            yield _difference(f"{path}/{index}", None, other, "ADD")


def _difference(path: str, expected: Any, actual: Any, kind: str) -> dict[str, str]:
    return {"PropertyPath": path, "ExpectedValue": as_text(expected), "ActualValue": as_text(actual), "DifferenceType": kind}


def as_text(value: Any) -> str:
    """Texts as they are, everything else as compact JSON."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), sort_keys=True)
