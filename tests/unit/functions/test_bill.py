"""The bill against published and derived figures, to the last digit."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costtui.domain.functions.bill import AT_LIST_PRICE, Bill, Discounts, Usage, bill, function_cost
from costtui.domain.functions.bill_records import AtSize, Provisioned
from costtui.domain.functions.billing_rules import billed_ms, billing_rules, gb_seconds, provisioned_seconds
from costtui.domain.functions.meters import tiered_amount
from costtui.domain.functions.records import Kind
from costtui.domain.money import total
from costtui.domain.prices.price_book import LambdaRates, price_book

BOOK = price_book()


def rates(region: str = "us-east-1", architecture: str = "x86_64") -> LambdaRates:
    found = BOOK.lambda_rates(region, architecture)
    assert found is not None
    return found


X86, ARM = rates(), rates(architecture="arm64")


def estimate(kind: Kind = "standard", discount: str = "0", known: LambdaRates | None = X86) -> Bill:
    usage = Usage(1_000_000, Decimal(145_000_000), 256)
    less = Discounts(Decimal(discount)) if discount != "0" else AT_LIST_PRICE
    return bill(known, usage, kind=kind, discounts=less, basis="estimated", where="us-east-1 x86_64")


@pytest.mark.parametrize(
    ("calls", "memory", "ms", "amount", "with_free_tier"),
    [
        (1, 256, 145, "0.000000804167875", "0"),
        (1, 1024, 29, "0.0000006833343", "0"),
        (10**6, 256, 145, "0.804167875", "0"),
        (10**6, 1024, 29, "0.6833343", "0"),
        (10**7, 256, 145, "8.04167875", "1.8"),
        (10**7, 1024, 29, "6.833343", "1.8"),
        (10**8, 256, 145, "80.4167875", "73.5501075"),
        (10**8, 1024, 29, "68.33343", "61.46675"),
    ],
)
def test_month_with_and_without_the_free_tier(calls: int, memory: int, ms: int, amount: str, with_free_tier: str) -> None:
    month = bill(X86, Usage(calls, Decimal(calls * ms), memory), free_tier=BOOK.free_tier)
    assert month.total == Decimal(amount)
    assert month.total_with_free_tier == Decimal(with_free_tier)


@pytest.mark.parametrize(
    ("known", "billions", "amount"), [(X86, "6", "100000.20"), (X86, "7", "115000.20"), (ARM, "6", "80000.40"), (ARM, "7.5", "100000.50")]
)
def test_tiers(known: LambdaRates, billions: str, amount: str) -> None:
    assert bill(known, Usage(0, Decimal(billions) * 10**12, 1024)).total == Decimal(amount)


def test_a_function_on_top_of_its_payer_pays_the_marginal_tier() -> None:
    priced = bill(X86, Usage(0, Decimal(2_000), 1024), payer_gb_seconds=Decimal(5_999_999_999))
    assert [(line.quantity, str(line.rate), line.note) for line in priced.lines if line.meter == "duration"] == [
        (Decimal(1), "0.0000166667", "tier 1"),
        (Decimal(1), "0.0000150000", "tier 2"),
    ]
    assert priced.total == Decimal("0.0000316667")


def test_provisioned_concurrency_and_ephemeral_storage() -> None:
    provisioned = Usage(0, Decimal(0), 1024, provisioned=(Provisioned(10, 1024, Decimal(30 * 86_400)),))
    assert bill(X86, provisioned).total == Decimal("108.000864")
    cost = function_cost(bill(X86, Usage(10**6, Decimal(10**8), 128, ephemeral_mb=10_240)))
    assert cost.ephemeral == Decimal("0.029355")
    assert provisioned_seconds(Decimal(301)) == 600


def test_init_is_billed_since_august_2025_and_unknown_without_logs() -> None:
    usage = Usage(10, Decimal(1_000), 1024, init_ms=Decimal(500))
    assert function_cost(bill(X86, usage)).init == Decimal("0.5") * X86.duration[0].rate
    assert function_cost(bill(X86, usage, rules=billing_rules(date(2025, 7, 31)))).init == 0
    estimated = estimate()
    assert function_cost(estimated).init is None
    assert estimated.total == Decimal("0.804167875"), "what was not measured is left out, not made unknown"


@pytest.mark.parametrize(
    ("duration", "init", "expected"),
    [("395.99", "265.72", 662), ("1049.63", "1293.83", 2344), ("1058.15", "1307.68", 2366), ("1002.25", "1258.24", 2261)],
)
def test_billed_is_one_rounding_up_over_the_sum(duration: str, init: str, expected: int) -> None:
    assert billed_ms(Decimal(duration), Decimal(init)) == expected


def test_rounding_by_date() -> None:
    ms, init = Decimal("101.2"), Decimal(50)
    assert billed_ms(ms, init, billing_rules(date(2025, 8, 1))) == 152
    assert billed_ms(ms, init, billing_rules(date(2025, 7, 31))) == 102
    assert billed_ms(ms, init, billing_rules(date(2020, 12, 1))) == 102
    assert billed_ms(ms, init, billing_rules(date(2020, 11, 30))) == 200


@pytest.mark.parametrize("kind", ["managed-instances", "edge"])
def test_what_other_meters_bill_is_never_priced_in_gb_seconds(kind: Kind) -> None:
    priced = estimate(kind)
    assert priced.total is None
    assert all(line.unit != "GB-second" for line in priced.lines)
    assert any(line.amount is None and line.note for line in priced.lines)
    cost = function_cost(priced)
    assert (cost.duration, cost.total, cost.ephemeral) == (None, None, None)
    assert cost.requests == (None if kind == "edge" else Decimal("0.2"))


@pytest.mark.parametrize(("kind", "meter"), [("durable", "durable"), ("tenant-isolated", "tenant-environments")])
def test_meters_beside_the_duration_leave_the_total_unknown(kind: Kind, meter: str) -> None:
    priced = estimate(kind)
    cost = function_cost(priced)
    assert (cost.requests, cost.duration) == (Decimal("0.2"), Decimal("0.604167875")), "its duration is billed like any other's"
    assert (priced.total, cost.total, cost.other) == (None, None, None)
    own = next(line for line in priced.lines if line.meter == meter)
    assert (own.quantity, own.amount) == (None, None)
    assert "on top of the duration" in own.note


def test_snapstart_is_unknown_where_it_is_on_and_priced_where_its_versions_are_known() -> None:
    on = Usage(10, Decimal(1_000), 1024, snapstart_cache_gb_seconds=None, snapstart_restored_gb=None)
    priced = bill(X86, on, basis="estimated")
    assert function_cost(priced).other is None
    assert priced.total is not None, "what was not measured is left out, not made unknown"
    month = Usage(0, Decimal(0), 1024, snapstart_cache_gb_seconds=Decimal(30 * 86_400), snapstart_restored_gb=Decimal(2))
    assert function_cost(bill(X86, month)).other == Decimal("0.0000015046") * 2_592_000 + Decimal("0.0002795996")
    assert round(Decimal("0.0000015046") * 2_628_000, 2) == Decimal("3.95"), "a GB and month, as the reference has it"


def test_streaming_beyond_six_megabytes_is_priced_by_the_gb() -> None:
    assert function_cost(bill(X86, Usage(0, Decimal(0), 128, streamed_gb=Decimal(250)))).other == 2


def test_what_ran_in_a_larger_version_is_priced_at_its_size() -> None:
    usage = Usage(2, Decimal(1_000), 1024, elsewhere=(AtSize("partners", 2048, 1536, Decimal(500)),))
    priced = bill(X86, usage)
    assert priced.gb_seconds == 2
    assert [line.note for line in priced.lines if line.meter == "duration"] == ["tier 1", "tier 1, partners at 2048 MB"]
    assert next(line.quantity for line in priced.lines if line.meter == "ephemeral") == Decimal("0.5")


def test_calls_that_provisioned_concurrency_serves_have_their_own_rate_and_no_tiers() -> None:
    usage = Usage(2, Decimal(1_000), 1024, provisioned=(), provisioned_duration_ms=Decimal(3_000), provisioned_mb=2048)
    cost = function_cost(bill(X86, usage, payer_gb_seconds=Decimal(20 * 10**9), free_tier=BOOK.free_tier))
    assert cost.duration == Decimal("0.0000133334")
    assert cost.provisioned == 6 * Decimal("0.0000097222")
    free = bill(X86, usage, free_tier=BOOK.free_tier).free_tier
    assert [line.quantity for line in free] == [Decimal(-2), Decimal(-1)], "the free tier is not for what it serves"


def test_nothing_provisioned_is_known_to_be_nothing() -> None:
    known, unknown = Usage(1, Decimal(1), 128, provisioned=()), Usage(1, Decimal(1), 128)
    assert function_cost(bill(X86, known, basis="estimated")).provisioned == 0
    assert function_cost(bill(X86, unknown, basis="estimated")).provisioned is None


def test_an_unknown_region_is_unpriced_with_its_name() -> None:
    priced = estimate(known=None)
    assert (priced.total, priced.gb_seconds) == (None, Decimal(36_250))
    assert priced.lines[0].note == "unpriced: the price book does not know us-east-1 x86_64"
    assert function_cost(priced).ephemeral is None


def test_a_used_meter_without_a_rate_makes_the_total_unknown() -> None:
    israel = rates("il-central-1")
    assert bill(israel, Usage(1, Decimal(1), 128)).total is not None
    assert bill(israel, Usage(1, Decimal(1), 128, ephemeral_mb=513)).total is None
    assert bill(israel, Usage(1, Decimal(7 * 10**12), 1024)).total is None, "its second tier is not known"


def test_discounts_are_named_and_savings_plans_leave_requests_alone() -> None:
    assert estimate(discount="10").total == Decimal("0.7237510875")
    assert "less 10 % private discount" in estimate(discount="10").lines[0].note
    planned = function_cost(bill(X86, Usage(10**6, Decimal(145 * 10**6), 256), discounts=Discounts(savings_plan_pct=Decimal(12))))
    assert planned.requests == Decimal("0.2")
    assert planned.duration == Decimal("0.604167875") * Decimal("0.88")


@given(
    calls=st.integers(0, 10**9),
    ms=st.decimals(0, 10**13, places=3),
    memory=st.integers(128, 10_240),
    init=st.none() | st.decimals(0, 10**9, places=2),
    payer=st.decimals(0, 2 * 10**10, places=3),
)
def test_lines_add_up_and_gb_seconds_are_exact(calls: int, ms: Decimal, memory: int, init: Decimal | None, payer: Decimal) -> None:
    priced = bill(X86, Usage(calls, ms, memory, init_ms=init), payer_gb_seconds=payer)
    assert priced.total == total(line.amount for line in priced.lines if line.amount is not None)
    duration = total(line.quantity for line in priced.lines if line.meter == "duration" and line.quantity is not None)
    assert duration * 1024 * 1000 == ms * memory
    cost = function_cost(priced)
    parts = (cost.requests, cost.duration, cost.init, cost.ephemeral, cost.provisioned, cost.other)
    assert cost.total == total(part for part in parts if part is not None)


@given(edge=st.sampled_from([6 * 10**9, 15 * 10**9]), below=st.decimals(0, 1000, places=3), above=st.decimals(0, 1000, places=3))
def test_tiers_are_continuous_and_split_anywhere(edge: int, below: Decimal, above: Decimal) -> None:
    start, middle = edge - below, Decimal(edge)
    whole = tiered_amount(X86.duration, start, below + above)
    parts = tiered_amount(X86.duration, start, below), tiered_amount(X86.duration, middle, above)
    assert None not in (whole, *parts)
    assert whole == total(part for part in parts if part is not None)


@given(small=st.integers(0, 10**12), more=st.integers(0, 10**12))
def test_never_cheaper_for_longer(small: int, more: int) -> None:
    short, long = (bill(X86, Usage(1, Decimal(ms), 1024)).total for ms in (small, small + more))
    assert short is not None
    assert long is not None
    assert short <= long


def test_gb_seconds_of_an_odd_size() -> None:
    assert gb_seconds(1769, Decimal("0.1")) == Decimal("0.000172753906250")
