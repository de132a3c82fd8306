"""A newer price book from AWS's price list: what it takes over, what it keeps, and what changed."""

from collections.abc import Iterator

import msgspec

from costtui.domain.money import plain
from costtui.domain.prices.offer_file import LambdaOffer
from costtui.domain.prices.price_book import LambdaRates, PriceBook, Tier

SOURCE = "AWS price list, AWSLambda"
METERS = tuple(field for field in LambdaRates.__struct_fields__ if field not in ("region", "architecture", "source"))


class OlderError(ValueError):
    """The offer is older than the book; its text is one sentence."""


class Change(msgspec.Struct, frozen=True):
    """One meter of a region and architecture, before and after, as text; None is unpriced."""

    region: str
    architecture: str
    meter: str
    before: str | None
    after: str | None


def renewed(book: PriceBook, offer: LambdaOffer) -> tuple[PriceBook, list[Change]]:
    """The book with the offer's rates. A meter that the offer does not have keeps its rate, and the row says from when it is.

    Raises OlderError."""
    if offer.published < book.as_of:
        raise OlderError(f"AWS's price list is of {offer.published}, older than the price book in use, {book.as_of}: nothing was changed")
    changes: list[Change] = []
    rows: list[LambdaRates] = []
    for fresh in offer.rates:
        known = book.lambda_rates(fresh.region, fresh.architecture)
        row = fresh if known is None else _merged(known, fresh, book.dated_source(known))
        changes += _changes(known, row)
        rows.append(row)
    return book.with_lambda(rows, offer.published, SOURCE), changes


def _merged(known: LambdaRates, fresh: LambdaRates, dated: str) -> LambdaRates:
    kept = {meter: getattr(known, meter) for meter in METERS if getattr(fresh, meter) is None and getattr(known, meter) is not None}
    if not kept:
        return fresh
    return msgspec.structs.replace(fresh, **kept, source=f"{SOURCE}; {', '.join(kept)}: {dated}")


def _changes(known: LambdaRates | None, fresh: LambdaRates) -> Iterator[Change]:
    for meter in METERS:
        before = None if known is None else _text(getattr(known, meter))
        after = _text(getattr(fresh, meter))
        if before != after:
            yield Change(fresh.region, fresh.architecture, meter, before, after)


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, tuple):
        tiers: tuple[Tier, ...] = value
        return " / ".join(plain(tier.rate) + ("" if tier.end is None else f" to {plain(tier.end)}") for tier in tiers)
    return f"{value:f}".rstrip("0").rstrip(".") if hasattr(value, "as_tuple") else str(value)
