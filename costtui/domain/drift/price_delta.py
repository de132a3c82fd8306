"""What a drift costs: the monthly list price of the actual side minus that of the expected side, in USD.

A month is 730 hours. Unknown type, region or operating system is None with the reason, and so is whatever depends on usage that is not
known. Source of the method: pricing both sides of a diff as infracost does, from AWS's on-demand list prices.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec

from costtui.domain.drift import pointer
from costtui.domain.drift.noise.values import parse
from costtui.domain.drift.price_inputs import is_cost_path
from costtui.domain.drift.price_terms import BY_USAGE, PRICED, Market, Properties, Term, Unpriced, Usage, instance, volume, worth
from costtui.domain.drift.records import Difference, DriftFinding, PriceTerm
from costtui.domain.drift.vocabulary import canonical_path, canonical_type, snake
from costtui.domain.money import EXACT, rounded
from costtui.domain.prices.price_book import price_book

NEEDS_USAGE = f"unpriced: {BY_USAGE}"
"""How the basis begins of what has a price only with its usage."""


class Price(msgspec.Struct, frozen=True):
    """`monthly` in USD; None is unpriced, and `basis` says why. Both None: no property that has a price changed."""

    monthly: Decimal | None
    basis: str | None
    terms: list[PriceTerm] = []
    """What both sides are made of."""


def price_delta(
    finding: DriftFinding, differences: Sequence[Difference], *, usage: Usage | None = None, assumed_region: str = "us-east-1"
) -> Price:
    """The price of what is left after noise and ignored differences; without a region that of `assumed_region`, and the basis says so."""
    kind = canonical_type(finding.type)
    whole = finding.status in ("deleted", "unmanaged")
    relevant = [difference for difference in differences if is_cost_path(finding.type, difference.path)]
    if kind not in PRICED or not (whole or relevant):
        return Price(None, f"unpriced: {kind} has no price here" if relevant or (whole and kind.startswith(("aws_", "AWS::"))) else None)
    common = {canonical_path(finding.type, path): parse(text) for path, text in finding.context.items()}
    before, after = _sides(finding.type, common, relevant)
    market = Market(price_book(), finding.region or assumed_region, usage or Usage())
    price = PRICED[kind]
    old: list[Term] = []
    new: list[Term] = []
    try:
        if finding.status == "deleted":
            old = price(before, market)
        elif finding.status == "unmanaged":
            new = price(after, market)
        else:
            _check_priced(kind, relevant)
            old, new = _changed(before, after, market) if kind == "aws_instance" else (price(before, market), price(after, market))
    except Unpriced as reason:
        return Price(None, f"unpriced: {reason}")
    place = finding.region or f"{assumed_region} (assumed, the region is not known)"
    basis = f"on-demand list price, {place}, {market.book.resources.as_of}, 730 h{_NOTES.get(kind, '')}"
    terms = [PriceTerm(actual, *term) for actual, side in ((False, old), (True, new)) for term in side]
    return Price(EXACT.subtract(worth(new), worth(old)), f"{rounded(worth(old))} → {rounded(worth(new))}, {basis}", terms)


def _check_priced(kind: str, relevant: Sequence[Difference]) -> None:
    for difference in relevant:
        if difference.redacted:
            raise Unpriced("the values are redacted")
        name = canonical_path(kind, difference.path).split("/")[1]
        if (kind, snake(name)) in _WITHOUT_RATE:
            raise Unpriced(f"{name} has no list price here")


def _sides(type_: str, common: Properties, relevant: Sequence[Difference]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is common to both, but for what differs. In a set one place may hold an element that went and another that came."""
    places = {canonical_path(type_, difference.path) for difference in relevant}
    unchanged = {path: value for path, value in common.items() if not pointer.within_any(path, places)}
    before, after = dict(unchanged), dict(unchanged)
    for difference in relevant:
        path = canonical_path(type_, difference.path)
        _spread(before, path, parse(difference.expected))
        _spread(after, path, parse(difference.actual))
    return before, after


def _spread(side: dict[str, Any], path: str, value: Any) -> None:
    if isinstance(value, dict):
        for key, entry in value.items():
            _spread(side, f"{path}/{key}", entry)
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            _spread(side, f"{path}/{index}", entry)
    elif value is not None:
        side[path] = value


def _changed(before: Properties, after: Properties, market: Market) -> tuple[list[Term], list[Term]]:
    """Both sides of an instance: it and its volumes are priced only where they changed, since what did not change needs no price."""
    old: list[Term] = []
    new: list[Term] = []
    if any(before.get(path) != after.get(path) for path in ("/instance_type", "/tenancy")):
        old, new = instance(before, market), instance(after, market)
    for path in sorted({_block_of(path) for path in before.keys() | after.keys() if "block_device/" in path}):
        was, now = _block(before, path), _block(after, path)
        if was != now:
            old, new = old + volume(was, market), new + volume(now, market)
    return old, new


def _block_of(path: str) -> str:
    return "/".join(path.split("/")[:3])


def _block(side: Properties, block: str) -> Properties:
    names = {"volume_size": "size", "volume_type": "type"}
    found = {path.removeprefix(block + "/"): value for path, value in side.items() if path.startswith(block + "/")}
    return {f"/{names.get(name, name)}": value for name, value in found.items()}


_WITHOUT_RATE = {
    *(("aws_db_instance", name) for name in ("allocated_storage", "storage_type", "iops", "storage_throughput")),
    ("aws_lambda_function", "ephemeral_storage"),
}
_NOTES = {
    "aws_nat_gateway": ", without its traffic",
    "aws_db_instance": ", without storage",
    "aws_instance": ", Linux, shared tenancy",
    "aws_autoscaling_group": ", Linux, shared tenancy",
    "aws_lambda_function": ", first tier, duration unchanged",
    "aws_cloudwatch_log_group": ", storage in month 12",
}
