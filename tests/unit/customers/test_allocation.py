"""Shares and shown cents: golden vectors to the last digit, and what must hold for any input."""

from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costtui.domain.customers.allocation import allocate, places, present
from costtui.domain.customers.records import UNALLOCATED
from costtui.domain.customers.units import AllocationError
from costtui.domain.money import total

CENT = Decimal("0.01")
CURRENCIES = {"JPY": Decimal(1), "USD": CENT, "KWD": Decimal("0.001")}

weights = st.dictionaries(st.text(max_size=4), st.decimals(0, 10**6, places=3), max_size=12)
units = st.integers(-(10**15), 10**15)
exact_rows = st.dictionaries(st.text(max_size=4), st.decimals(-(10**6), 10**6, places=6), max_size=12)


def shares(amount: str, *given: str, quantum: str = "0.01") -> list[str]:
    parts = allocate(Decimal(amount), {f"c{number}": Decimal(weight) for number, weight in enumerate(given)}, Decimal(quantum))
    return [format(part, "f") for part in parts.values()]


@pytest.mark.parametrize(
    ("amount", "given_weights", "quantum", "expected"),
    [
        ("100.00", "1 1 1", "0.01", "33.34 33.33 33.33"),
        ("0.01", "1 1 1", "0.01", "0.01 0.00 0.00"),
        ("-100", "1 1 1", "0.01", "-33.34 -33.33 -33.33"),
        ("10", "5 3 0", "0.01", "6.25 3.75 0.00"),
        ("1000", "7 5 3", "0.01", "466.67 333.33 200.00"),
        ("1000", "1 1 1", "1", "334 333 333"),
    ],
    ids=["G1", "G2", "G3", "G4", "G5", "G8"],
)
def test_golden_shares(amount: str, given_weights: str, quantum: str, expected: str) -> None:
    assert shares(amount, *given_weights.split(), quantum=quantum) == expected.split()


def test_g6_without_any_weight_nobody_gets_it() -> None:
    assert allocate(Decimal(10), {"a": Decimal(0), "b": Decimal(0)}) == {UNALLOCATED: Decimal(10)}
    assert allocate(Decimal(10), {}) == {UNALLOCATED: Decimal(10)}


def test_leftovers_go_by_fraction_then_weight_then_id() -> None:
    thirds = allocate(Decimal("0.02"), {"z": Decimal(1), "a": Decimal(1), "é": Decimal(1)}, CENT)
    assert {key for key, part in thirds.items() if part} == {"a", "z"}
    tied = allocate(Decimal("0.01"), {"a": Decimal(1), "b": Decimal(3)}, CENT)
    assert tied == {"a": Decimal("0.00"), "b": CENT}
    same_fraction = allocate(Decimal("0.02"), {"a": Decimal(1), "b": Decimal(3)}, CENT)
    assert same_fraction == {"a": Decimal("0.00"), "b": Decimal("0.02")}


def test_what_cannot_be_shared_exactly_is_refused() -> None:
    with pytest.raises(AllocationError, match=r"0\.005 is no multiple of 0\.01"):
        allocate(Decimal("0.005"), {"a": Decimal(1)}, CENT)
    with pytest.raises(AllocationError, match="weight of 'a' is -1"):
        allocate(Decimal(1), {"a": Decimal(-1), "b": Decimal(2)})
    with pytest.raises(AllocationError, match="not a finite amount"):
        allocate(Decimal("NaN"), {"a": Decimal(1)})


@given(units, weights, st.sampled_from(sorted(CURRENCIES)))
def test_the_sum_is_kept_in_every_currency(amount: int, given_weights: dict[str, Decimal], currency: str) -> None:
    money = amount * CURRENCIES[currency]
    assert total(allocate(money, given_weights, CURRENCIES[currency]).values()) == money


@given(units, weights)
def test_each_share_is_within_one_unit_of_its_fraction_and_has_the_sign(amount: int, given_weights: dict[str, Decimal]) -> None:
    parts = allocate(amount * CENT, given_weights, CENT)
    whole = sum((Fraction(weight) for weight in given_weights.values()), Fraction(0))
    for key, part in parts.items():
        if key in given_weights and whole:
            assert abs(Fraction(part) - amount * Fraction(CENT) * Fraction(given_weights[key]) / whole) < Fraction(CENT)
            assert given_weights[key] or not part
        assert part * amount >= 0


@given(units, weights, st.randoms())
def test_the_order_of_the_weights_does_not_matter(amount: int, given_weights: dict[str, Decimal], random: object) -> None:
    shuffled = list(given_weights.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert allocate(amount * CENT, dict(shuffled), CENT) == allocate(amount * CENT, given_weights, CENT)


@given(units, weights)
def test_a_credit_is_shared_as_the_charge_it_mirrors(amount: int, given_weights: dict[str, Decimal]) -> None:
    charge = allocate(amount * CENT, given_weights, CENT)
    credit = allocate(-amount * CENT, given_weights, CENT)
    assert credit == {key: -part for key, part in charge.items()}


def test_currencies_have_their_own_minor_unit() -> None:
    assert [places(currency) for currency in ("JPY", "USD", "EUR", "KWD")] == [0, 2, 2, 3]


@given(exact_rows, st.sampled_from(sorted(CURRENCIES)))
def test_shown_rows_add_up_to_the_rounded_sum_within_one_unit_each(rows: dict[str, Decimal], currency: str) -> None:
    quantum = CURRENCIES[currency]
    shown = present(rows, quantum)
    assert total(shown.values()) == total(rows.values()).quantize(quantum)
    assert all(shown[key] - (row / quantum).to_integral_value(ROUND_FLOOR) * quantum in (0, quantum) for key, row in rows.items())
    assert all(shown[key] == row for key, row in rows.items() if row % quantum == 0)


@given(st.lists(exact_rows.filter(bool), min_size=1, max_size=6))
def test_the_parts_of_a_drill_down_add_up_to_the_row_they_came_from(families: list[dict[str, Decimal]]) -> None:
    parents = {str(number): total(parts.values()) for number, parts in enumerate(families)}
    shown = present(parents)
    for number, parts in enumerate(families):
        assert total(present(parts, total=shown[str(number)]).values()) == shown[str(number)]


def test_ties_of_shown_rows_go_to_the_smaller_id() -> None:
    assert present({"b": Decimal("0.005"), "a": Decimal("0.005")}) == {"b": Decimal("0.00"), "a": CENT}


def test_rows_that_cannot_add_up_are_refused() -> None:
    with pytest.raises(AllocationError, match=r"2 rows of together 0\.02 cannot be shown as 1"):
        present({"a": CENT, "b": CENT}, total=Decimal(1))
    with pytest.raises(AllocationError, match=r"cannot be shown as 0\.01"):
        present({"a": CENT, "b": CENT}, total=CENT)
