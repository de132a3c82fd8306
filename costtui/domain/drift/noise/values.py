"""Values in one canonical form: N1 (empty), N2 (JSON text) and N5 (numbers and DNS names as text)."""

import re
from decimal import Decimal
from typing import Any

import msgspec

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
_DNS_WITH_DOT = re.compile(r"(?:[\w*-]+\.)+[A-Za-z][A-Za-z0-9-]+\.")
_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_ENCODER = msgspec.json.Encoder(decimal_format="number", order="sorted")


def parse(text: str | None) -> Any:
    """The value behind a Difference's JSON text; what is no JSON is taken as plain text."""
    if text is None:
        return None
    try:
        return _DECODER.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return text


def dump(value: Any) -> str:
    """JSON text with sorted keys: equal values give equal text."""
    return _ENCODER.encode(value).decode()


def is_empty(value: Any) -> bool:
    """N1: null, "", [] and {} are one; false and 0 are values."""
    return value is None or (isinstance(value, (str, list, dict)) and not value)


def same(one: Any, other: Any) -> bool:
    """Equality as JSON has it: true is not 1, 1 is 1.0."""
    if one is other:
        return True
    if isinstance(one, str):
        return bool(one == other)
    if isinstance(one, dict):
        return isinstance(other, dict) and one.keys() == other.keys() and all(map(same, one.values(), map(other.__getitem__, one)))
    if isinstance(one, list):
        return isinstance(other, list) and len(one) == len(other) and all(map(same, one, other))
    return bool(one == other) and not isinstance(one, bool) and not isinstance(other, bool)


def without_empty(value: Any) -> Any:
    """N1 all the way down: map entries that are empty are left out; list elements stay, since one more element is one more."""
    if isinstance(value, dict):
        kept = {key: without_empty(entry) for key, entry in value.items()}
        return {key: entry for key, entry in kept.items() if not is_empty(entry)} or None
    if isinstance(value, list):
        return [without_empty(entry) for entry in value] or None
    return None if value == "" else value


def structure(value: Any) -> Any:
    """N2: a text that holds a JSON object or array becomes it; with repeated keys it stays text, since readers disagree on those."""
    if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "["):
        return value
    parsed = parse(value)
    if isinstance(parsed, str) or _repeats_a_key(value, parsed):
        return value
    return parsed


def _repeats_a_key(text: str, parsed: Any) -> bool:
    """Compares the number of keys in the text with those that survived parsing."""
    outside_strings = re.sub(r'"(?:[^"\\]|\\.)*"', '""', text)
    return outside_strings.count(":") != _count_keys(parsed)


def _count_keys(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(map(_count_keys, value.values()))
    return sum(map(_count_keys, value)) if isinstance(value, list) else 0


def plain_scalars(value: Any) -> Any:
    """N5: "30" is 30, "true" is true, `example.com.` is `example.com`."""
    if isinstance(value, dict):
        return {key: plain_scalars(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [plain_scalars(entry) for entry in value]
    if not isinstance(value, str):
        return value
    if value in ("true", "false"):
        return value == "true"
    if _NUMBER.fullmatch(value):
        return Decimal(value)
    return value[:-1] if _DNS_WITH_DOT.fullmatch(value) else value
