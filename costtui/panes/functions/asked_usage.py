"""Calls of functions by day: CloudWatch's sums of all of them, and of those on the screen where paid requests have no consent."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from costtui.domain.functions.records import FunctionDays, UsageDay
from costtui.panes.inputs import Inputs

METRICS = "aws.cloudwatch"
NO_CONSENT = frozenset({"needs-consent", "over-budget"})


def usage_by_function(inputs: Inputs) -> dict[str, list[UsageDay]]:
    """By ARN. A function without any point is missing."""
    usage: dict[str, list[UsageDay]] = defaultdict(list)
    for day in inputs.of("function-usage"):
        usage[day.arn].append(day)
    statistics: Iterable[FunctionDays] = inputs.of("function-statistics")
    for one in statistics:
        if one.subject not in usage and one.days:
            usage[one.subject] = list(one.days)
    return usage


def lacking(inputs: Inputs, usage: Mapping[str, list[UsageDay]]) -> frozenset[str]:
    """ARNs of the functions whose calls nobody asked for, because that would have to be paid for."""
    if not any(problem.source == METRICS and problem.kind in NO_CONSENT for problem in inputs.problems):
        return frozenset()
    asked = {one.subject for one in inputs.of("function-statistics")}
    return frozenset(function.arn for function in inputs.of("functions") if function.arn not in usage and function.arn not in asked)
