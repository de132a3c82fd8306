"""Usage within CloudWatch's free requests: real boto3 over a socket, answered by the demo cloud."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from costtui.domain.datasets import Batch
from costtui.domain.functions.records import Function, FunctionDays
from costtui.domain.problems import Problem, SourceError
from costtui.sources.demo import DEMO_NOW
from costtui.sources.demo.faults import Denied, Expired, Fault, Malformed, Offline, Throttled
from costtui.sources.port import Request
from tests.fakes.aws_account import HERE, Here

pytestmark = pytest.mark.filterwarnings("ignore:.*does not match an error shape")

DAYS = [DEMO_NOW.date() - timedelta(number) for number in range(30, 0, -1)]
TODAY = DEMO_NOW.date()


class Desk:
    def __init__(self, here: Here) -> None:
        self.here = here
        self.functions: list[Function] = here.records("functions")
        here.server.calls.clear()

    def request(self, *names: str, **more: Any) -> Request:
        arns = [function.arn for function in self.functions if function.name in names]
        settings: dict[str, Any] = {"days": DAYS, "inputs": {"functions": self.functions}, "subjects": [*arns, "arn:of:another:place"]}
        return Request(HERE, DEMO_NOW, **settings | more)

    def ask(self, dataset: str, *names: str, **more: Any) -> list[FunctionDays]:
        items = list(self.here.sources[dataset].fetch(self.request(*names, **more)))
        return [record for item in items if isinstance(item, Batch) for record in item.records]


@pytest.fixture
def desk(here: Here) -> Iterator[Desk]:
    yield Desk(here)
    here.server.world.faults.clear()


def test_the_functions_asked_about_have_the_same_days_as_the_paid_question(desk: Desk) -> None:
    names = ("thumbnail-render", "checkout-authorize")
    paid = desk.here.records("function-usage", DAYS, functions=desk.functions)
    found = {one.subject: one for one in desk.ask("function-statistics", *names)}
    assert {arn.rpartition(":")[2] for arn in found} == set(names)
    for arn, one in found.items():
        assert one.days == [day for day in paid if day.arn == arn]
    assert (len(found), {(one.since, one.asked) for one in found.values()}) == (2, {(DAYS[0], TODAY)})


def test_it_is_one_free_request_a_metric_whatever_the_number_of_days(desk: Desk) -> None:
    desk.ask("function-statistics", "thumbnail-render", "image-dedupe")
    assert desk.here.wire.count("GetMetricStatistics") == 8
    assert desk.here.meter.free == [("aws.cloudwatch.statistics", "GetMetricStatistics", Decimal("0.00001"))] * 8
    assert desk.here.meter.charges[-1][1] != "GetMetricStatistics", "nothing of it is paid"
    assert desk.here.meter.afforded == [], "and nothing asks for consent"


def test_a_function_without_a_call_has_an_answer_all_the_same(desk: Desk) -> None:
    desk.here.say("cloudwatch", "GetMetricStatistics", lambda _: {"Label": "x", "Datapoints": []})
    (only,) = desk.ask("function-statistics", "thumbnail-render")
    assert only.days == []


def test_an_unordered_answer_is_put_in_order_and_a_missing_metric_is_unknown(desk: Desk) -> None:
    def say(params: dict[str, Any]) -> dict[str, Any]:
        assert (params["Period"], params["Statistics"]) == (86_400, ["Sum"])
        days = (2, 0, 1) if params["MetricName"] == "Invocations" else ()
        points = [{"Timestamp": params["StartTime"] + timedelta(day), "Sum": 10.0 + day, "Unit": "Count"} for day in days]
        return {"Label": params["MetricName"], "Datapoints": points}

    desk.here.say("cloudwatch", "GetMetricStatistics", say)
    (only,) = desk.ask("function-statistics", "thumbnail-render")
    assert [(day.day, day.invocations, day.duration_ms) for day in only.days] == [(DAYS[n], 10 + n, None) for n in range(3)]


def test_the_share_of_the_free_tier_ends_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def used_up(source: str, operation: str, usd: Decimal) -> None:  # noqa: ARG001
        raise SourceError(Problem("over-budget", source, "this month's are used up", "wait"))

    monkeypatch.setattr(desk.here.meter, "covered", used_up)
    with pytest.raises(SourceError) as caught:
        desk.ask("function-statistics", "thumbnail-render")
    assert caught.value.problem.kind == "over-budget"
    assert "GetMetricStatistics" not in desk.here.wire, "refused before it was sent"


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Denied(), "denied"),
        (Expired(), "expired"),
        (Throttled(times=999), "throttled"),
        (Malformed(), "malformed"),
        (Offline(), "offline"),
    ],
)
def test_what_goes_wrong_is_typed(desk: Desk, fault: Fault, kind: str) -> None:
    desk.here.server.world.faults["cloudwatch", "GetMetricStatistics"] = fault
    with pytest.raises(SourceError) as caught:
        desk.ask("function-statistics", "thumbnail-render")
    assert caught.value.problem.kind == kind


def test_throttling_is_waited_out(desk: Desk) -> None:
    desk.here.server.world.faults["cloudwatch", "GetMetricStatistics"] = Throttled(times=2)
    (only,) = desk.ask("function-statistics", "thumbnail-render")
    assert len(only.days) == 30


def test_esc_ends_it_between_functions(desk: Desk) -> None:
    found = desk.ask("function-statistics", *(function.name for function in desk.functions), cancelled=lambda: True)
    assert found == []
    assert desk.here.wire.count("GetMetricStatistics") < 4 * len(desk.functions) / 2


def test_history_is_sixty_days_with_today_and_then_only_what_is_open(desk: Desk) -> None:
    (first,) = desk.ask("function-history", "thumbnail-render", days=())
    assert [first.days[0].day, first.days[-1].day, len(first.days)] == [TODAY - timedelta(59), TODAY, 60]
    spans: list[tuple[Any, Any]] = []

    def say(params: dict[str, Any]) -> dict[str, Any]:
        spans.append((params["StartTime"].date(), params["EndTime"].date()))
        point = {"Timestamp": params["StartTime"], "Sum": 7.0, "Unit": "Count"}
        return {"Label": "x", "Datapoints": [point]}

    desk.here.say("cloudwatch", "GetMetricStatistics", say)
    (again,) = desk.ask("function-history", "thumbnail-render", days=(), known=lambda: [first])
    assert set(spans) == {(TODAY - timedelta(1), TODAY + timedelta(1))}, "yesterday may not have been whole"
    assert again.days[:-1] == first.days[:58]
    assert again.days[-1].invocations == 7


def test_an_old_history_is_asked_for_from_where_it_ended(desk: Desk) -> None:
    (first,) = desk.ask("function-history", "thumbnail-render", days=())
    old = msgspec.structs.replace(first, asked=TODAY - timedelta(10), days=first.days[:-10])
    (again,) = desk.ask("function-history", "thumbnail-render", days=(), known=lambda: [old])
    assert again.days == first.days


@pytest.mark.parametrize(("dataset", "days"), [("function-statistics", 30), ("function-history", 60)])
def test_the_price_is_nothing_and_is_said(desk: Desk, dataset: str, days: int) -> None:
    source: Any = desk.here.sources[dataset]
    price = source.price(desk.request("thumbnail-render"))
    assert (price.calls, price.usd) == (4, 0)
    assert price.words == f"{days} days of 1 functions, in 4 requests of CloudWatch's free million a month"
    assert not source.paid
