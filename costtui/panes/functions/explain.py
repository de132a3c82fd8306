"""Where the value in each column of a function came from: formula with its figures, rate, tier, window, source, rounding."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from costtui.domain.functions.records import FunctionRow
from costtui.domain.functions.right_sizing import HEADROOM
from costtui.domain.money import EXACT, plain
from costtui.panes.functions.explain_bill import total_line
from costtui.panes.functions.explain_sizes import why_saving
from costtui.panes.functions.facts import CONTROL_PLANE, FROM, METRICS, SHOWN, Fact, Functions, source_facts, window_fact, window_ms
from costtui.panes.spec import Detail
from costtui.panes.words import UNKNOWN, count, percent, stamp

NO_POINT = "no point of it in the window: no data, which is not zero"
LOGGED = ("tuning", "aws.logs-insights")


def explain(row: FunctionRow, column: str, data: Functions) -> Detail:
    """The value of `column`, which is a column's id of this pane or a field of its usage."""
    if column == "cost":
        return total_line(row, data)
    if column in ("verdict", "monthly_saving"):
        return why_saving(row, data)
    title, told, sources = _COLUMNS.get(column, _COLUMNS["name"])
    return Detail(f"{title} of {row.name}", (*told(row, data), *source_facts(data, *sources)))


def _calls(row: FunctionRow, data: Functions) -> Iterator[Fact]:
    yield from _sum(row.invocations, "Invocations", data)
    yield "Billed", "each call is one request; a throttled one is no call, and a failed one is billed like any other"


def _errors(row: FunctionRow, data: Functions) -> Iterator[Fact]:
    yield from _sum(row.errors, "Errors", data)
    if row.errors is not None and row.invocations:
        share = EXACT.divide(Decimal(row.errors * 100), Decimal(row.invocations))
        yield "Share", f"{row.errors:,} of {row.invocations:,} calls = {percent(share, 4)}; they are billed"


def _throttles(row: FunctionRow, data: Functions) -> Iterator[Fact]:
    yield from _sum(row.throttles, "Throttles", data)
    yield "Billed", "never: a throttled request does not run"


def _sum(value: int | None, metric: str, data: Functions) -> Iterator[Fact]:
    yield "Formula", f"{metric}: {NO_POINT}" if value is None else f"the sum of {metric} over the days of the window = {value:,}"
    yield "Source", f"{METRICS} {metric}, Sum, dimension FunctionName: all versions together"
    yield window_fact(data)
    if value is not None:
        yield "Rounding", f"none; the table shows {count(value)}"


def _mean(row: FunctionRow, data: Functions) -> Iterator[Fact]:
    ms = window_ms(row)
    if row.duration_avg_ms is None or ms is None:
        yield "Formula", f"Duration: {NO_POINT}" if row.invocations is None else "there were no calls"
    else:
        yield "Formula", f"{plain(ms)} ms ÷ {row.invocations:,} calls = {plain(row.duration_avg_ms)} ms, of each call and not of each day"
    yield "Source", f"{METRICS} Duration, Sum; INIT is not in it"
    yield window_fact(data)
    yield "Rounding", "half to even at 6 decimals; 1 in the table"


def _p95(row: FunctionRow, data: Functions) -> Iterator[Fact]:
    if row.duration_p95_ms is None:
        yield "Formula", "not known: percentiles of days cannot be added up, and the whole window was not asked for"
    else:
        yield "Formula", f"95 % of the window's calls took at most {plain(row.duration_p95_ms)} ms; INIT is not in it"
    yield "Source", f"{METRICS} Duration, p95 over the whole window, or the REPORT lines"
    yield window_fact(data)


def _size(row: FunctionRow, data: Functions) -> Iterator[Fact]:
    ms, size = window_ms(row), row.billed_gb_seconds
    if size is None:
        yield "Formula", f"Duration: {NO_POINT}" if ms is None else "GB-seconds do not bill this function"
        return
    if ms is not None and EXACT.multiply(EXACT.divide(Decimal(row.memory_mb), Decimal(1024)), ms.scaleb(-3)) == size:
        yield "Formula", f"{row.memory_mb:,} MB ÷ 1,024 × {plain(ms)} ms ÷ 1,000 = {plain(size)} GB-seconds"
    else:
        yield "Formula", f"GB × billed seconds of each size it ran at, INIT and versions too = {plain(size)} GB-seconds: see its bill"
    yield "Memory", "the configured one, since that is billed; how much of it is used does not matter"
    yield "Basis", FROM[(row.modelled or row.cost).basis]
    yield window_fact(data)
    yield "Rounding", f"{SHOWN}; the table shows {count(size)}"


def _cold(row: FunctionRow, data: Functions) -> Iterator[Fact]:
    reports = row.reports
    if row.cold_start_share is None:
        yield "Formula", f"{UNKNOWN}: no metric tells cold starts, only REPORT lines do, and none were read"
        return
    if reports is not None and reports.sizes:
        yield "Formula", f"{reports.cold_starts:,} calls with INIT or restore ÷ {reports.calls:,} REPORT lines = {_share(row)}"
        yield "Source", "REPORT lines, through Logs Insights"
        yield window_fact(data)
        return
    yield "Formula", f"calls with INIT ÷ all calls in the REPORT lines of its tuning runs = {_share(row)}"
    yield "Source", "files of [functions] tuning: measured then, and taken for today's share"


def _share(row: FunctionRow) -> str:
    return percent((row.cold_start_share or Decimal(0)) * 100, 4)


def _used(row: FunctionRow, data: Functions) -> Iterator[Fact]:
    if row.max_memory_used_mb is None:
        yield "Formula", f"{UNKNOWN}: no metric tells it, only REPORT lines do, and none were read"
        return
    floor = HEADROOM * row.max_memory_used_mb
    yield "Formula", f"the largest Max Memory Used of all REPORT lines = {row.max_memory_used_mb:,} MB"
    yield "Means", f"no verdict goes below {HEADROOM} × that = {plain(floor)} MB; it does not say that less memory is cheaper"
    yield window_fact(data)


def _trend(_: FunctionRow, data: Functions) -> Iterator[Fact]:
    yield "Drawn", "the sum of durations by day; each of 8 bars is the mean of the 7 days up to it, so that weekends are no trend"
    yield "Scale", "from its own lowest bar (▁) to its highest (█), which are a fifth apart at least: how it moved, not how large it is"
    yield "Source", f"{METRICS} Duration, Sum by day: at one size and rate, cost moves as duration does"
    yield window_fact(data)


def _memory(row: FunctionRow, _: Functions) -> Iterator[Fact]:
    yield "Source", f"{CONTROL_PLANE}: MemorySize of the function itself, {row.memory_mb:,} MB (MiB)"
    yield "Of today", f"last changed {stamp(row.last_modified)}; days before it are reckoned at this size, unless REPORT lines tell theirs"
    yield "Versions", "may have sizes of their own: they are listed in the detail"


def _known(row: FunctionRow, _: Functions) -> Iterator[Fact]:
    yield "Name", f"{row.name}: the function's own, from {CONTROL_PLANE}"
    yield "Account", f"{row.account_name} ({row.account}): Organizations, else the account's alias or its id"
    yield "Region", row.region
    yield "Runs on", f"{row.runtime or row.package_type}, {row.architecture}: {CONTROL_PLANE}"
    yield "Team", f"{row.team or UNKNOWN}: the first of [ownership] team that is present"
    yield "Environment", f"{row.environment or UNKNOWN}: the first of [ownership] environment that is present"
    yield "Stack", f"{row.stack or 'none'}: tag aws:cloudformation:stack-name"


Told = Callable[[FunctionRow, Functions], Iterator[Fact]]

_COLUMNS: dict[str, tuple[str, Told, tuple[str, ...]]] = {
    "name": ("Name and owner", _known, ("aws.lambda", "aws.tagging", "aws.organizations")),
    "memory_mb": ("Memory size", _memory, ("aws.lambda",)),
    "invocations": ("Calls", _calls, ("aws.cloudwatch",)),
    "errors": ("Errors", _errors, ("aws.cloudwatch",)),
    "throttles": ("Throttled requests", _throttles, ("aws.cloudwatch",)),
    "duration_avg_ms": ("Mean duration", _mean, ("aws.cloudwatch",)),
    "duration_p95_ms": ("p95 of the duration", _p95, ("aws.cloudwatch",)),
    "billed_gb_seconds": ("GB-seconds", _size, ("aws.cloudwatch", "aws.logs-insights")),
    "cold_start_share": ("Share of cold starts", _cold, LOGGED),
    "max_memory_used_mb": ("Memory used", _used, LOGGED),
    "trend": ("Trend", _trend, ("aws.cloudwatch",)),
}
