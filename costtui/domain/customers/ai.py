"""AI models: what each kind of tokens cost a customer, as its own charges and as its part of shared ones."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from costtui.domain.customers.allocation import split_units
from costtui.domain.customers.currency import quantized
from costtui.domain.customers.ledger import Book, ModelMix
from costtui.domain.customers.pools import Shares
from costtui.domain.customers.records import ModelCost
from costtui.domain.customers.units import from_units
from costtui.domain.money import EXACT

THOUSAND = Decimal(1_000)


def model_costs(owner: str, book: Book, shares: Shares) -> list[ModelCost]:
    """By model and kind of token, direct cost first. Of a pool's share it is the part that the pool's own mix of models gives."""
    if not book.models:
        return []
    own = book.models.get(owner)
    found = list(_parts(own, book.scale)) if own else []
    for number, money in enumerate(shares.money):
        mix = book.models.get(number)
        if mix and money.get(owner):
            found += _of_pool(mix, money[owner], sum(money.values()), book.scale)
    return found


def _parts(mix: ModelMix, scale: int) -> Iterator[ModelCost]:
    for (model, kind), units in sorted(mix.units.items()):
        yield ModelCost(model, kind, from_units(units, scale), mix.tokens[model, kind])


def _of_pool(mix: ModelMix, share: int, whole: int, scale: int) -> Iterator[ModelCost]:
    """`share` of a pool of `whole`, by what the pool is made of; the rest of it, which is no model's, is left out."""
    rest = whole - sum(mix.units.values())
    weights = {**{kind: max(0, units) for kind, units in mix.units.items()}, ("", ""): max(0, rest)}
    if not any(weights.values()):
        return
    named = {f"{model}\x00{kind}": weight for (model, kind), weight in weights.items()}
    for name, units in sorted(split_units(share, named).items()):
        model, _, kind = name.partition("\x00")
        tokens = mix.tokens.get((model, kind))
        if model:
            part = None if tokens is None or not whole else quantized(EXACT.divide(EXACT.multiply(tokens, Decimal(share)), Decimal(whole)))
            yield ModelCost(model, kind, from_units(units, scale), part, shared=True)


def per_thousand(amount: Decimal, tokens: Decimal | None) -> Decimal | None:
    """Money per thousand tokens; None where the tokens are unknown or none."""
    return quantized(EXACT.divide(EXACT.multiply(amount, THOUSAND), tokens)) if tokens else None


def by_model(costs: Sequence[ModelCost]) -> dict[str, list[ModelCost]]:
    """The dearest model first."""
    found: dict[str, list[ModelCost]] = {}
    for cost in costs:
        found.setdefault(cost.model, []).append(cost)
    return dict(sorted(found.items(), key=lambda item: (-sum(cost.amount for cost in item[1]), item[0])))
