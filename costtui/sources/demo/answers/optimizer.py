"""Compute Optimizer: the stage account opted in, prod did not."""

from typing import Any

from costtui.sources.demo.answers.call import Answer, Call, Table, page, page_size
from costtui.sources.demo.company import Function
from costtui.sources.demo.faults import CloudError
from costtui.sources.demo.world import World

ENROLLED = "stage"
LARGEST_MB, PAGE = 1792, 100
LEAST_CALLS = 110
"""A month's worth of the 50 calls in 14 days that it wants."""
ADVICE: dict[str, dict[str, Any]] = {
    "geo-lookup": {"reason": "MemoryUnderprovisioned", "memory_mb": 192, "ms": (61.0, 84.5, 118.0), "usd": 0.04},
    "search-query-stage": {"reason": "MemoryOverprovisioned", "memory_mb": 512, "ms": (57.5, 59.0, 66.0), "usd": 0.03},
}


def _enrolled(world: World, call: Call) -> bool:
    return call.account == world.company.account_id(ENROLLED)


def recommendations(world: World, call: Call) -> Answer:
    if not _enrolled(world, call):
        raise CloudError(
            "OptInRequiredException", "Aws account is not registered for recommendation. Please opt in to AWS Compute Optimizer.", 403
        )
    known = [
        one for one in world.functions_in(call.account, call.region).values() if one.memory_mb <= LARGEST_MB and one.calls >= LEAST_CALLS
    ]
    listed, token = page(known, call.params.get("nextToken"), page_size(call.params.get("maxResults"), PAGE))
    answer: Answer = {"lambdaFunctionRecommendations": [_recommendation(function) for function in listed]}
    return answer if token is None else {**answer, "nextToken": token}


def _recommendation(function: Function) -> Answer:
    advice = ADVICE.get(function.name)
    common: Answer = {
        "functionArn": f"{function.arn}:$LATEST",
        "accountId": function.account,
        "currentMemorySize": function.memory_mb,
        "lookbackPeriodInDays": 14.0,
        "finding": "NotOptimized" if advice else "Optimized",
    }
    return {**common, "findingReasonCodes": [advice["reason"]], "memorySizeRecommendationOptions": [_option(advice)]} if advice else common


def _option(advice: dict[str, Any]) -> Answer:
    statistics = zip(("LowerBound", "Expected", "UpperBound"), advice["ms"], strict=True)
    return {
        "rank": 1,
        "memorySize": advice["memory_mb"],
        "projectedUtilizationMetrics": [{"name": "Duration", "statistic": statistic, "value": ms} for statistic, ms in statistics],
        "savingsOpportunity": {"estimatedMonthlySavings": {"currency": "USD", "value": advice["usd"]}},
    }


def enrollment_status(world: World, call: Call) -> Answer:
    return {"status": "Active" if _enrolled(world, call) else "Inactive", "memberAccountsEnrolled": False}


HANDLERS: Table = {
    ("compute-optimizer", "GetEnrollmentStatus"): enrollment_status,
    ("compute-optimizer", "GetLambdaFunctionRecommendations"): recommendations,
}
