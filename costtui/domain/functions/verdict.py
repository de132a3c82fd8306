"""The verdict on a function's memory size, in one record and one sentence."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from costtui.domain.functions import verdict_words
from costtui.domain.functions.measured_sizes import MeasuredSize
from costtui.domain.functions.records import NOT_ENOUGH, Confidence, Recommendation
from costtui.domain.functions.right_sizing import (
    Conditions,
    PricedSize,
    allowed,
    break_even_cold_rate,
    candidate,
    choose,
    floor_mb,
    largest_used_mb,
    price_size,
)
from costtui.domain.money import EXACT, ZERO

HUNDRED = Decimal(100)
HIGH_OBSERVATIONS, MEDIUM_OBSERVATIONS = 20, 5


class Verdict(msgspec.Struct, frozen=True):
    """What to run at; None when no size is allowed. Savings are against the current size, None where that is unknown or was not measured.

    `saving_pct` is per invocation; with the free tier it is of the month, since a small account then saves nothing.
    """

    memory_mb: int | None
    saving_pct: Decimal | None
    saving_monthly: Decimal | None
    break_even_cold_rate: Decimal | None
    p95_change_ms: Decimal | None
    confidence: Confidence
    reason: str
    cold_starts_decide: bool = False
    """The current size stays because INIT makes the size that is cheaper without cold starts the dearer one."""
    memory_is_tight: bool = False
    """The current size has too little room above the memory used to stay, whatever it costs."""


class Analysis(msgspec.Struct, frozen=True):
    """All measured sizes with their prices, and what each strategy picks."""

    points: list[PricedSize]
    current: int | None
    cheapest: int
    fastest: int
    balanced: int
    verdict: Verdict


def analyse(sizes: Sequence[MeasuredSize], conditions: Conditions) -> Analysis:
    """Price at least one measured size and judge. The three picks are among all sizes; the verdict keeps the p95 limit and the floor."""
    priced = [price_size(size, conditions) for size in sizes]
    everything = [candidate(one) for one in priced]
    return Analysis(
        points=priced,
        current=conditions.current_mb,
        cheapest=choose("cost", everything),
        fastest=choose("speed", everything),
        balanced=choose("balanced", everything, conditions.balanced_weight),
        verdict=_verdict(priced, conditions),
    )


def _undecided(priced: list[PricedSize], conditions: Conditions) -> Verdict:
    least = min(priced, key=lambda one: one.p95_ms)
    wanted = [] if largest_used_mb([one.size for one in priced], conditions.used_mb) is None else [verdict_words.enough(priced, conditions)]
    wanted += [] if conditions.max_p95_ms is None else [f"a p95 of at most {verdict_words.in_ms(conditions.max_p95_ms)}"]
    lowest = f"the lowest p95 is {verdict_words.in_ms(least.p95_ms)} at {least.memory_mb} MB"
    reason = f"no measured size has {' and '.join(wanted)}; {lowest}"
    return Verdict(None, None, None, None, None, "none", reason)


def _alone(only: PricedSize, conditions: Conditions) -> Verdict:
    """A single size: nothing to compare with, so that nothing is saved."""
    usable = allowed([only], conditions)
    reason = f"insufficient data: only {only.memory_mb} MB was measured, so there is nothing to compare with"
    if only.memory_mb < (floor_mb([only.size], conditions.used_mb) or ZERO):
        reason += f"; it has less than {verdict_words.enough([only], conditions)}"
    elif not usable and conditions.max_p95_ms is not None:
        reason += f"; its p95 of {verdict_words.in_ms(only.p95_ms)} is above {verdict_words.in_ms(conditions.max_p95_ms)}"
    return Verdict(only.memory_mb if usable else None, ZERO, ZERO, None, None, "none", reason)


def _all_the_same(priced: list[PricedSize]) -> bool:
    return len({(one.cost_per_invocation, one.monthly) for one in priced}) == 1


def _verdict(priced: list[PricedSize], conditions: Conditions) -> Verdict:
    if len(priced) == 1:
        return _alone(priced[0], conditions)
    usable = allowed(priced, conditions)
    if not usable:
        return _undecided(priced, conditions)
    choice = choose(conditions.strategy, [candidate(one) for one in usable], conditions.balanced_weight)
    picked = next(one for one in priced if one.memory_mb == choice)
    current = next((one for one in priced if one.memory_mb == conditions.current_mb), None)
    if current is None:
        missing = (
            "the current size is not given"
            if conditions.current_mb is None
            else f"{conditions.current_mb} MB, the current size, was not measured"
        )
        sure, at = (
            confidence(picked, _runner_up(priced, picked)),
            f"{verdict_words.in_ms(picked.size.duration_ms)} at {picked.memory_mb} MB",
        )
        if conditions.current_mb is None and _all_the_same(priced):
            return Verdict(
                picked.memory_mb, ZERO, ZERO, None, None, sure, f"{at}; all measured sizes cost the same; {verdict_words.sure(picked.size)}"
            )
        reason = f"{at}; {missing}, so no saving is claimed; {verdict_words.sure(picked.size)}"
        return Verdict(picked.memory_mb, None, None, None, None, sure, reason)
    rival = _warm_rival(priced, current, picked, conditions)
    even = break_even_cold_rate(current, rival)
    tight = current.memory_mb < (floor_mb([one.size for one in priced], conditions.used_mb) or ZERO)
    monthly = None if current.monthly is None or picked.monthly is None else EXACT.subtract(current.monthly, picked.monthly)
    change = None if current.size.p95_ms is None or picked.size.p95_ms is None else picked.size.p95_ms - current.size.p95_ms
    return Verdict(
        memory_mb=picked.memory_mb,
        saving_pct=_percent(current, picked, conditions),
        saving_monthly=monthly,
        break_even_cold_rate=even,
        p95_change_ms=change,
        confidence=confidence(picked, current if picked is not current else _runner_up(priced, picked)),
        reason=verdict_words.reason(
            current,
            picked,
            rival,
            even,
            conditions,
            tight=verdict_words.enough(priced, conditions) if tight else "",
            runner_up=_runner_up(usable, picked) if len(usable) > 1 else None,
        ),
        cold_starts_decide=verdict_words.cold_starts_decide(current, picked, rival, conditions),
        memory_is_tight=tight,
    )


def _percent(current: PricedSize, picked: PricedSize, conditions: Conditions) -> Decimal | None:
    before, after = current.cost_per_invocation, picked.cost_per_invocation
    if conditions.free_tier is not None:
        if current.monthly is None or picked.monthly is None:
            return None
        before, after = current.monthly, picked.monthly
    return EXACT.multiply(EXACT.divide(EXACT.subtract(before, after), before), HUNDRED) if before else ZERO


def _warm_rival(priced: list[PricedSize], current: PricedSize, picked: PricedSize, conditions: Conditions) -> PricedSize:
    """The size whose break-even matters: the one picked, else the one that would be cheapest without cold starts."""
    if picked.memory_mb != current.memory_mb:
        return picked
    warm = msgspec.structs.replace(conditions, cold_rate=ZERO)
    best = choose("cost", [candidate(price_size(one.size, warm)) for one in allowed(priced, conditions)])
    return next(one for one in priced if one.memory_mb == best)


def _runner_up(priced: list[PricedSize], picked: PricedSize) -> PricedSize:
    """The best of the other sizes, which is what keeping a size has to be sure against."""
    return min((one for one in priced if one is not picked), key=lambda one: one.cost_per_invocation)


def confidence(one: PricedSize, other: PricedSize) -> Confidence:
    """How far the difference of two sizes stands above the noise of their means.

    High at three standard errors and 20 observations, medium at two and 5, otherwise low.
    """
    errors = [_relative_error(priced.size) for priced in (one, other)]
    known = [error for error in errors if error is not None]
    if len(known) < len(errors):
        return "low"
    noise = EXACT.sqrt(sum((error * error for error in known), start=ZERO))
    gb_ms, other_gb_ms = (priced.expected_ms * priced.memory_mb for priced in (one, other))
    difference = abs(gb_ms - other_gb_ms) / (max(gb_ms, other_gb_ms) or 1)
    fewest = min(one.size.observations, other.size.observations)
    if fewest >= HIGH_OBSERVATIONS and difference >= 3 * noise:
        return "high"
    return "medium" if fewest >= MEDIUM_OBSERVATIONS and difference >= 2 * noise else "low"


def _relative_error(size: MeasuredSize) -> Decimal | None:
    return None if size.spread is None else size.spread / Decimal(size.observations).sqrt()


def recommendation(analysis: Analysis, architecture: str, runs: int) -> Recommendation | None:
    """The verdict as the functions pane stores it; None when no size is allowed."""
    verdict = analysis.verdict
    if verdict.memory_mb is None:
        return None
    observed = sum(point.size.observations for point in analysis.points)
    unit = "calls" if all(point.size.calls for point in analysis.points) else "measurements"
    method = f"{runs} tuning run{'s' if runs != 1 else ''}, {observed} {unit}"
    return Recommendation(
        verdict.memory_mb, architecture, verdict.saving_monthly, verdict.confidence, method, verdict.reason, _words(analysis)
    )


def _words(analysis: Analysis) -> str:
    """The verdict in a table's cell."""
    verdict = analysis.verdict
    if len(analysis.points) == 1:
        return NOT_ENOUGH
    if verdict.saving_monthly is None and verdict.saving_pct is None:
        return f"{verdict.memory_mb} MB, now not measured"
    if verdict.memory_is_tight:
        return f"{verdict.memory_mb} MB: memory is tight"
    if verdict.memory_mb != analysis.current:
        return f"{verdict.memory_mb} MB, measured"
    return "stay: cold starts decide" if verdict.cold_starts_decide else "stay: best measured"
