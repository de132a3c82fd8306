"""Records as plain data beside their documents: what a snapshot adds so that it can be opened as it was.

A document's row says what the contract names. `rest` is whatever else the record holds, by the names of its fields; `restored`
makes the record of both again. An unknown value is absent, as everywhere in TOML.
"""

import base64
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import msgspec

from costtui.domain.money import plain

UNKNOWN = "unknown"
"""Names the fields that are unknown although a record made without them would know better: TOML has no word for that."""


def rest(record: msgspec.Struct, document: Mapping[str, Any]) -> dict[str, Any]:
    """What `record` holds and `document` does not say already."""
    left: dict[str, Any] = _beyond(_plainly(record), document)
    return left


def restored(kind: Any, document: Mapping[str, Any], more: Mapping[str, Any]) -> Any:
    """The record of `kind` that was written as `document` and `more`. Raises msgspec.ValidationError."""
    return _made(kind, _merged(document, more))


def _plainly(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        fields = msgspec.structs.fields(value)
        found = {field.encode_name: _plainly(getattr(value, field.name)) for field in fields}
        unknown = [field.encode_name for field in fields if found[field.encode_name] is None and not _absent_is_none(field)]
        return found | ({UNKNOWN: unknown} if unknown else {})
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Mapping):
        return {str(key): _plainly(one) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plainly(one) for one in value]
    return value


def _absent_is_none(field: msgspec.structs.FieldInfo) -> bool:
    """Whether a record that is made without this field has None there."""
    return field.required or field.default is None


def _beyond(value: Any, said: Any) -> Any:
    """The parts of `value` that `said` lacks or says otherwise."""
    if isinstance(value, Mapping) and isinstance(said, Mapping):
        differing = {name: one for name, one in value.items() if one is not None and not _same(one, said.get(name))}
        return {name: _beyond(one, said[name]) if name in said else one for name, one in differing.items()}
    return value


def _same(value: Any, said: Any) -> bool:
    if isinstance(value, Mapping) and isinstance(said, Mapping):
        return all(one is None or _same(one, said.get(name)) for name, one in value.items())
    return type(value) is type(said) and bool(value == said)


def _merged(below: Any, above: Any) -> Any:
    if isinstance(below, Mapping) and isinstance(above, Mapping):
        return {
            name: _merged(below[name], above[name]) if name in below and name in above else one for name, one in {**below, **above}.items()
        }
    return above


def _made(kind: Any, value: Any) -> Any:
    """`value` as `kind`: structs by the names of their fields, whatever form they have in the store."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and isinstance(value, Mapping):
        known: dict[str, Any] = {}
        for field in msgspec.structs.fields(kind):
            if field.encode_name in value.get(UNKNOWN, ()):
                known[field.name] = None
            elif field.encode_name in value:
                known[field.name] = _made(field.type, value[field.encode_name])
            elif field.required:
                if NoneType not in get_args(field.type):
                    raise msgspec.ValidationError(f"{field.name} is missing")
                known[field.name] = None
        return kind(**known)
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        some = [part for part in parts if part is not NoneType]
        return None if value is None and NoneType in parts else _made(some[0], value) if len(some) == 1 else _leaf(kind, value)
    if origin in (list, tuple) and isinstance(value, Sequence) and not isinstance(value, str):
        made = [_made(parts[min(number, len(parts) - 1) if parts[-1] is not Ellipsis else 0], one) for number, one in enumerate(value)]
        return origin(made)
    if origin is dict and isinstance(value, Mapping):
        return {key: _made(parts[1], one) for key, one in value.items()}
    return _leaf(kind, value)


def _leaf(kind: Any, value: Any) -> Any:
    return msgspec.convert(value, kind, strict=False, builtin_types=(date,))
