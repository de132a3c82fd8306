"""Measurements of a function by memory size: observations from any import, pooled per size."""

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal

import msgspec

from costtui.domain.functions.billing_rules import billed_ms
from costtui.domain.functions.power_tuning import ToolMatch, trimmed_mean
from costtui.domain.money import EXACT, ZERO, total

DIGITS = Decimal("1e-12")


class Observation(msgspec.Struct, frozen=True):
    """One invocation, or one average over several, at one size. `tool_cost` is the USD that an import carried along."""

    memory_mb: int
    duration_ms: Decimal
    init_ms: Decimal | None = None
    max_memory_used_mb: int | None = None
    tool_cost: float | None = None


class TuningRun(msgspec.Struct, frozen=True):
    """One import. `calls` is True when every observation is one invocation, so that cold starts can be counted."""

    name: str
    observations: list[Observation]
    calls: bool = False
    broken: int = 0
    match: ToolMatch | None = None
    compared: bool = False
    """True for the second run of a comparison: another function, which is never pooled with the first."""


class MeasuredSize(msgspec.Struct, frozen=True):
    """All that was measured at one size. Durations in ms; `warm_billed_ms` is the mean of the billed, without INIT.

    `typical_ms` leaves out the lowest and highest fifth, for the curve;
    `spread` is the coefficient of variation, None for a single observation; `p95_ms` is None where only averages are known.
    """

    memory_mb: int
    duration_ms: Decimal
    typical_ms: Decimal
    warm_billed_ms: Decimal
    init_ms: Decimal | None
    observations: int
    calls: bool
    spread: Decimal | None
    p95_ms: Decimal | None
    max_memory_used_mb: int | None
    tool_cost: float | None
    cold_extra_ms: Decimal | None = None
    """What INIT adds to the billed milliseconds of a cold call, on average, each call rounded up for itself; None without calls."""


def mean(values: Sequence[Decimal]) -> Decimal:
    """The exact mean where it ends, otherwise to 12 decimals."""
    exact = EXACT.divide(total(values), Decimal(len(values)))
    return (
        exact
        if EXACT.multiply(exact, Decimal(len(values))) == total(values) and len(exact.as_tuple().digits) < 50
        else exact.quantize(DIGITS)
    )


def spread(values: Sequence[Decimal]) -> Decimal | None:
    """Standard deviation of the sample over its mean; None for fewer than two values or a mean of zero."""
    if len(values) < 2 or not total(values):
        return None
    middle = EXACT.divide(total(values), Decimal(len(values)))
    squares = total((value - middle) ** 2 for value in values)
    return (EXACT.divide(squares, Decimal(len(values) - 1)).sqrt(EXACT) / middle).quantize(Decimal("1e-6"))


def percentile_95(values: Sequence[Decimal]) -> Decimal:
    """The nearest rank: the smallest value that 95 % do not exceed."""
    return sorted(values)[math.ceil(len(values) * 95 / 100) - 1]


def _size(memory_mb: int, pool: list[Observation], calls: bool) -> MeasuredSize:
    durations = [one.duration_ms for one in pool]
    inits = [one.init_ms for one in pool if one.init_ms is not None]
    used = [one.max_memory_used_mb for one in pool if one.max_memory_used_mb is not None]
    return MeasuredSize(
        memory_mb=memory_mb,
        duration_ms=mean(durations),
        typical_ms=trimmed_mean(durations),
        warm_billed_ms=mean([Decimal(billed_ms(ms)) for ms in durations]),
        init_ms=mean(inits) if inits else None,
        observations=len(pool),
        calls=calls,
        spread=spread(durations),
        p95_ms=percentile_95(durations) if calls else None,
        max_memory_used_mb=max(used, default=None),
        tool_cost=pool[0].tool_cost if len(pool) == 1 else None,
        cold_extra_ms=mean([_extra(one.duration_ms, one.init_ms) for one in pool if one.init_ms is not None]) if calls and inits else None,
    )


def _extra(duration_ms: Decimal, init_ms: Decimal) -> Decimal:
    return Decimal(billed_ms(duration_ms, init_ms) - billed_ms(duration_ms))


def measured_sizes(runs: Iterable[TuningRun]) -> list[MeasuredSize]:
    """Every size of the runs, smallest first; observations of the same size are pooled."""
    pools: dict[int, list[Observation]] = {}
    only_calls: dict[int, bool] = {}
    for run in runs:
        for one in run.observations:
            pools.setdefault(one.memory_mb, []).append(one)
            only_calls[one.memory_mb] = only_calls.get(one.memory_mb, True) and run.calls
    return [_size(memory_mb, pools[memory_mb], only_calls[memory_mb]) for memory_mb in sorted(pools)]


def observed_cold_rate(runs: Iterable[TuningRun]) -> Decimal:
    """The share of invocations with INIT over all sizes; zero where only averages are known."""
    calls = [one for run in runs if run.calls for one in run.observations]
    cold = sum(one.init_ms is not None for one in calls)
    return EXACT.divide(Decimal(cold), Decimal(len(calls))) if calls else ZERO
