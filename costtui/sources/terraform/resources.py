"""The resources inside a plan's states and its configuration, whatever module they stand in."""

from collections.abc import Iterator
from typing import Any

import msgspec

from costtui.domain.drift.redaction import SHORTEST_PART, is_secret_name
from costtui.sources.terraform.files import RAW_NOTHING, block_address, decode


class Resource(msgspec.Struct, frozen=True):
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


class Block(msgspec.Struct, frozen=True):
    """What the code says of one resource: the names that it sets, and its provider."""

    arguments: set[str]
    provider: str


class Configuration:
    """What the code declares: per resource block its arguments, and which values it calls sensitive."""

    def __init__(self, raw: msgspec.Raw) -> None:
        tree = decode(raw)
        self._root: dict[str, Any] = tree.get("root_module") or {} if isinstance(tree, dict) else {}
        self._providers: dict[str, Any] = tree.get("provider_config") or {} if isinstance(tree, dict) else {}
        self._blocks: dict[str, Block] = {}
        _collect(self._root, "", self._blocks)

    def arguments(self, address: str) -> set[str] | None:
        """The names that the block of `address` sets; None when the plan does not show the block."""
        block = self._blocks.get(block_address(address))
        return block.arguments if block else None

    def sensitive_variables(self) -> set[str]:
        return set(_sensitive(self._root))

    def secret_constants(self) -> Iterator[Any]:
        """Values that stand in the code itself: of sensitive variables, and under names that say secret."""
        for provider in self._providers.values():
            yield from _named_constants(provider.get("expressions"))
        yield from _constants(self._root)

    def region(self, address: str, variables: dict[str, Any]) -> str | None:
        """The region of the resource's AWS provider, where that is one literal or one variable."""
        block = self._blocks.get(block_address(address))
        provider = self._providers.get(block.provider if block and block.provider else "aws")
        expression = (provider.get("expressions") or {}).get("region") if isinstance(provider, dict) else None
        if not isinstance(expression, dict):
            return None
        constant = expression.get("constant_value")
        references = expression.get("references") or []
        if constant is None and references and str(references[0]).startswith("var."):
            constant = variables.get(str(references[0]).removeprefix("var."))
        return constant if isinstance(constant, str) else None


def _collect(module: dict[str, Any], prefix: str, into: dict[str, Block]) -> None:
    for resource in module.get("resources") or []:
        if resource.get("mode", "managed") == "managed":
            block = Block(set(resource.get("expressions") or {}), str(resource.get("provider_config_key") or ""))
            into[f"{prefix}{resource.get('type')}.{resource.get('name')}"] = block
    for name, call in (module.get("module_calls") or {}).items():
        _collect(call.get("module") or {}, f"{prefix}module.{name}.", into)


def _sensitive(module: dict[str, Any]) -> dict[str, Any]:
    """The sensitive variables of a module, with their defaults."""
    variables = (module.get("variables") or {}).items()
    return {name: one.get("default") for name, one in variables if isinstance(one, dict) and one.get("sensitive") is True}


def _constants(module: dict[str, Any]) -> Iterator[Any]:
    yield from _sensitive(module).values()
    for resource in module.get("resources") or []:
        yield from _named_constants(resource.get("expressions"))
    for call in (module.get("module_calls") or {}).values():
        below, given = call.get("module") or {}, call.get("expressions") or {}
        yield from _named_constants(given)
        yield from (_constant(given.get(name)) for name in _sensitive(below))
        yield from _constants(below)


def _named_constants(expressions: Any) -> Iterator[Any]:
    """Constants under names that say secret, in blocks too. Numbers, switches and short words are as likely to be settings."""
    for name, expression in expressions.items() if isinstance(expressions, dict) else ():
        constant = _constant(expression)
        if is_secret_name(name) and isinstance(constant, str) and len(constant) >= SHORTEST_PART:
            yield constant
        for block in expression if isinstance(expression, list) else [expression]:
            yield from _named_constants(block)


def _constant(expression: Any) -> Any:
    return expression.get("constant_value") if isinstance(expression, dict) else None
