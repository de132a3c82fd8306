"""The tuning tool's own arithmetic: figures of its test suite."""

from decimal import Decimal

import pytest

from costtui.domain.functions.measured_sizes import mean, percentile_95, spread
from costtui.domain.functions.power_tuning import float32, state_transitions, tool_match, tool_price, tool_total, trimmed_mean
from costtui.domain.functions.right_sizing import Candidate, Strategy, choose
from costtui.domain.prices.price_book import ToolPrice, price_book

PRICES = price_book().power_tuning
X86, ARM, OLD = PRICES[0], PRICES[1], PRICES[2]


def decimals(*values: str | int) -> list[Decimal]:
    return [Decimal(value) for value in values]


def test_price_of_one_call() -> None:
    assert tool_price(X86, 1024, 300) == pytest.approx(5.04e-6, rel=1e-12)


def test_price_of_all_calls() -> None:
    assert tool_total(X86, 1024, [100, 150, 200, 300, 400]) == pytest.approx(1.932e-5, rel=1e-12)
    assert tool_total(X86, 1024, []) == 0
    assert tool_total(X86, 128, [1] * 10) == pytest.approx(2.1e-8, rel=1e-10)
    assert tool_total(ToolPrice("x86_64", 1, Decimal("2.8e-9")), 128, [1] * 10) == pytest.approx(2.8e-8, rel=1e-10)


@pytest.mark.parametrize(
    ("values", "trim", "expected"),
    [
        (decimals(1, 2, 3, 4, 2000), "0.2", "3"),
        (decimals(1, 2, 3, 4, 2000), "0.4", "3"),
        (decimals(1, 2, 3, 4, 2000), "0", "402"),
        (decimals(1), "0.4", "1"),
        ([], "0.2", "0"),
        (decimals("0.2", "0.5", 2, 3, 3, 4, "4.5", 10, 50, 200), "0.7", "3.5"),
        (decimals("0.2", "0.5", 2, 3, 3, 4, "4.5", 10, 50, 200), "0.4", "3.5"),
        (decimals("0.2", "0.5", 2, 3, 3, 4, "4.5", 10, 50, 200), "0", "27.72"),
    ],
)
def test_trimmed_mean(values: list[Decimal], trim: str, expected: str) -> None:
    assert trimmed_mean(values, Decimal(trim)) == Decimal(expected)


def test_trimmed_mean_that_does_not_end() -> None:
    runs = decimals("0.2", "0.5", 2, 3, 3, 4, "4.5", 10, 50, 200)
    assert float(trimmed_mean(runs)) == 4.416666666666667


def test_state_machine_cost() -> None:
    assert state_transitions(10) * Decimal("0.00003") == Decimal("0.00108")
    assert state_transitions(10, cold_calls=10) * Decimal("0.00003") == Decimal("0.00648")


def c(memory: int, cost: int, ms: int) -> Candidate:
    return Candidate(memory, Decimal(cost), Decimal(ms))


A1 = [c(128, 100, 100), c(256, 200, 300), c(512, 30, 200)]
A3 = [c(128, 100, 300), c(256, 200, 200), c(512, 300, 100)]


@pytest.mark.parametrize(
    ("strategy", "candidates", "weight", "expected"),
    [
        ("cost", A1, "0.5", 512),
        ("cost", [c(128, 100, 100), c(256, 100, 90), c(512, 300, 200)], "0.5", 256),
        ("speed", A3, "0.5", 512),
        ("speed", [c(128, 100, 200), c(256, 90, 200), c(512, 300, 400)], "0.5", 256),
        ("balanced", A1, "1", 512),
        ("balanced", A3, "0", 512),
        ("balanced", A3, "7", 128),
        ("balanced", [c(128, 100, 100), c(256, 100, 100)], "0.5", 128),
        ("balanced", [c(128, 0, 0), c(256, 0, 0)], "0.5", 128),
    ],
)
def test_strategies(strategy: Strategy, candidates: list[Candidate], weight: str, expected: int) -> None:
    assert choose(strategy, candidates, Decimal(weight)) == expected


@pytest.mark.parametrize("price", PRICES)
def test_embedded_costs_tell_architecture_and_era(price: ToolPrice) -> None:
    points = [(memory, ms, float32(tool_price(price, memory, ms))) for memory, ms in ((128, 1234.5), (512, 333.3), (1024, 150.1))]
    match = tool_match(PRICES, points)
    assert match is not None
    assert match.sure
    assert match.price == price
    off = tool_match(PRICES, [*points, (2048, 100.0, 1.0)])
    assert off is not None
    assert not off.sure
    assert (off.exact, off.points) == (3, 4)


def test_costs_of_no_known_price_match_nothing() -> None:
    assert tool_match(PRICES, [(128, 100.0, 1.0)]) is None


def test_statistics() -> None:
    assert mean(decimals(1, 2)) == Decimal("1.5")
    assert mean(decimals(1, 1, 2)) == Decimal("1.333333333333")
    assert spread(decimals(2, 4)) == Decimal("0.471405")
    assert spread(decimals(2)) is None
    assert percentile_95([Decimal(n) for n in range(1, 101)]) == 95
    assert percentile_95(decimals(7)) == 7
