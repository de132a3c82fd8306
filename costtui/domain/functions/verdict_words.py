"""Why a verdict is as it is, in one sentence."""

from collections.abc import Sequence
from decimal import Decimal

from costtui.domain.functions.measured_sizes import MeasuredSize
from costtui.domain.functions.right_sizing import HEADROOM, Conditions, PricedSize, largest_used_mb
from costtui.domain.money import ZERO, rounded

HUNDRED = Decimal(100)
ONE_VCPU_MB = 1769


def in_ms(value: Decimal) -> str:
    return f"{rounded(value, 2).normalize():f} ms" if value < 100 else f"{rounded(value, 1).normalize():f} ms"


def _pct(share: Decimal) -> str:
    return f"{rounded(share * HUNDRED, 1)} %"


def enough(priced: Sequence[PricedSize], conditions: Conditions) -> str:
    """What a size needs above the memory used, where that is known."""
    return f"{HEADROOM} × the {largest_used_mb([one.size for one in priced], conditions.used_mb)} MB of memory used"


def sure(size: MeasuredSize) -> str:
    """How often a size was measured, and how widely the measurements differ."""
    if size.observations == 1:
        return f"one {'call' if size.calls else 'average'} per size, spread unknown"
    unit = "calls" if size.calls else "averages"
    return f"{size.observations} {unit} per size, spread {_pct(size.spread or ZERO)}"


def reason(
    current: PricedSize,
    picked: PricedSize,
    rival: PricedSize,
    even: Decimal | None,
    conditions: Conditions,
    *,
    tight: str,
    runner_up: PricedSize | None,
) -> str:
    """The verdict's reason. `rival` is the size that the break-even `even` is against, `tight` what the current size has too little of."""
    parts = [_comparison(current, picked, rival, conditions, runner_up)]
    if tight:
        parts.append(f"{current.memory_mb} MB has less than {tight}")
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
    parts.append(sure(picked.size))
    return "; ".join(parts)


def cold_starts_decide(current: PricedSize, picked: PricedSize, rival: PricedSize, conditions: Conditions) -> bool:
    """INIT is why the current size stays the cheapest."""
    return conditions.strategy == "cost" and picked.memory_mb == current.memory_mb != rival.memory_mb and bool(conditions.cold_rate)


def _comparison(current: PricedSize, picked: PricedSize, rival: PricedSize, conditions: Conditions, runner_up: PricedSize | None) -> str:
    if picked.memory_mb != current.memory_mb:
        return _change(current, picked)
    if cold_starts_decide(current, picked, rival, conditions):
        rate = f"at {_pct(conditions.cold_rate)} cold starts"
        return f"{rate} {rival.memory_mb} MB costs {_dearer(rival, current)} % more, since INIT does not shrink with memory"
    best = f"{current.memory_mb} MB is already the best measured size for {conditions.strategy}"
    if conditions.strategy != "cost" or runner_up is None:
        return best
    return f"{best}: the next, {runner_up.memory_mb} MB, costs {_dearer(runner_up, current)} % more"


def _change(current: PricedSize, picked: PricedSize) -> str:
    before, after = current.size.duration_ms, picked.size.duration_ms
    equal = ", at the same cost" if picked.cost_per_invocation == current.cost_per_invocation else ""
    if before == after:
        more = f": {current.memory_mb} MB buys no speed" if picked.memory_mb < current.memory_mb else ""
        return f"{in_ms(after)} at both sizes{more}{equal}"
    slower = ", yet cheaper" if after > before and picked.cost_per_invocation < current.cost_per_invocation else ""
    return f"{in_ms(after)} instead of {in_ms(before)}{slower}{equal}"


def _dearer(one: PricedSize, than: PricedSize) -> Decimal:
    """Percent that a call costs more."""
    return rounded((one.cost_per_invocation / than.cost_per_invocation - 1) * HUNDRED, 2) if than.cost_per_invocation else ZERO
