"""What a drift costs: the monthly list price of the actual side minus that of the expected side, in USD.

A month is 730 hours. Unknown type, region or operating system is None with the reason, and so is whatever depends on usage that is not
known. Source of the method: pricing both sides of a diff as infracost does, from AWS's on-demand list prices.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from costtui.domain.drift import pointer
from costtui.domain.drift.noise.values import parse
from costtui.domain.drift.price_inputs import is_cost_path
from costtui.domain.drift.records import Difference, DriftFinding
from costtui.domain.drift.vocabulary import canonical_path, canonical_type, snake
from costtui.domain.money import EXACT, ZERO, rounded
from costtui.domain.prices.price_book import PriceBook, ResourceRates, price_book

_BY_USAGE = "usage-based, and "
NEEDS_USAGE = f"unpriced: {_BY_USAGE}"
"""How the basis begins of what has a price only with its usage."""

Properties = Mapping[str, Any]
"""Canonical pointer to value: one side of the resource, as far as prices need it."""


class Usage(msgspec.Struct, frozen=True):
    """What usage-based prices need: calls a month, their mean length in milliseconds, GB of logs written a day."""

    invocations: Decimal | None = None
    duration_ms: Decimal | None = None
    log_gb_per_day: Decimal | None = None


class Price(msgspec.Struct, frozen=True):
    """`monthly` in USD; None is unpriced, and `basis` says why. Both None: no property that has a price changed."""

    monthly: Decimal | None
    basis: str | None


class Unpriced(Exception):
    """Ends the calculation with an answer, not an error; its text is the reason."""


class Market(msgspec.Struct, frozen=True):
    """Where prices are read: the book, the region, and the usage of the resource if it is known."""

    book: PriceBook
    region: str
    usage: Usage = Usage()

    @property
    def rates(self) -> ResourceRates:
        if self.region != self.book.resources.region:
            raise Unpriced(f"no list price for {self.region}")
        return self.book.resources


def price_delta(
    finding: DriftFinding, differences: Sequence[Difference], *, usage: Usage | None = None, assumed_region: str = "us-east-1"
) -> Price:
    """The price of what is left after noise and ignored differences; without a region that of `assumed_region`, and the basis says so."""
    kind = canonical_type(finding.type)
    whole = finding.status in ("deleted", "unmanaged")
    relevant = [difference for difference in differences if is_cost_path(finding.type, difference.path)]
    if kind not in _PRICED or not (whole or relevant):
        return Price(None, f"unpriced: {kind} has no price here" if relevant or (whole and kind.startswith(("aws_", "AWS::"))) else None)
    common = {canonical_path(finding.type, path): parse(text) for path, text in finding.context.items()}
    before, after = _sides(finding.type, common, relevant)
    market = Market(price_book(), finding.region or assumed_region, usage or Usage())
    price = _PRICED[kind]
    try:
        if finding.status == "deleted":
            old, new = price(before, market), ZERO
        elif finding.status == "unmanaged":
            old, new = ZERO, price(after, market)
        else:
            _check_priced(kind, relevant)
            old, new = _changed(before, after, market) if kind == "aws_instance" else (price(before, market), price(after, market))
    except Unpriced as reason:
        return Price(None, f"unpriced: {reason}")
    place = finding.region or f"{assumed_region} (assumed, the region is not known)"
    note = _NOTES.get(kind, "")
    sides = f"{rounded(old)} → {rounded(new)}"
    return Price(EXACT.subtract(new, old), f"{sides}, on-demand list price, {place}, {market.book.resources.as_of}, 730 h{note}")


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


def _changed(before: Properties, after: Properties, market: Market) -> tuple[Decimal, Decimal]:
    """Both sides of an instance: it and its volumes are priced only where they changed, since what did not change needs no price."""
    old = new = ZERO
    if any(before.get(path) != after.get(path) for path in ("/instance_type", "/tenancy")):
        old, new = _instance(before, market), _instance(after, market)
    for path in sorted({_block_of(path) for path in before.keys() | after.keys() if "block_device/" in path}):
        was, now = _block(before, path), _block(after, path)
        if was != now:
            old, new = EXACT.add(old, _volume(was, market)), EXACT.add(new, _volume(now, market))
    return old, new


def _block_of(path: str) -> str:
    return "/".join(path.split("/")[:3])


def _block(side: Properties, block: str) -> Properties:
    names = {"volume_size": "size", "volume_type": "type"}
    found = {path.removeprefix(block + "/"): value for path, value in side.items() if path.startswith(block + "/")}
    return {f"/{names.get(name, name)}": value for name, value in found.items()}


def _number(side: Properties, path: str, default: int | None = None) -> Decimal:
    value = side.get(path, default)
    try:
        return Decimal(str(value))
    except ArithmeticError:
        raise Unpriced(f"{path[1:]} is not known") from None


def _hours(rate: Decimal, market: Market) -> Decimal:
    return EXACT.multiply(rate, market.rates.hours_per_month)


def _instance(side: Properties, market: Market) -> Decimal:
    name = str(side.get("/instance_type", ""))
    system = str(side.get("/platform") or side.get("/platform_details") or "Linux")
    if "linux/unix" not in f"{system}/unix".lower():
        raise Unpriced(f"no list price for {system}")
    if side.get("/tenancy") not in (None, "", "default"):
        raise Unpriced(f"no list price for {side['/tenancy']} tenancy")
    rate = market.rates.ec2_hour.get(name)
    if rate is None:
        raise Unpriced(f"no list price for {name or 'an unknown instance type'} in {market.region}")
    return _hours(rate, market)


def _group(side: Properties, market: Market) -> Decimal:
    if any(path.startswith("/mixed_instances_policy") for path in side):
        raise Unpriced("mixed instances")
    return EXACT.multiply(_instance(side, market), _number(side, "/desired_capacity"))


def _volume(side: Properties, market: Market) -> Decimal:
    if not side:
        return ZERO
    name = str(side.get("/type") or "gp2")
    rates = market.rates.ebs.get(name)
    if rates is None:
        raise Unpriced(f"no list price for {name} volumes")
    amount = EXACT.multiply(_number(side, "/size"), rates.gb_month)
    for path, rate, included in (
        ("/iops", rates.iops_month, rates.iops_included),
        ("/throughput", rates.mbps_month, rates.mbps_included),
    ):
        if rate is not None:
            above = max(_number({path: side.get(path) or included}, path) - included, ZERO)
            amount = EXACT.add(amount, EXACT.multiply(above, rate))
    return amount


def _database(side: Properties, market: Market) -> Decimal:
    engine, name = str(side.get("/engine", "")), str(side.get("/instance_class", ""))
    rate = market.rates.rds_hour.get(engine, {}).get(name)
    if rate is None:
        raise Unpriced(f"no list price for {engine or 'an unknown engine'} on {name or 'an unknown class'}")
    return EXACT.multiply(_hours(rate, market), Decimal(2 if side.get("/multi_az") in (True, "true") else 1))


def _architecture(side: Properties) -> str:
    return str(side.get("/architectures/0") or "x86_64")


def _function(side: Properties, market: Market) -> Decimal:
    usage = market.usage
    if usage.invocations is None or usage.duration_ms is None:
        raise Unpriced(f"{_BY_USAGE}the usage is not known")
    rates = market.book.lambda_rates(market.region, _architecture(side))
    if rates is None:
        raise Unpriced(f"no list price for Lambda in {market.region}")
    gigabytes = EXACT.divide(_number(side, "/memory_size", 128), Decimal(1024))
    seconds = EXACT.divide(EXACT.multiply(usage.invocations, usage.duration_ms), Decimal(1000))
    return EXACT.multiply(EXACT.multiply(gigabytes, seconds), rates.duration[0].rate)


def _concurrency(side: Properties, market: Market) -> Decimal:
    rates = market.book.lambda_rates(market.region, _architecture(side))
    if rates is None or rates.provisioned is None:
        raise Unpriced(f"no list price for provisioned concurrency in {market.region}")
    gigabytes = EXACT.divide(_number(side, "/memory_size"), Decimal(1024))
    month = EXACT.multiply(market.book.resources.hours_per_month, Decimal(3600))
    count = _number(side, "/provisioned_concurrent_executions", 0)
    return EXACT.multiply(EXACT.multiply(EXACT.multiply(count, gigabytes), month), rates.provisioned)


def _nat(side: Properties, market: Market) -> Decimal:  # noqa: ARG001 - one signature for every price
    return _hours(market.rates.nat_gateway.hour, market)


def _logs(side: Properties, market: Market) -> Decimal:
    """Storage in month 12 after the change: what is kept of one year of logs."""
    if market.usage.log_gb_per_day is None:
        raise Unpriced(f"{_BY_USAGE}the volume of logs is not known")
    days = _number(side, "/retention_in_days", 0)
    kept = min(days, Decimal(365)) if days else Decimal(365)
    return EXACT.multiply(EXACT.multiply(kept, market.usage.log_gb_per_day), market.rates.logs.gb_month)


_PRICED: dict[str, Callable[[Properties, Market], Decimal]] = {
    "aws_autoscaling_group": _group,
    "aws_cloudwatch_log_group": _logs,
    "aws_db_instance": _database,
    "aws_ebs_volume": _volume,
    "aws_instance": _instance,
    "aws_lambda_function": _function,
    "aws_lambda_provisioned_concurrency_config": _concurrency,
    "aws_nat_gateway": _nat,
}
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
