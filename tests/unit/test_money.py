"""Money: exact inside, one notation outside."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costtui.domain.money import EXACT, known_total, plain, rounded, total

AMOUNTS = st.decimals(min_value=-(10**15), max_value=10**15, allow_nan=False, allow_infinity=False, places=12)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "0"),
        ("0.000", "0"),
        ("-0", "0"),
        ("1E+3", "1000"),
        ("1E-12", "0.000000000001"),
        ("1904.3200", "1904.32"),
        ("100", "100"),
        ("-4000.50", "-4000.5"),
        ("0.0000166667", "0.0000166667"),
        ("208.435452381000", "208.435452381"),
    ],
)
def test_one_notation(amount: str, text: str) -> None:
    assert plain(Decimal(amount)) == text


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_amount_has_no_notation(amount: str) -> None:
    with pytest.raises(ValueError, match="not a finite amount"):
        plain(Decimal(amount))


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_notation_loses_nothing(amount: Decimal) -> None:
    text = plain(amount)
    assert Decimal(text) == amount
    assert "E" not in text
    assert "." not in text or text[-1] not in "0."


@given(st.lists(AMOUNTS, max_size=40), st.randoms(use_true_random=False))
def test_a_sum_does_not_depend_on_the_order(amounts: list[Decimal], random: object) -> None:
    shuffled = list(amounts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert total(shuffled) == total(amounts) == sum(int(amount.scaleb(12, EXACT)) for amount in amounts) * Decimal("1E-12")


def test_a_sum_is_wider_than_the_default_context() -> None:
    assert plain(total([Decimal("1E+25"), Decimal("1E-12")])) == "10000000000000000000000000.000000000001"


def test_unknown_is_left_out_and_not_zero() -> None:
    assert known_total([None, None]) is None
    assert known_total([]) is None
    assert known_total([None, Decimal(0)]) == 0
    assert known_total([None, Decimal("1.5"), Decimal(2)]) == Decimal("3.5")


@pytest.mark.parametrize(
    ("amount", "shown"), [("0.125", "0.12"), ("0.135", "0.14"), ("-0.125", "-0.12"), ("2.675", "2.68"), ("1E+30", None)]
)
def test_rounding_is_half_even(amount: str, shown: str | None) -> None:
    assert str(rounded(Decimal(amount))) == (shown or "1" + "0" * 30 + ".00")
