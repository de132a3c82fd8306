"""A function's use as its REPORT lines measured it: every call rounded up as AWS bills it, INIT apart, each memory size at its own.

Source: AWS Lambda Developer Guide, REPORT lines ("Billed Duration" has INIT in it since 2025-08-01).
"""

from decimal import Decimal

import msgspec

from costtui.domain.functions.bill_records import AtSize
from costtui.domain.functions.meters import Usage
from costtui.domain.functions.reported import FunctionReports
from costtui.domain.money import EXACT, ZERO, total

MOST = Decimal("0.95")
"""Logs arrive apart from metrics, so that a few lines more or less are no sign of a gap."""


def measures(reports: FunctionReports | None, calls: int | None) -> bool:
    """Whether the lines are all of the window's: it is whole, and CloudWatch counted no more calls (None: it was not asked)."""
    return reports is not None and reports.whole and bool(reports.sizes) and (calls is None or reports.calls >= MOST * calls)


def with_reports(usage: Usage, reports: FunctionReports) -> Usage:
    """`usage` with calls, durations and INIT from REPORT lines; what provisioned concurrency served stays apart."""
    own = [size for size in reports.sizes if size.memory_mb == usage.memory_mb]
    init = total(size.init_ms for size in own)
    billed = total(size.billed_ms for size in own)
    others = [
        AtSize("REPORT lines", size.memory_mb, usage.ephemeral_mb, size.billed_ms)
        for size in reports.sizes
        if size.memory_mb != usage.memory_mb
    ]
    return msgspec.structs.replace(
        usage,
        invocations=reports.calls,
        duration_ms=max(ZERO, EXACT.subtract(billed, EXACT.add(init, usage.provisioned_duration_ms))),
        init_ms=init,
        elsewhere=tuple(others),
    )
