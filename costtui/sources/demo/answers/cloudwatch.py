"""CloudWatch GetMetricData and ListMetrics over the Lambda functions.

Limits as AWS states them: 500 queries and 100,800 data points a call, 500 metrics a ListMetrics page.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial
from math import fsum
from operator import attrgetter
from typing import Any, NamedTuple

from costtui.sources.demo.answers.call import Answer, Call, Table, offset, page
from costtui.sources.demo.calendar import DAYS, FIRST_DAY
from costtui.sources.demo.company import Function
from costtui.sources.demo.faults import CloudError
from costtui.sources.demo.logs import bytes_a_call
from costtui.sources.demo.series import Series
from costtui.sources.demo.world import World

QUERIES, POINTS, METRICS_PAGE = 500, 100_800, 500
METRICS = ("Invocations", "Errors", "Throttles", "Duration", "ConcurrentExecutions")
SUMS = {"Invocations": "calls", "Errors": "errors", "Throttles": "throttles", "Duration": "duration_ms"}
LOG_GROUPS = "/aws/lambda/"
NAMED_BY = ("FunctionName", "LogGroupName")
_ID = re.compile(r"[a-z]\w*", re.ASCII)
_DAY = 86_400
_FIRST = int(datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC).timestamp())


class Buckets(NamedTuple):
    """The periods of one request. `days` are, per period, the first and last calendar day and the part of a day that it covers."""

    timestamps: list[datetime]
    days: list[tuple[int, int, float]]


def get_metric_data(world: World, call: Call) -> Answer:
    params = call.params
    queries = params["MetricDataQueries"]
    _check(queries, params)
    functions = world.functions_in(call.account, call.region)
    grids: dict[int, Buckets] = {}
    for period in {query["MetricStat"]["Period"] for query in queries}:
        grids[period] = _buckets(world, params["StartTime"], params["EndTime"], period)
    total = sum(len(grids[query["MetricStat"]["Period"]].timestamps) for query in queries)
    start = offset(params.get("NextToken"), total, error="InvalidNextToken")
    end = start + min(params.get("MaxDatapoints") or POINTS, POINTS)
    newest_first = params.get("ScanBy", "TimestampDescending") == "TimestampDescending"
    results: list[Answer] = []
    passed = 0
    for query in queries:
        grid = grids[query["MetricStat"]["Period"]]
        length = len(grid.timestamps)
        first, last = max(0, start - passed), min(length, end - passed)
        if (first < last) or (not length and start == 0):
            results.append(_result(world, functions, query, grid, (first, last), newest_first))
        passed += length
    answer: Answer = {"MetricDataResults": results, "Messages": []}
    return answer if end >= total else {**answer, "NextToken": str(end)}


def _check(queries: list[Any], params: dict[str, Any]) -> None:
    if len(queries) > QUERIES:
        raise CloudError("ValidationError", f"The collection MetricDataQueries must not have a size greater than {QUERIES}.")
    ids = [query["Id"] for query in queries]
    if len(set(ids)) != len(ids):
        raise CloudError("ValidationError", "The values for parameter id in MetricDataQueries are not unique.")
    if wrong := next((one for one in ids if not _ID.fullmatch(one)), None):
        raise CloudError(
            "ValidationError", f"The value {wrong} for parameter MetricDataQueries.member.Id is not matching the expected pattern."
        )
    if any("MetricStat" not in query for query in queries):
        raise CloudError("ValidationError", "Expressions are not evaluated by the demo cloud: ask with MetricStat.")
    if any(query["MetricStat"]["Period"] % 60 for query in queries):
        raise CloudError("ValidationError", "The period must be a multiple of 60 seconds.")
    if params["StartTime"] >= params["EndTime"]:
        raise CloudError("ValidationError", "The parameter StartTime must be less than the parameter EndTime.")


def _buckets(world: World, start: datetime, end: datetime, period: int) -> Buckets:
    low, high = int(start.timestamp()), min(int(end.timestamp()), int(world.now.timestamp()))
    low -= low % min(period, _DAY)
    timestamps, days = [], []
    for second in range(low, high, period):
        first, last = (second - _FIRST) // _DAY, (second + period - 1 - _FIRST) // _DAY
        last = min(last, (high - 1 - _FIRST) // _DAY)
        if last < 0 or first >= DAYS:
            continue
        covered = min(second + period, int(world.now.timestamp())) - second
        timestamps.append(datetime.fromtimestamp(second, UTC))
        days.append((max(0, first), min(DAYS - 1, last), covered / _DAY if first == last else 1.0))
    return Buckets(timestamps, days)


def _result(world: World, functions: dict[str, Function], query: Any, grid: Buckets, part: tuple[int, int], newest_first: bool) -> Answer:
    stat, (first, last) = query["MetricStat"], part
    metric = stat["Metric"]
    name = next((one["Value"].removeprefix(LOG_GROUPS) for one in metric.get("Dimensions", ()) if one["Name"] in NAMED_BY), "")
    function = functions.get(name) if metric.get("Namespace") in ("AWS/Lambda", "AWS/Logs") else None
    timestamps: list[datetime] = []
    values: list[float] = []
    if function is not None and (measure := _measure(metric["MetricName"], stat["Stat"])) is not None:
        series = world.series(function)
        calls = series.calls
        order = slice(first, last) if not newest_first else slice(-first - 1, -last - 1, -1)
        for timestamp, (low, high, share) in zip(grid.timestamps[order], grid.days[order], strict=True):
            if calls[low] or (low < high and any(calls[low : high + 1])):
                timestamps.append(timestamp)
                values.append(measure(function, series, low, high, share))
    label = query.get("Label") or f"{name} {metric['MetricName']}".strip()
    done = last == len(grid.timestamps)
    return {
        "Id": query["Id"],
        "Label": label,
        "Timestamps": timestamps,
        "Values": values,
        "StatusCode": "Complete" if done else "PartialData",
    }


Measure = Callable[[Function, Series, int, int, float], float]


@cache
def _measure(metric: str, stat: str) -> Measure | None:
    """How a statistic is read from the daily series; None for what Lambda does not publish (an empty result, as in CloudWatch)."""
    if stat == "Sum" and metric in SUMS:
        return partial(_sum, attrgetter(SUMS[metric]))
    if metric == "IncomingBytes" and stat == "Sum":
        return lambda function, series, low, high, share: float(
            bytes_a_call(function) * int(_sum(_calls, function, series, low, high, share))
        )
    if stat == "SampleCount":
        return partial(_sum, attrgetter("calls"))
    if metric == "Duration" and (stat in ("Average", "Minimum", "Maximum") or re.fullmatch(r"p\d{1,2}(\.\d+)?", stat)):
        return lambda function, series, low, high, _: round(_average(series, low, high) * _spread(function, stat), 3)
    if metric == "ConcurrentExecutions" and stat == "Maximum":
        return lambda _, series, low, high, __: float(1 + int(3 * max(series.duration_ms[low : high + 1]) / (_DAY * 1000)))
    return None


_calls = attrgetter("calls")


def _sum(amounts: Callable[[Series], list[Any]], _: Function, series: Series, low: int, high: int, share: float) -> float:
    """Of counts or of milliseconds, over whole days or a part of one."""
    found = amounts(series)
    if low == high and share == 1.0:
        return float(found[low])
    whole = fsum(found[low : high + 1]) * share
    return float(int(whole)) if isinstance(found[low], int) else round(whole, 3)


def _average(series: Series, low: int, high: int) -> float:
    return fsum(series.duration_ms[low : high + 1]) / sum(series.calls[low : high + 1])


def _spread(function: Function, stat: str) -> float:
    """A statistic of Duration over its average: linear below the p95 of the story, steeper above it."""
    tail = function.p95_factor - 1
    if stat == "Average":
        return 1.0
    if stat == "Minimum":
        return 0.4
    rank = 100.0 if stat == "Maximum" else float(stat[1:])
    return 1 + tail * (rank - 60) / 35 if rank <= 95 else 1 + tail * (1 + 0.4 * (rank - 95))


def list_metrics(world: World, call: Call) -> Answer:
    params = call.params
    wanted = {(one["Name"], one.get("Value")) for one in params.get("Dimensions", ())}
    if params.get("Namespace", "AWS/Lambda") != "AWS/Lambda" or any(name != "FunctionName" for name, _ in wanted):
        return {"Metrics": []}
    names = [name for name, function in world.functions_in(call.account, call.region).items() if function.calls]
    named = {value for _, value in wanted if value is not None}
    metrics = [
        {"Namespace": "AWS/Lambda", "MetricName": metric, "Dimensions": [{"Name": "FunctionName", "Value": name}]}
        for name in names
        if not named or name in named
        for metric in METRICS
        if params.get("MetricName", metric) == metric
    ]
    listed, token = page(metrics, params.get("NextToken"), METRICS_PAGE, error="InvalidParameterValue")
    return {"Metrics": list(listed)} if token is None else {"Metrics": list(listed), "NextToken": token}


HANDLERS: Table = {("cloudwatch", "GetMetricData"): get_metric_data, ("cloudwatch", "ListMetrics"): list_metrics}
