"""Cost Explorer GetCostAndUsage, ListCostAllocationTags and GetTags. A page holds 5,000 groups.

Today is far from complete and yesterday not yet final, as with AWS's own delay; both are `Estimated`.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from costtui.sources.demo.answers.call import Answer, Call, Table, offset
from costtui.sources.demo.answers.cost_filter import Reader, matches, reader
from costtui.sources.demo.calendar import DAYS, day_number
from costtui.sources.demo.charges import MEASURES, UNITS, Charge
from costtui.sources.demo.faults import CloudError
from costtui.sources.demo.world import World

GROUPS_PAGE = 5_000
TODAY_PCT = 35
ACTIVE_TAGS = {"customer": "Active", "team": "Inactive"}


class Period(NamedTuple):
    start: date
    end: date


Sums = dict[tuple[str, ...], list[int]]


def get_cost_and_usage(world: World, call: Call) -> Answer:
    params = call.params
    groups, metrics = params.get("GroupBy") or [], params["Metrics"]
    _check(params, groups, metrics)
    question = repr((call.account, sorted((key, value) for key, value in params.items() if key != "NextPageToken")))
    periods, sums = world.remember(question, lambda: _sums(world, call, groups, metrics))
    answer: Answer = {"GroupDefinitions": groups, "ResultsByTime": []}
    if not groups:
        answer["ResultsByTime"] = [
            _result(world, period, {}, _metrics(metrics, found.get((), [0] * len(metrics))))
            for period, found in zip(periods, sums, strict=True)
        ]
        return answer
    total = sum(map(len, sums))
    start = offset(params.get("NextPageToken"), total, error="InvalidNextTokenException")
    answer["ResultsByTime"] = list(_page(world, periods, sums, metrics, start, start + GROUPS_PAGE))
    if any(group["Key"] == "LINKED_ACCOUNT" for group in groups):
        names = [{"Value": account.id, "Attributes": {"description": account.name}} for account in world.company.accounts]
        answer["DimensionValueAttributes"] = names
    return answer if start + GROUPS_PAGE >= total else {**answer, "NextPageToken": str(start + GROUPS_PAGE)}


def _check(params: dict[str, Any], groups: list[Any], metrics: list[str]) -> None:
    if params["Granularity"] not in ("DAILY", "MONTHLY"):
        raise CloudError("ValidationException", "Hourly granularity is not enabled for this account")
    if len(groups) > 2:
        raise CloudError("ValidationException", "Maximum 2 group definitions are allowed")
    if unknown := [metric for metric in metrics if metric not in MEASURES]:
        raise CloudError("ValidationException", f"The demo cloud does not keep the metric {unknown[0]}")
    if params["TimePeriod"]["Start"] >= params["TimePeriod"]["End"]:
        raise CloudError("ValidationException", "Start date (and hour) should be before end date (and hour)")


def _sums(world: World, call: Call, groups: list[Any], metrics: list[str]) -> tuple[list[Period], list[Sums]]:
    """Per period, the sums of every metric by group key, in units."""
    params = call.params
    periods = list(_periods(params["TimePeriod"], params["Granularity"]))
    readers = [reader(group["Type"], group["Key"]) for group in groups]
    payer = call.account == world.company.accounts[0].id
    condition = params.get("Filter")
    lines = [
        (tuple(_group_key(read, group, charge) for read, group in zip(readers, groups, strict=True)), charge)
        for charge in world.charges
        if (payer or charge.account == call.account) and (condition is None or matches(condition, charge))
    ]
    today = day_number(world.now.date())
    measures = [MEASURES[metric] for metric in metrics]
    result: list[Sums] = []
    for period in periods:
        low, high = max(0, day_number(period.start)), min(DAYS, day_number(period.end), today + 1)
        sums: Sums = {}
        for key, charge in lines if low < high else ():
            if not any(charge.daily[low:high]):
                continue
            amounts = [_sum(measure(charge, low, high), ends_today=high == today + 1) for measure in measures]
            found = sums.get(key)
            sums[key] = amounts if found is None else [one + other for one, other in zip(found, amounts, strict=True)]
        result.append(dict(sorted(sums.items())))
    return periods, result


def _sum(amounts: list[int], *, ends_today: bool) -> int:
    return sum(amounts[:-1]) + amounts[-1] * TODAY_PCT // 100 if ends_today else sum(amounts)


def _group_key(read: Reader, group: Any, charge: Charge) -> str:
    value = read(charge)
    return f"{group['Key']}${value or ''}" if group["Type"] == "TAG" else value or ""


def _periods(time: dict[str, str], granularity: str) -> Iterator[Period]:
    start, end = date.fromisoformat(time["Start"]), date.fromisoformat(time["End"])
    while start < end:
        following = start + timedelta(1) if granularity == "DAILY" else (start.replace(day=1) + timedelta(32)).replace(day=1)
        yield Period(start, min(following, end))
        start = following


def _page(world: World, periods: list[Period], sums: list[Sums], metrics: list[str], start: int, end: int) -> Iterator[Answer]:
    """Groups `start` to `end`, counted over all periods; a period without any group belongs to the page that it stands in."""
    passed = 0
    for period, found in zip(periods, sums, strict=True):
        low, high = max(0, start - passed), min(len(found), end - passed)
        if low < high or (not found and start <= passed < end):
            yield _result(world, period, dict(list(found.items())[low:high]) if low < high else {}, {}, metrics)
        passed += len(found)


def _result(world: World, period: Period, groups: Sums, total: Answer, metrics: list[str] | None = None) -> Answer:
    return {
        "TimePeriod": {"Start": period.start.isoformat(), "End": period.end.isoformat()},
        "Total": total,
        "Groups": [{"Keys": list(key), "Metrics": _metrics(metrics or [], amounts)} for key, amounts in groups.items()],
        "Estimated": period.end > world.now.date() - timedelta(1),
    }


def _metrics(metrics: list[str], amounts: list[int]) -> Answer:
    return {metric: {"Amount": dollars(amount), "Unit": _unit(metric, amount)} for metric, amount in zip(metrics, amounts, strict=True)}


def _unit(metric: str, amount: int) -> str:
    """Only tokens are metered here."""
    return "USD" if metric != "UsageQuantity" else "1K tokens" if amount else "N/A"


def dollars(units: int) -> str:
    """Units as Cost Explorer writes them: plain, at most ten decimals."""
    whole, rest = divmod(abs(units), UNITS)
    text = f"{whole}.{rest:010d}".rstrip("0").rstrip(".")
    return f"-{text}" if units < 0 else text


def list_cost_allocation_tags(_: World, call: Call) -> Answer:
    params = call.params
    keys = params.get("TagKeys") or list(ACTIVE_TAGS)
    return {
        "CostAllocationTags": [
            {"TagKey": key, "Type": "UserDefined", "Status": ACTIVE_TAGS[key]}
            for key in keys
            if key in ACTIVE_TAGS
            and params.get("Status", ACTIVE_TAGS[key]) == ACTIVE_TAGS[key]
            and params.get("Type", "UserDefined") == "UserDefined"
        ]
    }


def get_tags(world: World, call: Call) -> Answer:
    key, wanted = call.params.get("TagKey"), call.params.get("SearchString", "")
    found = [name for name, status in ACTIVE_TAGS.items() if status == "Active"]
    if key is not None:
        found = sorted({charge.customer or "" for charge in world.charges}) if key == "customer" else [""]
    found = [value for value in found if wanted in value]
    start = offset(call.params.get("NextPageToken"), len(found), error="InvalidNextTokenException")
    listed = found[start : start + GROUPS_PAGE]
    answer: Answer = {"Tags": listed, "ReturnSize": len(listed), "TotalSize": len(found)}
    return answer if start + GROUPS_PAGE >= len(found) else {**answer, "NextPageToken": str(start + GROUPS_PAGE)}


HANDLERS: Table = {
    ("ce", "GetCostAndUsage"): get_cost_and_usage,
    ("ce", "ListCostAllocationTags"): list_cost_allocation_tags,
    ("ce", "GetTags"): get_tags,
}
