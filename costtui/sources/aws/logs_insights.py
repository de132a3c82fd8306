"""REPORT lines of functions through CloudWatch Logs Insights: cold starts, INIT, billed time and memory used, added up by the query.

It costs $0.005 per GB scanned (CloudWatch pricing), so that it is asked on a key, or with `functions.logs_insights = "always"` within
the budget. Log lines never leave AWS: one row comes back per function and memory size. Text lines have Logs Insights' own fields, whose
memory is in bytes of decimal MB; JSON lines have `record.metrics` (CloudWatch Logs User Guide, "Supported logs and discovered fields").
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Literal

from costtui.domain.asking import Price
from costtui.domain.datasets import Batch, Scope
from costtui.domain.functions.records import Function
from costtui.domain.functions.reported import FunctionReports, ReportedSize
from costtui.domain.money import EXACT, ZERO, total
from costtui.domain.prices.price_book import price_book
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.aws.insights_query import AT_ONCE, Ended, Insights, Query, Row
from costtui.sources.aws.log_groups import NOT_QUERIED, LogGroup, amount, log_groups, scan_usd
from costtui.sources.port import Request

GROUPS_PER_QUERY = 50
SECONDS_PER_QUERY = 10
ESTIMATED = "by the stored bytes of their log groups and the part of them that the window covers"

QUERY = """filter @type = "REPORT" or type = "platform.report"
| parse @message "Restore Duration: * ms" as text_restore
| parse @message "Billed Restore Duration: * ms" as text_billed_restore
| fields @memorySize / 1000000 as text_mb, @maxMemoryUsed / 1000000 as text_used_mb
| fields coalesce(text_mb, record.metrics.memorySizeMB) as mb, coalesce(text_used_mb, record.metrics.maxMemoryUsedMB) as used
| fields coalesce(@duration, record.metrics.durationMs) as ms, coalesce(@billedDuration, record.metrics.billedDurationMs) as billed
| fields coalesce(@initDuration, record.metrics.initDurationMs) as init
| fields coalesce(text_restore, record.metrics.restoreDurationMs) as restore
| fields coalesce(text_billed_restore, record.metrics.billedRestoreDurationMs) as billed_restore
| stats count(*) as calls, count(init) as inits, count(restore) as restores, sum(ms) as duration_ms, sum(billed) as billed_ms,
  sum(billed_restore) as billed_restore_ms, sum(init) as init_ms, sum(restore) as restore_ms, pct(ms, 95) as p95_ms, max(used) as used_mb
  by @log, mb"""


class FunctionReportLines:
    """What REPORT lines say of the functions asked about."""

    name = "aws.logs-insights"
    dataset = "function-reports"
    after: tuple[str, ...] = ("functions",)
    local = False
    paid = True
    unconfigured = "no AWS profile is configured"

    def __init__(self, cloud: AwsCloud, mode: Literal["ask", "never", "always"], sleep: Callable[[float], None] = time.sleep) -> None:
        self._cloud, self._mode, self._sleep = cloud, mode, sleep

    def scopes(self) -> Sequence[Scope]:
        return self._cloud.scopes(self.name)

    def wanted(self, request: Request) -> Sequence[str]:
        """With "always", every function that has no answer for the window yet."""
        if self._mode != "always":
            return ()
        known = {report.subject for report in request.known()}
        return [function.arn for function in request.inputs["functions"] if function.arn not in known]

    def price(self, request: Request) -> Price:
        functions = self._asked(request)
        groups = self._groups(request, functions)
        queries = self._queries(request, list(groups.values()))
        size = total(group.window_bytes(request.days, request.now) for group in groups.values())
        words = f"REPORT lines of {_functions(functions)}: about {amount(size)} of logs to scan, {ESTIMATED}"
        waves = -(-len(queries) // AT_ONCE)
        return Price(self.name, len(queries), total(query.usd for query in queries), waves * SECONDS_PER_QUERY, words)

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        functions = self._asked(request)
        if not functions:
            return
        request.progress(f"log groups of {request.scope.words}", 0, len(functions))
        groups = self._groups(request, functions)
        by_group: dict[str, list[Function]] = defaultdict(list)
        for function in functions:
            by_group[function.log_group].append(function)
        if silent := [_silent(function) for function in functions if function.log_group not in groups]:
            yield Batch(silent)
        queries = self._queries(request, list(groups.values()))
        if not queries:
            return
        usd = total(query.usd for query in queries)
        self._cloud.afford(self.name, usd, f"reading the REPORT lines of {_functions(functions)}, estimated {ESTIMATED},")
        done = len(silent)
        for ended in Insights(self._cloud, self.name, request, self._rate, self._sleep).run(queries):
            if ended.status != "Complete":
                yield _unfinished(request.scope, ended)
                continue
            records = self._read(ended, groups, by_group, request)
            done += len(records)
            request.progress(f"REPORT lines of {request.scope.words}", done, len(functions))
            yield Batch(records)

    def _read(
        self, ended: Ended, groups: Mapping[str, LogGroup], by_group: Mapping[str, list[Function]], request: Request
    ) -> list[FunctionReports]:
        try:
            return list(_records(ended, groups, by_group, request))
        except (KeyError, ArithmeticError) as error:
            what = f"Logs Insights gave a row that cannot be read ({type(error).__name__}: {error})"
            raise SourceError(Problem("malformed", self.name, what, "ask again; report it if it stays", request.scope.words)) from error

    @property
    def _rate(self) -> Decimal:
        return price_book().api_call("logs:StartQuery")

    def _asked(self, request: Request) -> list[Function]:
        if self._mode == "never" and request.subjects:
            what = 'reading REPORT lines is switched off: functions.logs_insights is "never"'
            raise SourceError(Problem("needs-consent", self.name, what, 'set it to "ask" in the configuration', request.scope.words))
        subjects = frozenset(request.subjects)
        return [function for function in request.inputs["functions"] if function.arn in subjects]

    def _groups(self, request: Request, functions: Sequence[Function]) -> dict[str, LogGroup]:
        """The log groups that tell one function's lines from another's and can be queried."""
        shared = Counter(function.log_group for function in request.inputs["functions"])
        own = [function for function in functions if shared[function.log_group] == 1]
        found = log_groups(self._cloud, self.name, request.scope, own)
        return {name: group for name, group in found.items() if shared[name] == 1 and group.kind != NOT_QUERIED}

    def _queries(self, request: Request, groups: Sequence[LogGroup]) -> list[Query]:
        queries = []
        for kind in sorted({group.kind for group in groups}):
            same = sorted((group for group in groups if group.kind == kind), key=lambda group: group.name)
            for start in range(0, len(same), GROUPS_PER_QUERY):
                part = same[start : start + GROUPS_PER_QUERY]
                usd = scan_usd(part, request.days, request.now, self._rate)
                queries.append(Query([group.name for group in part], QUERY, usd))
        return queries


def _functions(functions: Sequence[Function]) -> str:
    return functions[0].name if len(functions) == 1 else f"{len(functions):,} functions"


def _silent(function: Function) -> FunctionReports:
    reason = f"no log group {function.log_group} of its own that Logs Insights can read: it is not there, shared, or of the delivery class"
    return FunctionReports(function.arn, reason=reason, whole=False)


def _records(
    ended: Ended, groups: Mapping[str, LogGroup], by_group: Mapping[str, list[Function]], request: Request
) -> Iterator[FunctionReports]:
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in ended.rows:
        rows[row.get("@log", "").partition(":")[2]].append(row)
    for name in ended.query.groups:
        whole = groups[name].holds_since(request.days[0], request.now)
        reason = "" if whole else f"its log group keeps {groups[name].kept_days} days: earlier REPORT lines are gone"
        sizes = sorted(_sizes(rows[name]), key=lambda size: (-size.calls, size.memory_mb))
        if not sizes:
            reason = "no REPORT lines in the window: it was not called, or its log level leaves them out"
        for function in by_group[name]:
            yield FunctionReports(function.arn, sizes, reason, whole)


def _sizes(rows: Iterable[Row]) -> Iterator[ReportedSize]:
    for row in rows:
        if "mb" in row:
            yield ReportedSize(
                memory_mb=_whole(row["mb"]),
                calls=_whole(row["calls"]),
                cold_starts=_whole(row.get("inits", "0")) + _whole(row.get("restores", "0")),
                duration_ms=_number(row, "duration_ms"),
                billed_ms=EXACT.add(_number(row, "billed_ms"), _number(row, "billed_restore_ms")),
                init_ms=_number(row, "init_ms"),
                restore_ms=_number(row, "restore_ms"),
                p95_ms=Decimal(row["p95_ms"]) if row.get("p95_ms") else None,
                max_memory_used_mb=_whole(row["used_mb"]) or None if row.get("used_mb") else None,
            )


def _number(row: Row, field: str) -> Decimal:
    return Decimal(row.get(field) or ZERO)


def _whole(text: str) -> int:
    """Counts and sizes as Logs Insights writes them: "512", "512.0" or "5.12E2"."""
    return round(Decimal(text or ZERO))


def _unfinished(scope: Scope, ended: Ended) -> Problem:
    what = f"a Logs Insights query over {len(ended.query.groups)} log groups ended as {ended.status.lower()}"
    return Problem("failed", FunctionReportLines.name, what, "ask again, for fewer functions or a shorter period", scope.words)
