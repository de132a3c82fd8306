"""What the code of a plan declares. Expressions stay raw until asked for: there are as many as there are attributes."""

from collections.abc import Iterator
from typing import Any

import msgspec

from costtui.domain.drift.redaction import SHORTEST_PART, is_secret_name, may_name_a_secret
from costtui.sources.terraform.files import RAW_NOTHING, block_address, decode


class Block(msgspec.Struct, frozen=True, gc=False):
    """One resource in the code: the expressions by the names that it sets, and its provider."""

    mode: str | None = None
    type: str | None = None
    name: str | None = None
    provider_config_key: str | None = None
    expressions: msgspec.Raw = RAW_NOTHING


class DeclaredVariable(msgspec.Struct, frozen=True):
    default: Any = None
    sensitive: bool | None = None


class Call(msgspec.Struct, frozen=True):
    """A module as another one calls it."""

    expressions: msgspec.Raw = RAW_NOTHING
    module: "Code | None" = None


class Code(msgspec.Struct, frozen=True):
    """A module's code."""

    resources: list[Block] | None = None
    variables: dict[str, DeclaredVariable | None] | None = None
    module_calls: dict[str, Call] | None = None

    def sensitive(self) -> dict[str, Any]:
        """The sensitive variables, with their defaults."""
        return {name: one.default for name, one in (self.variables or {}).items() if one is not None and one.sensitive is True}


class Provider(msgspec.Struct, frozen=True):
    expressions: msgspec.Raw = RAW_NOTHING


class Tree(msgspec.Struct, frozen=True):
    """`configuration` of a plan."""

    root_module: Code | None = None
    provider_config: dict[str, Provider] | None = None


_TREE = msgspec.json.Decoder(Tree | None)
_NAMES = msgspec.json.Decoder(dict[str, msgspec.Raw] | None)


class Configuration:
    """What the code declares: per resource block its arguments, and which values it calls sensitive."""

    def __init__(self, raw: msgspec.Raw) -> None:
        tree = (None if raw is RAW_NOTHING else _TREE.decode(raw)) or Tree()
        self._root = tree.root_module or Code()
        self._providers = tree.provider_config or {}
        self._regions = {key: _region(decode(provider.expressions)) for key, provider in self._providers.items()}
        self._blocks: dict[str, Block] = {}
        _collect(self._root, "", self._blocks)

    def arguments(self, address: str) -> set[str] | None:
        """The names that the block of `address` sets; None when the plan does not show the block."""
        block = self._blocks.get(block_address(address))
        return None if block is None else set(_NAMES.decode(block.expressions) or ())

    def sensitive_variables(self) -> set[str]:
        return set(self._root.sensitive())

    def secret_constants(self) -> Iterator[Any]:
        """Values that stand in the code itself: of sensitive variables, and under names that say secret."""
        for provider in self._providers.values():
            yield from _named_constants(provider.expressions)
        yield from _constants(self._root)

    def region(self, address: str, variables: dict[str, Any]) -> str | None:
        """The region of the resource's AWS provider, where that is one literal or one variable."""
        block = self._blocks.get(block_address(address))
        constant, variable = self._regions.get((block.provider_config_key if block else None) or "aws", (None, ""))
        if constant is None and variable:
            constant = variables.get(variable)
        return constant if isinstance(constant, str) else None


def _region(expressions: Any) -> tuple[Any, str]:
    """The constant, and the name of the variable, that say a provider's region."""
    expression = expressions.get("region") if isinstance(expressions, dict) else None
    if not isinstance(expression, dict):
        return None, ""
    references = expression.get("references") or []
    first = str(references[0]) if references else ""
    return expression.get("constant_value"), first.removeprefix("var.") if first.startswith("var.") else ""


def _collect(module: Code, prefix: str, into: dict[str, Block]) -> None:
    for block in module.resources or []:
        if block.mode in (None, "managed"):
            into[f"{prefix}{block.type}.{block.name}"] = block
    for name, call in (module.module_calls or {}).items():
        _collect(call.module or Code(), f"{prefix}module.{name}.", into)


def _constants(module: Code) -> Iterator[Any]:
    yield from module.sensitive().values()
    for block in module.resources or []:
        yield from _named_constants(block.expressions)
    for call in (module.module_calls or {}).values():
        below = call.module or Code()
        yield from _named_constants(call.expressions)
        given = decode(call.expressions)
        yield from (_constant(given.get(name)) for name in below.sensitive() if isinstance(given, dict))
        yield from _constants(below)


def _named_constants(raw: msgspec.Raw) -> Iterator[Any]:
    """Constants under names that say secret, in blocks too. Numbers, switches and short words are as likely to be settings."""
    if may_name_a_secret(bytes(raw)):
        yield from _named(decode(raw))


def _named(expressions: Any) -> Iterator[Any]:
    for name, expression in expressions.items() if isinstance(expressions, dict) else ():
        constant = _constant(expression)
        if is_secret_name(name) and isinstance(constant, str) and len(constant) >= SHORTEST_PART:
            yield constant
        for block in expression if isinstance(expression, list) else [expression]:
            yield from _named(block)


def _constant(expression: Any) -> Any:
    return expression.get("constant_value") if isinstance(expression, dict) else None
