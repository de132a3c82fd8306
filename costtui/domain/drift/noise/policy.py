"""N3: IAM policy documents in one canonical form.

Source: the IAM JSON policy grammar (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html): a single value may
stand for its list, the order of values and statements has no meaning, and an account id as principal means its root.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote

from costtui.domain.drift import pointer
from costtui.domain.drift.noise.values import dump, structure

_LISTS = ("action", "notaction", "resource", "notresource")
_PRINCIPALS = ("principal", "notprincipal")
_NAMES = "names of principals"
_VALUES = "values of a condition"
_KEYS = "keys of a condition"
_ROOT = re.compile(r"arn:aws[\w-]*:iam::(\d{12}):root")
_POLICY = re.compile(r"(^|_)policy(_document|_text)?$|^(policies|inline_policy|assume_role_policy|access_policy|resource_policy)$")


def document_depth(canonical_path: str) -> int | None:
    """How many segments stand below the policy document's own property; None where the path leads to no policy."""
    parts = pointer.segments(canonical_path)
    for index, part in enumerate(parts):
        if part == "policies":
            continue
        if _POLICY.search(part):
            return len(parts) - index - 1
    return None


def part_at(path: str) -> str:
    """What of a policy document stands at `path`, as `canonical` takes it."""
    names = [segment for segment in pointer.segments(path) if not segment.isdigit()]
    above = [name.lower() for name in names[-3:-1]]
    if above and above[-1] in _PRINCIPALS:
        return _NAMES
    if "condition" in above:
        return _KEYS if above[-1] == "condition" else _VALUES
    return names[-1] if names else ""


def canonical(value: Any, part: str = "") -> Any:
    """The canonical form of a document, a statement, or the part of one that `part_at` or the property's name says."""
    if isinstance(value, str):
        value = structure(unquote(value)) if value.lstrip()[:3] in ("%7B", "%7b") else structure(value)
    key = part.lower()
    if key in _PARTS:
        return _PARTS[key](value)
    if key == "statement" or _is_statement_list(value):
        return _sorted(_statement(entry) for entry in _listed(value))
    if isinstance(value, dict):
        return _statement(value) if "Effect" in value else {name: canonical(entry, name) for name, entry in value.items()}
    return value


def statements(value: Any) -> list[dict[str, Any]]:
    """Every statement in a document, a list of statements or one statement; [] when there is none."""
    value = canonical(value)
    if isinstance(value, dict):
        if "Effect" in value:
            return [value]
        return [entry for name, part in value.items() if name == "Statement" for entry in part if isinstance(entry, dict)]
    return [entry for entry in value if isinstance(entry, dict) and "Effect" in entry] if isinstance(value, list) else []


def _is_statement_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(entry, dict) and "Effect" in entry for entry in value)


def _statement(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    sid = value.get("Sid")
    without_sid = sid == "" or (isinstance(sid, str) and sid.isdigit())
    return {name: canonical(entry, name) for name, entry in value.items() if not (name == "Sid" and without_sid)}


def _principal(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {kind: _principals(names) for kind, names in value.items()}


def _principals(names: Any) -> Any:
    return _sorted(_as_account(entry) for entry in _listed(names))


def _as_account(name: Any) -> Any:
    match = _ROOT.fullmatch(name) if isinstance(name, str) else None
    return match[1] if match else name


def _condition(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {operator: _condition_keys(keys) for operator, keys in value.items()}


def _condition_keys(keys: Any) -> Any:
    return {key: _condition_values(values) for key, values in keys.items()} if isinstance(keys, dict) else keys


def _condition_values(values: Any) -> Any:
    return _sorted(_condition_text(entry) for entry in _listed(values))


def _condition_text(value: Any) -> Any:
    """IAM keeps condition values as text: true is "true", 30 is "30"."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else value


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _sorted(values: Iterable[Any]) -> list[Any]:
    return sorted(values, key=dump)


_PARTS: dict[str, Callable[[Any], Any]] = {
    _NAMES: _principals,
    _VALUES: _condition_values,
    _KEYS: _condition_keys,
    "condition": _condition,
    **dict.fromkeys(_LISTS, lambda value: _sorted(_listed(value))),
    **dict.fromkeys(_PRINCIPALS, _principal),
}
