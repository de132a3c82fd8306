"""Which memory size is really cheaper: claims only between measured sizes, with INIT, tiers and free tier in the sum.

Strategies as in aws-lambda-power-tuning (lambda/optimizer): cost (a tie goes to the faster), speed (a tie goes to the cheaper), balanced
(least w · cost/max cost + (1 − w) · duration/max duration).
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from costtui.domain.functions.bill import AT_LIST_PRICE, Discounts, Usage, bill
from costtui.domain.functions.billing_rules import billed_ms, gb
from costtui.domain.functions.measured_sizes import MeasuredSize
from costtui.domain.money import EXACT, ZERO
from costtui.domain.prices.price_book import FreeTier, LambdaRates

Strategy = Literal["cost", "speed", "balanced"]
HEADROOM = Decimal("1.2")
"""A size stays this far above the largest memory used: below it the collector and the page cache change the curve."""
ONE = Decimal(1)


class Conditions(msgspec.Struct, frozen=True):
    """Under which the sizes are compared. `invocations` per month; `cold_rate` 0 to 1; `init_ms` overrides the measured INIT.

    `payer_gb_seconds` are the payer's others of the month, `used_mb` is the largest memory used that no run tells, and `assumption`
    names what was not measured, for the verdict's reason.
    """

    rates: LambdaRates
    current_mb: int | None = None
    invocations: int = 1_000_000
    cold_rate: Decimal = ZERO
    init_ms: Decimal | None = None
    strategy: Strategy = "cost"
    balanced_weight: Decimal = Decimal("0.5")
    max_p95_ms: Decimal | None = None
    free_tier: FreeTier | None = None
    discounts: Discounts = AT_LIST_PRICE
    assumption: str = ""
    payer_gb_seconds: Decimal = ZERO
    used_mb: int | None = None


class PricedSize(msgspec.Struct, frozen=True):
    """A measured size and its price. `billed_ms` is one rounding up over duration and INIT; money in USD.

    `cost_per_invocation` holds the request charge and INIT at the cold-start rate; it and `monthly` run the tiers from what
    the payer has used (zero unless told), and `monthly` is None where a tier is unpriced.
    """

    size: MeasuredSize
    init_ms: Decimal | None
    billed_ms: int
    expected_ms: Decimal
    cold_extra_ms: Decimal
    cost_per_invocation: Decimal
    monthly: Decimal | None

    @property
    def memory_mb(self) -> int:
        return self.size.memory_mb

    @property
    def p95_ms(self) -> Decimal:
        """The measured p95, and the average where only that is known."""
        return self.size.duration_ms if self.size.p95_ms is None else self.size.p95_ms


class Candidate(msgspec.Struct, frozen=True):
    """What a strategy looks at."""

    memory_mb: int
    cost: Decimal
    duration_ms: Decimal


def price_size(size: MeasuredSize, conditions: Conditions) -> PricedSize:
    """The exact cost of one size under the conditions."""
    rates = conditions.rates
    init = size.init_ms if conditions.init_ms is None else conditions.init_ms
    cold_billed = Decimal(billed_ms(size.duration_ms, init or ZERO))
    measured_extra = size.cold_extra_ms if conditions.init_ms is None else None
    extra = EXACT.subtract(cold_billed, Decimal(billed_ms(size.duration_ms))) if measured_extra is None else measured_extra
    expected = EXACT.add(size.warm_billed_ms, EXACT.multiply(conditions.cold_rate, extra))
    before, discounts = conditions.payer_gb_seconds, conditions.discounts
    one = bill(rates, Usage(1, expected, size.memory_mb, init_ms=ZERO), payer_gb_seconds=before, discounts=discounts).total
    calls = conditions.invocations
    usage = Usage(calls, EXACT.multiply(expected, Decimal(calls)), size.memory_mb, init_ms=ZERO)
    month = bill(rates, usage, payer_gb_seconds=before, free_tier=conditions.free_tier, discounts=discounts)
    monthly = month.total_with_free_tier if conditions.free_tier else month.total
    return PricedSize(size, init, int(cold_billed), expected, extra, one or ZERO, monthly)


def choose(strategy: Strategy, candidates: Sequence[Candidate], weight: Decimal = Decimal("0.5")) -> int:
    """The memory size that a strategy picks from at least one candidate; `weight` (0 to 1) is the share of cost in `balanced`."""
    if strategy == "cost":
        return min(candidates, key=lambda one: (one.cost, one.duration_ms)).memory_mb
    if strategy == "speed":
        return min(candidates, key=lambda one: (one.duration_ms, one.cost)).memory_mb
    weight = max(ZERO, min(ONE, weight))
    dearest = max(one.cost for one in candidates) or ONE
    slowest = max(one.duration_ms for one in candidates) or ONE

    def score(one: Candidate) -> Fraction:
        # Over a common denominator, so that a tie is a tie to the last digit.
        cost, duration = Fraction(weight) * Fraction(one.cost), Fraction(ONE - weight) * Fraction(one.duration_ms)
        return cost * Fraction(slowest) + duration * Fraction(dearest)

    return min(candidates, key=score).memory_mb


def candidate(priced: PricedSize) -> Candidate:
    return Candidate(priced.memory_mb, priced.cost_per_invocation, priced.size.duration_ms)


def floor_mb(sizes: Sequence[MeasuredSize], used_mb: int | None = None) -> Decimal | None:
    """1.2 × the largest memory used; None where no source told it."""
    used = largest_used_mb(sizes, used_mb)
    return None if used is None else HEADROOM * used


def largest_used_mb(sizes: Sequence[MeasuredSize], used_mb: int | None = None) -> int | None:
    """At any of the sizes, or `used_mb` where that is more; None where no source told it."""
    return max((used for used in (used_mb, *(size.max_memory_used_mb for size in sizes)) if used is not None), default=None)


def allowed(priced: Sequence[PricedSize], conditions: Conditions) -> list[PricedSize]:
    """The sizes above the floor and within the p95 limit; the current one is measured against both too."""
    floor = floor_mb([one.size for one in priced], conditions.used_mb) or ZERO
    limit = conditions.max_p95_ms
    return [one for one in priced if one.memory_mb >= floor and (limit is None or one.p95_ms <= limit)]


def break_even_cold_rate(current: PricedSize, other: PricedSize) -> Decimal | None:
    """The share of cold starts at which both cost the same: INIT takes as long at any size, so it costs more at a larger one.

    None without INIT, and where no share between 0 and 1 makes them equal.
    """
    if current.init_ms is None or other.init_ms is None:
        return None
    warm = EXACT.subtract(_gb_ms(current, current.size.warm_billed_ms), _gb_ms(other, other.size.warm_billed_ms))
    cold = EXACT.subtract(_gb_ms(other, other.cold_extra_ms), _gb_ms(current, current.cold_extra_ms))
    if not cold:
        return None
    share = EXACT.divide(warm, cold)
    return share if ZERO < share <= ONE else None


def _gb_ms(priced: PricedSize, ms: Decimal) -> Decimal:
    return EXACT.multiply(gb(priced.memory_mb), ms)
