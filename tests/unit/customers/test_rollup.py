"""Customers of customers: a parent shows them all, and no total changes."""

from decimal import Decimal

from costtui.domain.customers.records import Customer, CustomerRow, CustomerTotals
from costtui.domain.customers.rollup import RolledUp, rolled_up
from costtui.domain.customers.rows import customer_rows
from costtui.domain.money import total
from tests.unit.customers.ledger_example import OCTOBER, line

LINES = [line("north", "10"), line("east", "20.004"), line("west", "5"), line("alone", "7")]
FAMILY = [
    Customer("group", "Group"),
    Customer("north", parent="Group"),
    Customer("east", parent="north", mrr=Decimal(100)),
    Customer("west", parent="north"),
    Customer("alone", parent="nowhere-known"),
]


def rows_of(customers: list[Customer]) -> tuple[dict[str, CustomerRow], CustomerTotals]:
    rows, totals = customer_rows(LINES, [], customers, [], OCTOBER)
    return {row.id: row for row in rows}, totals


def tree(family: RolledUp) -> tuple[str, str, list[object]]:
    return family.row.id, str(family.cost), [tree(member) for member in family.members]


def test_a_parent_without_cost_of_its_own_is_a_row_and_sums_everybody_below() -> None:
    rows, totals = rows_of(FAMILY)
    assert rows["group"].total == 0
    assert total(row.total for row in rows.values()) == totals.billed == Decimal("42.004")
    north: tuple[str, str, list[object]] = ("north", "35.00", [("east", "20.00", []), ("west", "5.00", [])])
    assert tree(rolled_up(rows["group"], list(rows.values()))) == ("group", "35.00", [north])
    assert rolled_up(rows["group"], list(rows.values())).revenue == Decimal(100)


def test_a_parent_that_is_in_no_list_is_a_row_too() -> None:
    rows, _ = rows_of(FAMILY)
    assert rows["nowhere-known"].flags == ["no-crm"]
    assert tree(rolled_up(rows["nowhere-known"], list(rows.values()))) == ("nowhere-known", "7.00", [("alone", "7.00", [])])


def test_a_circle_of_parents_ends() -> None:
    rows, totals = rows_of([Customer("north", parent="east"), Customer("east", parent="north"), Customer("west", parent="west")])
    assert total(row.total for row in rows.values()) == totals.billed
    assert tree(rolled_up(rows["north"], list(rows.values()))) == ("north", "30.00", [("east", "20.00", [])])
    assert tree(rolled_up(rows["west"], list(rows.values()))) == ("west", "5.00", [])
