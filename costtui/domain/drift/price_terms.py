"""What one side of a resource costs a month at list price, term by term, in USD: each with its rate and what it is multiplied with.

Source of the rates: the price book. What is not known ends in `Unpriced`, with the reason.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from costtui.domain.money import EXACT, ZERO, plain, total
from costtui.domain.prices.price_book import LambdaRates, PriceBook, ResourceRates

BY_USAGE = "usage-based, and "
MOST = Decimal(10) ** 12
"""No size, count or capacity is larger; a text that says so is no number to price with."""

Properties = Mapping[str, Any]
"""Canonical pointer to value: one side of the resource, as far as prices need it."""


class Term(NamedTuple):
    """One product: its factors in words, and what it comes to in USD a month."""

    words: str
    monthly: Decimal


class Usage(msgspec.Struct, frozen=True):
    """What usage-based prices need: calls a month, their mean length in milliseconds, GB of logs written a day."""

    invocations: Decimal | None = None
    duration_ms: Decimal | None = None
    log_gb_per_day: Decimal | None = None


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


def worth(terms: list[Term]) -> Decimal:
    return total(term.monthly for term in terms)


def _product(words: str, *factors: Decimal) -> list[Term]:
    amount = Decimal(1)
    for factor in factors:
        amount = EXACT.multiply(amount, factor)
    return [Term(words, amount)]


def _number(side: Properties, path: str, default: int | None = None) -> Decimal:
    try:
        number = Decimal(str(side.get(path, default)))
    except ArithmeticError:
        raise Unpriced(f"{path[1:]} is not known") from None
    if not number.is_finite() or abs(number) > MOST:
        raise Unpriced(f"{path[1:]} is no amount")
    return number


def _hourly(what: str, rate: Decimal, market: Market, count: Decimal = Decimal(1)) -> list[Term]:
    times = "" if count == 1 else f" × {plain(count)}"
    hours = market.book.resources.hours_per_month
    return _product(f"{what}, {plain(rate)} $/h × {plain(hours)} h{times}", rate, hours, count)


def instance(side: Properties, market: Market) -> list[Term]:
    return _instances(side, market, Decimal(1))


def _instances(side: Properties, market: Market, count: Decimal) -> list[Term]:
    name = str(side.get("/instance_type", ""))
    system = str(side.get("/platform") or side.get("/platform_details") or "Linux")
    if "linux/unix" not in f"{system}/unix".lower():
        raise Unpriced(f"no list price for {system}")
    if side.get("/tenancy") not in (None, "", "default"):
        raise Unpriced(f"no list price for {side['/tenancy']} tenancy")
    rate = market.rates.ec2_hour.get(name)
    if rate is None:
        raise Unpriced(f"no list price for {name or 'an unknown instance type'} in {market.region}")
    return _hourly(name, rate, market, count)


def _group(side: Properties, market: Market) -> list[Term]:
    if any(path.startswith("/mixed_instances_policy") for path in side):
        raise Unpriced("mixed instances")
    return _instances(side, market, _number(side, "/desired_capacity"))


def volume(side: Properties, market: Market) -> list[Term]:
    if not side:
        return []
    name = str(side.get("/type") or "gp2")
    rates = market.rates.ebs.get(name)
    if rates is None:
        raise Unpriced(f"no list price for {name} volumes")
    size = _number(side, "/size")
    terms = _product(f"{name} {plain(size)} GB × {plain(rates.gb_month)} $", size, rates.gb_month)
    for path, unit, rate, included in (
        ("/iops", "IOPS", rates.iops_month, rates.iops_included),
        ("/throughput", "MB/s", rates.mbps_month, rates.mbps_included),
    ):
        above = max(_number({path: side.get(path) or included}, path) - included, ZERO) if rate is not None else ZERO
        if rate is not None and above:
            beyond = f" above {included:,}" if included else ""
            terms += _product(f"{plain(above)} {unit}{beyond} × {plain(rate)} $", above, rate)
    return terms


def _database(side: Properties, market: Market) -> list[Term]:
    engine, name = str(side.get("/engine", "")), str(side.get("/instance_class", ""))
    rate = market.rates.rds_hour.get(engine, {}).get(name)
    if rate is None:
        raise Unpriced(f"no list price for {engine or 'an unknown engine'} on {name or 'an unknown class'}")
    zones = 2 if side.get("/multi_az") in (True, "true") else 1
    return _hourly(f"{name} {engine}{', Multi-AZ' if zones == 2 else ''}", rate, market, Decimal(zones))


def _lambda(side: Properties, market: Market) -> LambdaRates:
    rates = market.book.lambda_rates(market.region, str(side.get("/architectures/0") or "x86_64"))
    if rates is None:
        raise Unpriced(f"no list price for Lambda in {market.region}")
    return rates


def _function(side: Properties, market: Market) -> list[Term]:
    calls, lasted = market.usage.invocations, market.usage.duration_ms
    if calls is None or lasted is None:
        raise Unpriced(f"{BY_USAGE}the usage is not known")
    rates = _lambda(side, market)
    size = _number(side, "/memory_size", 128)
    seconds = EXACT.divide(EXACT.multiply(calls, lasted), Decimal(1000))
    words = f"{calls:,.0f} calls × {lasted:,.1f} ms × {plain(size)} MB × {plain(rates.duration[0].rate)} $/GB-s, {rates.architecture}"
    return _product(words, EXACT.divide(size, Decimal(1024)), seconds, rates.duration[0].rate)


def _concurrency(side: Properties, market: Market) -> list[Term]:
    rates = _lambda(side, market)
    if rates.provisioned is None:
        raise Unpriced(f"no list price for provisioned concurrency in {market.region}")
    size, hours = _number(side, "/memory_size"), market.book.resources.hours_per_month
    count = _number(side, "/provisioned_concurrent_executions", 0)
    words = f"{plain(count)} × {plain(size)} MB × {plain(hours)} h × {plain(rates.provisioned)} $/GB-s, {rates.architecture}"
    return _product(words, count, EXACT.divide(size, Decimal(1024)), EXACT.multiply(hours, Decimal(3600)), rates.provisioned)


def _nat(side: Properties, market: Market) -> list[Term]:  # noqa: ARG001 - one signature for every price
    return _hourly("NAT gateway", market.rates.nat_gateway.hour, market)


def _logs(side: Properties, market: Market) -> list[Term]:
    """Storage in month 12 after the change: what is kept of one year of logs."""
    written = market.usage.log_gb_per_day
    if written is None:
        raise Unpriced(f"{BY_USAGE}the volume of logs is not known")
    days = _number(side, "/retention_in_days", 0)
    kept = min(days, Decimal(365)) if days else Decimal(365)
    rate = market.rates.logs.gb_month
    return _product(f"{plain(kept)} days × {plain(written)} GB a day × {plain(rate)} $/GB", kept, written, rate)


PRICED: dict[str, Callable[[Properties, Market], list[Term]]] = {
    "aws_autoscaling_group": _group,
    "aws_cloudwatch_log_group": _logs,
    "aws_db_instance": _database,
    "aws_ebs_volume": volume,
    "aws_instance": instance,
    "aws_lambda_function": _function,
    "aws_lambda_provisioned_concurrency_config": _concurrency,
    "aws_nat_gateway": _nat,
}
"""By canonical type."""

TABLES = {
    "aws_autoscaling_group": "ec2_hour",
    "aws_cloudwatch_log_group": "logs",
    "aws_db_instance": "rds_hour",
    "aws_ebs_volume": "ebs",
    "aws_instance": "ec2_hour",
    "aws_nat_gateway": "nat_gateway",
}
"""Which table of the price book the rates of a type stand in; those of Lambda have a row of their own for each region."""
