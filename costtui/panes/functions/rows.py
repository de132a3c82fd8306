"""Rows of the functions pane, from ListFunctions, tags and CloudWatch's sums."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from math import nan

from costtui.domain.functions.advice import advised
from costtui.domain.functions.bill import Bill, estimated_bill, function_cost
from costtui.domain.functions.records import Daily, Function, FunctionCost, FunctionRow, FunctionTotals, UsageDay
from costtui.domain.loaded import PaneData
from costtui.domain.money import ZERO, known_total, rounded, total
from costtui.domain.ownership import first_present
from costtui.domain.prices.price_book import FreeTier, price_book
from costtui.panes.functions.joined import Joined, join, with_enrolment
from costtui.panes.inputs import Inputs

STACK_TAG = "aws:cloudformation:stack-name"
NOTHING_KNOWN = FunctionCost(None, None, None, None, None, None, None)


def build(inputs: Inputs) -> PaneData[FunctionRow, FunctionTotals]:
    """One row a function, costliest first; functions without data last."""
    names = {account.id: account.name for account in inputs.of("accounts")}
    tags = {item.arn: item.tags for item in inputs.of("resource-tags")}
    usage: dict[str, list[UsageDay]] = defaultdict(list)
    for day in inputs.of("function-usage"):
        usage[day.arn].append(day)
    numbers = {day: number for number, day in enumerate(inputs.window.days)}
    joined = join(inputs)
    rows = [
        _row(function, tags.get(function.arn, {}), usage.get(function.arn, ()), names, inputs, numbers, joined)
        for function in inputs.of("functions")
    ]
    rows.sort(key=lambda row: (row.cost.total is None, -(row.cost.total or ZERO), row.arn))
    costs = [row.cost.total for row in rows]
    totals = FunctionTotals(
        functions=len(rows),
        cost=known_total(costs),
        monthly_saving=known_total(row.recommendation.monthly_saving for row in rows if row.recommendation),
        unpriced=costs.count(None),
        discount_pct=inputs.settings.prices.discount_pct,
        days=_elapsed(inputs),
    )
    states = with_enrolment(inputs.sources, enrolled=bool(joined.enrolled))
    return PaneData("functions", inputs.window, rows, totals, states, [*inputs.problems, *joined.strays])


def _row(
    function: Function,
    tags: Mapping[str, str],
    days: Sequence[UsageDay],
    names: Mapping[str, str],
    inputs: Inputs,
    numbers: Mapping[date, int],
    joined: Joined,
) -> FunctionRow:
    settings = inputs.settings
    tuning, metrics = joined.tuning.get(function.arn), joined.metrics.get(function.arn)
    account_name = names.get(function.account, function.account)
    calls = _sum_int(day.invocations for day in days)
    known = [day.duration_ms for day in days if day.duration_ms is not None]
    duration = total(known) if known else None
    priced = bill_of(function, calls, duration, settings.prices.discount_pct)
    row = FunctionRow(
        arn=function.arn,
        name=function.name,
        account=function.account,
        account_name=account_name,
        team=first_present(settings.ownership.team, tags, account_name),
        environment=first_present(settings.ownership.environment, tags, account_name),
        region=function.region,
        runtime=function.runtime,
        architecture=function.architecture,
        memory_mb=function.memory_mb,
        ephemeral_mb=function.ephemeral_mb,
        package_type=function.package_type,
        kind=function.kind,
        last_modified=function.last_modified,
        invocations=calls,
        errors=_sum_int(day.errors for day in days),
        throttles=_sum_int(day.throttles for day in days),
        duration_avg_ms=rounded(duration / calls, 6) if duration is not None and calls else None,
        duration_p95_ms=metrics.p95_ms if metrics else None,
        billed_gb_seconds=priced.gb_seconds if priced else None,
        cold_start_share=tuning.cold_rate if tuning else None,
        max_memory_used_mb=tuning.max_memory_used_mb if tuning else None,
        cost=function_cost(priced) if priced else NOTHING_KNOWN,
        recommendation=None,
        stack=tags.get(STACK_TAG),
        tags={key: value for key, value in sorted(tags.items()) if not key.startswith("aws:")},
        daily_calls=_daily(numbers, ((day.day, day.invocations) for day in days)),
        daily_duration_ms=_daily(numbers, ((day.day, day.duration_ms) for day in days)),
        log_bytes=metrics.log_bytes if metrics else None,
        tuning=tuning,
        optimizer=joined.optimizer.get(function.arn),
        optimizer_enrolled=(function.account, function.region) in joined.enrolled,
    )
    return advised(row, _elapsed(inputs), settings.prices.discount_pct, price_book()) if tuning else row


def bill_of(
    function: Function | FunctionRow,
    calls: int | None,
    duration_ms: Decimal | None,
    discount_pct: Decimal,
    free_tier: FreeTier | None = None,
) -> Bill | None:
    """The bill from CloudWatch's sums; None when there are none, which is not a bill of zero."""
    if calls is None or duration_ms is None:
        return None
    return estimated_bill(
        region=function.region,
        architecture=function.architecture,
        memory_mb=function.memory_mb,
        ephemeral_mb=function.ephemeral_mb,
        invocations=calls,
        duration_ms=duration_ms,
        kind=function.kind,
        rates=price_book().lambda_rates(function.region, function.architecture),
        discount_pct=discount_pct,
        free_tier=free_tier,
    )


def _elapsed(inputs: Inputs) -> int:
    """Days of the window that have begun."""
    return max(1, (min(inputs.window.end, inputs.now.date() + timedelta(1)) - inputs.window.start).days)


def _sum_int(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _daily(numbers: Mapping[date, int], values: Iterable[tuple[date, int | Decimal | None]]) -> Daily:
    """One number a day of the window, at the places that `numbers` gives; nothing at all where no day has data."""
    known = [(numbers[day], float(value)) for day, value in values if value is not None and day in numbers]
    if not known:
        return Daily()
    series = [nan] * len(numbers)
    for number, value in known:
        series[number] = value
    return Daily.of(series)
