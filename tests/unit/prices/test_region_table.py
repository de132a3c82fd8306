"""Every region of the reference table: what is shipped is exactly this, and what is not sourced is not there."""

from decimal import Decimal

import pytest

from costtui.domain.prices.price_book import price_book

BOOK = price_book()
STANDARD = ("0.0000166667", "0.0000133334", "0.20")
REGIONS: dict[str, tuple[str, str | None, str, str | None, str | None, str | None]] = {
    "us-east-1": (*STANDARD, "30.9", "41.667", "97.222"),
    "us-east-2": (*STANDARD, "30.9", "41.667", "97.222"),
    "us-west-2": (*STANDARD, "30.9", "41.667", "97.222"),
    "us-west-1": (*STANDARD, "37.0", "49.041", "114.430"),
    "ca-central-1": (*STANDARD, "34.0", "46.460", "108.407"),
    "eu-west-1": (*STANDARD, "34.0", "46.460", "108.407"),
    "eu-west-2": (*STANDARD, "35.8", "48.304", "112.709"),
    "eu-west-3": (*STANDARD, "35.8", "48.673", "113.569"),
    "eu-central-1": (*STANDARD, "36.7", "50.147", "117.011"),
    "eu-north-1": (*STANDARD, "32.3", "44.248", "103.245"),
    "ap-south-1": (*STANDARD, "35.2", "44.985", "104.966"),
    "ap-northeast-1": (*STANDARD, "37.0", "53.835", "125.615"),
    "ap-northeast-3": (*STANDARD, "37.0", "53.835", "125.615"),
    "ap-northeast-2": (*STANDARD, "35.2", "51.254", "119.592"),
    "ap-southeast-1": (*STANDARD, "37.0", "51.991", "121.313"),
    "ap-southeast-2": (*STANDARD, "37.0", "52.360", "122.173"),
    "ap-southeast-4": (*STANDARD, "37.0", "52.360", "122.173"),
    "sa-east-1": (*STANDARD, "58.6", "66.372", "154.867"),
    "ap-southeast-5": ("0.0000150000", "0.0000120000", "0.18", "33.3", "46.791", "109.181"),
    "eu-south-1": ("0.0000195172", "0.0000156138", "0.23", "35.7", "48.783", "113.827"),
    "eu-central-2": ("0.0000183334", "0.0000146667", "0.22", "44.1", "55.162", "128.712"),
    "me-south-1": ("0.0000206667", "0.0000165334", "0.25", "37.4", "51.108", "119.251"),
    "me-central-1": ("0.0000206667", "0.0000165334", "0.25", "37.4", "51.108", "119.251"),
    "af-south-1": ("0.0000221000", "0.0000176800", "0.27", "40.4", "55.300", "129.000"),
    "ap-east-1": ("0.0000229200", "0.0000183000", "0.28", "40.7", "57.153", "133.358"),
    "il-central-1": ("0.0000175000", None, "0.21", None, None, None),
}
"""x86 and arm tier 1 a GB-second, requests a million, ephemeral in 1e-9, provisioned and its duration in 1e-7, x86."""
PROVISIONED_ARM = {"us-east-1": "33.334", "us-east-2": "33.334", "ap-northeast-1": "43.068"}


def exact(value: str | None, exponent: int = 0) -> Decimal | None:
    return None if value is None else Decimal(value).scaleb(exponent)


@pytest.mark.parametrize("region", REGIONS)
def test_a_region_s_rates_to_the_last_digit(region: str) -> None:
    x86, arm, requests, ephemeral, provisioned, duration = REGIONS[region]
    row, other = BOOK.lambda_rates(region, "x86_64"), BOOK.lambda_rates(region, "arm64")
    assert row is not None
    assert row.duration[0].rate == exact(x86)
    assert row.request == exact(requests, -6)
    assert (row.ephemeral, row.provisioned, row.provisioned_duration) == (exact(ephemeral, -9), exact(provisioned, -7), exact(duration, -7))
    assert (other and other.duration[0].rate) == exact(arm)
    if other is not None:
        assert (other.request, other.ephemeral) == (row.request, row.ephemeral)
        assert other.provisioned == exact(PROVISIONED_ARM.get(region), -7), "only where the price list was read"


def test_no_region_is_shipped_that_is_not_in_the_table() -> None:
    assert BOOK.regions == sorted(REGIONS)


@pytest.mark.parametrize("region", REGIONS)
def test_upper_tiers_are_known_for_standard_prices_only(region: str) -> None:
    for architecture, rates, ends in (
        ("x86_64", ["0.0000166667", "0.0000150000", "0.0000133334"], ["6000000000", "15000000000", "None"]),
        ("arm64", ["0.0000133334", "0.0000120001", "0.0000106667"], ["7500000000", "18750000000", "None"]),
    ):
        row = BOOK.lambda_rates(region, architecture)
        if row is None:
            continue
        found = [(str(tier.rate), str(tier.end)) for tier in row.duration]
        if REGIONS[region][:3] == STANDARD:
            assert found == list(zip(rates, ends, strict=True))
        else:
            assert [end for _, end in found] == ends[:1]


def test_arm_is_not_four_fifths_of_x86_everywhere() -> None:
    x86, arm, *_ = REGIONS["ap-east-1"]
    assert round(Decimal(arm or 0) / Decimal(x86), 4) == Decimal("0.7984")


def test_meters_of_us_east_1_that_only_some_functions_have() -> None:
    row = BOOK.lambda_rates("us-east-1", "x86_64")
    arm = BOOK.lambda_rates("us-east-1", "arm64")
    assert row is not None
    assert arm is not None
    assert (row.snapstart_cache, row.snapstart_restore, row.streamed_gb) == (
        Decimal("0.0000015046"),
        Decimal("0.0001397998"),
        Decimal("0.008"),
    )
    assert (row.durable_operation, row.durable_written_gb, row.durable_retained_gb_month) == (
        Decimal("0.000008"),
        Decimal("0.25"),
        Decimal("0.15"),
    )
    assert (row.tenant_environment_gb, arm.tenant_environment_gb) == (Decimal("0.000166667"), Decimal("0.000133333"))
    assert (row.poller_unit_hour, row.sqs_poller_unit_hour) == (Decimal("0.185"), Decimal("0.00925"))
    assert (arm.provisioned_duration, BOOK.edge.request, BOOK.edge.gb_second) == (
        Decimal("0.0000077778"),
        Decimal("0.0000006"),
        Decimal("0.00005001"),
    )
    assert (BOOK.managed_instances.fee_pct, BOOK.managed_instances.request) == (Decimal(15), Decimal("0.0000002"))
    assert (BOOK.free_tier.requests, BOOK.free_tier.gb_seconds, BOOK.free_tier.streamed_gib) == (1_000_000, Decimal(400_000), Decimal(100))
    plan, upfront = BOOK.savings_plans["no-upfront"], BOOK.savings_plans["all-upfront"]
    assert (plan.discount_pct, plan.x86_64, plan.arm64, upfront.discount_pct) == (
        Decimal(12),
        Decimal("0.0000147"),
        Decimal("0.0000117"),
        Decimal(17),
    )
