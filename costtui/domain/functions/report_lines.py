"""REPORT lines of Lambda, as text and as `platform.report` JSON, mixed in any order.

Source: AWS Lambda Developer Guide, "Monitoring and observability", log formats. Numbers may be integers or have decimals.
"""

import math
import re
from collections.abc import Iterable
from decimal import Decimal

import msgspec

from costtui.domain.functions.limits import LARGEST_MB, LONGEST_MS, SMALLEST_MB
from costtui.domain.money import ZERO, total

DURATIONS = re.compile(r"(?<![-\w])((?:[A-Z][a-z]+ )*)Duration: (\d+(?:\.\d+)?) ms")
MEMORY = re.compile(r"(Memory Size|Max Memory Used): (\d+(?:\.\d+)?) MB")
REQUEST = re.compile(r"REPORT RequestId: (\S+)")


class ReportLine(msgspec.Struct, frozen=True):
    """What one invocation took, in ms and MB; None is not in the line (a warm start has no INIT, only SnapStart restores)."""

    request_id: str
    duration_ms: Decimal
    memory_mb: int
    billed_ms: Decimal | None = None
    init_ms: Decimal | None = None
    restore_ms: Decimal | None = None
    billed_restore_ms: Decimal | None = None
    max_memory_used_mb: int | None = None

    @property
    def waited_ms(self) -> Decimal:
        """Duration with INIT and restore: what a caller waited."""
        return total((self.duration_ms, self.init_ms or ZERO, self.restore_ms or ZERO))

    @property
    def charged_ms(self) -> Decimal | None:
        """Billed duration with the billed restore; None where the line has none."""
        return None if self.billed_ms is None else total((self.billed_ms, self.billed_restore_ms or ZERO))


class ReportLog(msgspec.Struct, frozen=True):
    """All REPORT lines of a text. `broken` counts REPORT lines that could not be read and were skipped, the first at `first_broken`."""

    reports: list[ReportLine]
    lines: int
    broken: int = 0
    first_broken: int = 0


class _BrokenLineError(ValueError):
    """A line that announces a report and does not hold one."""


def _checked(request_id: str, duration_ms: Decimal, memory: Decimal, used: Decimal | None, **more: Decimal | None) -> ReportLine:
    """The line of these figures; broken where one of them cannot be. An emulator's 0 MB of memory used is no measurement."""
    times = [duration_ms, *(ms for ms in more.values() if ms is not None)]
    if not all(ms.is_finite() and 0 <= ms <= LONGEST_MS for ms in times):
        raise _BrokenLineError(request_id)
    sizes = [memory] if used is None else [memory, used]
    if not all(size.is_finite() and 0 <= size <= LARGEST_MB for size in sizes) or memory < SMALLEST_MB or memory != int(memory):
        raise _BrokenLineError(request_id)
    return ReportLine(request_id, duration_ms, int(memory), max_memory_used_mb=math.ceil(used or 0) or None, **more)


def _text_report(line: str) -> ReportLine:
    request = REQUEST.search(line)
    durations = {kind.strip(): Decimal(ms) for kind, ms in DURATIONS.findall(line)}
    memory = {kind: Decimal(size) for kind, size in MEMORY.findall(line)}
    if request is None or "" not in durations or "Memory Size" not in memory:
        raise _BrokenLineError(line)
    return _checked(
        request_id=request[1],
        duration_ms=durations[""],
        memory=memory["Memory Size"],
        billed_ms=durations.get("Billed"),
        init_ms=durations.get("Init"),
        restore_ms=durations.get("Restore"),
        billed_restore_ms=durations.get("Billed Restore"),
        used=memory.get("Max Memory Used"),
    )


class _Metrics(msgspec.Struct, rename="camel", frozen=True):
    duration_ms: Decimal
    memory_size: Decimal = msgspec.field(name="memorySizeMB")
    billed_duration_ms: Decimal | None = None
    max_memory_used: Decimal | None = msgspec.field(name="maxMemoryUsedMB", default=None)
    init_duration_ms: Decimal | None = None
    restore_duration_ms: Decimal | None = None
    billed_restore_duration_ms: Decimal | None = None


class _Record(msgspec.Struct, rename="camel", frozen=True):
    metrics: _Metrics
    request_id: str = ""


class _Event(msgspec.Struct, frozen=True):
    """The envelope: only the platform's own `type` counts, since a function can log these words itself."""

    type: str = ""
    record: msgspec.Raw = msgspec.Raw(b"null")


def _json_report(text: str) -> ReportLine | None:
    try:
        event = msgspec.json.decode(text, type=_Event)
        if event.type != "platform.report":
            return None
        record = msgspec.json.decode(event.record, type=_Record)
    except (msgspec.DecodeError, RecursionError):
        raise _BrokenLineError(text) from None
    metrics = record.metrics
    return _checked(
        request_id=record.request_id,
        duration_ms=metrics.duration_ms,
        memory=metrics.memory_size,
        billed_ms=metrics.billed_duration_ms,
        init_ms=metrics.init_duration_ms,
        restore_ms=metrics.restore_duration_ms,
        billed_restore_ms=metrics.billed_restore_duration_ms,
        used=metrics.max_memory_used,
    )


def read_line(line: str) -> ReportLine | None:
    """The report in one line, None when it holds none; raises ValueError when it announces one and is broken."""
    if "platform.report" in line and "{" in line:
        return _json_report(line[line.index("{") :])
    return _text_report(line) if "REPORT RequestId:" in line else None


def read_reports(lines: Iterable[str]) -> ReportLog:
    """Every report in a log; other lines are passed over, broken reports are counted and skipped."""
    reports: list[ReportLine] = []
    count = broken = first_broken = 0
    for number, line in enumerate(lines, start=1):
        count += bool(line.strip())
        try:
            report = read_line(line)
        except ValueError:
            broken += 1
            first_broken = first_broken or number
            continue
        if report is not None:
            reports.append(report)
    return ReportLog(reports, count, broken, first_broken)
