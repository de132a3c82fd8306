"""How a share of a pool came about, day by day, from what a row and its totals keep."""

from collections.abc import Sequence
from datetime import date

import msgspec

from costtui.domain.customers.records import UNALLOCATED, CustomerParts, Placement, Pool
from costtui.domain.customers.units import to_units


class Step(msgspec.Struct, frozen=True):
    """One day: `share` is what flooring `pool` × `weight` / `whole` gives, all in whole units; `whole` 0 means nobody to share with."""

    day: date
    pool: int
    weight: int
    whole: int
    share: int


class Trace(msgspec.Struct, frozen=True):
    """The days of one placement; `left` units of 10^-scale came on top, as the largest remainder of so many days."""

    pool: Pool
    scale: int
    steps: list[Step]
    left: int


def traced(owner: str, placement: Placement, parts: CustomerParts, pool: Pool, days: Sequence[date]) -> Trace:
    """The way of one placement out of its pool, which was split by weights (a kept one is not)."""
    amounts, wholes = pool.amounts.units, pool.weights.units
    weights = _weights(owner, pool, parts, len(days))
    steps = []
    for day, amount, whole, weight in zip(days, amounts, wholes, weights, strict=True):
        if amount:
            share = _floor(amount, weight, whole) if whole else amount if owner == UNALLOCATED else 0
            steps.append(Step(day, amount, weight, whole, share))
    got = to_units(placement.amount, pool.amounts.scale)
    return Trace(pool, pool.amounts.scale, steps, abs(got) - sum(abs(step.share) for step in steps) if _one_sign(steps) else 0)


def _floor(amount: int, weight: int, whole: int) -> int:
    part = abs(amount) * weight // whole
    return part if amount > 0 else -part


def _one_sign(steps: Sequence[Step]) -> bool:
    return all(step.pool > 0 for step in steps) or all(step.pool < 0 for step in steps)


def _weights(owner: str, pool: Pool, parts: CustomerParts, days: int) -> Sequence[int]:
    method, _, metric = pool.split.partition(":")
    if method == "driver":
        used = parts.used.get(metric.strip())
        return used.units if used else [0] * days
    if method == "direct-proportional":
        return [max(0, units) for units in parts.own.units]
    if method == "even":
        bits = int.from_bytes(parts.active, "little")
        return [bits >> day & 1 for day in range(days)]
    return [pool.shares.get(owner, 0)] * days
