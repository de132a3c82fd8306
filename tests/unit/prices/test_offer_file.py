"""Reading AWS's price list, with the traps that real slices of it hold."""

import json
from decimal import Decimal
from typing import Any

import pytest

from costtui.domain.prices.offer_file import OfferFileError, read_offer_file, read_price_list

DATE = "2026-10-01T18:00:00Z"


def product(sku: str, group: str, region: str = "us-east-1", **attributes: str) -> dict[str, Any]:
    return {
        "sku": sku,
        "productFamily": "Serverless",
        "attributes": {"group": group, "regionCode": region, "location": "somewhere", "operation": "", **attributes},
    }


def term(*tiers: tuple[str, str, str], currency: str = "USD", unit: str = "Lambda-GB-Second") -> dict[str, Any]:
    dimensions = {
        f"R{n}": {"beginRange": begin, "endRange": end, "unit": unit, "pricePerUnit": {currency: price}, "description": "", "appliesTo": []}
        for n, (begin, end, price) in enumerate(tiers)
    }
    return {"SKU.JRTCKXETXF": {"effectiveDate": "2026-09-01T00:00:00Z", "priceDimensions": dimensions}}


UNSORTED = (("7500000000", "18750000000", "0.0000120001"), ("18750000000", "Inf", "0.0000106667"), ("0", "7500000000", "0.0000133334"))
ITEMS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (product("A", "AWS-Lambda-Duration-ARM", usagetype="Lambda-GB-Second-ARM"), term(*UNSORTED)),
    (product("B", "AWS-Lambda-Requests-ARM"), term(("0", "Inf", "0.0000002"), unit="Requests")),
    (product("C", "AWS-Lambda-Duration", "eu-west-1", usagetype="EU-Lambda-GB-Second"), term(("0", "Inf", "0.0000166667"))),
    (product("D", "AWS-Lambda-Requests", "eu-west-1"), term(("0", "Inf", "0.0000002"), unit="Request")),
    (product("E", "AWS-Lambda-Storage-Duration", "eu-west-1"), term(("0", "Inf", "0.000000034"))),
    (product("F", "AWS-Lambda-Duration-Provisioned", "eu-west-1"), term(("0", "Inf", "0.0000108407"))),
    (product("G", "AWS-Lambda-Edge-Duration", "eu-west-1"), term(("0", "Inf", "0.00005001"))),
    (product("H", "AWS-Lambda-Duration", "", location="Any"), term(("0", "400000", "0"))),
    (product("I", "AWS-Lambda-Duration", "cn-north-1"), term(("0", "Inf", "0.0001136"), currency="CNY")),
    (product("J", "AWS-Lambda-Requests", "cn-north-1"), term(("0", "Inf", "0.0000014"), currency="CNY")),
    (product("K", "AWS-Lambda-SnapStart-Cache", "eu-west-1"), term(("0", "Inf", "0.0000015046"))),
    *((product(f"M{n}", "", usagetype=f"Lambda-Managed-Instances-c7g.{n}-Management-Hours"), term(("0", "Inf", "9"))) for n in range(300)),
]


def offer_file(items: list[tuple[dict[str, Any], dict[str, Any]]]) -> bytes:
    products = {one["sku"]: one for one, _ in items}
    terms = {one["sku"]: terms for one, terms in items}
    document = {"offerCode": "AWSLambda", "publicationDate": DATE, "products": products, "terms": {"OnDemand": terms, "Reserved": {}}}
    return json.dumps(document).encode()


def get_products(items: list[tuple[dict[str, Any], dict[str, Any]]]) -> list[str]:
    return [json.dumps({"product": one, "terms": {"OnDemand": terms}, "publicationDate": DATE, "version": "1"}) for one, terms in items]


@pytest.mark.parametrize("read", [lambda: read_offer_file(offer_file(ITEMS)), lambda: read_price_list(get_products(ITEMS))])
def test_both_shapes_give_the_same_rates(read: Any) -> None:
    offer = read()
    assert offer.published.isoformat() == "2026-10-01"
    assert [(row.region, row.architecture) for row in offer.rates] == [("eu-west-1", "x86_64"), ("us-east-1", "arm64")]
    west, east = offer.rates
    assert [str(tier.rate) for tier in east.duration] == ["0.0000133334", "0.0000120001", "0.0000106667"]
    assert east.duration[-1].end is None
    assert west.duration[0].rate == Decimal("0.0000166667"), "not the edge, storage or provisioned duration"
    assert (west.request, west.ephemeral) == (Decimal("0.0000002"), Decimal("0.000000034"))
    assert west.provisioned_duration == Decimal("0.0000108407")
    assert west.snapstart_cache == Decimal("0.0000015046")
    assert west.provisioned is None


def test_a_ladder_with_a_missing_step_is_unpriced() -> None:
    gap = [(product("A", "AWS-Lambda-Duration-ARM"), term(UNSORTED[0], UNSORTED[1])), ITEMS[1]]
    assert read_offer_file(offer_file(gap)).rates == []


def test_two_prices_for_one_meter_leave_it_unpriced() -> None:
    doubled = [*ITEMS, (product("Z", "AWS-Lambda-Storage-Duration", "eu-west-1"), term(("0", "Inf", "0.0000001")))]
    west = read_offer_file(offer_file(doubled)).rates[0]
    assert west.ephemeral is None
    assert west.request == Decimal("0.0000002")


def test_what_cannot_be_read_is_one_sentence() -> None:
    with pytest.raises(OfferFileError, match="cannot be read"):
        read_offer_file(b"{")
    with pytest.raises(OfferFileError, match="AmazonEC2"):
        read_offer_file(offer_file([]).replace(b"AWSLambda", b"AmazonEC2"))
    with pytest.raises(OfferFileError, match="no products"):
        read_price_list([])
    with pytest.raises(OfferFileError, match="cannot be read"):
        read_price_list(["{}"])
