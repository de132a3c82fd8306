"""Example G11, from ledger lines to rows: each cent where the rules say, and the bill to the last digit."""

import random
from decimal import Decimal

from costtui.domain.customers.allocation import present
from costtui.domain.customers.ledger import RowOptions
from costtui.domain.customers.rows import customer_rows
from tests.unit.customers.ledger_example import G11_CUSTOMERS, G11_LINES, G11_RULES, G11_USAGE, OCTOBER, g11

TEN = Decimal("1e-10")
EXACT = {
    "acme": "208.4354523810",
    "globex": "80.8115238095",
    "initech": "11.7590238095",
    "hooli": "11.902",
    "ghost": "2.102",
    "__idle__": "5",
}
SHOWN = {"acme": "208.44", "globex": "80.81", "initech": "11.76", "hooli": "11.90", "ghost": "2.10", "__idle__": "5.00"}


def test_every_row_is_exact_and_they_add_up_to_the_bill() -> None:
    rows, totals = g11()
    assert {id: row.total.quantize(TEN) for id, row in rows.items()} == {id: Decimal(value) for id, value in EXACT.items()}
    assert totals.billed == totals.rows == totals.invoiced == Decimal("320.01") and totals.residual == 0
    assert all(row.direct + row.shared == row.total == sum(row.daily) for row in rows.values())


def test_shown_cents_and_those_of_every_drill_down_add_up() -> None:
    rows, _ = g11()
    shown = present({id: row.total for id, row in rows.items()})
    assert shown == {id: Decimal(value) for id, value in SHOWN.items()}
    for id, row in rows.items():
        parts = {f"{number} {part.pool}": part.amount for number, part in enumerate(row.services + row.placements)}
        assert sum(present(parts, total=shown[id]).values()) == shown[id]


def test_each_pool_says_which_weight_placed_its_cents() -> None:
    rows, _ = g11()
    placed = {part.pool: (part.amount.quantize(TEN), part.how) for part in rows["acme"].placements}
    assert placed == {
        "DB, untagged": (Decimal(60), "600 of 1,000 requests, daily"),
        "NAT, untagged": (Decimal("2.002"), "even over 5 active customers"),
        "Credit": (Decimal("-14.2861904762"), "150.005 of 210 direct cost, daily"),
        "Tax": (Decimal("10.7146428571"), "150.005 of 210 direct cost, daily"),
    }
    assert [part.amount.quantize(TEN) for part in rows["initech"].placements[1:]] == [Decimal("-0.9519047619"), Decimal("0.7139285714")]
    assert [part.how for part in rows["__idle__"].placements] == ["kept apart by a rule: nobody shares it"]
    assert [(part.pool, part.how) for part in rows["acme"].services] == [("Web", "customer key = acme")]


def test_margins_and_flags() -> None:
    rows, _ = g11()
    assert rows["acme"].margin == 500 - rows["acme"].total
    figures = {
        id: (row.margin and row.margin.quantize(Decimal("0.01")), row.margin_pct and round(row.margin_pct, 1)) for id, row in rows.items()
    }
    assert figures["acme"] == (Decimal("291.56"), Decimal("58.3"))
    assert figures["globex"] == (Decimal("-20.81"), Decimal("-34.7"))
    assert figures["hooli"] == (Decimal("-11.90"), None)
    assert figures["initech"] == figures["ghost"] == figures["__idle__"] == (None, None)
    assert {id: row.flags for id, row in rows.items()} == {
        "acme": [],
        "globex": ["negative-margin"],
        "hooli": ["negative-margin"],
        "initech": ["no-crm"],
        "ghost": ["no-crm"],
        "__idle__": ["idle"],
    }


def test_usage_unit_cost_and_share() -> None:
    rows, _ = g11()
    acme = rows["acme"]
    assert acme.usage == {"requests": Decimal(600)} and acme.unit_cost == Decimal("0.347392420635")
    assert round(acme.share_pct or 0, 6) == Decimal("65.134043")
    assert rows["initech"].usage == {} and rows["initech"].unit_cost is None


def test_customers_come_by_cost_and_nobodys_rows_last() -> None:
    assert list(g11()[0]) == ["acme", "globex", "hooli", "initech", "ghost", "__idle__"]


def test_the_order_of_the_input_changes_nothing() -> None:
    options = RowOptions(free_plans=["free"])
    expected = customer_rows(G11_LINES, G11_USAGE, G11_CUSTOMERS, G11_RULES, OCTOBER, options)
    for seed in range(5):
        shuffle = random.Random(seed)
        lines, usage = shuffle.sample(G11_LINES, len(G11_LINES)), shuffle.sample(G11_USAGE, len(G11_USAGE))
        customers = shuffle.sample(G11_CUSTOMERS, len(G11_CUSTOMERS))
        assert customer_rows(lines, usage, customers, G11_RULES, OCTOBER, options) == expected
