"""What AI models cost a customer: by model and kind of token, and per thousand tokens."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from costtui.domain.customers.ai import by_model, per_thousand
from costtui.domain.customers.records import CustomerRow, ModelCost
from costtui.domain.money import known_total, total
from costtui.panes.customers.cents import cents
from costtui.panes.spec import Line, Section
from costtui.panes.words import UNKNOWN, count, number

PER_THOUSAND_PLACES = 6


def models(costs: Sequence[ModelCost], row: CustomerRow) -> Iterator[Section]:
    """Nothing where the bill names no model."""
    if not costs:
        return
    lines: list[Line] = []
    for model, parts in by_model(costs).items():
        lines.append(_line(model, parts, row, "good"))
        lines += [_line(f"  {_kind(part)}", [part], row, "") for part in parts]
    head = ("Model and tokens", f"Cost {row.currency}", "Tokens", "Per 1,000 tokens")
    note = "direct: the bill names the model; shared: its part of a pool, by the pool's mix of models"
    if any(cost.tokens is None for cost in costs):
        note += f"; {UNKNOWN}: the bill does not say how many tokens"
    yield Section("AI models", tuple(lines), head, (36, 14, 12, 18), frozenset({1, 2, 3}), note)


def _kind(part: ModelCost) -> str:
    return f"{part.kind or 'tokens'}, {'shared' if part.shared else 'direct'}"


def _line(name: str, parts: Sequence[ModelCost], row: CustomerRow, tone: str) -> Line:
    amount = total(part.amount for part in parts)
    tokens: Decimal | None = known_total(part.tokens for part in parts) if all(part.tokens is not None for part in parts) else None
    unit = per_thousand(amount, tokens)
    cells = (name, cents(amount, row.currency), count(tokens), number(unit, PER_THOUSAND_PLACES))
    return Line(cells, "good" if tone else "")
