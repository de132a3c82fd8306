"""Usage of functions from CloudWatch: GetMetricData, one query a function and metric, one point a day.

At most 500 queries and 100,800 points a call; each metric asked for is billed, its points are free (CloudWatch pricing), so one
query covers all missing days. A function without any point gave no data, which is not the same as no calls.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from costtui.domain.datasets import Batch, Scope
from costtui.domain.functions.records import Function, UsageDay
from costtui.domain.prices.price_book import price_book
from costtui.domain.problems import Problem
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.port import Request

METRICS = ("Invocations", "Duration", "Errors", "Throttles")
QUERIES_PER_CALL = 500
POINTS_PER_CALL = 100_800
DAY_SECONDS = 86_400

Points = dict[tuple[str, str], float]
"""Sum by function and metric, of one day."""


@dataclass
class _Days:
    """Points as they arrive, by day; a query that CloudWatch only half answered is remembered."""

    by_day: dict[date, Points] = field(default_factory=dict)
    by_moment: dict[Any, Points] = field(default_factory=dict)
    """The same by timestamp as it came: all metrics share a few, and a date for each point would cost half of the call."""
    incomplete: set[tuple[str, str]] = field(default_factory=set)

    def take(self, result: dict[str, Any], function: Function, metric: str) -> None:
        change = self.incomplete.add if result.get("StatusCode") in ("PartialData", "InternalError") else self.incomplete.discard
        change((function.name, metric))  # a later page may complete it
        key = (function.arn, metric)
        for at, value in zip(result.get("Timestamps", ()), result.get("Values", ()), strict=True):
            points = self.by_moment.get(at)
            if points is None:
                points = self.by_moment[at] = self.by_day.setdefault(_moment(at).date(), {})
            points[key] = points.get(key, 0.0) + value


def _moment(at: Any) -> datetime:
    return at if isinstance(at, datetime) else datetime.fromtimestamp(at, UTC)


class FunctionUsage:
    """Calls, duration, errors and throttles of every function, a day at a time."""

    name = "aws.cloudwatch"
    dataset = "function-usage"
    after: tuple[str, ...] = ("functions",)
    local = False
    unconfigured = "no AWS profile is configured"

    def __init__(self, cloud: AwsCloud) -> None:
        self._cloud = cloud

    def scopes(self) -> Sequence[Scope]:
        return self._cloud.scopes(self.name)

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        functions: list[Function] = list(request.inputs["functions"])
        asked = [(function, metric) for function in functions for metric in METRICS]
        rate = price_book().api_call("cloudwatch:GetMetricData")
        spans = list(_spans(request.days))
        if asked:
            what = f"{len(request.days)} days of {len(functions)} functions"
            self._cloud.afford(self.name, rate * len(asked) * len(spans), what)
        for span in spans:
            days = _Days()
            for start in range(0, len(asked), QUERIES_PER_CALL):
                self._ask(request, asked[start : start + QUERIES_PER_CALL], span, rate, days)
                request.progress(f"metrics of {request.scope.words}", min(start + QUERIES_PER_CALL, len(asked)), len(asked))
            if days.incomplete:
                yield _half_answered(request.scope, {name for name, _ in days.incomplete})
            for day in span:
                yield Batch(_records(day, days.by_day.get(day, {})), day=day, estimated=bool(days.incomplete))

    def _ask(self, request: Request, asked: list[tuple[Function, str]], span: list[date], rate: Decimal, days: _Days) -> None:
        pages = self._cloud.pages(
            self.name,
            request.scope,
            "cloudwatch",
            "get_metric_data",
            ask="NextToken",
            given="NextToken",
            usd=rate * len(asked),
            MetricDataQueries=[query(index, lambda_metric(function, metric)) for index, (function, metric) in enumerate(asked)],
            StartTime=midnight(span[0]),
            EndTime=midnight(span[-1] + timedelta(1)),
            ScanBy="TimestampAscending",
            MaxDatapoints=POINTS_PER_CALL,
        )
        for page in pages:
            for result in page.get("MetricDataResults", ()):
                function, metric = asked[int(result["Id"][1:])]
                days.take(result, function, metric)


def query(index: int, metric: dict[str, Any], stat: str = "Sum", period: int = DAY_SECONDS) -> dict[str, Any]:
    """One metric in GetMetricData's form; its answer comes under the id `m<index>`."""
    return {"Id": f"m{index}", "MetricStat": {"Metric": metric, "Period": period, "Stat": stat}, "ReturnData": True}


def lambda_metric(function: Function, name: str) -> dict[str, Any]:
    """A metric of one function over all its versions."""
    return {"Namespace": "AWS/Lambda", "MetricName": name, "Dimensions": [{"Name": "FunctionName", "Value": function.name}]}


def _spans(days: Sequence[date]) -> Iterator[list[date]]:
    """Runs of days that follow each other: one question each."""
    span: list[date] = []
    for day in sorted(days):
        if span and day - span[-1] != timedelta(1):
            yield span
            span = []
        span.append(day)
    if span:
        yield span


def _records(day: date, points: Points) -> list[UsageDay]:
    arns = dict.fromkeys(arn for arn, _ in points)
    return [
        UsageDay(
            arn=arn,
            day=day,
            invocations=_whole(points.get((arn, "Invocations"))),
            duration_ms=exact(points.get((arn, "Duration"))),
            errors=_whole(points.get((arn, "Errors"))),
            throttles=_whole(points.get((arn, "Throttles"))),
        )
        for arn in arns
    ]


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def exact(value: float | None) -> Decimal | None:
    """The shortest decimal that is this double: what AWS wrote."""
    return None if value is None else Decimal(repr(value))


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _half_answered(scope: Scope, names: set[str]) -> Problem:
    some = ", ".join(sorted(names)[:3]) + (" …" if len(names) > 3 else "")
    what = f"CloudWatch answered only in part for {len(names)} functions ({some})"
    return Problem("failed", FunctionUsage.name, what, "refresh to ask again", scope.words)
