"""What Enter shows of a function: its facts, the verdict on its size, its bill line by line, its versions, its days."""

from functools import partial

from costtui.domain.functions.records import FunctionRow
from costtui.panes.functions.bill_section import bill_sections
from costtui.panes.functions.day_section import day_sections
from costtui.panes.functions.explain import explain
from costtui.panes.functions.facts import Functions, window_words
from costtui.panes.functions.reconciliation import reconciliation
from costtui.panes.functions.sizing import sizing
from costtui.panes.functions.version_section import version_sections
from costtui.panes.spec import Detail, Line, Section
from costtui.panes.words import NOT_APPLICABLE, UNKNOWN, count, number, percent, stamp


def detail(row: FunctionRow, data: Functions) -> Detail:
    return Detail(
        title=row.name,
        facts=(
            ("Where", f"{row.account_name} ({row.account}), {row.region}"),
            ("Runs on", f"{row.memory_mb} MB, {row.architecture}, {row.runtime or row.package_type}, {row.ephemeral_mb} MB /tmp"),
            ("Owner", f"team {row.team or UNKNOWN}, environment {row.environment or UNKNOWN}, stack {row.stack or NOT_APPLICABLE}"),
            ("Changed", stamp(row.last_modified)),
            ("Window", window_words(data)),
            ("ARN", row.arn),
        ),
        sections=(
            *sizing(row, data),
            *bill_sections(row, data),
            *version_sections(row),
            _usage(row, data),
            *day_sections(row, data),
            *reconciliation(data),
            _tags(row),
        ),
    )


def _usage(row: FunctionRow, data: Functions) -> Section:
    cold = UNKNOWN if row.cold_start_share is None else percent(row.cold_start_share * 100, 2)
    used = UNKNOWN if row.max_memory_used_mb is None else f"{row.max_memory_used_mb:,} MB"
    lines = (
        ("invocations", "Calls", count(row.invocations)),
        ("errors", "Errors", count(row.errors)),
        ("throttles", "Throttles, not billed", count(row.throttles)),
        ("duration_avg_ms", "Duration, mean", _with(number(row.duration_avg_ms, 2), "ms")),
        ("duration_p95_ms", "Duration, p95", _with(number(row.duration_p95_ms, 2), "ms")),
        ("billed_gb_seconds", "Billed", _with(count(row.billed_gb_seconds), "GB-s")),
        ("cold_start_share", "Cold starts", cold),
        ("max_memory_used_mb", "Memory used at most", used),
    )
    shown = tuple(Line((label, value), why=partial(explain, row, column, data)) for column, label, value in lines)
    return Section("Usage", shown, widths=(24, 16), right=frozenset({1}))


def _with(value: str, unit: str) -> str:
    return value if value == UNKNOWN else f"{value} {unit}"


def _tags(row: FunctionRow) -> Section:
    return Section("Tags", tuple(Line((key, value)) for key, value in row.tags.items()), widths=(24, 0), note="" if row.tags else "no tags")
