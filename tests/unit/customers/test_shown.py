"""Cents on the screen: what stands below each other adds up."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from costtui.domain.customers.records import Placement
from costtui.domain.customers.rows import customer_rows
from costtui.domain.customers.rules import SharedMatch, SharedRule
from costtui.domain.customers.shown import part_cents
from costtui.domain.money import rounded, total
from tests.unit.customers.ledger_example import OCTOBER, g11, line

amounts = st.decimals(-1000, 1000, places=9)


def test_g11_in_cents() -> None:
    rows, _ = g11()
    assert {id: str(row.shown.total) for id, row in rows.items()} == {
        "acme": "208.44",
        "globex": "80.81",
        "initech": "11.76",
        "hooli": "11.90",
        "ghost": "2.10",
        "__idle__": "5.00",
    }


@given(st.dictionaries(st.sampled_from("abcdefgh"), amounts, min_size=1), amounts)
def test_cents_add_up_in_every_direction(direct: dict[str, Decimal], pool: Decimal) -> None:
    lines = [*(line(customer, str(amount)) for customer, amount in direct.items()), line("", str(pool), "NAT")]
    rows, totals = customer_rows(lines, [], [], [SharedRule(SharedMatch(service="NAT"), "even")], OCTOBER)
    assert totals.billed is not None
    assert total(row.shown.total for row in rows) == rounded(totals.billed)
    for row in rows:
        assert row.shown.direct + row.shown.shared == row.shown.total
        assert abs(row.shown.total - row.total) < Decimal("0.01")
        assert total(part_cents(row.placements, "USD", row.shown.shared)) == row.shown.shared or not row.placements


def test_a_currency_shows_its_own_cents() -> None:
    rows, _ = customer_rows([line(name, "333.5", currency="JPY") for name in "ab"], [], [], [], OCTOBER)
    assert [str(row.shown.total) for row in rows] == ["334", "333"]
    parts = [Placement("x", Decimal("0.0005"), ""), Placement("y", Decimal("0.0015"), "")]
    assert [str(cents) for cents in part_cents(parts, "KWD", Decimal("0.002"))] == ["0.001", "0.001"]
