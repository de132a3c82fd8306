"""Cost that changes its owner is told as that, and not as a spike: somebody tagged it, nobody spent it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from costtui.domain.customers.records import CustomerRow, CustomerTotals, LedgerLine, Retagged
from costtui.domain.customers.rows import customer_rows
from costtui.domain.customers.rules import SharedMatch, SharedRule
from costtui.domain.period import Window
from tests.unit.customers.ledger_example import line

DAYS = [date(2026, 9, 1) + timedelta(number) for number in range(42)]
WINDOW = Window(DAYS[0], DAYS[-1] + timedelta(1))
CHANGE = 40
"""Number of the day before the last, on which the key changes."""
WOBBLE = [0, 2, -2, 1, -1, 0]


def days_of(customer: str, usual: int, since: int, *, service: str = "Web", until: int = 42) -> list[LedgerLine]:
    """`usual` a day, a little up and down from week to week, and `since` more from the day of the change on."""
    return [
        line(customer, str(usual + WOBBLE[number // 7] + (since if number >= CHANGE else 0)), service, day=day)
        for number, day in enumerate(DAYS[:until])
    ]


def reckon(lines: list[LedgerLine], rules: list[SharedRule] | None = None) -> tuple[dict[str, CustomerRow], CustomerTotals]:
    rows, totals = customer_rows(lines, [], [], rules or [], WINDOW)
    return {row.id: row for row in rows}, totals


def test_a_late_tag_moves_cost_from_untagged_and_is_no_spike() -> None:
    rows, totals = reckon([*days_of("acme", 100, 60), *days_of("", 200, -60)])
    assert totals.retagged == [Retagged(DAYS[CHANGE], Decimal(60), "__untagged__", "acme")]
    assert "spike" not in rows["acme"].flags
    assert rows["acme"].moved and rows["__untagged__"].moved


def test_retagging_from_one_customer_to_another_is_told_for_both() -> None:
    rows, totals = reckon([*days_of("acme", 100, 60), *days_of("globex", 100, -60), *days_of("hooli", 50, 0)])
    assert totals.retagged == [Retagged(DAYS[CHANGE], Decimal(60), "globex", "acme")]
    assert [row.moved for row in rows.values()] == [True, True, False]


def test_a_customer_that_takes_all_of_anothers_cost_counts_too() -> None:
    _, totals = reckon([*days_of("acme", 100, 60), *days_of("old-name", 60, 0, until=CHANGE)])
    assert [(move.source, move.target) for move in totals.retagged] == [("old-name", "acme")]


def test_cost_that_leaves_a_pool_for_a_customer_is_retagging() -> None:
    rule = SharedRule(SharedMatch(service="DB", untagged=True), "even")
    rows, totals = reckon([*days_of("acme", 100, 60, service="DB"), *days_of("", 200, -60, service="DB")], [rule])
    assert totals.retagged == [Retagged(DAYS[CHANGE], Decimal(60), "DB, untagged", "acme")]
    assert "spike" not in rows["acme"].flags


@pytest.mark.parametrize("fall", [0, -20, -50, -70, -200], ids=lambda fall: f"fall {fall}")
def test_a_rise_without_a_fall_of_its_size_stays_a_spike(fall: int) -> None:
    rows, totals = reckon([*days_of("acme", 100, 60), *days_of("globex", 300, fall)])
    assert totals.retagged == [] and "spike" in rows["acme"].flags and not rows["acme"].moved


def test_a_fall_that_happens_every_week_is_none() -> None:
    """Globex moves by as much from day to day as acme rose, on every weekday alike."""
    restless = [line("globex", str(300 + (70 if number // 7 % 2 else -70)), day=day) for number, day in enumerate(DAYS)]
    rows, totals = reckon([*days_of("acme", 100, 70), *restless])
    assert totals.retagged == [] and "spike" in rows["acme"].flags


def test_estimated_days_say_nothing_about_tags() -> None:
    lines = [*days_of("acme", 100, 60), *days_of("", 200, -60)]
    late = [line(one.customer, str(one.effective), day=one.day, estimated=one.day >= DAYS[CHANGE]) for one in lines]
    assert reckon(late)[1].retagged == []


def test_every_fall_explains_one_rise_only() -> None:
    rows, totals = reckon([*days_of("acme", 100, 60), *days_of("hooli", 100, 60), *days_of("", 200, -60)])
    assert [(move.source, move.target) for move in totals.retagged] == [("__untagged__", "acme")]
    assert "spike" in rows["hooli"].flags
