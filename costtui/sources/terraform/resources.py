"""The resources inside a plan's states, whatever module they stand in."""

from collections.abc import Iterator
from typing import Any

import msgspec

from costtui.sources.terraform.files import RAW_NOTHING


class Resource(msgspec.Struct, frozen=True, gc=False):
    """One instance in `prior_state` or `planned_values`."""

    address: str = ""
    mode: str = "managed"
    type: str = ""
    values: msgspec.Raw = RAW_NOTHING
    sensitive_values: msgspec.Raw = RAW_NOTHING

    @property
    def has_mask(self) -> bool:
        return self.sensitive_values is not RAW_NOTHING


class Module(msgspec.Struct, frozen=True):
    resources: list[Resource] = []
    child_modules: list["Module"] = []


class Output(msgspec.Struct, frozen=True):
    value: Any = None
    sensitive: bool = False


class Values(msgspec.Struct, frozen=True):
    root_module: Module = Module()
    outputs: dict[str, Output] = {}


class State(msgspec.Struct, frozen=True):
    values: Values | None = None


_STATE = msgspec.json.Decoder(State | None)
_VALUES = msgspec.json.Decoder(Values | None)


def prior_values(raw: msgspec.Raw) -> Values:
    state = None if raw is RAW_NOTHING else _STATE.decode(raw)
    return state.values if state and state.values else Values()


def values(raw: msgspec.Raw) -> Values:
    return (None if raw is RAW_NOTHING else _VALUES.decode(raw)) or Values()


def everything(module: Module) -> Iterator[Resource]:
    """Every instance of a module and of those below it, data sources too."""
    yield from module.resources
    for child in module.child_modules:
        yield from everything(child)


def instances(module: Module) -> Iterator[Resource]:
    """The managed ones."""
    return (resource for resource in everything(module) if resource.mode == "managed")
