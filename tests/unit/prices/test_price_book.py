"""The shipped price book against the published figures, and its behaviour where nothing is known."""

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from costtui.domain.prices.price_book import LambdaRates, PriceBook, Tier, price_book

BOOK = price_book()


def rates(region: str, architecture: str = "x86_64") -> LambdaRates:
    found = BOOK.lambda_rates(region, architecture)
    assert found is not None
    return found


def test_standard_tiers_of_both_architectures() -> None:
    assert [(str(t.begin), str(t.end), str(t.rate)) for t in rates("us-east-1").duration] == [
        ("0", "6000000000", "0.0000166667"),
        ("6000000000", "15000000000", "0.0000150000"),
        ("15000000000", "None", "0.0000133334"),
    ]
    assert [(str(t.begin), str(t.end), str(t.rate)) for t in rates("us-east-1", "arm64").duration] == [
        ("0", "7500000000", "0.0000133334"),
        ("7500000000", "18750000000", "0.0000120001"),
        ("18750000000", "None", "0.0000106667"),
    ]


@pytest.mark.parametrize(
    ("region", "x86", "arm", "per_million", "ephemeral", "provisioned", "provisioned_duration"),
    [
        ("us-west-1", "0.0000166667", "0.0000133334", "0.20", "37.0e-9", "49.041e-7", "114.430e-7"),
        ("eu-west-1", "0.0000166667", "0.0000133334", "0.20", "34.0e-9", "46.460e-7", "108.407e-7"),
        ("eu-central-1", "0.0000166667", "0.0000133334", "0.20", "36.7e-9", "50.147e-7", "117.011e-7"),
        ("ap-northeast-3", "0.0000166667", "0.0000133334", "0.20", "37.0e-9", "53.835e-7", "125.615e-7"),
        ("sa-east-1", "0.0000166667", "0.0000133334", "0.20", "58.6e-9", "66.372e-7", "154.867e-7"),
        ("ap-southeast-5", "0.0000150000", "0.0000120000", "0.18", "33.3e-9", "46.791e-7", "109.181e-7"),
        ("eu-south-1", "0.0000195172", "0.0000156138", "0.23", "35.7e-9", "48.783e-7", "113.827e-7"),
        ("eu-central-2", "0.0000183334", "0.0000146667", "0.22", "44.1e-9", "55.162e-7", "128.712e-7"),
        ("me-south-1", "0.0000206667", "0.0000165334", "0.25", "37.4e-9", "51.108e-7", "119.251e-7"),
        ("af-south-1", "0.0000221000", "0.0000176800", "0.27", "40.4e-9", "55.300e-7", "129.000e-7"),
        ("ap-east-1", "0.0000229200", "0.0000183000", "0.28", "40.7e-9", "57.153e-7", "133.358e-7"),
    ],
)
def test_regions_have_their_own_prices(
    region: str, x86: str, arm: str, per_million: str, ephemeral: str, provisioned: str, provisioned_duration: str
) -> None:
    row = rates(region)
    assert row.duration[0].rate == Decimal(x86)
    assert rates(region, "arm64").duration[0].rate == Decimal(arm)
    assert row.request * 1_000_000 == Decimal(per_million)
    assert row.ephemeral == Decimal(ephemeral)
    assert row.provisioned == Decimal(provisioned)
    assert row.provisioned_duration == Decimal(provisioned_duration)


def test_what_is_not_known_is_unpriced() -> None:
    assert BOOK.lambda_rates("mars-north-1", "x86_64") is None
    assert BOOK.lambda_rates("il-central-1", "arm64") is None
    assert BOOK.lambda_rates("us-east-1", "riscv") is None
    assert rates("il-central-1").ephemeral is None
    assert rates("eu-west-1", "arm64").provisioned is None, "never derived from x86"


def test_upper_tiers_of_regions_with_their_own_price_are_unknown() -> None:
    assert [tier.end for tier in rates("af-south-1").duration] == [Decimal(6_000_000_000)]


def test_the_same_object_every_time() -> None:
    assert BOOK.lambda_rates("eu-west-1", "arm64") is BOOK.lambda_rates("eu-west-1", "arm64")
    assert price_book() is BOOK


def test_paid_calls_have_a_price_and_the_rest_is_free() -> None:
    assert BOOK.api_call("ce:GetCostAndUsage") == Decimal("0.01")
    assert BOOK.api_call("ce:GetDimensionValues") == Decimal("0.01")
    assert BOOK.api_call("cloudwatch:GetMetricData") * 1000 == Decimal("0.01")
    assert BOOK.api_call("logs:StartQuery") == Decimal("0.005")
    athena = BOOK.api_price("athena:StartQueryExecution")
    assert athena is not None
    assert (athena.rate, athena.unit, athena.minimum_mb) == (Decimal(5), "TB scanned", 10)
    assert BOOK.api_call("lambda:ListFunctions") == 0


def test_resource_rates_give_the_published_months() -> None:
    resources = BOOK.resources
    month = resources.hours_per_month
    assert resources.ec2_hour["m5.large"] * month == Decimal("70.08")
    assert resources.ec2_hour["m5.4xlarge"] * month == Decimal("560.64")
    assert resources.rds_hour["mysql"]["db.t3.large"] * month == Decimal("99.28")
    assert resources.nat_gateway.hour * month == Decimal("32.85")
    assert resources.ebs["gp3"].mbps_included == 125
    assert set(resources.table_sources) == {"ec2_hour", "rds_hour", "ebs", "nat_gateway", "logs"}


def test_only_the_regions_that_were_read_from_the_price_list_claim_it() -> None:
    claimed = {row.region for row in BOOK.data.lambda_ if not row.source}
    assert claimed == {"us-east-1", "us-east-2", "ap-northeast-1"}


def test_a_newer_book_keeps_the_date_of_what_it_did_not_bring() -> None:
    row = LambdaRates("us-east-1", "x86_64", (Tier(Decimal(0), None, Decimal("0.00001")),), Decimal("0.0000001"))
    newer = BOOK.with_lambda([row], date(2027, 1, 2), "offer file")
    assert (newer.as_of, newer.source) == (date(2027, 1, 2), "offer file")
    assert newer.lambda_rates("us-east-1", "x86_64") == row
    dated = newer.with_lambda([], date(2027, 2, 3), "offer file").lambda_rates("us-east-2", "x86_64")
    elsewhere = newer.lambda_rates("eu-west-1", "x86_64")
    assert dated is not None
    assert elsewhere is not None
    assert dated.source == "AWS price list, AWSLambda, 2026-10-01", "dated once, and never anew"
    assert elsewhere.source == "AWS pricing calculator, Lambda, 2026-10-01"
    assert newer.regions == BOOK.regions


def test_a_written_book_reads_back_and_a_broken_one_names_the_key() -> None:
    assert PriceBook.decode(BOOK.encode()).data == BOOK.data
    broken = msgspec.json.decode(BOOK.encode())
    broken["lambda"][0]["request"] = "cheap"
    with pytest.raises(ValueError, match=r"lambda\[0\]\.request"):
        PriceBook.decode(msgspec.json.encode(broken))
