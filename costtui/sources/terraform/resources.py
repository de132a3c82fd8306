"""The resources inside a plan's states and its configuration, whatever module they stand in."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from costtui.sources.terraform.files import RAW_NOTHING, decode


class Resource(msgspec.Struct, frozen=True):
    """One instance in `prior_state` or `planned_values`."""

    address: str = ""
    mode: str = "managed"
    type: str = ""
    values: msgspec.Raw = RAW_NOTHING
    sensitive_values: msgspec.Raw = RAW_NOTHING


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


def instances(module: Module) -> Iterator[Resource]:
    """Every managed instance of a module and of those below it."""
    yield from (resource for resource in module.resources if resource.mode == "managed")
    for child in module.child_modules:
        yield from instances(child)


class Configuration:
    """What the code declares: per resource block its arguments, and which variables and outputs are sensitive."""

    def __init__(self, raw: msgspec.Raw) -> None:
        tree = decode(raw)
        self._root: dict[str, Any] = tree.get("root_module") or {} if isinstance(tree, dict) else {}
        self._providers: dict[str, Any] = tree.get("provider_config") or {} if isinstance(tree, dict) else {}
        self._arguments: dict[str, set[str]] = {}
        _collect(self._root, "", self._arguments)

    def arguments(self, address: str) -> set[str] | None:
        """The names that the block of `address` sets; None when the plan does not show the block."""
        return self._arguments.get(block_address(address))

    def sensitive_variables(self) -> set[str]:
        variables = self._root.get("variables") or {}
        return {name for name, variable in variables.items() if isinstance(variable, dict) and variable.get("sensitive") is True}

    def region(self, variables: dict[str, Any]) -> str | None:
        """The AWS provider's region, where it is one literal or one variable."""
        provider = self._providers.get("aws")
        expression = (provider.get("expressions") or {}).get("region") if isinstance(provider, dict) else None
        if not isinstance(expression, dict):
            return None
        constant = expression.get("constant_value")
        references = expression.get("references") or []
        if constant is None and references and str(references[0]).startswith("var."):
            constant = variables.get(str(references[0]).removeprefix("var."))
        return constant if isinstance(constant, str) else None


def _collect(module: dict[str, Any], prefix: str, into: dict[str, set[str]]) -> None:
    for resource in module.get("resources") or []:
        into[f"{prefix}{resource.get('type')}.{resource.get('name')}"] = set(resource.get("expressions") or {})
    for name, call in (module.get("module_calls") or {}).items():
        _collect(call.get("module") or {}, f"{prefix}module.{name}.", into)


def block_address(address: str) -> str:
    """The address without the keys of `count` and `for_each`: `module.a["x"].b.c[0]` is `module.a.b.c`."""
    return re.sub(r'\[(?:"(?:[^"\\]|\\.)*"|\d+)\]', "", address.partition(" (deposed")[0])
