"""Tiers of a payer: one ladder a month for all its functions, region and architecture, without a residual."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costtui.config import Aws, Prices, Settings
from costtui.domain.functions.bill import function_cost
from costtui.domain.functions.meters import tiered_amount
from costtui.domain.functions.records import FunctionRow, FunctionTotals
from costtui.domain.functions.tiers import amount_of, shared, tier_parts
from costtui.domain.loaded import PaneData
from costtui.domain.money import total
from costtui.domain.period import Window
from costtui.domain.prices.price_book import price_book
from costtui.panes.functions.bills import window_bill
from tests.unit.functions.function_inputs import built, function, used

X86 = price_book().lambda_rates("us-east-1", "x86_64")
assert X86 is not None
LADDER = X86.duration
OCTOBER = Window(date(2026, 10, 1), date(2026, 11, 1))
SMALL, LARGE = function("small", memory_mb=1024), function("large", memory_mb=1024)
BILLION = 10**9


def costs(data: PaneData[FunctionRow, FunctionTotals]) -> dict[str, Decimal | None]:
    return {row.name: row.cost.duration for row in data.rows}


def month(*gb_seconds: int, window: Window = OCTOBER, **more: object) -> PaneData[FunctionRow, FunctionTotals]:
    """Functions of 1 GB with so many GB-seconds a day of the window's days that have begun."""
    functions = [function(f"f{number}", memory_mb=1024) for number in range(len(gb_seconds))]
    days = min(len(window), (date(2026, 11, 21) - window.start).days)
    usage = [day for one, size in zip(functions, gb_seconds, strict=True) for day in used(one, days, 1, str(size * 1000), window.start)]
    return built(functions, usage=usage, window=window, **more)  # type: ignore[arg-type]


@given(
    before=st.integers(0, 20 * BILLION),
    quantities=st.lists(st.decimals("0.000001", 4 * BILLION, places=9), min_size=1, max_size=12),
)
def test_every_function_and_every_tier_is_whole(before: int, quantities: list[Decimal]) -> None:
    parts = tier_parts(LADDER, Decimal(before), total(quantities))
    found = shared(parts, quantities)
    assert [total(part.gb_seconds for part in mine) for mine in found] == quantities
    for part in parts:
        assert total(mine.gb_seconds for own in found for mine in own if mine.tier == part.tier) == part.gb_seconds
    assert all(part.gb_seconds >= 0 for mine in found for part in mine)
    amounts = [amount_of(mine) for mine in found]
    assert total(amount for amount in amounts if amount is not None) == tiered_amount(LADDER, Decimal(before), total(quantities))


def test_the_functions_of_a_payer_add_up_to_its_tiered_bill() -> None:
    data = month(100_000_000, 125_806_452)
    together = Decimal(31 * 225_806_452)
    assert total(cost for cost in costs(data).values() if cost is not None) == tiered_amount(LADDER, Decimal(0), together)
    one, other = (row.cost.duration for row in sorted(data.rows, key=lambda row: row.name))
    assert one is not None
    assert other is not None
    assert abs(one / other - Decimal(100_000_000) / 125_806_452) < Decimal("1e-12"), "both have the same mix"
    found = data.totals.payer_months
    assert [(row.payer, row.month, row.before, row.marginal.tier, str(row.marginal.rate)) for row in found] == [
        ("111122223333", date(2026, 10, 1), Decimal(0), 2, "0.0000150000")
    ]
    assert [part.tier for part in data.rows[0].tiers] == [1, 2]


def test_seven_billion_gb_seconds_cost_what_the_price_page_says() -> None:
    data = built([SMALL], usage=used(SMALL, 1, 0, str(7 * BILLION * 1000), OCTOBER.start), window=OCTOBER)
    assert data.totals.cost == Decimal("115000.20")


def test_the_first_tier_is_left_at_six_billion_and_not_before() -> None:
    at_the_edge = built([SMALL], usage=used(SMALL, 1, 0, str(6 * BILLION * 1000), OCTOBER.start), window=OCTOBER)
    assert (at_the_edge.totals.cost, at_the_edge.totals.payer_months) == (Decimal("100000.20"), [])
    beyond = built([SMALL], usage=used(SMALL, 1, 0, str(6 * BILLION * 1000 + 1000), OCTOBER.start), window=OCTOBER)
    assert beyond.totals.cost == Decimal("100000.20") + Decimal("0.0000150000")


@pytest.mark.parametrize("discount", ["0", "7.5"])
def test_the_bill_line_by_line_comes_to_the_row_s_cost(discount: str) -> None:
    settings = Settings(prices=Prices(discount_pct=Decimal(discount)))
    data = month(100_000_000, 125_806_452, settings=settings)
    for row in data.rows:
        lasted = total(Decimal(repr(value)) for value in row.daily_duration_ms.values)
        priced = window_bill(row, lasted, Decimal(discount))
        assert priced is not None
        assert function_cost(priced) == row.cost
        assert [line.note.partition(";")[0] for line in priced.lines if line.meter == "duration"] == ["tier 1", "tier 2"]


def test_a_month_begins_at_zero_again() -> None:
    both = Window(date(2026, 9, 1), date(2026, 11, 1))
    usage = used(SMALL, 1, 0, str(5 * BILLION * 1000), both.start) + used(SMALL, 1, 0, str(5 * BILLION * 1000), OCTOBER.start)
    data = built([SMALL], usage=usage, window=both)
    assert data.totals.payer_months == []
    assert data.totals.cost == 10 * BILLION * LADDER[0].rate


def test_days_before_the_window_are_taken_to_be_like_those_in_it() -> None:
    data = month(400_000_000, window=Window(date(2026, 10, 22), date(2026, 11, 1)))
    (found,) = data.totals.payer_months
    assert (found.gb_seconds, found.before) == (Decimal(4 * BILLION), Decimal("8400000000"))
    assert data.totals.cost is not None
    assert data.rows[0].cost.duration == 4 * BILLION * LADDER[1].rate


@pytest.mark.parametrize(
    ("aws", "payers"), [(Aws(), 0), (Aws(billing_profile="payer"), 1), (Aws(organization=True, role="arn:aws:iam::{account}:role/r"), 1)]
)
def test_accounts_share_tiers_only_under_one_payer(aws: Aws, payers: int) -> None:
    other = function("b", account="444455556666", memory_mb=1024)
    usage = [*used(SMALL, 1, 0, str(4 * BILLION * 1000), OCTOBER.start), *used(other, 1, 0, str(4 * BILLION * 1000), OCTOBER.start)]
    data = built([SMALL, other], usage=usage, window=OCTOBER, settings=Settings(aws=aws))
    assert len(data.totals.payer_months) == payers


def test_regions_and_architectures_have_ladders_of_their_own() -> None:
    arm = function("arm", memory_mb=1024, architecture="arm64")
    west = function("west", memory_mb=1024, region="eu-west-1", arn="arn:aws:lambda:eu-west-1:111122223333:function:west")
    usage = [day for one in (SMALL, arm, west) for day in used(one, 1, 0, str(4 * BILLION * 1000), OCTOBER.start)]
    assert built([SMALL, arm, west], usage=usage, window=OCTOBER).totals.payer_months == []


def test_managed_instances_climb_no_ladder() -> None:
    odd = function("odd", memory_mb=1024, kind="managed-instances")
    usage = [day for one in (SMALL, odd) for day in used(one, 1, 0, str(4 * BILLION * 1000), OCTOBER.start)]
    assert built([SMALL, odd], usage=usage, window=OCTOBER).totals.payer_months == []


@pytest.mark.parametrize(
    ("calls", "ms", "free"),
    [(10**6, 145 * 10**6, "-0.804167875"), (10**7, 145 * 10**7, "-6.24167875"), (10**8, 145 * 10**8, "-6.8666800")],
)
def test_the_free_tier_is_the_account_s(calls: int, ms: int, free: str) -> None:
    """256 MB and 145 ms: 1 M calls and 10 M calls stay within 400,000 GB-seconds, 100 M do not."""
    one = function()
    data = built([one], usage=used(one, 1, calls, str(ms), OCTOBER.start), window=OCTOBER)
    assert data.totals.free_tier == Decimal(free)


def test_all_regions_and_architectures_of_an_account_share_one_free_tier() -> None:
    arm = function("arm", memory_mb=1024, architecture="arm64")
    usage = [*used(SMALL, 1, 10**6, str(3 * 10**8), OCTOBER.start), *used(arm, 1, 10**6, str(10**8), OCTOBER.start)]
    data = built([SMALL, arm], usage=usage, window=OCTOBER)
    half_a_million = 2 * 500_000 * Decimal("0.0000002")
    assert data.totals.free_tier == -(half_a_million + 300_000 * Decimal("0.0000166667") + 100_000 * Decimal("0.0000133334"))
