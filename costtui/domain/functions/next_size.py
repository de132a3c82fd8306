"""The next size worth measuring, and the input for the tuning tool that would measure it. costtui itself never invokes a function."""

import json
from collections.abc import Sequence
from decimal import Decimal

import msgspec

from costtui.domain.functions.billing_rules import billed_ms, gb_seconds
from costtui.domain.functions.duration_curve import ONE_VCPU_MB, fit
from costtui.domain.functions.power_tuning import state_transitions
from costtui.domain.functions.right_sizing import PricedSize, floor_mb
from costtui.domain.money import EXACT, ZERO, total
from costtui.domain.prices.price_book import LambdaRates

STEPS = (128, 192, 256, 384, 512, 768, 1024, 1280, 1536, ONE_VCPU_MB, 2048, 3008)
LARGEST = 10_240
CALLS = 50
WORTH_IT = Decimal("0.99")
"""A predicted gain below one percent is within the error of the curve."""


class NextSize(msgspec.Struct, frozen=True):
    """What to measure, why, the tool's input (JSON) and what that run would cost in USD, its state transitions included."""

    memory_mb: int
    """The size; the largest of them where a first run needs several."""
    reason: str
    tool_input: str
    cost: Decimal

    @property
    def command(self) -> str:
        """The AWS CLI's, to be copied: only the ARN of the tool's state machine is to be filled in."""
        return f"aws stepfunctions start-execution --state-machine-arn POWER_TUNING_ARN --input '{self.tool_input}'"


def next_size(
    priced: Sequence[PricedSize], rates: LambdaRates, transition: Decimal, arn: str = "FUNCTION_ARN", used_mb: int | None = None
) -> NextSize | None:
    """The unmeasured size whose predicted cost is lowest, inside the measured range or up to one vCPU; None when none promises more."""
    measured = {one.memory_mb for one in priced}
    smallest, largest = min(measured), max(measured)
    if len(measured) == 1:
        other = largest * 2 if largest * 2 <= STEPS[-1] else largest // 2
        return _proposal([other], f"only {largest} MB was measured", priced[0].size.duration_ms, rates, transition, arn)
    curve = fit([(one.memory_mb, float(one.size.typical_ms)) for one in priced])
    if curve is None:
        return None
    floor = max(Decimal(smallest), floor_mb([one.size for one in priced], used_mb) or ZERO)
    open_sizes = [step for step in STEPS if floor <= step <= max(largest, ONE_VCPU_MB) and step not in measured]
    predicted = {step: Decimal(repr(curve.at(step))) for step in open_sizes}
    costs = {step: gb_seconds(step, Decimal(billed_ms(ms))) for step, ms in predicted.items()}
    best = min(gb_seconds(one.memory_mb, one.size.warm_billed_ms) for one in priced)
    step = min(costs, key=lambda size: costs[size], default=None)
    if step is None or costs[step] >= WORTH_IT * best:
        return None
    reason = f"the curve through the measured sizes expects {predicted[step]:.1f} ms there, cheaper than any measured size"
    return _proposal([step], reason, predicted[step], rates, transition, arn)


def first_run(memory_mb: int, ms: Decimal, rates: LambdaRates, transition: Decimal, arn: str) -> NextSize:
    """The three sizes that tell most about a function that was never measured: its own, half and twice of it."""
    sizes = sorted({size for size in (memory_mb // 2, memory_mb, memory_mb * 2) if STEPS[0] <= size <= LARGEST} | {memory_mb})
    words = ", ".join(map(str, sizes))
    return _proposal(sizes, f"nothing was measured yet: {words} MB tell whether it gains from memory", ms, rates, transition, arn)


def _proposal(sizes: list[int], reason: str, ms: Decimal, rates: LambdaRates, transition: Decimal, arn: str) -> NextSize:
    document = {"lambdaARN": arn, "powerValues": sizes, "num": CALLS, "payload": {}, "parallelInvocation": True, "strategy": "cost"}
    size = total(gb_seconds(size, Decimal(billed_ms(ms))) for size in sizes)
    calls = EXACT.add(EXACT.multiply(rates.request, Decimal(len(sizes))), EXACT.multiply(size, rates.duration[0].rate))
    cost = EXACT.add(EXACT.multiply(calls, Decimal(CALLS)), EXACT.multiply(transition, Decimal(state_transitions(len(sizes)))))
    return NextSize(sizes[-1], reason, json.dumps(document), cost)
