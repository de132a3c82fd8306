"""Rows from lines: who carries what nobody is named for, and what happens when something is missing, late or foreign."""

from datetime import date, timedelta
from decimal import Decimal
from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costtui.domain.customers.ledger import BasisError, RowOptions
from costtui.domain.customers.records import Category, Customer, LedgerLine, UsagePoint
from costtui.domain.customers.rules import SharedMatch, SharedRule
from costtui.domain.money import total
from tests.unit.customers.ledger_example import DAY, OCTOBER, line, reckon, used

CREDIT = SharedRule(SharedMatch(category="Credit"), "direct-proportional")
EVEN_DB = SharedRule(SharedMatch(service="DB"), "even")


def totals_of(*lines: LedgerLine, **more: object) -> dict[str, Decimal]:
    rows, totals = reckon(lines, **more)  # type: ignore[arg-type]
    assert totals.residual == 0
    return {id: row.total for id, row in rows.items()}


def test_charges_that_no_rule_and_no_tag_places_stand_in_rows_of_their_own() -> None:
    categories: list[Category] = ["Usage", "Credit", "Tax", "Purchase", "Adjustment"]
    lines = [line("", str(number), category=category) for number, category in enumerate(categories, start=1)]
    assert totals_of(*lines) == {"__untagged__": 1, "__credits__": 2, "__tax__": 3, "__fees__": 9}


def test_credits_larger_than_cost_leave_customers_alone_unless_a_rule_shares_them() -> None:
    lines = [line("acme", "10"), line("globex", "30"), line("", "-100", category="Credit")]
    assert totals_of(*lines) == {"acme": 10, "globex": 30, "__credits__": -100}
    assert totals_of(*lines, rules=[CREDIT]) == {"acme": -15, "globex": -45}


def test_a_tag_in_three_spellings_and_an_alias_are_one_customer() -> None:
    lines = [line("acme", "1"), line(" ACME ", "2"), line("Acme", "4"), line("acme-eu", "8"), line("  ", "16")]
    rows, _ = reckon(lines, customers=[Customer("ACME", "Acme Corp", aliases=["Acme-EU"])])
    assert {id: (row.name, row.total) for id, row in rows.items()} == {
        "acme": ("Acme Corp", Decimal(15)),
        "__untagged__": ("untagged", Decimal(16)),
    }


def test_composed_and_decomposed_letters_are_one_customer_named_as_first_written() -> None:
    rows, _ = reckon([line("Caf\u00e9", "1"), line("cafe\u0301", "2")])
    assert [(row.id, row.total) for row in rows.values()] == [("caf\u00e9", Decimal(3))]


def test_the_first_matching_rule_takes_a_line_and_takes_tagged_cost_too() -> None:
    lines = [line("acme", "10", "DB"), line("globex", "4")]
    assert totals_of(*lines, rules=[EVEN_DB]) == {"globex": 14}
    untagged_only = SharedRule(SharedMatch(service="DB", untagged=True), "even")
    assert totals_of(*lines, rules=[untagged_only]) == {"acme": 10, "globex": 4}
    keep = SharedRule(SharedMatch(service="D*"), "keep")
    assert totals_of(*lines, rules=[keep, EVEN_DB]) == {"globex": 4, "__unallocated__": 10}


def test_no_pool_sees_what_another_pool_placed() -> None:
    """A cascade would share the second pool by 55 to 5 and not by 50 to 0."""
    lines = [line("acme", "50"), line("", "10", "DB"), line("", "9", "Tax", category="Tax")]
    tax = SharedRule(SharedMatch(category="Tax"), "direct-proportional")
    found = totals_of(*lines, usage=[used("hooli", "1")], rules=[EVEN_DB, tax])
    assert found == {"acme": 64, "hooli": 5}
    assert totals_of(*lines, usage=[used("hooli", "1")], rules=[tax, EVEN_DB]) == found


def test_a_zero_driver_places_nothing() -> None:
    rule = SharedRule(SharedMatch(service="DB"), "driver:requests")
    rows, totals = reckon([line("acme", "1"), line("", "10", "DB")], usage=[used("acme", "0")], rules=[rule])
    assert rows["__unallocated__"].total == 10 and totals.residual == 0
    assert rows["__unallocated__"].placements[0].how == "no requests on its day: nobody to share it with"
    assert rows["__unallocated__"].flags == ["unallocated"]


def test_usage_without_a_tenant_carries_its_share_of_a_pool() -> None:
    rule = SharedRule(SharedMatch(service="DB"), "driver:requests")
    assert totals_of(line("", "10", "DB"), usage=[used("acme", "3"), used("", "1")], rules=[rule]) == {
        "acme": Decimal("7.5"),
        "__unallocated__": Decimal("2.5"),
    }


def test_weights_never_cross_midnight() -> None:
    rule = SharedRule(SharedMatch(service="DB"), "driver:requests")
    next_day = DAY + timedelta(1)
    usage = [used("acme", "1"), used("globex", "9"), used("acme", "1", day=next_day)]
    rows, _ = reckon([line("", "10", "DB"), line("", "10", "DB", day=next_day)], usage=usage, rules=[rule])
    assert rows["acme"].total == 11 and rows["globex"].total == 9
    assert rows["acme"].placements[0].how == "2 of 11 requests, daily"
    assert [rows["acme"].daily[number] for number in (4, 5)] == [1, 10]


def test_even_counts_who_was_active_that_day_and_not_the_customer_list() -> None:
    customers = [Customer("acme"), Customer("sleeper")]
    assert totals_of(
        line("acme", "1"), line("", "10", "DB"), usage=[used("hooli", "5"), used("idler", "0")], customers=customers, rules=[EVEN_DB]
    ) == {
        "acme": 6,
        "hooli": 5,
        "idler": 0,
    }


def test_weights_and_fixed_percentages_name_their_customers() -> None:
    by_weight = SharedRule(SharedMatch(service="DB"), "weights", weights={"acme": Decimal(2), "Globex": Decimal(1)})
    fixed = SharedRule(SharedMatch(service="NAT"), "fixed", percent={"acme": Decimal("12.5"), "initech": Decimal("87.5")})
    rows, _ = reckon([line("", "9", "DB"), line("", "8", "NAT")], rules=[by_weight, fixed])
    assert {id: row.total for id, row in rows.items()} == {"acme": 7, "globex": 3, "initech": 7}
    assert [part.how for part in rows["acme"].placements] == ["66.6667 % by weight", "12.5 % fixed"]


def test_a_rule_can_ask_for_team_tag_and_resource() -> None:
    tagged = line("", "5", tags={"Team": "Payments", "stage": "dev"})
    team = SharedRule(SharedMatch(team="payments"), "keep")
    options = RowOptions(team_keys=["tag:team"])
    assert totals_of(tagged, rules=[team], options=options) == {"__unallocated__": 5}
    assert totals_of(tagged, rules=[team]) == {"__untagged__": 5}
    for match, taken in [("stage=dev", True), ("Stage=DEV", True), ("stage=prod", False), ("other=dev", False)]:
        found = totals_of(tagged, rules=[SharedRule(SharedMatch(tag=match), "keep")])
        assert list(found) == (["__unallocated__"] if taken else ["__untagged__"])
    arn = msgspec.structs.replace(tagged, resource="arn:aws:rds:x:db:main")
    assert list(totals_of(arn, rules=[SharedRule(SharedMatch(resource="*:db:*"), "keep")])) == ["__unallocated__"]


def test_amounts_with_more_than_twelve_decimals_are_still_shared_exactly() -> None:
    fine = Decimal("0.0000000000000000001")
    assert total(totals_of(line("acme", "1"), line("globex", "1"), line("", str(fine), "DB"), rules=[EVEN_DB]).values()) == 2 + fine


def test_another_currency_is_converted_line_by_line_with_the_rate_of_its_day() -> None:
    options = RowOptions(fx={"EUR/USD": {"2026-10-01": Decimal("1.0837"), "2026-10-06": Decimal("2")}})
    lines = [line("acme", "10", currency="EUR"), line("acme", "10", currency="EUR", day=DAY + timedelta(1)), line("acme", "1")]
    rows, totals = reckon(lines, options=options)
    assert rows["acme"].total == Decimal("31.837") and totals.invoiced == Decimal("31.837")


def test_a_missing_fx_rate_keeps_the_currency_in_a_section_of_its_own() -> None:
    lines = [line("acme", "10", currency="EUR"), line("acme", "1"), line("", "4", "DB", currency="EUR")]
    inverted = RowOptions(fx={"USD/EUR": {"2026-10-01": Decimal(2)}, "EUR/USD": {"2026-10-20": Decimal(2)}})
    for options in (RowOptions(), inverted):
        rows, totals = reckon(lines, rules=[EVEN_DB], options=options)
        assert {id: row.total for id, row in rows.items()} == {"acme": 1, "acme EUR": 14}
        assert totals.currency == "USD" and totals.billed == 1


def test_a_bill_in_one_foreign_currency_is_summed_in_it() -> None:
    rows, totals = reckon([line("acme", "10", currency="JPY")])
    assert totals.currency == "JPY" and totals.billed == 10 and rows["acme"].share_pct == 100


def test_a_late_tag_moves_cost_and_leaves_the_bill_as_it_was() -> None:
    before, after = totals_of(line("", "10")), totals_of(line("acme", "6"), line("", "4"))
    assert before == {"__untagged__": 10} and after == {"acme": 6, "__untagged__": 4}


def test_lines_outside_the_window_are_not_in_it() -> None:
    assert totals_of(line("acme", "1"), line("acme", "2", day=OCTOBER.end), line("acme", "4", day=date(2026, 9, 30))) == {"acme": 1}


def test_an_empty_bill_has_no_rows_and_a_total_of_zero() -> None:
    rows, totals = reckon([])
    assert rows == {} and totals.billed == totals.rows == totals.residual == 0


def test_a_measure_that_the_bill_lacks_is_an_error_and_not_zero() -> None:
    with pytest.raises(BasisError, match="no net-amortized cost for Web on 2026-10-05"):
        reckon([line("acme", "1")], options=RowOptions(basis="net-amortized"))
    unbilled = msgspec.structs.replace(line("acme", "1"), billed=None)
    _, totals = reckon([unbilled, line("acme", "2")])
    assert totals.invoiced is None and totals.billed == 3


def test_billed_and_effective_are_never_mixed() -> None:
    fee = msgspec.structs.replace(line("", "0", category="Purchase"), billed=Decimal(100))
    for basis, expected in (("amortized", 7), ("billed", 107), ("unblended", 107)):
        rows, totals = reckon([fee, line("acme", "7")], options=RowOptions(basis=basis))  # type: ignore[arg-type]
        assert totals.billed == expected and totals.invoiced == 107 and totals.residual == 0
        assert rows["acme"].total == 7


def test_those_shown_apart_are_in_the_sum_after_the_customers_and_without_flags() -> None:
    lines = [line("internal-ci", "90"), line("acme", "10"), line("", "1")]
    rows, totals = reckon(lines, customers=[Customer("acme")], options=RowOptions(exclude=["Internal-*"]))
    assert list(rows) == ["acme", "internal-ci", "__untagged__"]
    assert rows["internal-ci"].flags == [] and totals.rows == 101


def test_a_tag_value_that_is_called_like_a_row_of_nobody_stays_in_the_sum() -> None:
    rows, totals = reckon([line("__idle__", "3"), line("acme", "1")])
    assert rows["__idle__"].total == 3 == sum(rows["__idle__"].daily) and totals.residual == 0


def test_estimated_days_count_but_stay_out_of_trend_and_spike() -> None:
    days = OCTOBER.days
    lines = [line("acme", "10", day=day) for day in days[:-1]] + [
        line("acme", "500", day=days[-1], estimated=True),
        line("b", "1", day=days[0]),
    ]
    rows, _ = reckon(lines)
    assert rows["acme"].estimated and rows["acme"].flags == [] and rows["acme"].trend_pct == 0
    assert rows["acme"].total == 800 and not rows["b"].estimated
    final = [msgspec.structs.replace(one, estimated=False) for one in lines[:20]] + [line("acme", "12", day=days[23])]
    final += [line("acme", "10", day=day) for day in days[20:-1]] + [line("acme", "500", day=days[-1])]
    assert reckon(final)[0]["acme"].flags == ["spike"]


def test_a_free_customer_is_a_hog_from_five_times_the_median_of_its_kind() -> None:
    free = [Customer(f"f{number}", plan="free") for number in range(5)]
    options = RowOptions(free_plans=["free"])
    costs = ["2", "2", "2", "2", "9.99"]
    rows, _ = reckon([line(f"f{number}", cost) for number, cost in enumerate(costs)], customers=free, options=options)
    assert "free-hog" not in rows["f4"].flags
    rows, _ = reckon([line(f"f{number}", cost) for number, cost in enumerate([*costs[:4], "10"])], customers=free, options=options)
    assert [id for id, row in rows.items() if "free-hog" in row.flags] == ["f4"]


def test_without_a_customer_list_nobody_is_missing_from_it() -> None:
    assert reckon([line("acme", "1")])[0]["acme"].flags == []


names = st.sampled_from(["acme", "ACME ", "globex", "hooli", "", "__idle__"])
money = st.decimals(-1000, 1000, places=12)
services = st.sampled_from(["DB", "NAT", "Web"])
bill = st.lists(
    st.builds(
        lambda owner, amount, service, category, day, currency: line(
            owner, str(amount), service, category=category, day=OCTOBER.days[day], currency=currency
        ),
        names, money, services, st.sampled_from(get_args(Category)), st.integers(0, 30), st.sampled_from(["USD", "JPY", "KWD"]),
    ),
    max_size=25,
)  # fmt: skip
RULES = [
    SharedRule(SharedMatch(service="DB", untagged=True), "driver:requests"),
    SharedRule(SharedMatch(service="NAT"), "even"),
    SharedRule(SharedMatch(category="Credit"), "direct-proportional"),
    SharedRule(SharedMatch(category="Tax"), "weights", weights={"acme": Decimal(1), "new": Decimal(2)}),
    SharedRule(SharedMatch(category="Purchase"), "keep"),
]
usage_points = st.lists(
    st.builds(lambda owner, value, day: used(owner, str(value), day=OCTOBER.days[day]), names, st.integers(0, 99), st.integers(0, 30))
)


@settings(max_examples=150, deadline=None)
@given(bill, usage_points, st.permutations(RULES))
def test_rows_add_up_to_the_bill_in_every_currency_whatever_the_rules(
    lines: list[LedgerLine], usage: list[UsagePoint], rules: list[SharedRule]
) -> None:
    rows, totals = reckon(lines, usage=usage, rules=rules)
    assert totals.residual == 0
    for currency in {one.currency for one in lines}:
        expected = total(one.effective for one in lines if one.currency == currency and one.effective is not None)
        assert total(row.total for row in rows.values() if row.currency == currency) == expected
    for row in rows.values():
        parts = [part.amount for part in row.services + row.placements]
        assert row.total == total(parts) == total(row.daily)
