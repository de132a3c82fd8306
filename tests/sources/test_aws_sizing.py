"""p95 and Compute Optimizer over real boto3 clients that the demo cloud answers in process."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from costtui.domain.datasets import Batch, Scope
from costtui.domain.functions.records import OptimizerAdvice, OptimizerReport, UsageDay, WindowMetrics
from costtui.domain.money import total
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.aws.compute_optimizer import ComputeOptimizer
from costtui.sources.aws.functions import Functions
from costtui.sources.aws.whole_window import FunctionWindow
from costtui.sources.bridge import Pacer
from costtui.sources.demo import DEMO_NOW, World, install
from costtui.sources.demo.answers import table
from costtui.sources.demo.answers.call import Call
from costtui.sources.demo.faults import Denied, Malformed
from costtui.sources.port import Request, Source
from tests.fakes.demo import function

DAYS = [DEMO_NOW.date() - timedelta(number) for number in range(30, 0, -1)]
NOT_ENROLLED = OptimizerReport("111122223333", "us-east-1", False)
HERE = Scope("aws", "prod", "us-east-1")
ARN = "arn:aws:lambda:us-east-1:111122223333:function:thumbnail-render"


class Meter:
    def __init__(self) -> None:
        self.charges: list[tuple[str, Decimal]] = []
        self.afforded: list[tuple[Decimal, str]] = []

    def afford(self, source: str, usd: Decimal, what: str) -> None:
        assert source.startswith("aws.")
        self.afforded.append((usd, what))

    def charge(self, source: str, operation: str, usd: Decimal) -> None:
        assert source.startswith("aws.")
        self.charges.append((operation, usd))

    settle = covered = charge


class Desk:
    """One account in one region, answered in process."""

    def __init__(self, world: World, region: str = "us-east-1", profile: str = "prod") -> None:
        self.meter = Meter()
        self.asked: list[dict[str, Any]] = []

        def hook(session: Any, profile: str) -> None:
            install(session, world, profile=profile, on_request=self._metered)

        self.cloud = AwsCloud(
            self.meter, Pacer(unlimited=True), profiles=[profile], regions=[region], prompt=lambda _question: "", install=hook
        )

    def _metered(self, _service: str, operation: str, params: dict[str, Any]) -> None:
        self.asked.append(params)
        self.cloud.charge(operation)

    def records(self, make: Callable[[AwsCloud], Source], **inputs: Any) -> list[Any]:
        source = make(self.cloud)
        named = {name.replace("_", "-"): found for name, found in inputs.items()}
        items = source.fetch(Request(source.scopes()[0], DEMO_NOW, DAYS, named))
        return [record for item in items if isinstance(item, Batch) for record in item.records]


def test_p95_and_log_bytes_are_one_number_each_of_the_whole_window_for_functions_that_were_called() -> None:
    desk = Desk(World(extra_functions=tuple(function(f"extra-{number:03}") for number in range(520))))
    functions = desk.records(Functions)
    called = [one for one in functions if one.name != "cron-dispatch"]
    usage = [UsageDay(one.arn, DAYS[0], 1, Decimal(1)) for one in called] + [UsageDay(functions[0].arn, DAYS[1], 0, None)]
    desk.meter.charges.clear()
    desk.asked.clear()
    found: dict[str, WindowMetrics] = {one.arn: one for one in desk.records(FunctionWindow, functions=functions, function_usage=usage)}
    assert len(found) == len(called) == len(functions) - 1
    assert found[ARN].p95_ms == Decimal("171.206")
    written = found[ARN].log_bytes
    assert written
    assert written % 88_214_003 == 0
    queries = [query["MetricStat"] for params in desk.asked for query in params["MetricDataQueries"]]
    assert sorted(len(params["MetricDataQueries"]) for params in desk.asked) == [2 * len(called) - 1000, 500, 500]
    assert {(query["Metric"]["MetricName"], query["Stat"]) for query in queries} == {("Duration", "p95"), ("IncomingBytes", "Sum")}
    assert {query["Period"] for query in queries} == {30 * 86_400}
    price = Decimal("0.00002") * len(called)
    assert total(usd for _, usd in desk.meter.charges) == price
    assert desk.meter.afforded == [(price, f"the p95 and the log volume of {len(called)} functions over 30 days")]


def test_a_log_group_that_functions_share_is_nobody_s_own() -> None:
    desk = Desk(World())
    functions = [msgspec.structs.replace(one, log_group="/shared") for one in desk.records(Functions)[:2]]
    desk.asked.clear()
    usage = [UsageDay(one.arn, DAYS[0], 1, Decimal(1)) for one in functions]
    found: list[WindowMetrics] = desk.records(FunctionWindow, functions=functions, function_usage=usage)
    assert [(one.p95_ms is None, one.log_bytes) for one in found] == [(False, None), (False, None)]
    assert {query["MetricStat"]["Metric"]["Namespace"] for query in desk.asked[0]["MetricDataQueries"]} == {"AWS/Lambda"}


def test_nobody_called_means_nothing_is_asked_and_nothing_is_paid() -> None:
    desk = Desk(World())
    functions = desk.records(Functions)
    desk.meter.charges.clear()
    assert desk.records(FunctionWindow, functions=functions, function_usage=[]) == []
    assert desk.meter.charges == []
    assert desk.meter.afforded == []


def optimizer(arn: str, **more: Any) -> dict[str, Any]:
    return {"functionArn": arn, "finding": "NotOptimized", "lookbackPeriodInDays": 14.0, **more}


def option(rank: int, memory_mb: int, usd: float, currency: str = "USD") -> dict[str, Any]:
    duration = [
        {"name": "Duration", "statistic": statistic, "value": value}
        for statistic, value in (("LowerBound", 28.5), ("UpperBound", 61.25), ("Expected", 40.0))
    ]
    money = {"savingsOpportunityPercentage": 12.5, "estimatedMonthlySavings": {"currency": currency, "value": usd}}
    return {"rank": rank, "memorySize": memory_mb, "projectedUtilizationMetrics": duration, "savingsOpportunity": money}


def test_advice_is_the_first_rank_with_its_range_on_every_page(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = {
        None: {
            "lambdaFunctionRecommendations": [
                optimizer(ARN, memorySizeRecommendationOptions=[option(2, 1024, 9.0), option(1, 512, 3.14)]),
            ],
            "nextToken": "two",
        },
        "two": {
            "lambdaFunctionRecommendations": [
                optimizer(f"{ARN}-2", findingReasonCodes=["InsufficientData"], finding="Unavailable"),
                optimizer(f"{ARN}-3", memorySizeRecommendationOptions=[option(1, 256, 7.0, "CNY")]),
            ]
        },
    }

    def handler(_: World, call: Call) -> Any:
        return pages[call.params.get("nextToken")]

    monkeypatch.setitem(table.HANDLERS, ("compute-optimizer", "GetLambdaFunctionRecommendations"), handler)
    desk = Desk(World())
    reports: list[OptimizerReport] = desk.records(ComputeOptimizer, functions=desk.records(Functions))
    assert all(report.enrolled for report in reports)
    best, silent, chinese = (advice for report in reports for advice in report.advice)
    assert best == OptimizerAdvice(ARN, "NotOptimized", [], 14, 512, Decimal("3.14"), Decimal("28.5"), Decimal("40.0"), Decimal("61.25"))
    assert silent == OptimizerAdvice(f"{ARN}-2", "Unavailable", ["InsufficientData"], 14)
    assert (chinese.memory_mb, chinese.monthly_saving) == (256, None)


def test_the_demo_s_stage_opted_in_and_hears_ranges() -> None:
    desk = Desk(World(), profile="stage")
    (report,) = desk.records(ComputeOptimizer, functions=desk.records(Functions))
    found = {advice.arn.split(":")[6]: advice for advice in report.advice}
    assert (report.account, report.enrolled) == ("444455556666", True)
    assert (found["geo-lookup"].memory_mb, found["geo-lookup"].lower_ms, found["geo-lookup"].upper_ms) == (192, 61, 118)
    assert (found["thumbnail-render-canary"].finding, found["thumbnail-render-canary"].memory_mb) == ("Optimized", None)
    assert "loadtest-runner" not in found, "4096 MB"


def test_an_account_that_did_not_opt_in_is_an_answer() -> None:
    desk = Desk(World())
    assert desk.records(ComputeOptimizer, functions=desk.records(Functions)) == [NOT_ENROLLED]
    assert desk.records(ComputeOptimizer, functions=[]) == []


def test_a_cloud_without_the_service_or_without_percentiles_costs_nothing_else() -> None:
    world = World()
    desk = Desk(world)
    functions = desk.records(Functions)
    world.faults["compute-optimizer", "GetLambdaFunctionRecommendations"] = Malformed()
    world.faults["cloudwatch", "GetMetricData"] = Malformed()
    assert desk.records(ComputeOptimizer, functions=functions) == [NOT_ENROLLED]
    usage = [UsageDay(functions[0].arn, DAYS[0], 1, Decimal(1))]
    request = Request(HERE, DEMO_NOW, DAYS, {"functions": functions, "function-usage": usage})
    (problem,) = FunctionWindow(desk.cloud).fetch(request)
    assert isinstance(problem, Problem)
    assert (problem.kind, problem.what) == ("warning", "p95 and log volume are not known: the answer is not from AWS")


def test_a_denial_is_no_such_answer() -> None:
    world = World()
    desk = Desk(world)
    functions = desk.records(Functions)
    world.faults["compute-optimizer", "GetLambdaFunctionRecommendations"] = Denied()
    with pytest.raises(SourceError) as caught:
        desk.records(ComputeOptimizer, functions=functions)
    assert caught.value.problem.kind == "denied"


def test_regions_without_the_service_are_not_asked() -> None:
    assert ComputeOptimizer(Desk(World(), "ap-southeast-5").cloud).scopes() == []
