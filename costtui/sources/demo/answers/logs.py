"""CloudWatch Logs: DescribeLogGroups, and Logs Insights over the REPORT lines (StartQuery, GetQueryResults, StopQuery).

The one query that is understood adds up REPORT lines by log group and memory size. It answers at the second look.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from costtui.sources.demo.answers.call import Answer, Call, Table, page
from costtui.sources.demo.calendar import ALL_DAYS, DAYS, FIRST_DAY
from costtui.sources.demo.company import Function
from costtui.sources.demo.faults import CloudError
from costtui.sources.demo.logs import KEPT_DAYS, Written, written, written_bytes
from costtui.sources.demo.seed import hexadecimal
from costtui.sources.demo.world import World

GROUPS = 50
"""On a page, in a filter by name, and in a query."""
AT_ONCE = 30
PREFIX = "/aws/lambda/"
LOOKS = 2
FIELD = re.compile(r"(\w+\((?:\*|\w+)(?:, \d+)?\)) as (\w+)")


@dataclass
class Query:
    """A query that was started. `looks` counts how often somebody asked for its results."""

    account: str
    functions: list[Function]
    first: int
    last: int
    fields: dict[str, str]
    status: str = "Running"
    looks: int = 0


def describe_log_groups(world: World, call: Call) -> Answer:
    names = call.params.get("logGroupIdentifiers")
    if names is not None and len(names) > GROUPS:
        raise CloudError("InvalidParameterException", f"at most {GROUPS} log group identifiers")
    prefix = call.params.get("logGroupNamePrefix", "")
    functions = world.functions_in(call.account, call.region)
    wanted = [function for name, function in functions.items() if (PREFIX + name).startswith(prefix)]
    if names is not None:
        wanted = [function for function in wanted if PREFIX + function.name in names]
    listed, token = page(wanted, call.params.get("nextToken"), GROUPS, error="InvalidParameterException")
    answer: Answer = {"logGroups": [_group(world, call, function) for function in listed]}
    return answer if token is None else {**answer, "nextToken": token}


def _group(world: World, call: Call, function: Function) -> Answer:
    name = PREFIX + function.name
    kept = KEPT_DAYS.get(function.name)
    first = 0 if kept is None else max(0, _day(world.now) - kept + 1)
    group: Answer = {
        "logGroupName": name,
        "creationTime": int(datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC).timestamp() * 1000),
        "arn": f"arn:aws:logs:{call.region}:{call.account}:log-group:{name}:*",
        "storedBytes": written_bytes(world, function, first, _day(world.now)),
        "logGroupClass": "STANDARD",
    }
    return group if kept is None else {**group, "retentionInDays": kept}


def start_query(world: World, call: Call) -> Answer:
    params = call.params
    functions = world.functions_in(call.account, call.region)
    names = params.get("logGroupNames") or []
    if not 0 < len(names) <= GROUPS:
        raise CloudError("InvalidParameterException", f"between 1 and {GROUPS} log group names")
    if missing := next((name for name in names if name.removeprefix(PREFIX) not in functions), None):
        raise CloudError("ResourceNotFoundException", f"Log group '{missing}' does not exist")
    if sum(query.status == "Running" for query in world.log_queries.values()) >= AT_ONCE:
        raise CloudError("LimitExceededException", f"more than {AT_ONCE} concurrent queries")
    fields = {alias: expression for expression, alias in FIELD.findall(params["queryString"].partition("| stats")[2])}
    if not fields or "by @log, mb" not in params["queryString"]:
        raise CloudError("MalformedQueryException", "the demo cloud only adds up REPORT lines by @log and mb")
    first, last = (_day(datetime.fromtimestamp(params[name], UTC)) for name in ("startTime", "endTime"))
    number = hexadecimal(32, "query", len(world.log_queries))
    asked = [functions[name.removeprefix(PREFIX)] for name in names]
    world.log_queries[number] = Query(call.account, asked, max(0, first), min(DAYS - 1, last), fields)
    return {"queryId": number}


def get_query_results(world: World, call: Call) -> Answer:
    query = _started(world, call)
    query.looks += 1
    if query.status == "Running" and query.looks >= LOOKS:
        query.status = "Complete"
    rows = [
        _row(query, function, one)
        for function in query.functions
        if query.status == "Complete"
        for one in written(world, function, _first(world, query, function), query.last)
    ]
    scanned = sum(written_bytes(world, function, _first(world, query, function), query.last) for function in query.functions)
    part = {"Complete": 1.0, "Running": 0.4, "Cancelled": 0.4}[query.status]
    return {
        "status": query.status,
        "results": rows,
        "statistics": {"bytesScanned": float(int(scanned * part)), "recordsMatched": float(len(rows)), "recordsScanned": float(len(rows))},
    }


def _first(world: World, query: Query, function: Function) -> int:
    kept = KEPT_DAYS.get(function.name)
    return query.first if kept is None else max(query.first, _day(world.now) - kept + 1)


def _row(query: Query, function: Function, one: Written) -> list[Answer]:
    """Fields that no line has are left out, and numbers come as Logs Insights writes them: whole, or with decimals."""
    values = {
        "calls": str(one.calls),
        "inits": str(one.inits),
        "restores": "0",
        "duration_ms": str(one.duration_ms),
        "billed_ms": str(one.billed_ms),
        "init_ms": str(one.init_ms) if one.inits else None,
        "billed_restore_ms": None,
        "restore_ms": None,
        "p95_ms": str(one.p95_ms),
        "used_mb": f"{one.used_mb}.0",
    }
    named = {"@log": f"{query.account}:{PREFIX}{function.name}", "mb": str(one.memory_mb)}
    found = named | {alias: values[alias] for alias in query.fields if values.get(alias) is not None}
    return [{"field": field, "value": value} for field, value in found.items()]


def stop_query(world: World, call: Call) -> Answer:
    query = _started(world, call)
    if query.status != "Running":
        raise CloudError("InvalidParameterException", "the query has ended")
    query.status = "Cancelled"
    return {"success": True}


def _started(world: World, call: Call) -> Query:
    query: Query | None = world.log_queries.get(call.params["queryId"])
    if query is None or query.account != call.account:
        raise CloudError("ResourceNotFoundException", "no such query")
    return query


def _day(at: datetime) -> int:
    return (at.date() - ALL_DAYS[0]).days


HANDLERS: Table = {
    ("logs", "DescribeLogGroups"): describe_log_groups,
    ("logs", "StartQuery"): start_query,
    ("logs", "GetQueryResults"): get_query_results,
    ("logs", "StopQuery"): stop_query,
}
