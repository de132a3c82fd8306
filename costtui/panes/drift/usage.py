"""Usage of the functions that drifted, since what a Lambda change costs depends on how much it runs."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from costtui.domain.drift.price_terms import Usage
from costtui.domain.drift.records import DriftFinding
from costtui.domain.drift.vocabulary import canonical_type
from costtui.domain.functions.records import Function, UsageDay
from costtui.domain.money import EXACT, total
from costtui.panes.inputs import Inputs

MONTH_DAYS = Decimal(30)
"""Usage is scaled to 30 days, so that the default window is told as it was measured."""


def usage_by_finding(findings: Sequence[DriftFinding], inputs: Inputs) -> Mapping[str, Usage]:
    """Calls a month and their mean duration, of the functions among `findings` that have data."""
    wanted = [finding for finding in findings if canonical_type(finding.type) == "aws_lambda_function" and finding.physical_id]
    if not wanted:
        return {}
    named: dict[str, list[Function]] = defaultdict(list)
    for function in inputs.of("functions"):
        named[function.name].append(function)
        named[function.arn].append(function)
    arns = {finding.id: _arn(finding, named.get(finding.physical_id or "", ())) for finding in wanted}
    days: dict[str, list[UsageDay]] = defaultdict(list)
    of_interest = set(arns.values())
    for day in inputs.of("function-usage"):
        if day.arn in of_interest:
            days[day.arn].append(day)
    return {finding_id: _monthly(days[arn], len(inputs.window)) for finding_id, arn in arns.items() if arn and days[arn]}


def _arn(finding: DriftFinding, functions: Sequence[Function]) -> str | None:
    """The one function that the finding names; a name alone may stand for several, and then for none."""
    found = [
        function.arn for function in functions if finding.account in (None, function.account) and finding.region in (None, function.region)
    ]
    return found[0] if len(found) == 1 else None


def _monthly(days: Sequence[UsageDay], window_days: int) -> Usage:
    calls = sum(day.invocations or 0 for day in days)
    lasted = total(day.duration_ms for day in days if day.duration_ms is not None)
    if not calls:
        return Usage()
    monthly = EXACT.divide(EXACT.multiply(Decimal(calls), MONTH_DAYS), Decimal(window_days))
    return Usage(invocations=monthly, duration_ms=EXACT.divide(lasted, Decimal(calls)))
