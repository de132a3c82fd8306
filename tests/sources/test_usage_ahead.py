"""Usage that is asked for while the functions are still being listed, over real boto3 and a real socket."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from costtui.domain.datasets import Batch
from costtui.domain.functions.records import Function, UsageDay
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.usage import FUNCTIONS_PER_CALL, FunctionUsage
from costtui.sources.demo import DEMO_NOW
from costtui.sources.demo.faults import CloudError
from costtui.sources.port import Ahead, Request
from tests.fakes.aws_account import DAYS, HERE, Here, Meter

pytestmark = pytest.mark.filterwarnings("ignore:.*does not match an error shape")  # a denial is in no service model
PAGE = 50
MANY = 2 * FUNCTIONS_PER_CALL + 30
RATE = Decimal("0.00001")


def listing(many: int = MANY, kind: str = "job") -> list[Function]:
    arn = "arn:aws:lambda:us-east-1:111122223333:function:"
    names = [f"{kind}-{number}" for number in range(many)]
    return [Function(arn + name, name, "111122223333", "us-east-1", None, "arm64", 128, 512, "Zip", None) for name in names]


def points(params: dict[str, Any]) -> dict[str, Any]:
    """Of each function, its number as the sum of every metric and day."""
    at = [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in DAYS]
    results = [
        {"Id": query["Id"], "Timestamps": at, "Values": [number] * len(at), "StatusCode": "Complete"}
        for query in params["MetricDataQueries"]
        for number in [float(query["MetricStat"]["Metric"]["Dimensions"][0]["Value"].rpartition("-")[2])]
    ]
    return {"MetricDataResults": results}


@pytest.fixture
def usage(here: Here) -> FunctionUsage:
    here.say("cloudwatch", "GetMetricData", points)
    count(here, MANY)
    source = here.sources["function-usage"]
    assert isinstance(source, FunctionUsage)
    assert isinstance(source, Ahead)
    return source


def refused(_: dict[str, Any]) -> dict[str, Any]:
    raise CloudError("AccessDeniedException", "not authorized to perform that", 403)


def count(here: Here, functions: int) -> None:
    here.say("lambda", "GetAccountSettings", lambda _: {"AccountUsage": {"FunctionCount": functions}})


def request(functions: Sequence[Function], **more: Any) -> Request:
    return Request(HERE, DEMO_NOW, DAYS, {"functions": functions}, **more)


def listed(usage: FunctionUsage, functions: Sequence[Function]) -> None:
    """All pages, one after the other."""
    arrived: list[Function] = []
    for start in range(0, len(functions), PAGE):
        arrived += functions[start : start + PAGE]
        usage.ahead(request(arrived))


def sums(items: Iterator[Batch | Problem]) -> dict[str, int | None]:
    first = next(item for item in items if isinstance(item, Batch))
    days: list[UsageDay] = first.records
    return {day.arn.rpartition(":")[2]: day.invocations for day in days}


def waits(usage: FunctionUsage) -> None:
    """Until every call that was begun has its answer."""
    for begun in usage._begun.values():
        for call in begun._calls:
            call.exception(10)


def test_full_calls_are_sent_before_the_last_page_and_none_twice(here: Here, usage: FunctionUsage) -> None:
    functions = listing()
    listed(usage, functions)
    waits(usage)
    assert sorted(here.wire) == ["GetAccountSettings", "GetMetricData", "GetMetricData"]
    assert sums(usage.fetch(request(functions))) == {function.name: number for number, function in enumerate(functions)}
    assert here.wire.count("GetMetricData") == 3
    assert here.meter.paid == MANY * 4 * RATE
    assert [usd for usd, _ in here.meter.afforded] == [MANY * 4 * RATE, 30 * 4 * RATE], "all of it first, then what is not sent yet"


def test_an_account_whose_functions_fit_in_a_call_is_not_counted(here: Here, usage: FunctionUsage) -> None:
    few = listing(FUNCTIONS_PER_CALL - 1)
    listed(usage, few)
    assert here.wire == []
    assert len(sums(usage.fetch(request(few)))) == len(few)
    assert here.wire == ["GetMetricData"]


def test_who_may_not_count_the_functions_waits_for_the_last_page(here: Here, usage: FunctionUsage) -> None:
    here.say("lambda", "GetAccountSettings", refused)
    functions = listing()
    listed(usage, functions)
    waits(usage)
    assert "GetMetricData" not in here.wire
    items = list(usage.fetch(request(functions)))
    assert not any(isinstance(item, Problem) for item in items)
    assert len(sums(iter(items))) == MANY


def test_nothing_is_sent_when_the_whole_is_beyond_the_budget(here: Here, monkeypatch: pytest.MonkeyPatch, usage: FunctionUsage) -> None:
    count(here, 1_000_000)

    def afford(_: Meter, source: str, usd: Decimal, what: str) -> None:
        if usd > 1:
            raise SourceError(Problem("over-budget", source, what, "raise it"))

    monkeypatch.setattr(Meter, "afford", afford)
    listed(usage, listing())
    waits(usage)
    assert here.wire == ["GetAccountSettings"]
    assert here.meter.paid == 0


@pytest.mark.parametrize("other", ["another listing", "other days"])
def test_what_was_begun_for_something_else_is_dropped(here: Here, usage: FunctionUsage, other: str) -> None:
    listed(usage, listing())
    waits(usage)
    functions = listing(kind="task") if other == "another listing" else listing()
    days = DAYS if other == "another listing" else [*DAYS, DAYS[-1] + timedelta(1)]
    assert len(sums(usage.fetch(Request(HERE, DEMO_NOW, days, {"functions": functions})))) == MANY
    assert here.wire.count("GetMetricData") == 2 + 3


def test_a_call_that_failed_ahead_fails_the_fetch(here: Here, usage: FunctionUsage) -> None:
    here.say("cloudwatch", "GetMetricData", refused)
    functions = listing()
    listed(usage, functions)
    with pytest.raises(SourceError) as caught:
        list(usage.fetch(request(functions)))
    assert caught.value.problem.kind == "denied"


def test_a_stop_sends_nothing_more(here: Here, usage: FunctionUsage) -> None:
    usage.ahead(request(listing(), cancelled=lambda: True))
    waits(usage)
    assert "GetMetricData" not in here.wire
    assert list(usage.fetch(request(listing(), cancelled=lambda: True))) == []
