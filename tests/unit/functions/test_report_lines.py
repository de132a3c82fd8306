"""REPORT lines as text and JSON, mixed, incomplete and broken."""

import json
from decimal import Decimal
from typing import Any

import pytest

from costtui.domain.functions.report_lines import read_line, read_reports

TEXT = (
    "REPORT RequestId: 55e3fdd0\tDuration: 469.40 ms\tBilled Duration: 500 ms\tMemory Size: 1024 MB\tMax Memory Used: 21 MB\t"
    "Init Duration: 100.99 ms\tRestore Duration: 474.16 ms\tBilled Restore Duration: 75 ms\t"
)


def platform(**metrics: Any) -> str:
    record = {"requestId": "r", "status": "success", "metrics": {"memorySizeMB": 128, "maxMemoryUsedMB": 40, **metrics}}
    return json.dumps({"time": "2026-01-01T00:00:00.000Z", "type": "platform.report", "record": record})


def test_text_with_everything() -> None:
    report = read_line(TEXT)
    assert report is not None
    assert (report.duration_ms, report.init_ms, report.restore_ms) == (Decimal("469.40"), Decimal("100.99"), Decimal("474.16"))
    assert (report.memory_mb, report.max_memory_used_mb, report.request_id) == (1024, 21, "55e3fdd0")
    assert report.duration_ms + (report.init_ms or 0) == Decimal("570.39")
    assert report.duration_ms + (report.restore_ms or 0) == Decimal("943.56")
    assert report.waited_ms == Decimal("1044.55")
    assert report.charged_ms == 575


@pytest.mark.parametrize("separator", ["\t", " ", "  "])
def test_integers_and_other_white_space(separator: str) -> None:
    line = "2026-01-01T00:00:00Z REPORT RequestId: 1 Duration: 12 ms|Billed Duration: 12 ms|Memory Size: 128 MB|Max Memory Used: 0 MB"
    report = read_line(line.replace("|", separator))
    assert report is not None
    assert (report.duration_ms, report.billed_ms, report.init_ms) == (Decimal(12), Decimal(12), None)
    assert report.max_memory_used_mb is None, "an emulator's 0 is no measurement"


def test_json_with_and_without_init_and_with_a_restore() -> None:
    cold = read_line(platform(durationMs=1.317, billedDurationMs=2, initDurationMs=10))
    warm = read_line("2026-01-01T00:00:00Z " + platform(durationMs=1.317, billedDurationMs=2))
    snap = read_line(platform(durationMs=147.156, billedDurationMs=201, restoreDurationMs=500.795, billedRestoreDurationMs=53))
    assert cold is not None
    assert warm is not None
    assert snap is not None
    assert (cold.duration_ms, cold.init_ms) == (Decimal("1.317"), Decimal(10))
    assert (warm.duration_ms, warm.init_ms) == (Decimal("1.317"), None)
    assert (snap.restore_ms, snap.billed_restore_ms, snap.charged_ms) == (Decimal("500.795"), Decimal(53), Decimal(254))


def test_mixed_lines_and_broken_ones_are_counted() -> None:
    lines = [
        "START RequestId: 1",
        TEXT,
        "",
        platform(durationMs=1.317, billedDurationMs=2),
        platform(durationMs=1.317)[:-4],
        "REPORT RequestId: 2\tDuration: x ms",
        platform(durationMs="fast"),
        '{"type":"platform.start","record":{}}',
        '{"type":"app","message":"platform.report"}',
        "INIT_REPORT Init Duration: 9999.99 ms\tPhase: init\tStatus: timeout",
        "a report about REPORT lines",
    ]
    log = read_reports(lines)
    assert [report.duration_ms for report in log.reports] == [Decimal("469.40"), Decimal("1.317")]
    assert (log.lines, log.broken) == (10, 3)


def test_deep_nesting_is_a_broken_line() -> None:
    assert read_reports(['{"type":"platform.report","record":' + "[" * 100_000]).broken == 1
