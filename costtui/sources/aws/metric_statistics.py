"""Usage of single functions within CloudWatch's free tier: GetMetricStatistics, one call a metric, one point a day.

A million API requests a month are free, GetMetricData not among them (CloudWatch pricing). So the functions on the screen have their
calls and costs without consent to paid calls, and one function has its last 60 days. At most 1,440 points a call.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from costtui.domain.asking import Price
from costtui.domain.datasets import Batch, Scope
from costtui.domain.functions.records import Function, FunctionDays
from costtui.domain.money import ZERO
from costtui.domain.prices.price_book import price_book
from costtui.domain.problems import Problem
from costtui.sources.aws.cloud import AwsCloud, moment
from costtui.sources.aws.usage import DAY_SECONDS, METRICS, lambda_metric, midnight, usage_day
from costtui.sources.bridge import side_by_side
from costtui.sources.port import Request

HISTORY_DAYS = 60
CALLS_A_SECOND = 20
"""About what one account answers, with a few threads."""


class FunctionStatistics:
    """Calls, duration, errors and throttles over the window, of the functions asked about."""

    name = "aws.cloudwatch.statistics"
    dataset = "function-statistics"
    after: tuple[str, ...] = ("functions",)
    local = False
    paid = False
    unconfigured = "no AWS profile is configured"

    def __init__(self, cloud: AwsCloud) -> None:
        self._cloud = cloud

    def scopes(self) -> Sequence[Scope]:
        return self._cloud.scopes(self.name)

    def price(self, request: Request) -> Price:
        functions, days = self._functions(request), self._days(request)
        calls = len(METRICS) * len(functions)
        words = f"{len(days)} days of {len(functions)} functions, in {calls} requests of CloudWatch's free million a month"
        return Price(self.name, calls, ZERO, calls // CALLS_A_SECOND, words)

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        functions, days = self._functions(request), self._days(request)
        kept = {known.subject: known for known in self._known(request)}
        asked = [(function, metric) for function in functions for metric in METRICS]
        missing = {function.arn: _missing(kept.get(function.arn), days, request.now.date()) for function in functions}
        answers = side_by_side([partial(self._ask, request.scope, function, metric, missing[function.arn]) for function, metric in asked])
        own: list[dict[date, float]] = []
        for number, ((function, _), sums) in enumerate(zip(asked, answers, strict=True), start=1):
            own.append(sums)
            if len(own) == len(METRICS):
                first, before = missing[function.arn][0], kept.get(function.arn)
                old = [record for record in before.days if days[0] <= record.day < first] if before else []
                new = [usage_day(function.arn, day, [metric.get(day) for metric in own]) for day in sorted(set().union(*own))]
                yield Batch([FunctionDays(function.arn, days[0], request.now.date(), [*old, *new])])
                own.clear()
                request.progress(f"usage of {request.scope.words}", number // len(METRICS), len(functions))
            if request.cancelled():
                return

    def _functions(self, request: Request) -> list[Function]:
        subjects = frozenset(request.subjects)
        return [function for function in request.inputs["functions"] if function.arn in subjects]

    def _days(self, request: Request) -> Sequence[date]:
        return [day for day in request.days if day <= request.now.date()]

    def _known(self, request: Request) -> Sequence[FunctionDays]:  # noqa: ARG002
        """Answers whose closed days need not be asked again."""
        return ()

    def _ask(self, scope: Scope, function: Function, metric: str, days: Sequence[date]) -> dict[date, float]:
        answer = self._cloud.call(
            self.name,
            scope,
            "cloudwatch",
            "get_metric_statistics",
            usd=price_book().api_call("cloudwatch:GetMetricStatistics"),
            covered=True,
            **lambda_metric(function, metric),
            StartTime=midnight(days[0]),
            EndTime=midnight(days[-1] + timedelta(1)),
            Period=DAY_SECONDS,
            Statistics=["Sum"],
        )
        return dict(_points(answer))


class FunctionHistory(FunctionStatistics):
    """The last 60 days of the functions asked about, today among them; of closed days only what is not stored yet."""

    name = "aws.cloudwatch.history"
    dataset = "function-history"

    def _days(self, request: Request) -> Sequence[date]:
        today = request.now.date()
        return [today - timedelta(number) for number in reversed(range(HISTORY_DAYS))]

    def _known(self, request: Request) -> Sequence[FunctionDays]:
        return list(request.known())


def _missing(known: FunctionDays | None, days: Sequence[date], today: date) -> Sequence[date]:
    """The days from the first that is open, or was when the answer was given: points arrive up to some hours late."""
    if known is None or known.since > days[0] or not known.days:
        return days
    closed = min(today, known.asked) - timedelta(1)
    return [day for day in days if day >= closed]


def _points(answer: dict[str, Any]) -> Iterator[tuple[date, float]]:
    for point in answer["Datapoints"]:
        at = moment(point["Timestamp"])
        if at is not None:
            yield at.date(), point["Sum"]
