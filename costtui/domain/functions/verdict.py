"""The verdict on a function's memory size, in one record and one sentence."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from costtui.domain.functions.measured_sizes import MeasuredSize
from costtui.domain.functions.records import NOT_ENOUGH, Confidence, Recommendation
from costtui.domain.functions.right_sizing import Conditions, PricedSize, allowed, break_even_cold_rate, candidate, choose, price_size
from costtui.domain.money import EXACT, ZERO, rounded

HUNDRED = Decimal(100)
HIGH_OBSERVATIONS, MEDIUM_OBSERVATIONS = 20, 5
ONE_VCPU_MB = 1769


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
    limit = "" if conditions.max_p95_ms is None else f" and a p95 of at most {_ms(conditions.max_p95_ms)}"
    reason = f"no measured size has enough memory{limit}; the lowest p95 is {_ms(least.p95_ms)} at {least.memory_mb} MB"
    return Verdict(None, None, None, None, None, "none", reason)


def _verdict(priced: list[PricedSize], conditions: Conditions) -> Verdict:
    usable = allowed(priced, conditions)
    if not usable:
        return _undecided(priced, conditions)
    choice = choose(conditions.strategy, [candidate(one) for one in usable], conditions.balanced_weight)
    picked = next(one for one in priced if one.memory_mb == choice)
    current = next((one for one in priced if one.memory_mb == conditions.current_mb), None)
    if len(priced) == 1:
        reason = f"insufficient data: only {picked.memory_mb} MB was measured, so there is nothing to compare with"
        return Verdict(picked.memory_mb, ZERO, ZERO, None, None, "none", reason)
    if current is None:
        missing = (
            "the current size is not given"
            if conditions.current_mb is None
            else f"{conditions.current_mb} MB, the current size, was not measured"
        )
        reason = f"{_ms(picked.size.duration_ms)} at {picked.memory_mb} MB; {missing}, so no saving is claimed; {_sure(picked.size)}"
        return Verdict(picked.memory_mb, None, None, None, None, confidence(picked, _runner_up(priced, picked)), reason)
    rival = _warm_rival(priced, current, picked, conditions)
    even = break_even_cold_rate(current, rival)
    monthly = None if current.monthly is None or picked.monthly is None else EXACT.subtract(current.monthly, picked.monthly)
    change = None if current.size.p95_ms is None or picked.size.p95_ms is None else picked.size.p95_ms - current.size.p95_ms
    return Verdict(
        memory_mb=picked.memory_mb,
        saving_pct=_percent(current, picked, conditions),
        saving_monthly=monthly,
        break_even_cold_rate=even,
        p95_change_ms=change,
        confidence=confidence(picked, current if picked is not current else _runner_up(priced, picked)),
        reason=_reason(current, picked, rival, even, conditions),
        cold_starts_decide=_cold_starts_decide(current, picked, rival, conditions),
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


def _ms(value: Decimal) -> str:
    return f"{rounded(value, 2).normalize():f} ms" if value < 100 else f"{rounded(value, 1).normalize():f} ms"


def _pct(share: Decimal) -> str:
    return f"{rounded(share * HUNDRED, 1)} %"


def _sure(size: MeasuredSize) -> str:
    if size.observations == 1:
        return f"one {'call' if size.calls else 'average'} per size, spread unknown"
    unit = "calls" if size.calls else "averages"
    return f"{size.observations} {unit} per size, spread {_pct(size.spread or ZERO)}"


def _reason(current: PricedSize, picked: PricedSize, rival: PricedSize, even: Decimal | None, conditions: Conditions) -> str:
    parts = [_comparison(current, picked, rival, conditions)]
    if even is not None:
        side = "up to" if rival.memory_mb > current.memory_mb else "from"
        parts.append(f"{rival.memory_mb} MB is cheaper {side} {_pct(even)} cold starts")
    if conditions.free_tier is not None and current.monthly == picked.monthly and current is not picked:
        parts.append("within the free tier nothing is saved")
    if conditions.max_p95_ms is not None and picked.size.p95_ms is None:
        parts.append("p95 unknown, its average is within the limit")
    if picked.memory_mb > ONE_VCPU_MB and picked.memory_mb != current.memory_mb:
        parts.append("above 1,769 MB the second vCPU only helps threads")
    if conditions.assumption:
        parts.append(conditions.assumption)
    parts.append(_sure(picked.size))
    return "; ".join(parts)


def _cold_starts_decide(current: PricedSize, picked: PricedSize, rival: PricedSize, conditions: Conditions) -> bool:
    return picked.memory_mb == current.memory_mb != rival.memory_mb and bool(conditions.cold_rate)


def _comparison(current: PricedSize, picked: PricedSize, rival: PricedSize, conditions: Conditions) -> str:
    if picked.memory_mb != current.memory_mb:
        before, after = current.size.duration_ms, picked.size.duration_ms
        equal = ", at the same cost" if picked.cost_per_invocation == current.cost_per_invocation else ""
        return (f"{_ms(after)} instead of {_ms(before)}" if before != after else f"{_ms(after)} at both sizes") + equal
    if _cold_starts_decide(current, picked, rival, conditions):
        dearer = (rival.cost_per_invocation / current.cost_per_invocation - 1) * HUNDRED
        rate = f"at {_pct(conditions.cold_rate)} cold starts"
        return f"{rate} {rival.memory_mb} MB costs {rounded(dearer, 2)} % more, since INIT does not shrink with memory"
    return f"{current.memory_mb} MB is already the best measured size for {conditions.strategy}"


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
    if verdict.memory_mb != analysis.current:
        return f"{verdict.memory_mb} MB, measured"
    return "stay: cold starts decide" if verdict.cold_starts_decide else "stay: best measured"
