"""What CloudWatch says of a whole window at once: GetMetricData with one period as long as the window.

The 95th percentile of each function's durations, and the bytes that its log group took in: two more metrics a function ($0.01 per
1,000), asked only of functions that had calls, and once a day at most for a window.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from costtui.domain.asking import Price
from costtui.domain.datasets import Batch, Scope
from costtui.domain.functions.records import Function, WindowMetrics
from costtui.domain.prices.price_book import price_book
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.aws.usage import DAY_SECONDS, QUERIES_PER_CALL, exact, lambda_metric, midnight, query
from costtui.sources.bridge import side_by_side
from costtui.sources.port import Request

P95, LOG_BYTES = "p95", "Sum"
"""What is asked, by the statistic that tells the answers apart."""
FUNCTIONS_PER_CALL = QUERIES_PER_CALL // 2

Asked = list[tuple[Function, str]]


class FunctionWindow:
    """p95 and log bytes of the functions that CloudWatch saw calls of."""

    name = "aws.cloudwatch.window"
    dataset = "function-window"
    after: tuple[str, ...] = ("functions", "function-usage")
    local = False
    paid = True
    unconfigured = "no AWS profile is configured"

    def __init__(self, cloud: AwsCloud) -> None:
        self._cloud = cloud

    def scopes(self) -> Sequence[Scope]:
        return self._cloud.scopes(self.name)

    def price(self, request: Request) -> Price:
        asked = _asked(request)
        calls = -(-len(asked) // FUNCTIONS_PER_CALL)
        words = f"the p95 and the log volume of {len(asked)} functions over {len(request.days)} days from CloudWatch"
        return Price(self.name, calls, _rate() * sum(map(len, asked)), 0, words)

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        asked = _asked(request)
        if asked:
            what = f"the p95 and the log volume of {len(asked)} functions over {len(request.days)} days"
            self._cloud.afford(self.name, self.price(request).usd, what)
        starts = range(0, len(asked), FUNCTIONS_PER_CALL)
        parts = [[one for own in asked[start : start + FUNCTIONS_PER_CALL] for one in own] for start in starts]
        try:
            for number, records in enumerate(side_by_side([partial(self._ask, request, part) for part in parts]), start=1):
                yield Batch(records)
                request.progress(f"p95 of {request.scope.words}", min(number * FUNCTIONS_PER_CALL, len(asked)), len(asked))
                if request.cancelled():
                    return
        except SourceError as error:
            if error.problem.kind != "malformed":
                raise
            what = f"p95 and log volume are not known: {error.problem.what}"
            yield Problem("warning", self.name, what, "refresh to ask again", request.scope.words)

    def _ask(self, request: Request, asked: Asked) -> list[WindowMetrics]:
        period = DAY_SECONDS * len(request.days)
        pages = self._cloud.pages(
            self.name,
            request.scope,
            "cloudwatch",
            "get_metric_data",
            ask="NextToken",
            given="NextToken",
            usd=_rate() * len(asked),
            MetricDataQueries=[query(index, _metric(*one), one[1], period) for index, one in enumerate(asked)],
            StartTime=midnight(request.days[0]),
            EndTime=midnight(request.days[-1] + timedelta(1)),
        )
        found: dict[tuple[str, str], float] = {}
        for page in pages:
            for result in page.get("MetricDataResults", ()):
                function, stat = asked[int(result["Id"][1:])]
                for value in result.get("Values", ()):  # one; of a window that CloudWatch splits, the p95 is at most the larger
                    before = found.get((function.arn, stat), 0.0)
                    found[function.arn, stat] = max(value, before) if stat == P95 else value + before
        return [
            WindowMetrics(arn, exact(found.get((arn, P95))), None if size is None else round(size))
            for arn in dict.fromkeys(function.arn for function, _ in asked)
            if (size := found.get((arn, LOG_BYTES))) is not None or (arn, P95) in found
        ]


def _asked(request: Request) -> list[Asked]:
    """Per function that was called: its p95, and its log bytes where the log group is its own."""
    called = {day.arn for day in request.inputs["function-usage"] if day.invocations}
    listed: Sequence[Function] = request.inputs["functions"]
    shared = Counter(function.log_group for function in listed)
    return [
        [(function, P95)] + [(function, LOG_BYTES)] * (shared[function.log_group] == 1) for function in listed if function.arn in called
    ]


def _rate() -> Decimal:
    return price_book().api_call("cloudwatch:GetMetricData")


def _metric(function: Function, stat: str) -> dict[str, Any]:
    if stat == P95:
        return lambda_metric(function, "Duration")
    return {
        "Namespace": "AWS/Logs",
        "MetricName": "IncomingBytes",
        "Dimensions": [{"Name": "LogGroupName", "Value": function.log_group}],
    }
