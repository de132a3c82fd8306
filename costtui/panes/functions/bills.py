"""A function's bill from CloudWatch's sums, with what else is known of its use."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from costtui.domain.functions.bill import AT_LIST_PRICE, Bill, Discounts, Usage, bill
from costtui.domain.functions.bill_records import AtSize, FunctionVersions, TierPart
from costtui.domain.functions.measured_use import measures, with_reports
from costtui.domain.functions.records import ExtraUse, Function, FunctionRow
from costtui.domain.functions.reported import FunctionReports
from costtui.domain.functions.versions import elsewhere, pays_snapshots, provisioned_in, served_ms, snapshot_gb_seconds
from costtui.domain.money import EXACT, ZERO, total
from costtui.domain.period import Window
from costtui.domain.prices.price_book import FreeTier, price_book


def bill_of(
    function: Function | FunctionRow,
    calls: int | None,
    duration_ms: Decimal | None,
    discount_pct: Decimal,
    free_tier: FreeTier | None = None,
    *,
    extra: ExtraUse | None = None,
    tiers: Sequence[TierPart] = (),
    reports: FunctionReports | None = None,
) -> Bill | None:
    """The bill of `calls` that lasted `duration_ms` together; None when there are no sums, which is not a bill of zero.

    No INIT, no rounding up per call, today's memory for the whole window, but for a function whose REPORT lines measured that all.
    `extra` is what the whole window had beside; `tiers` are the function's parts of its payer's tiers, where that left the first one."""
    measured = measures(reports, calls)
    if reports is not None and measured:
        calls, duration_ms = reports.calls, reports.duration_ms
    if calls is None or duration_ms is None:
        if extra is None or not (extra.provisioned or extra.snapshots):
            return None
        calls, duration_ms = calls or 0, duration_ms or ZERO  # what is configured is billed without a single call
    usage = Usage(calls, duration_ms, function.memory_mb, function.ephemeral_mb)
    if extra is not None:
        usage = _with(usage, extra)
    if reports is not None and measured:
        usage = with_reports(usage, reports)
    return bill(
        price_book().lambda_rates(function.region, function.architecture),
        usage,
        kind=function.kind,
        free_tier=free_tier,
        discounts=Discounts(discount_pct) if discount_pct else AT_LIST_PRICE,
        basis="measured" if measured else "estimated",
        where=f"{function.region} {function.architecture}",
        parts=[(part.gb_seconds, part.rate, part.tier) for part in tiers] if tiers else None,
    )


def window_bill(row: FunctionRow, duration_ms: Decimal | None, discount_pct: Decimal, free_tier: FreeTier | None = None) -> Bill | None:
    """The bill of the whole window as the row's modelled cost has it, line by line. `duration_ms` is the sum over the window."""
    return bill_of(row, row.invocations, duration_ms, discount_pct, free_tier, extra=row.extra, tiers=row.tiers, reports=row.reports)


def _with(usage: Usage, extra: ExtraUse) -> Usage:
    apart = total((extra.served_ms, *(one.duration_ms for one in extra.elsewhere)))
    return Usage(
        usage.invocations,
        max(ZERO, EXACT.subtract(usage.duration_ms, apart)),
        usage.memory_mb,
        usage.ephemeral_mb,
        provisioned=None if extra.provisioned is None else tuple(extra.provisioned),
        provisioned_duration_ms=extra.served_ms,
        provisioned_mb=extra.served_mb,
        snapstart_cache_gb_seconds=extra.snapshots,
        snapstart_restored_gb=None if extra.restores else ZERO,
        elsewhere=tuple(extra.elsewhere),
    )


def extra_use(
    function: Function, known: FunctionVersions | None, calls: int | None, duration_ms: Decimal | None, window: Window, now: datetime
) -> ExtraUse | None:
    """What the window had beside calls and duration at the function's own size; None where there is nothing to say."""
    restores = function.snap_start and pays_snapshots(function.runtime)
    if known is None or known.reason:
        return ExtraUse(snapshots=None, restores=True) if restores else None
    configured = provisioned_in(known, window, now, function.memory_mb)
    lasted = duration_ms or ZERO
    served = served_ms(lasted, calls, known.provisioned_calls) if configured else ZERO
    others = elsewhere(known, function.memory_mb, function.ephemeral_mb)
    return ExtraUse(
        provisioned=list(configured),
        served_ms=served,
        served_mb=configured[0].memory_mb if configured else 0,
        elsewhere=list(_less(others, served, {one.qualifier for one in configured})),
        snapshots=snapshot_gb_seconds(known, window, now),
        restores=restores,
    )


def _less(others: Iterable[AtSize], served: Decimal, configured: set[str]) -> Iterable[AtSize]:
    """What provisioned concurrency served is priced apart, and not again at its version's size."""
    for one in others:
        if one.qualifier in configured:
            left = max(ZERO, EXACT.subtract(one.duration_ms, served))
            served = EXACT.subtract(served, EXACT.subtract(one.duration_ms, left))
            one = AtSize(one.qualifier, one.memory_mb, one.ephemeral_mb, left)
        if one.duration_ms:
            yield one
