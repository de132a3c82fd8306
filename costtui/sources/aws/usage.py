"""Usage of functions from CloudWatch: GetMetricData, one query a function and metric, one point a day.

At most 500 queries and 100,800 points a call; each metric asked for is billed, its points are free (CloudWatch pricing), so one
query covers all missing days. A function without any point gave no data, which is not the same as no calls.

Of many functions, the first are asked about while the others are still being listed, if all of them are within the budget: how many
there will be is in GetAccountSettings (free). Where that is refused, the last page is waited for.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from itertools import chain
from typing import Any

from costtui.domain.asking import Price
from costtui.domain.datasets import Batch, Scope
from costtui.domain.functions.records import Function, UsageDay
from costtui.domain.money import ZERO
from costtui.domain.prices.price_book import price_book
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.aws.usage_ahead import UsageAhead
from costtui.sources.bridge import side_by_side
from costtui.sources.port import Request

METRICS = ("Invocations", "Duration", "Errors", "Throttles")
QUERIES_PER_CALL = 500
FUNCTIONS_PER_CALL = QUERIES_PER_CALL // len(METRICS)
POINTS_PER_CALL = 100_800
DAY_SECONDS = 86_400

Points = dict[Any, float]
"""Sums of one metric by the moment that their period began, as the timestamp came."""


@dataclass
class _Days:
    """Records by day as the answers arrive; a query that CloudWatch only half answered is remembered."""

    by_day: dict[date, list[UsageDay]]
    incomplete: set[str] = field(default_factory=set)
    days: dict[Any, date] = field(default_factory=dict)
    """The day of each timestamp: all metrics share a few, and a date for each point would cost half of the call."""

    def take(self, asked: Sequence[tuple[Function, str]], pages: Iterable[dict[str, Any]]) -> None:
        """All pages of one call, in which no function has only some of its metrics."""
        found: list[Points] = [{} for _ in asked]
        partial: set[int] = set()
        for page in pages:
            for result in page.get("MetricDataResults", ()):
                index = int(result["Id"][1:])
                change = partial.add if result.get("StatusCode") in ("PartialData", "InternalError") else partial.discard
                change(index)  # a later page may complete it
                found[index].update(zip(result.get("Timestamps", ()), result.get("Values", ()), strict=True))
        self.incomplete.update(asked[index][0].name for index in partial)
        for index in range(0, len(asked), len(METRICS)):
            self._add(asked[index][0].arn, found[index : index + len(METRICS)])

    def _add(self, arn: str, metrics: Sequence[Points]) -> None:
        for at in dict.fromkeys(chain.from_iterable(metrics)):
            day = self.days.get(at)
            if day is None:
                day = self.days[at] = _moment(at).date()
            if (records := self.by_day.get(day)) is not None:
                records.append(usage_day(arn, day, [metric.get(at) for metric in metrics]))


def usage_day(arn: str, day: date, sums: Sequence[float | None]) -> UsageDay:
    """One day of a function, its sums in the order of `METRICS`."""
    calls, lasted, errors, throttles = sums
    return UsageDay(
        arn,
        day,
        None if calls is None else round(calls),
        exact(lasted),
        None if errors is None else round(errors),
        None if throttles is None else round(throttles),
    )


def _moment(at: Any) -> datetime:
    return at if isinstance(at, datetime) else datetime.fromtimestamp(at, UTC)


class FunctionUsage:
    """Calls, duration, errors and throttles of every function, a day at a time."""

    name = "aws.cloudwatch"
    dataset = "function-usage"
    after: tuple[str, ...] = ("functions",)
    local = False
    paid = True
    unconfigured = "no AWS profile is configured"

    def __init__(self, cloud: AwsCloud) -> None:
        self._cloud = cloud
        self._begun: dict[Scope, UsageAhead] = {}

    def scopes(self) -> Sequence[Scope]:
        return self._cloud.scopes(self.name)

    def price(self, request: Request) -> Price:
        functions = len(request.inputs["functions"])
        metrics = functions * len(METRICS) * len(list(spans(request.days)))
        calls = -(-metrics // QUERIES_PER_CALL)
        return Price(self.name, calls, metrics * _rate(), 0, f"{_words(functions, request.days)} from CloudWatch")

    def ahead(self, request: Request) -> None:
        functions: Sequence[Function] = request.inputs["functions"]
        (span, *others) = spans(request.days)
        if others or len(functions) < FUNCTIONS_PER_CALL:
            return
        begun = self._begun.get(request.scope)
        if begun is None or not begun.serves(functions, request.days):
            if begun is not None:
                begun.drop()
            ask = partial(self._ask, request, span)
            begun = UsageAhead(request.days, FUNCTIONS_PER_CALL, partial(self._allowed, request), ask)
            self._begun[request.scope] = begun
        begun.take(functions)

    def _allowed(self, request: Request) -> bool:
        """Whether the usage of all functions that Lambda counts is within the budget."""
        try:
            settings = self._cloud.call(self.name, request.scope, "lambda", "get_account_settings")
            functions: int = settings.get("AccountUsage", {}).get("FunctionCount") or 0
            self._cloud.afford(self.name, functions * len(METRICS) * _rate(), _words(functions, request.days))
        except SourceError:  # what matters of it is said once all are listed
            return False
        return functions > 0

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        functions: list[Function] = list(request.inputs["functions"])
        begun = self._begun.pop(request.scope, None)
        if begun is not None and not (begun.serves(functions, request.days) and begun.sent):
            begun.drop()
            begun = None
        if functions:
            spent = begun.sent * len(METRICS) * _rate() if begun else ZERO
            self._cloud.afford(self.name, self.price(request).usd - spent, _words(len(functions), request.days))
        parts = [functions[start : start + FUNCTIONS_PER_CALL] for start in range(0, len(functions), FUNCTIONS_PER_CALL)]
        for span in spans(request.days):
            days = _Days({day: [] for day in span})
            answers = begun.answers(functions) if begun else side_by_side([partial(self._ask, request, span, part) for part in parts])
            for number, (part, pages) in enumerate(zip(parts, answers, strict=True), start=1):
                days.take(_asked(part), pages)
                done = min(number * QUERIES_PER_CALL, len(functions) * len(METRICS))
                request.progress(f"metrics of {request.scope.words}", done, len(functions) * len(METRICS))
                if request.cancelled():
                    return
            if days.incomplete:
                yield _half_answered(request.scope, days.incomplete)
            for day, records in days.by_day.items():
                yield Batch(records, day=day, estimated=bool(days.incomplete))

    def _ask(self, request: Request, span: Sequence[date], part: Sequence[Function]) -> list[dict[str, Any]]:
        asked = _asked(part)
        if request.cancelled():
            return []
        pages = self._cloud.pages(
            self.name,
            request.scope,
            "cloudwatch",
            "get_metric_data",
            ask="NextToken",
            given="NextToken",
            usd=_rate() * len(asked),
            MetricDataQueries=[query(index, lambda_metric(function, metric)) for index, (function, metric) in enumerate(asked)],
            StartTime=midnight(span[0]),
            EndTime=midnight(span[-1] + timedelta(1)),
            ScanBy="TimestampAscending",
            MaxDatapoints=POINTS_PER_CALL,
        )
        return list(pages)


def _asked(functions: Sequence[Function]) -> list[tuple[Function, str]]:
    return [(function, metric) for function in functions for metric in METRICS]


def _words(functions: int, days: Sequence[date]) -> str:
    return f"{len(days)} days of {functions} functions"


def _rate() -> Decimal:
    """USD for one metric, whatever the number of its points."""
    return price_book().api_call("cloudwatch:GetMetricData")


def query(index: int, metric: dict[str, Any], stat: str = "Sum", period: int = DAY_SECONDS) -> dict[str, Any]:
    """One metric in GetMetricData's form; its answer comes under the id `m<index>`."""
    return {"Id": f"m{index}", "MetricStat": {"Metric": metric, "Period": period, "Stat": stat}, "ReturnData": True}


def lambda_metric(function: Function, name: str) -> dict[str, Any]:
    """A metric of one function over all its versions."""
    return {"Namespace": "AWS/Lambda", "MetricName": name, "Dimensions": [{"Name": "FunctionName", "Value": function.name}]}


def spans(days: Sequence[date]) -> Iterator[list[date]]:
    """Runs of days that follow each other: one question each."""
    span: list[date] = []
    for day in sorted(days):
        if span and day - span[-1] != timedelta(1):
            yield span
            span = []
        span.append(day)
    if span:
        yield span


def exact(value: float | None) -> Decimal | None:
    """The shortest decimal that is this double: what AWS wrote."""
    return None if value is None else Decimal(repr(value))


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _half_answered(scope: Scope, names: set[str]) -> Problem:
    some = ", ".join(sorted(names)[:3]) + (" …" if len(names) > 3 else "")
    what = f"CloudWatch answered only in part for {len(names)} functions ({some})"
    return Problem("failed", FunctionUsage.name, what, "refresh to ask again", scope.words)
