"""What versions, aliases and provisioned concurrency of a function were used for within a window.

Source: https://aws.amazon.com/lambda/pricing/ (provisioned concurrency in steps of five minutes; a snapshot for three hours at least).
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from costtui.domain.functions.bill_records import AtSize, FunctionVersions, Provisioned
from costtui.domain.functions.billing_rules import gb
from costtui.domain.money import EXACT, ZERO, total
from costtui.domain.period import Window

LATEST = "$LATEST"
SNAPSHOT_LEAST = timedelta(hours=3)
FREE_SNAPSHOTS = "java"
"""The runtimes whose snapshots cost nothing (Lambda pricing, SnapStart)."""
MICROSECOND = timedelta(microseconds=1)


def _span(window: Window, now: datetime) -> tuple[datetime, datetime]:
    """The window as far as it has passed."""
    return datetime.combine(window.start, time(), UTC), min(now, datetime.combine(window.end, time(), UTC))


def _seconds(lasted: timedelta) -> Decimal:
    return EXACT.divide(Decimal(lasted // MICROSECOND), Decimal(1_000_000))


def provisioned_in(known: FunctionVersions, window: Window, now: datetime, memory_mb: int) -> tuple[Provisioned, ...]:
    """What was provisioned within the window. A setting that changed inside it counts from then on: what it was before is not told.

    `memory_mb` is the function's own, for a version that is not listed."""
    opens, closes = _span(window, now)
    found = []
    for setting in known.provisioned:
        start = opens if setting.since is None else max(opens, setting.since)
        if start < closes and setting.requested:
            version = known.version_of(setting.qualifier)
            size = version.memory_mb if version else memory_mb
            found.append(Provisioned(setting.requested, size, _seconds(closes - start), setting.qualifier))
    return tuple(found)


def elsewhere(known: FunctionVersions, memory_mb: int, ephemeral_mb: int) -> tuple[AtSize, ...]:
    """What ran in versions of another size, through an alias or by number. An alias with weights counts at its main version."""
    found = []
    for use in known.uses:
        version = known.version_of(use.qualifier)
        if version and use.duration_ms and (version.memory_mb, version.ephemeral_mb) != (memory_mb, ephemeral_mb):
            found.append(AtSize(use.qualifier, version.memory_mb, version.ephemeral_mb, use.duration_ms))
    return tuple(found)


def served_ms(duration_ms: Decimal, calls: int | None, served: int | None) -> Decimal:
    """The part of a duration that provisioned concurrency served, if its calls lasted as long as the others."""
    if not calls or not served:
        return ZERO
    part = EXACT.divide(EXACT.multiply(duration_ms, Decimal(min(served, calls))), Decimal(calls))
    return part.quantize(Decimal("0.001"), rounding=ROUND_HALF_EVEN, context=EXACT)


def pays_snapshots(runtime: str | None) -> bool:
    return not (runtime or "").startswith(FREE_SNAPSHOTS)


def snapshot_gb_seconds(known: FunctionVersions, window: Window, now: datetime) -> Decimal:
    """GB-seconds of cached snapshots within the window, each at its version's memory."""
    return total(_snapshots(known, window, now))


def _snapshots(known: FunctionVersions, window: Window, now: datetime) -> Iterator[Decimal]:
    opens, closes = _span(window, now)
    for version in known.versions:
        if not version.snap_start or version.number == LATEST or not pays_snapshots(version.runtime):
            continue
        start = max(opens, version.published or opens)
        if start >= closes:
            continue
        lasted = closes - start
        if start == version.published:
            lasted = max(lasted, SNAPSHOT_LEAST)
        yield EXACT.multiply(gb(version.memory_mb), _seconds(lasted))
