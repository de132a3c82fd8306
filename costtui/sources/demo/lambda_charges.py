"""AWS Lambda's lines of the bill: the functions' own calls and durations at list price, at the memory then in force."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import NamedTuple

from costtui.domain.prices.price_book import price_book
from costtui.sources.demo.calendar import DAYS, day_number
from costtui.sources.demo.charges import UNITS, Charge
from costtui.sources.demo.company import Company, Function
from costtui.sources.demo.series import Series, memory_on, shape, spread
from costtui.sources.demo.versions import versions_of

SeriesOf = Callable[[Function], Series]
INIT_MS = 380
"""A cold start that Lambda bills and CloudWatch's Duration leaves out."""
EXACT_UP_TO = 2_000
"""Beyond so many functions a place's days follow one common curve instead of each function's own."""


class Place(NamedTuple):
    account: str
    region: str
    architecture: str


def lambda_charges(company: Company, functions: list[Function], series_of: SeriesOf) -> Iterator[Charge]:
    """Requests and GB-seconds by account, region and architecture; then what is provisioned, which is little enough to be exact."""
    requests: dict[Place, list[int]] = {}
    seconds: dict[Place, list[int]] = {}
    daily = _exact if len(functions) <= EXACT_UP_TO else _common
    yield from _provisioned(functions, series_of)
    for function in functions:
        place = Place(function.account, function.region, function.architecture)
        for amounts, more in zip((requests, seconds), daily(company, function, series_of), strict=True):
            found = amounts.get(place)
            amounts[place] = more if found is None else [one + other for one, other in zip(found, more, strict=True)]
    for place in sorted(requests):
        prefix = _prefix(place.region)
        suffix = "-ARM" if place.architecture == "arm64" else ""
        for usage_type, amounts in ((f"{prefix}Request{suffix}", requests), (f"{prefix}Lambda-GB-Second{suffix}", seconds)):
            yield Charge(place.account, place.region, "AWS Lambda", usage_type, "Usage", None, amounts[place], amounts[place])


def _provisioned(functions: list[Function], series_of: SeriesOf) -> Iterator[Charge]:
    """What is kept ready, day and night, and the calls that it serves at their own rate."""
    for function in functions:
        known = versions_of(function.name)
        rates = price_book().lambda_rates(function.region, function.architecture)
        if not known.provisioned or rates is None or rates.provisioned is None or rates.provisioned_duration is None:
            continue
        memory = function.memory_mb * UNITS / Decimal(1024)
        ready = int(memory * sum(one.count for one in known.provisioned) * 86_400 * rates.provisioned)
        rate = float(memory * rates.provisioned_duration) * known.served / 1000
        served = [int(ms * rate) for ms in series_of(function).duration_ms]
        suffix = "-ARM" if function.architecture == "arm64" else ""
        prefix = _prefix(function.region)
        for usage_type, amounts in ((f"Provisioned-Concurrency{suffix}", [ready] * DAYS), (f"Provisioned-GB-Second{suffix}", served)):
            yield Charge(function.account, function.region, "AWS Lambda", f"{prefix}Lambda-{usage_type}", "Usage", None, amounts, amounts)


def _prefix(region: str) -> str:
    return "" if region == "us-east-1" else "EU-"


def _rates(function: Function) -> tuple[int, float]:
    """Units for one request, and for one millisecond of one MB."""
    rates = price_book().lambda_rates(function.region, function.architecture)
    if rates is None or rates.request is None:
        raise ValueError(f"the price book has no Lambda rates for {function.region} {function.architecture}")
    return int(rates.request * UNITS), float(rates.duration[0].rate * UNITS / Decimal(1024 * 1000))


def _exact(company: Company, function: Function, series_of: SeriesOf) -> tuple[list[int], list[int]]:
    request, mb_ms = _rates(function)
    series = series_of(function)
    change = company.memory_changes.get(function.name)
    memory = memory_on(function, day_number(change.day), change.memory_mb) if change else [function.memory_mb] * DAYS
    cold_ms = function.cold_share * INIT_MS
    on_demand = 1 - versions_of(function.name).served
    billed = zip(series.calls, series.duration_ms, memory, strict=True)
    return [calls * request for calls in series.calls], [int((ms + calls * cold_ms) * on_demand * mb * mb_ms) for calls, ms, mb in billed]


_COMMON = shape("office", 0.1, "lambda")


def _common(_: Company, function: Function, __: SeriesOf) -> tuple[list[int], list[int]]:
    request, mb_ms = _rates(function)
    return spread(function.calls * request, _COMMON), spread(
        int(function.calls * function.duration_ms * function.memory_mb * mb_ms), _COMMON
    )
