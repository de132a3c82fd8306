"""AWS Compute Optimizer's recommendations for Lambda functions: GetLambdaFunctionRecommendations, free of charge.

It only knows functions of at most 1,792 MB with 50 invocations in 14 days, in accounts that opted in (Compute Optimizer User Guide,
"Supported resources and requirements").
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from costtui.domain.datasets import Batch, Scope
from costtui.domain.functions.records import Function, OptimizerAdvice, OptimizerReport
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.port import Request

NOT_THERE = frozenset({"ap-east-2", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-west-1", "mx-central-1"})
"""Regions with Lambda and without Compute Optimizer."""


class ComputeOptimizer:
    """What AWS itself would run each function at; an account that is not enrolled is an answer, not a failure."""

    name = "aws.compute-optimizer"
    dataset = "optimizer-advice"
    after: tuple[str, ...] = ("functions",)
    local = False
    paid = False
    unconfigured = "no AWS profile is configured"

    def __init__(self, cloud: AwsCloud) -> None:
        self._cloud = cloud

    def scopes(self) -> Sequence[Scope]:
        return [scope for scope in self._cloud.scopes(self.name) if scope.region not in NOT_THERE]

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        functions: Sequence[Function] = request.inputs["functions"]
        if not functions:
            return
        account, region = functions[0].account, functions[0].region
        pages = self._cloud.pages(
            self.name,
            request.scope,
            "compute-optimizer",
            "get_lambda_function_recommendations",
            ask="nextToken",
            given="nextToken",
            maxResults=100,
        )
        try:
            for page in pages:
                advice = [_advice(item) for item in page.get("lambdaFunctionRecommendations", ())]
                yield Batch([OptimizerReport(account, region, True, advice)])
        except SourceError as error:
            # A cloud that is not AWS's own may lack the service; nothing but a line of the detail depends on it.
            if error.problem.kind not in ("not-enabled", "malformed"):
                raise
            yield Batch([OptimizerReport(account, region, False)])


def _advice(item: Mapping[str, Any]) -> OptimizerAdvice:
    options: list[Mapping[str, Any]] = sorted(item.get("memorySizeRecommendationOptions", ()), key=lambda option: option.get("rank", 0))
    best: Mapping[str, Any] = options[0] if options else {}
    duration = {
        metric["statistic"]: Decimal(repr(metric["value"]))
        for metric in best.get("projectedUtilizationMetrics", ())
        if metric.get("name") == "Duration"
    }
    money = best.get("savingsOpportunity", {}).get("estimatedMonthlySavings", {})
    return OptimizerAdvice(
        arn=item["functionArn"],
        finding=item.get("finding", ""),
        reasons=list(item.get("findingReasonCodes", ())),
        days=round(item.get("lookbackPeriodInDays", 0)),
        memory_mb=best.get("memorySize"),
        monthly_saving=Decimal(repr(money["value"])) if money.get("currency") == "USD" else None,
        lower_ms=duration.get("LowerBound"),
        expected_ms=duration.get("Expected"),
        upper_ms=duration.get("UpperBound"),
    )
