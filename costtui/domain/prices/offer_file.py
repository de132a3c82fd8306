"""AWS's own Lambda prices, from the offer file or from GetProducts, in the shape of the price book.

Source: AWS Price List Bulk API (`/offers/v1.0/aws/AWSLambda/<version>/<region>/index.json`) and Query API (`pricing.GetProducts`).
A meter is found by its exact `group` and `regionCode`: usage types have no region prefix in us-east-1, "Duration" also occurs in the
groups of other meters, and hundreds of managed-instance products have no such group. Tiers come unsorted.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

import msgspec

from costtui.domain.prices.price_book import LambdaRates, Tier

GROUPS = {
    "AWS-Lambda-Duration": "duration",
    "AWS-Lambda-Requests": "request",
    "AWS-Lambda-Storage-Duration": "ephemeral",
    "AWS-Lambda-Provisioned-Concurrency": "provisioned",
    "AWS-Lambda-Duration-Provisioned": "provisioned_duration",
    "AWS-Lambda-SnapStart-Cache": "snapstart_cache",
    "AWS-Lambda-SnapStart-Restore": "snapstart_restore",
    "AWS-Lambda-Processed-Bytes": "streamed_gb",
    "AWS-Lambda-Tenant-Isolated-Environment-Memory-GB": "tenant_environment_gb",
}
FOR_BOTH = ("snapstart_cache", "snapstart_restore")
"""Meters without an -ARM group of their own."""
ARM = "-ARM"


class OfferFileError(ValueError):
    """An offer file that cannot be read; its text is one sentence."""


class _Dimension(msgspec.Struct, rename="camel", frozen=True):
    price_per_unit: dict[str, Decimal]
    begin_range: str = "0"
    end_range: str = "Inf"


class _Term(msgspec.Struct, rename="camel", frozen=True):
    price_dimensions: dict[str, _Dimension]


class _Attributes(msgspec.Struct, rename="camel", frozen=True):
    group: str = ""
    region_code: str = ""
    location: str = ""


class _Product(msgspec.Struct, frozen=True):
    sku: str
    attributes: _Attributes = _Attributes()


class _Terms(msgspec.Struct, frozen=True):
    on_demand: dict[str, dict[str, _Term]] = msgspec.field(name="OnDemand", default_factory=dict)


class _OfferFile(msgspec.Struct, rename="camel", frozen=True):
    offer_code: str
    publication_date: datetime
    products: dict[str, _Product]
    terms: _Terms


class _OneTerms(msgspec.Struct, frozen=True):
    on_demand: dict[str, _Term] = msgspec.field(name="OnDemand", default_factory=dict)


class _PriceListItem(msgspec.Struct, rename="camel", frozen=True):
    product: _Product
    terms: _OneTerms
    publication_date: datetime


class LambdaOffer(msgspec.Struct, frozen=True):
    """Rates by region and architecture, and the day that AWS published them."""

    rates: list[LambdaRates]
    published: date


Priced = tuple[_Attributes, Iterable[_Term]]


def read_offer_file(raw: bytes) -> LambdaOffer:
    """The AWSLambda offer file of one region or of all; raises OfferFileError."""
    try:
        offer = msgspec.json.decode(raw, type=_OfferFile)
    except (msgspec.DecodeError, RecursionError) as error:
        raise OfferFileError(f"the offer file cannot be read ({error}): download AWSLambda's index.json again") from None
    if offer.offer_code != "AWSLambda":
        raise OfferFileError(f"the offer file is of {offer.offer_code[:40]!r}: give the one of AWSLambda")
    products = ((product.attributes, offer.terms.on_demand.get(sku, {}).values()) for sku, product in offer.products.items())
    return LambdaOffer(_rates(products), offer.publication_date.date())


def read_price_list(items: Iterable[str]) -> LambdaOffer:
    """The JSON strings of `GetProducts`, all pages; raises OfferFileError."""
    try:
        decoded = [msgspec.json.decode(item, type=_PriceListItem) for item in items]
    except (msgspec.DecodeError, RecursionError) as error:
        raise OfferFileError(f"an item of GetProducts cannot be read ({error}): ask again") from None
    if not decoded:
        raise OfferFileError("GetProducts answered with no products: check the region and the filters")
    published = max(item.publication_date for item in decoded).date()
    return LambdaOffer(_rates((item.product.attributes, item.terms.on_demand.values()) for item in decoded), published)


def _tiers(terms: Iterable[_Term]) -> tuple[Tier, ...] | None:
    """Sorted and without gap from zero, or None: another currency, or a ladder that cannot be climbed."""
    dimensions = [dimension for term in terms for dimension in term.price_dimensions.values()]
    if not dimensions or any("USD" not in dimension.price_per_unit for dimension in dimensions):
        return None
    try:
        tiers = sorted(
            (
                Tier(Decimal(one.begin_range), None if one.end_range == "Inf" else Decimal(one.end_range), one.price_per_unit["USD"])
                for one in dimensions
            ),
            key=lambda tier: tier.begin,
        )
    except ArithmeticError:
        return None
    edges = [Decimal(0), *(tier.end for tier in tiers)]
    return tuple(tiers) if [tier.begin for tier in tiers] == edges[:-1] else None


def _meters(products: Iterable[Priced]) -> Iterator[tuple[tuple[str, str], str, tuple[Tier, ...]]]:
    for attributes, terms in products:
        arm = attributes.group.endswith(ARM)
        meter = GROUPS.get(attributes.group.removesuffix(ARM))
        # Free-tier products stand for every region and have the location "Any".
        if meter is None or not attributes.region_code or attributes.location == "Any":
            continue
        tiers = _tiers(terms)
        if tiers is not None:
            yield (attributes.region_code, "arm64" if arm else "x86_64"), meter, tiers


def _rates(products: Iterable[Priced]) -> list[LambdaRates]:
    found: dict[tuple[str, str], dict[str, set[tuple[Tier, ...]]]] = {}
    for place, meter, tiers in _meters(products):
        found.setdefault(place, {}).setdefault(meter, set()).add(tiers)
    rows = []
    for (region, architecture), meters in sorted(found.items()):
        shared = found.get((region, "x86_64"), {})
        wanted = {meter: shared[meter] for meter in FOR_BOTH if meter in shared} | meters
        # Two different prices for one meter: unpriced, rather than one of them at random.
        sure = {meter: next(iter(ladders)) for meter, ladders in wanted.items() if len(ladders) == 1}
        flat = {meter: ladder[0].rate for meter, ladder in sure.items() if meter != "duration" and len(ladder) == 1}
        if "duration" in sure and "request" in flat:
            row = LambdaRates(region, architecture, sure["duration"], flat["request"])
            rows.append(msgspec.structs.replace(row, **flat))
    return rows
