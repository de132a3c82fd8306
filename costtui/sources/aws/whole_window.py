"""The 95th percentile of each function's durations over the whole window: GetMetricData with one period as long as the window.

One more metric a function ($0.01 per 1,000), asked only of functions that had calls, and once a day at most for a window.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

from costtui.domain.datasets import Batch, Scope
from costtui.domain.functions.records import DurationP95, Function
from costtui.domain.prices.price_book import price_book
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.aws.usage import DAY_SECONDS, QUERIES_PER_CALL, exact, midnight, query
from costtui.sources.port import Request


class FunctionDurationP95:
    """p95 of the functions that CloudWatch saw calls of."""

    name = "aws.cloudwatch.p95"
    dataset = "function-p95"
    after: tuple[str, ...] = ("functions", "function-usage")
    local = False
    unconfigured = "no AWS profile is configured"

    def __init__(self, cloud: AwsCloud) -> None:
        self._cloud = cloud

    def scopes(self) -> Sequence[Scope]:
        return self._cloud.scopes(self.name)

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        called = {day.arn for day in request.inputs["function-usage"] if day.invocations}
        functions: list[Function] = [function for function in request.inputs["functions"] if function.arn in called]
        rate = price_book().api_call("cloudwatch:GetMetricData")
        if functions:
            self._cloud.afford(self.name, rate * len(functions), f"the p95 of {len(functions)} functions over {len(request.days)} days")
        for start in range(0, len(functions), QUERIES_PER_CALL):
            try:
                yield Batch(self._ask(request, functions[start : start + QUERIES_PER_CALL], rate))
            except SourceError as error:
                if error.problem.kind != "malformed":
                    raise
                yield Problem("warning", self.name, f"p95 is not known: {error.problem.what}", "refresh to ask again", request.scope.words)
                return
            request.progress(f"p95 of {request.scope.words}", min(start + QUERIES_PER_CALL, len(functions)), len(functions))

    def _ask(self, request: Request, functions: list[Function], rate: Decimal) -> list[DurationP95]:
        period = DAY_SECONDS * len(request.days)
        pages = self._cloud.pages(
            self.name,
            request.scope,
            "cloudwatch",
            "get_metric_data",
            ask="NextToken",
            given="NextToken",
            usd=rate * len(functions),
            MetricDataQueries=[query(index, function.name, "Duration", "p95", period) for index, function in enumerate(functions)],
            StartTime=midnight(request.days[0]),
            EndTime=midnight(request.days[-1] + timedelta(1)),
        )
        highest: dict[str, float] = {}
        for page in pages:
            for result in page.get("MetricDataResults", ()):
                arn = functions[int(result["Id"][1:])].arn
                for value in result.get("Values", ()):  # one; if CloudWatch splits the window, the p95 is at most the larger
                    highest[arn] = max(value, highest.get(arn, 0.0))
        return [DurationP95(arn, found) for arn, value in highest.items() if (found := exact(value)) is not None]
