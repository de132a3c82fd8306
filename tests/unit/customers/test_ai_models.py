"""AI spend by customer and model, and per thousand tokens."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from costtui.domain.customers.ai import by_model, per_thousand
from costtui.domain.customers.records import CustomerRow, LedgerLine, ModelCost
from costtui.domain.customers.rows import customer_rows
from costtui.domain.customers.rules import SharedMatch, SharedRule
from costtui.domain.money import total
from tests.unit.customers.ledger_example import DAY, OCTOBER, used

BY_TOKENS = SharedRule(SharedMatch(service="Amazon Bedrock", untagged=True), "driver:tokens")


def tokens(
    customer: str, amount: str, model: str, kind: str, quantity: str | None, service: str = "Amazon Bedrock", day: date = DAY
) -> LedgerLine:
    money, many = Decimal(amount), None if quantity is None else Decimal(quantity)
    return LedgerLine(day, customer, service, "Usage", "USD", money, money, model=model, usage_kind=kind, quantity=many)


def rows_of(lines: list[LedgerLine]) -> dict[str, CustomerRow]:
    rows, _ = customer_rows(lines, [used("acme", "3", "tokens"), used("globex", "1", "tokens")], [], [BY_TOKENS], OCTOBER)
    return {row.id: row for row in rows}


def test_direct_cost_by_model_and_kind_of_token() -> None:
    rows = rows_of(
        [
            tokens("acme", "3", "Sonnet", "input", "1000000"),
            tokens("acme", "1.5", "Sonnet", "input", "500000", day=OCTOBER.days[9]),
            tokens("acme", "7.5", "Sonnet", "output", "500000"),
            tokens("acme", "0.4", "gpt-4o", "", "20000", service="OpenAI"),
            tokens("globex", "9", "Sonnet", "output", "600000"),
        ]
    )
    assert rows["acme"].parts.models == [
        ModelCost("Sonnet", "input", Decimal("4.5"), Decimal(1_500_000)),
        ModelCost("Sonnet", "output", Decimal("7.5"), Decimal(500_000)),
        ModelCost("gpt-4o", "", Decimal("0.4"), Decimal(20_000)),
    ]
    assert list(by_model(rows["acme"].parts.models)) == ["Sonnet", "gpt-4o"]
    assert rows["acme"].total == Decimal("12.4")


def test_a_shared_bill_of_models_is_split_by_tokens_and_keeps_its_mix() -> None:
    rows = rows_of(
        [
            tokens("", "8", "Sonnet", "input", "4000"),
            tokens("", "4", "Sonnet", "output", "800"),
            LedgerLine(DAY, "", "Amazon Bedrock", "Usage", "USD", Decimal(4), Decimal(4)),
        ]
    )
    assert rows["acme"].total == 12
    assert rows["acme"].parts.models == [
        ModelCost("Sonnet", "input", Decimal(6), Decimal(3000), shared=True),
        ModelCost("Sonnet", "output", Decimal(3), Decimal(600), shared=True),
    ], "the guardrail's 4 dollars are no model's"
    assert total(cost.tokens or Decimal(0) for cost in rows["globex"].parts.models) == 1200


def test_tokens_that_one_line_does_not_tell_are_unknown_and_not_zero() -> None:
    (cost,) = rows_of([tokens("acme", "1", "Sonnet", "input", "10"), tokens("acme", "1", "Sonnet", "input", None)])["acme"].parts.models
    assert (cost.amount, cost.tokens) == (Decimal(2), None)
    assert per_thousand(cost.amount, cost.tokens) is None


def test_money_per_thousand_tokens() -> None:
    assert per_thousand(Decimal("4.5"), Decimal(1_500_000)) == Decimal("0.003")
    assert per_thousand(Decimal(1), Decimal(3)) == Decimal("333.333333333333")
    assert per_thousand(Decimal(1), Decimal(0)) is None


@given(st.lists(st.tuples(st.sampled_from("ab"), st.decimals(0, 100, places=6)), min_size=1, max_size=6))
def test_the_shared_parts_of_all_models_add_up_to_the_pool(charges: list[tuple[str, Decimal]]) -> None:
    rows = rows_of([tokens("", str(amount), model, "input", "5") for model, amount in charges])
    shared = [cost for row in rows.values() for cost in row.parts.models]
    assert total(cost.amount for cost in shared) == (total(amount for _, amount in charges) if shared else 0)
    for row in rows.values():
        assert total(cost.amount for cost in row.parts.models) == row.shared


def test_a_bill_without_models_has_none() -> None:
    assert rows_of([LedgerLine(DAY, "acme", "Web", "Usage", "USD", Decimal(1), Decimal(1))])["acme"].parts.models == []
