"""What the REPORT lines of one function say over a window, added up: calls, cold starts, INIT, billed time and memory used.

Source: AWS Lambda Developer Guide, "Monitoring and observability" (REPORT and platform.report), as Logs Insights adds them up.
"""

from decimal import Decimal

import msgspec

from costtui.domain.money import EXACT, ZERO, rounded, total


class ReportedSize(msgspec.Struct, frozen=True, array_like=True):
    """All calls of a window at one memory size (MB). Durations are sums in ms, but for `p95_ms`; None is in no line.

    `billed_ms` has INIT in it (since 2025-08-01), and billed restores; `cold_starts` counts INITs and SnapStart restores.
    """

    memory_mb: int
    calls: int
    cold_starts: int
    duration_ms: Decimal
    billed_ms: Decimal
    init_ms: Decimal = ZERO
    restore_ms: Decimal = ZERO
    p95_ms: Decimal | None = None
    max_memory_used_mb: int | None = None


class FunctionReports(msgspec.Struct, frozen=True):
    """The REPORT lines of one function. `subject` is its ARN, `sizes` are ordered by calls.

    `reason` says why there are none, or why they are not all of the window's; `whole` is false then.
    """

    subject: str
    sizes: list[ReportedSize] = []
    reason: str = ""
    whole: bool = True

    @property
    def calls(self) -> int:
        return sum(size.calls for size in self.sizes)

    @property
    def cold_starts(self) -> int:
        return sum(size.cold_starts for size in self.sizes)

    @property
    def cold_share(self) -> Decimal | None:
        """Cold starts as a part of all calls, 0 to 1, to six places; None without calls."""
        return rounded(EXACT.divide(Decimal(self.cold_starts), Decimal(self.calls)), 6) if self.calls else None

    @property
    def duration_ms(self) -> Decimal:
        """The sum of durations, without INIT: what CloudWatch's Duration adds up."""
        return total(size.duration_ms for size in self.sizes)

    @property
    def init_ms(self) -> Decimal:
        return total(size.init_ms for size in self.sizes)

    def init_at(self, memory_mb: int) -> Decimal:
        """INIT of the calls that ran at this size, in ms."""
        return total(size.init_ms for size in self.sizes if size.memory_mb == memory_mb)

    @property
    def p95_ms(self) -> Decimal | None:
        """The 95th percentile of all calls, where they ran at one size: those of several sizes do not add up."""
        return self.sizes[0].p95_ms if len(self.sizes) == 1 else None

    @property
    def max_memory_used_mb(self) -> int | None:
        return max((size.max_memory_used_mb for size in self.sizes if size.max_memory_used_mb is not None), default=None)
