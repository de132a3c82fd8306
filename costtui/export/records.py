"""Records as plain data beside their documents: what a snapshot adds so that it can be opened as it was.

A document's row says what the contract names. `rest` is whatever else the record holds, by the names of its fields; `restored`
makes the record of both again. A field that has its default is absent, and so is an unknown value, as everywhere in TOML.
"""

import base64
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import msgspec

from costtui.domain.money import plain

UNKNOWN = "unknown"
"""Names the fields that are unknown although a record made without them would know better: TOML has no word for that."""
NOTHING: Mapping[str, Any] = {}

_fields = cache(msgspec.structs.fields)


def rest(record: msgspec.Struct, document: Mapping[str, Any]) -> dict[str, Any]:
    """What `record` holds and `document` does not say already."""
    left: dict[str, Any] = {}
    unknown = []
    for field in _fields(type(record)):
        key, value = field.encode_name, getattr(record, field.name)
        said = document.get(key)
        if value is None:
            if said is not None or not (field.required or field.default is None):
                unknown.append(key)
        elif said is None and not field.required and value == _default(field):
            continue
        elif isinstance(value, msgspec.Struct) and isinstance(said, Mapping):
            if more := rest(value, said):
                left[key] = more
        elif (plainly := _plainly(value)) != said or type(plainly) is not type(said):
            left[key] = plainly
    return left | {UNKNOWN: unknown} if unknown else left


def restored(kind: Any, document: Mapping[str, Any], more: Mapping[str, Any]) -> Any:
    """The record of `kind` that was written as `document` and `more`. Raises msgspec.ValidationError."""
    known: dict[str, Any] = {}
    unknown = more.get(UNKNOWN, ())
    for field in _fields(kind):
        key, said = field.encode_name, document.get(field.encode_name)
        inner = _struct_in(field.type)
        if key in unknown:
            known[field.name] = None
        elif key in more and inner is not None and isinstance(said, Mapping) and isinstance(more[key], Mapping):
            known[field.name] = restored(inner, said, more[key])
        elif key in more or said is not None:
            known[field.name] = _made(field.type, more.get(key, said))
        elif field.required:
            if NoneType not in get_args(field.type):
                raise msgspec.ValidationError(f"{field.name} is missing")
            known[field.name] = None
    return kind(**known)


def _default(field: msgspec.structs.FieldInfo) -> Any:
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()


def _plainly(value: Any) -> Any:
    if isinstance(value, str | int):
        return value
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, msgspec.Struct):
        return rest(value, NOTHING)
    if isinstance(value, list | tuple):
        return [_plainly(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _plainly(one) for key, one in value.items()}
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


@cache
def _struct_in(kind: Any) -> Any:
    """The one struct that a field of this type holds, or None where it may hold something else."""
    parts = [part for part in get_args(kind) if part is not NoneType] if get_origin(kind) in (Union, UnionType) else [kind]
    return parts[0] if len(parts) == 1 and isinstance(parts[0], type) and issubclass(parts[0], msgspec.Struct) else None


def _made(kind: Any, value: Any) -> Any:
    """`value` as `kind`: structs by the names of their fields, whatever form they have in the store."""
    if (inner := _struct_in(kind)) is not None and isinstance(value, Mapping):
        return restored(inner, NOTHING, value)
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        some = [part for part in parts if part is not NoneType]
        return None if value is None and NoneType in parts else _made(some[0], value) if len(some) == 1 else _leaf(kind, value)
    if origin in (list, tuple) and isinstance(value, list):
        each = [parts[0]] * len(value) if origin is list or parts[-1] is Ellipsis else parts
        return origin(_made(part, one) for part, one in zip(each, value, strict=True))
    if origin is dict and isinstance(value, Mapping):
        return {key: _made(parts[1], one) for key, one in value.items()}
    return _leaf(kind, value)


def _leaf(kind: Any, value: Any) -> Any:
    return msgspec.convert(value, kind, strict=False, builtin_types=(date,))
