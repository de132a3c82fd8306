"""What aws-lambda-power-tuning computes, as it computes it: to reproduce and date imported runs, and to price a run of it.

Source: https://github.com/alexcasalboni/aws-lambda-power-tuning (4.4.0), lambda/utils.js and executor.js. Its prices are rounded, so they
are never taken over; durations are.
"""

import math
import struct
from collections.abc import Iterable, Sequence
from decimal import Decimal

import msgspec

from costtui.domain.money import EXACT, ZERO, total
from costtui.domain.prices.price_book import ToolPrice

TOOL_MEMORY_MB = 128
TRIM = Decimal("0.2")


def float32(value: float) -> float:
    """`value` as the visualization URL stores it."""
    return float(struct.unpack("<f", struct.pack("<f", value))[0])


def tool_price(price: ToolPrice, memory_mb: int, duration_ms: float) -> float:
    """USD of one invocation as the tool sees it: the average rounded up to the step, without a request charge."""
    return math.ceil(duration_ms / price.step_ms) * float(price.rate) * (memory_mb / TOOL_MEMORY_MB)


def tool_total(price: ToolPrice, memory_mb: int, durations_ms: Iterable[float]) -> float:
    """USD of all invocations of a run at one size."""
    return math.fsum(tool_price(price, memory_mb, ms) for ms in durations_ms)


def trimmed_mean(values: Sequence[Decimal], trim: Decimal = TRIM) -> Decimal:
    """The mean without the lowest and highest `trim` (0 to 0.4) of the values; nothing has mean zero."""
    if not values:
        return ZERO
    cut = int(len(values) * max(ZERO, min(trim, Decimal("0.4"))))
    kept = sorted(values)[cut : len(values) - cut]
    return EXACT.divide(total(kept), Decimal(len(kept)))


def state_transitions(sizes: int, cold_calls: int | None = None) -> int:
    """Step Functions transitions of one run; `cold_calls` per size when only cold starts are measured."""
    return 6 + 3 * sizes if cold_calls is None else 6 + sizes + 2 * sizes * cold_calls


class ToolMatch(msgspec.Struct, frozen=True):
    """Which of the tool's prices reproduces the costs inside a run: `exact` of `points`."""

    price: ToolPrice
    exact: int
    points: int

    @property
    def sure(self) -> bool:
        return self.exact == self.points

    @property
    def text(self) -> str:
        era = "since December 2020" if self.price.step_ms == 1 else "before December 2020"
        where = f", as in {self.price.where}" if self.price.where else ""
        formula = f"ceil(ms{'' if self.price.step_ms == 1 else '/100'}) × {self.price.rate:f} × memory/128"
        return f"{self.price.architecture}{where}, {era}: {self.exact} of {self.points} embedded costs are {formula}"


def _reproduces(price: ToolPrice, memory_mb: int, ms: float, cost: float) -> bool:
    """A duration on a whole step may have been a little more before it became a 32-bit float: then the tool rounded up the next one."""
    steps = (ms, ms + price.step_ms / 2) if not ms % price.step_ms else (ms,)
    return any(float32(tool_price(price, memory_mb, one)) == float32(cost) for one in steps)


def tool_match(prices: Iterable[ToolPrice], points: Sequence[tuple[int, float, float]]) -> ToolMatch | None:
    """The price behind (memory MB, ms, USD) points; None when none of them reproduces a single point."""

    def exact(price: ToolPrice) -> int:
        return sum(_reproduces(price, memory, ms, cost) for memory, ms, cost in points)

    matches = [ToolMatch(price, exact(price), len(points)) for price in prices]
    best = max(matches, key=lambda match: match.exact, default=None)
    return best if best is not None and best.exact else None
