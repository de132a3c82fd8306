"""Who used what: requests and AI tokens by tenant, function and day, in step with the functions' own calls and the AI bill."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from math import fsum

from costtui.sources.demo.calendar import ALL_DAYS, DAYS, FIRST_DAY
from costtui.sources.demo.charges import weights
from costtui.sources.demo.company import Function
from costtui.sources.demo.customers import Tenant
from costtui.sources.demo.seed import unit
from costtui.sources.demo.series import spread
from costtui.sources.demo.world import World

TENANT_FACING_CALLS = 1_000_000
"""A prod function with fewer calls a month serves the company itself."""
AI_FUNCTION = "summary-stream"
TOKENS_PER_USD = 368_667
"""What the customers' own models count for a dollar: 46 % of it input, 41 % output, 5 % cache reads and 8 % cache writes."""
_OWN_SHARES = {("thumbnail-render", "acme"): 0.71, ("thumbnail-render", "globex"): 0.18}
_REQUESTS_OF_GENERATED = 40_000

Point = tuple[str, str, float]
"""Tenant, function, amount."""


def amounts(world: World, metric: str, start: datetime, end: datetime) -> Iterator[Point]:
    """How much each tenant used between two moments; what lies after the world's now did not happen yet."""
    parts = list(_day_parts(start, min(end, world.now)))
    if metric == "tenant_ai_tokens_total":
        for tenant in world.tenants:
            if tenant.ai_usd:
                tokens = _tokens(tenant)
                yield tenant.id, AI_FUNCTION, fsum(tokens[day] * part for day, part in parts)
    elif metric == "tenant_requests_total":
        yield from _requests(world, parts)


def _requests(world: World, parts: list[tuple[int, float]]) -> Iterator[Point]:
    serving = [function for function in world.functions if function.environment == "prod" and function.calls >= TENANT_FACING_CALLS]
    own = [tenant for tenant in world.tenants if not tenant.generated]
    for function in serving[:100]:
        calls = world.series(function).calls
        for tenant, share in _shares(function, own):
            curve = _curve(tenant)
            yield tenant.id, function.name, fsum(int(calls[day] * share * curve[day]) * part for day, part in parts)
    if not serving:
        return
    for number, tenant in enumerate(world.tenants):
        if tenant.generated:
            function = serving[number % len(serving)]
            level = _REQUESTS_OF_GENERATED * tenant.requests * (0.9 + 0.2 * unit(tenant.id))
            yield tenant.id, function.name, fsum(int(level) * part for _, part in parts)


def _shares(function: Function, tenants: list[Tenant]) -> list[tuple[Tenant, float]]:
    """Each tenant's part of a function's calls; together at most all of them."""
    fixed = {tenant.id: _OWN_SHARES[function.name, tenant.id] for tenant in tenants if (function.name, tenant.id) in _OWN_SHARES}
    raw = {tenant.id: tenant.requests * (0.5 + unit("served", function.name, tenant.id)) for tenant in tenants if tenant.id not in fixed}
    whole = fsum(raw.values())
    left = 1 - fsum(fixed.values())
    return [(tenant, fixed.get(tenant.id) or left * raw[tenant.id] / whole) for tenant in tenants]


@cache
def _curve(tenant: Tenant) -> list[float]:
    """How a tenant's part moves from day to day, about 1; a tenant that grew used less of the past."""
    mine = weights(tenant, "requests")
    flat = weights(_steady(tenant), "requests-level")
    level = fsum(mine) / fsum(flat)
    return [min(1.6, one / (level * other)) for one, other in zip(mine, flat, strict=True)]


def _steady(tenant: Tenant) -> Tenant:
    """The same customer without its own growth and events."""
    return replace(tenant, id=f"{tenant.id}/steady", since=None, growth=0.1)


@cache
def _tokens(tenant: Tenant) -> list[int]:
    return spread(int(tenant.ai_usd * TOKENS_PER_USD), weights(tenant, "ai"))


def _day_parts(start: datetime, end: datetime) -> Iterator[tuple[int, float]]:
    """The days between two moments, each with the part of it that lies between them."""
    for number in range(max(0, (start.date() - FIRST_DAY).days), min(DAYS, (end.date() - FIRST_DAY).days + 1)):
        opens = datetime.combine(ALL_DAYS[number], datetime.min.time(), start.tzinfo)
        part = (min(end, opens + timedelta(1)) - max(start, opens)) / timedelta(1)
        if part > 0:
            yield number, part
