"""Rows of the functions pane, from ListFunctions, tags and CloudWatch's sums."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from math import nan

import msgspec

from costtui.domain.functions.advice import advised
from costtui.domain.functions.bill import function_cost
from costtui.domain.functions.bill_records import BilledLine, LambdaBillLine
from costtui.domain.functions.billed import billed_cost
from costtui.domain.functions.records import Daily, Function, FunctionCost, FunctionRow, FunctionTotals, UsageDay
from costtui.domain.functions.reported import FunctionReports
from costtui.domain.functions.tuning import Tuning
from costtui.domain.loaded import PaneData
from costtui.domain.money import ZERO, known_total, rounded, total
from costtui.domain.ownership import first_present
from costtui.domain.prices.price_book import price_book
from costtui.domain.problems import Problem
from costtui.panes.functions.asked_usage import lacking, usage_by_function
from costtui.panes.functions.bills import bill_of, extra_use
from costtui.panes.functions.joined import Joined, join, with_enrolment
from costtui.panes.functions.payers import free_tier_of, places, tiered
from costtui.panes.functions.reconciled import reconciled
from costtui.panes.inputs import Inputs

STACK_TAG = "aws:cloudformation:stack-name"
NOTHING_KNOWN = FunctionCost(None, None, None, None, None, None, None)
OTHER_CURRENCY = "their billed cost is not in {}, which the price book is in: the modelled cost is shown instead"


def build(inputs: Inputs) -> PaneData[FunctionRow, FunctionTotals]:
    """One row a function, costliest first; functions without data last."""
    names = {account.id: account.name for account in inputs.of("accounts")}
    tags = {item.arn: item.tags for item in inputs.of("resource-tags")}
    usage = usage_by_function(inputs)
    lacks_usage = lacking(inputs, usage)
    numbers = {day: number for number, day in enumerate(inputs.window.days)}
    joined = join(inputs)
    rows = [
        _row(function, tags.get(function.arn, {}), usage.get(function.arn, ()), names, inputs, numbers, joined, function.arn in lacks_usage)
        for function in inputs.of("functions")
    ]
    modelled, totals = _totals(rows, usage, inputs)
    rows, foreign = _billed(modelled, joined.billed)
    rows.sort(key=lambda row: (row.cost.total is None, -(row.cost.total or ZERO), row.arn))
    costs = [row.cost.total for row in rows]
    totals = msgspec.structs.replace(totals, cost=known_total(costs), unpriced=costs.count(None))
    states = with_enrolment(inputs.sources, enrolled=bool(joined.enrolled))
    return PaneData("functions", inputs.window, rows, totals, states, [*inputs.problems, *joined.strays, *foreign])


def _totals(rows: list[FunctionRow], usage: Mapping[str, Sequence[UsageDay]], inputs: Inputs) -> tuple[list[FunctionRow], FunctionTotals]:
    """The rows in their payers' tiers, and what all of them come to by the model."""
    settings, book, elapsed = inputs.settings, price_book(), _elapsed(inputs)
    discount = settings.prices.discount_pct
    found = places(rows, settings)
    anew, months = tiered(found, usage, inputs.window, elapsed, discount, book)
    rows = [advised(anew[row.arn], elapsed, discount, book) if row.arn in anew else row for row in rows] if anew else rows
    currency = book.currency
    bill: Sequence[LambdaBillLine] = inputs.of("lambda-bill")
    beside = reconciled(rows, bill, inputs.window.days[:elapsed], currency)
    totals = FunctionTotals(
        functions=len(rows),
        cost=None,
        monthly_saving=known_total(row.recommendation.monthly_saving for row in rows if row.recommendation),
        currency=currency,
        discount_pct=discount,
        days=elapsed,
        free_tier=free_tier_of(found, inputs.window, discount, book) if found else None,
        payer_months=months,
        modelled=known_total(row.cost.total for row in rows),
        reconciled=beside.lines if beside else [],
        billed=beside.billed if beside else None,
        residual=beside.residual if beside else None,
    )
    return rows, totals


def _billed(rows: list[FunctionRow], billed: Mapping[str, Sequence[BilledLine]]) -> tuple[list[FunctionRow], list[Problem]]:
    """Rows with what an export says AWS billed them; the model then stands beside it."""
    if not billed:
        return rows, []
    result, foreign = [], False
    for row in rows:
        lines = billed.get(row.arn)
        if lines:
            cost = billed_cost(lines)
            if cost is not None and cost.currency == row.cost.currency:
                row = msgspec.structs.replace(row, cost=cost, modelled=row.cost, billed=list(lines))
            else:
                foreign = True
        result.append(row)
    currency = OTHER_CURRENCY.format(price_book().currency)
    return result, [Problem("warning", "files.functions", currency, "name an export in that currency")] if foreign else []


def _row(
    function: Function,
    tags: Mapping[str, str],
    days: Sequence[UsageDay],
    names: Mapping[str, str],
    inputs: Inputs,
    numbers: Mapping[date, int],
    joined: Joined,
    lacks_usage: bool,
) -> FunctionRow:
    settings = inputs.settings
    tuning, metrics = joined.tuning.get(function.arn), joined.metrics.get(function.arn)
    account_name = names.get(function.account, function.account)
    calls = _sum_int(day.invocations for day in days)
    durations = [day.duration_ms for day in days if day.duration_ms is not None]
    duration = total(durations) if durations else None
    known = joined.versions.get(function.arn)
    extra = extra_use(function, known, calls, duration, inputs.window, inputs.now) if known or function.snap_start else None
    reports = joined.reports.get(function.arn)
    priced = bill_of(function, calls, duration, settings.prices.discount_pct, extra=extra, reports=reports)
    if calls is None and reports is not None and reports.whole and reports.sizes:
        calls, duration = reports.calls, reports.duration_ms
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
        duration_p95_ms=metrics.p95_ms if metrics else reports.p95_ms if reports else None,
        billed_gb_seconds=priced.gb_seconds if priced else None,
        cold_start_share=reports.cold_share if reports and reports.sizes else tuning.cold_rate if tuning else None,
        max_memory_used_mb=max(_used(reports, tuning), default=None),
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
        snap_start=function.snap_start,
        versions=known,
        extra=extra,
        reports=reports,
        history=joined.history.get(function.arn),
        lacks_usage=lacks_usage,
    )
    return advised(row, _elapsed(inputs), settings.prices.discount_pct, price_book()) if tuning else row


def _used(*measured: FunctionReports | Tuning | None) -> Iterator[int]:
    """The most memory that each of them saw in use, in MB."""
    yield from (one.max_memory_used_mb for one in measured if one is not None and one.max_memory_used_mb is not None)


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
