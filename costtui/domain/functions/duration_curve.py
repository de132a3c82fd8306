"""Duration over memory: a curve for drawing and for choosing what to measure next, never for claiming a saving.

Model: d(m) = a + b · (100 / min(m, 1769))^c with a, b ≥ 0 and 0.3 ≤ c ≤ 3. The exponent lets it express that four times the memory can be
five times faster; above 1,769 MB (one vCPU, Lambda Developer Guide "Memory and computing power") a single thread gains nothing.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import msgspec

ONE_VCPU_MB = 1769
REFERENCE_MB = 100
MIN_EXPONENT, MAX_EXPONENT = 0.3, 3.0
GRID = 27
HALVINGS = 40
GOLDEN = (math.sqrt(5) - 1) / 2

Points = Sequence[tuple[int, float]]
"""(memory MB, ms)."""


class DurationCurve(msgspec.Struct, frozen=True):
    """`a` ms do not depend on memory, `b` ms do, with exponent `c`."""

    a: float
    b: float
    c: float

    def at(self, memory_mb: int) -> float:
        """Milliseconds expected at a size."""
        return self.a + self.b * _share(memory_mb, self.c)


def _share(memory_mb: int, exponent: float) -> float:
    return float((REFERENCE_MB / min(memory_mb, ONE_VCPU_MB)) ** exponent)


def _linear(points: Points, exponent: float) -> tuple[float, DurationCurve]:
    """The best a and b for a given exponent, and the sum of squared relative errors (least squares, solved by hand)."""
    sxx = sx = s1 = sxy = sy = 0.0
    for memory, ms in points:
        weight, x = 1 / ms**2, _share(memory, exponent)
        sxx, sx, s1 = sxx + weight * x * x, sx + weight * x, s1 + weight
        sxy, sy = sxy + weight * x * ms, sy + weight * ms
    determinant = sxx * s1 - sx * sx
    a, b = (
        (0.0, sxy / sxx) if determinant <= 1e-12 * sxx * s1 else ((sxx * sy - sx * sxy) / determinant, (s1 * sxy - sx * sy) / determinant)
    )
    if a < 0:
        a, b = 0.0, sxy / sxx
    elif b < 0:
        a, b = sy / s1, 0.0
    curve = DurationCurve(a, b, exponent)
    return sum(((curve.at(memory) - ms) / ms) ** 2 for memory, ms in points), curve


def _power_law(distinct: dict[int, float]) -> DurationCurve:
    """Two sizes cannot tell a from b: all of the duration is taken to depend on memory."""
    (small, slow), (large, fast) = sorted(distinct.items())
    exponent = math.log(slow / fast) / math.log(large / small)
    if exponent <= 0:
        return DurationCurve((slow + fast) / 2, 0.0, 1.0)
    bounded = max(MIN_EXPONENT, min(MAX_EXPONENT, exponent))
    return DurationCurve(0.0, slow / _share(small, bounded), bounded)


def fit(points: Points) -> DurationCurve | None:
    """The curve through at least two sizes with different speed to explain; None with fewer, or with a duration of zero.

    The exponent is searched on a grid and then by golden section, so the answer is the same on every machine.
    """
    distinct = {min(memory, ONE_VCPU_MB): ms for memory, ms in points}
    if len(distinct) < 2 or any(ms <= 0 for _, ms in points):
        return None
    if len(distinct) == 2:
        return _power_law(distinct)
    step = (MAX_EXPONENT - MIN_EXPONENT) / GRID
    coarse = min((MIN_EXPONENT + n * step for n in range(GRID + 1)), key=lambda c: _linear(points, c)[0])
    low, high = max(MIN_EXPONENT, coarse - step), min(MAX_EXPONENT, coarse + step)
    for _ in range(HALVINGS):
        left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        if _linear(points, left)[0] <= _linear(points, right)[0]:
            high = right
        else:
            low = left
    return _linear(points, (low + high) / 2)[1]


def between(points: Points, memory_mb: int) -> float | None:
    """Milliseconds by log-log interpolation between the two measured neighbours; None outside what was measured."""
    ordered = sorted(points)
    for (small, slow), (large, fast) in pairwise(ordered):
        if small <= memory_mb <= large and small < large and min(slow, fast) > 0:
            share = math.log(memory_mb / small) / math.log(large / small)
            return math.exp(math.log(slow) + share * math.log(fast / slow))
    return dict(ordered).get(memory_mb)
