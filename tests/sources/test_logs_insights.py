"""REPORT lines through Logs Insights: real boto3 over a socket, answered by the demo cloud, shapes held against botocore's models."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from costtui.domain.asking import Price
from costtui.domain.datasets import Batch
from costtui.domain.functions.records import Function
from costtui.domain.functions.reported import FunctionReports, ReportedSize
from costtui.domain.money import plain, total
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.insights_query import seconds
from costtui.sources.aws.log_groups import LogGroup, amount
from costtui.sources.aws.logs_insights import QUERY, FunctionReportLines
from costtui.sources.demo import DEMO_NOW
from costtui.sources.demo.faults import Denied, Expired, Fault, Malformed, Slow, Throttled
from costtui.sources.demo.logs import bytes_a_call
from costtui.sources.port import Request
from tests.fakes.aws_account import HERE, Here
from tests.fakes.demo import PROD

pytestmark = pytest.mark.filterwarnings("ignore:.*does not match an error shape")

DAYS = [DEMO_NOW.date() - timedelta(number) for number in range(30, 0, -1)]


class Desk:
    """The source over one account; `pauses` are what it would have slept."""

    def __init__(self, here: Here, mode: Any = "ask") -> None:
        self.here, self.pauses = here, list[float]()
        self.source = FunctionReportLines(here.cloud, mode, self.pauses.append)
        self.functions: list[Function] = here.records("functions")
        here.server.world.log_queries.clear()
        here.meter.charges.clear()
        here.server.calls.clear()

    def request(self, *names: str, **more: Any) -> Request:
        arns = [function.arn for function in self.functions if function.name in names]
        settings: dict[str, Any] = {"days": DAYS, "inputs": {"functions": self.functions}, "subjects": arns} | more
        return Request(HERE, DEMO_NOW, **settings)

    def ask(self, *names: str, **more: Any) -> tuple[dict[str, FunctionReports], list[Problem]]:
        items = list(self.source.fetch(self.request(*names, **more)))
        reports = [record for item in items if isinstance(item, Batch) for record in item.records]
        assert len({report.subject for report in reports}) == len(reports)
        return {report.subject.rpartition(":")[2]: report for report in reports}, [item for item in items if isinstance(item, Problem)]

    @property
    def wire(self) -> list[str]:
        return self.here.wire


@pytest.fixture
def desk(here: Here) -> Iterator[Desk]:
    yield Desk(here)
    here.server.world.faults.clear()


def test_lines_come_back_added_up_by_function_and_size(desk: Desk) -> None:
    found, problems = desk.ask("thumbnail-render", "checkout-authorize")
    assert problems == []
    only = found["thumbnail-render"]
    assert [(size.memory_mb, size.calls, size.cold_starts) for size in only.sizes] == [(256, 88_214_003, 352_856)]
    assert only.init_ms == 352_856 * 135
    assert plain(only.cold_share or Decimal(0)) == "0.004"
    assert [size.memory_mb for size in found["checkout-authorize"].sizes] == [512, 3008], "its size changed inside the window"
    assert desk.wire == ["DescribeLogGroups", "StartQuery", "GetQueryResults", "GetQueryResults"], "one query for both"


def test_the_estimate_is_told_for_nothing_and_the_true_price_is_entered(desk: Desk) -> None:
    price = desk.source.price(desk.request("thumbnail-render"))
    assert isinstance(price, Price)
    assert desk.wire == ["DescribeLogGroups"]
    assert desk.here.meter.paid == 0
    assert (price.calls, price.seconds) == (1, 10)
    assert price.words.startswith("REPORT lines of thumbnail-render: about 22.3 GB")
    assert price.words.endswith("by the stored bytes of their log groups and the part of them that the window covers")
    desk.ask("thumbnail-render")
    assert [usd for usd, _ in desk.here.meter.afforded] == [price.usd]
    ((source, operation, paid),) = [charge for charge in desk.here.meter.charges if charge[2]]
    scanned = desk.here.server.world.log_queries.popitem()[1]
    assert (source, operation, scanned.status) == ("aws.logs-insights", "StartQuery", "Complete")
    bytes_scanned = Decimal(88_214_003) * bytes_a_call(desk.here.server.world.functions_in(PROD, "us-east-1")["thumbnail-render"])
    assert paid == bytes_scanned / 10**9 * Decimal("0.005")


def test_without_consent_no_query_is_started(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: str, usd: Decimal, what: str) -> None:
        raise SourceError(Problem("needs-consent", source, f"{what} costs about ${usd}", "allow it"))

    monkeypatch.setattr(desk.here.meter, "afford", refuse)
    with pytest.raises(SourceError) as caught:
        desk.ask("thumbnail-render")
    assert caught.value.problem.kind == "needs-consent"
    assert "StartQuery" not in desk.wire


def test_never_is_never_and_says_so(here: Here) -> None:
    desk = Desk(here, "never")
    for asking in (desk.source.price, lambda request: list(desk.source.fetch(request))):
        with pytest.raises(SourceError) as caught:
            asking(desk.request("thumbnail-render"))
        assert 'functions.logs_insights is "never"' in caught.value.problem.what
    assert desk.wire == []


def test_always_asks_for_what_has_no_answer_yet_and_ask_for_nothing(here: Here) -> None:
    desk = Desk(here, "always")
    first, second, *rest = (function.arn for function in desk.functions)
    request = desk.request(known=lambda: [FunctionReports(first), FunctionReports(second)])
    assert desk.source.wanted(request) == rest
    assert Desk(here).source.wanted(request) == ()


def test_more_log_groups_than_a_query_takes_are_several_queries(desk: Desk) -> None:
    found, _ = desk.ask(*(function.name for function in desk.functions))
    assert len(found) == len(desk.functions) > 150
    queries = -(-len(desk.functions) // 50)
    assert desk.wire.count("StartQuery") == desk.wire.count("DescribeLogGroups") == queries


def test_a_log_group_without_report_lines_is_an_answer(desk: Desk) -> None:
    desk.here.say("logs", "GetQueryResults", rows())
    silent = desk.ask("thumbnail-render")[0]["thumbnail-render"]
    assert (silent.sizes, silent.reason.partition(":")[0], silent.cold_share) == ([], "no REPORT lines in the window", None)


def test_a_shared_or_missing_log_group_is_a_reason(desk: Desk) -> None:
    shared = [msgspec.structs.replace(function, log_group="/shared") for function in desk.functions[:2]]
    gone = msgspec.structs.replace(desk.functions[2], log_group="/aws/lambda/gone")
    desk.functions = [*shared, gone, *desk.functions[3:]]
    found, _ = desk.ask(*(function.name for function in desk.functions[:3]))
    assert all(not report.whole and "of its own that Logs Insights can read" in report.reason for report in found.values())
    assert len(found) == 3
    assert "StartQuery" not in desk.wire


def test_esc_stops_the_query_and_what_it_scanned_is_entered(desk: Desk) -> None:
    looked: list[int] = []

    def cancelled() -> bool:
        looked.append(desk.wire.count("GetQueryResults"))
        return looked[-1] >= 1

    found, _ = desk.ask("thumbnail-render", cancelled=cancelled)
    assert found == {}
    assert [query.status for query in desk.here.server.world.log_queries.values()] == ["Cancelled"]
    assert "StopQuery" in desk.wire
    assert desk.here.meter.paid > 0


def test_a_query_that_fails_is_said_and_keeps_the_others(desk: Desk) -> None:
    before = desk.here.server.world

    def say(params: dict[str, Any]) -> dict[str, Any]:
        query = before.log_queries[params["queryId"]]
        return {"status": "Failed" if len(query.functions) == 50 else "Complete", "results": [], "statistics": {"bytesScanned": 10.0**9}}

    desk.here.say("logs", "GetQueryResults", say)
    found, problems = desk.ask(*(function.name for function in desk.functions))
    assert len(found) == len(desk.functions) % 50
    assert {problem.what for problem in problems} == {"a Logs Insights query over 50 log groups ended as failed"}
    assert desk.here.meter.paid == Decimal("0.005") * (len(problems) + 1)


def test_polling_backs_off_and_gives_up_no_sooner_than_the_query(desk: Desk) -> None:
    states = iter(["Scheduled", *["Running"] * 8, "Complete"])
    desk.here.say("logs", "GetQueryResults", lambda _: {"status": next(states), "results": [], "statistics": {}})
    desk.ask("thumbnail-render")
    waited = total(map(Decimal, desk.pauses))
    assert desk.wire.count("GetQueryResults") == 10
    assert 10 < waited < 25, "not a look every quarter of a second"
    assert max(desk.pauses) <= 0.25, "Esc is seen at once"


def test_a_full_account_waits_for_room_but_not_for_ever(desk: Desk) -> None:
    started = 0

    def say(_: dict[str, Any]) -> dict[str, Any]:
        nonlocal started
        started += 1
        if started > 2:
            fault = Throttled(times=1, code="LimitExceededException")
            fault.strike("logs", "StartQuery")
        return {"queryId": f"q{started}"}

    desk.here.say("logs", "StartQuery", say)
    desk.here.say("logs", "GetQueryResults", lambda _: {"status": "Complete", "results": [], "statistics": {}})
    with pytest.raises(SourceError) as caught:
        desk.ask(*(function.name for function in desk.functions))
    assert caught.value.problem.kind == "throttled"
    assert desk.wire.count("GetQueryResults") == 2, "the two that ran were read first"


@pytest.mark.parametrize(
    ("fault", "kind"),
    [(Denied(), "denied"), (Expired(), "expired"), (Throttled(times=99), "throttled"), (Malformed(), "malformed")],
)
@pytest.mark.parametrize("operation", ["DescribeLogGroups", "StartQuery", "GetQueryResults"])
def test_what_goes_wrong_is_typed(desk: Desk, operation: str, fault: Fault, kind: str) -> None:
    desk.here.server.world.faults["logs", operation] = replace(fault)
    with pytest.raises(SourceError) as caught:
        desk.ask("thumbnail-render")
    assert (caught.value.problem.kind, caught.value.problem.where) == (kind, "us-east-1")


def test_throttling_and_slowness_are_waited_out(desk: Desk) -> None:
    desk.here.server.world.faults["logs", "StartQuery"] = Throttled(times=2)
    desk.here.server.world.faults["logs", "GetQueryResults"] = Slow(seconds=0.05, times=1)
    found, _ = desk.ask("thumbnail-render")
    assert found["thumbnail-render"].calls == 88_214_003
    assert desk.wire.count("StartQuery") == 3


def rows(*cells: dict[str, str]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    results = [[{"field": field, "value": value} for field, value in row.items()] for row in cells]
    return lambda _: {"status": "Complete", "results": results, "statistics": {"bytesScanned": 1.0}}


LOG = {"@log": "111122223333:/aws/lambda/thumbnail-render"}


@pytest.mark.parametrize("mb", ["256", "256.0", "2.56E2"])
def test_numbers_are_whole_or_have_decimals_and_a_warm_function_has_no_init(desk: Desk, mb: str) -> None:
    sums = {"calls": "3", "inits": "0", "restores": "0", "duration_ms": "300.75", "billed_ms": "303", "p95_ms": "101.5", "used_mb": "88.0"}
    desk.here.say("logs", "GetQueryResults", rows(LOG | {"mb": mb} | sums))
    (size,) = desk.ask("thumbnail-render")[0]["thumbnail-render"].sizes
    assert size == ReportedSize(256, 3, 0, Decimal("300.75"), Decimal(303), Decimal(0), Decimal(0), Decimal("101.5"), 88)


def test_restores_are_cold_starts_and_their_billed_part_is_billed(desk: Desk) -> None:
    counts = {"mb": "256", "calls": "2", "inits": "0", "restores": "1"}
    sums = {"duration_ms": "300", "billed_ms": "301", "billed_restore_ms": "53", "restore_ms": "500.795"}
    desk.here.say("logs", "GetQueryResults", rows(LOG | counts | sums))
    report = desk.ask("thumbnail-render")[0]["thumbnail-render"]
    assert (report.cold_starts, report.sizes[0].billed_ms, report.p95_ms, report.max_memory_used_mb) == (1, Decimal(354), None, None)


@pytest.mark.parametrize("row", [{"mb": "256"}, {"mb": "256", "calls": "many"}])
def test_a_row_that_cannot_be_read_is_said(desk: Desk, row: dict[str, str]) -> None:
    desk.here.say("logs", "GetQueryResults", rows(LOG | row))
    with pytest.raises(SourceError) as caught:
        desk.ask("thumbnail-render")
    assert caught.value.problem.kind == "malformed"
    assert caught.value.problem.what.startswith("Logs Insights gave a row that cannot be read")


def test_the_query_adds_up_in_the_cloud_and_knows_both_formats() -> None:
    assert "stats count(*) as calls" in QUERY
    assert QUERY.endswith("by @log, mb")
    for text, logged in (("@duration", "durationMs"), ("@billedDuration", "billedDurationMs"), ("@initDuration", "initDurationMs")):
        assert f"coalesce({text}, record.metrics.{logged})" in QUERY


def group(**more: Any) -> LogGroup:
    known: dict[str, Any] = {"stored_bytes": 900, "kept_days": None, "created": DEMO_NOW - timedelta(89), "kind": "STANDARD"}
    return LogGroup("/g", **known | more)


@pytest.mark.parametrize(
    ("more", "days", "size"),
    [
        ({}, DAYS, 300),  # 30 of 90 days
        ({"kept_days": 60}, DAYS, 450),
        ({"kept_days": 14}, DAYS, 900 * Decimal(13) / 14),  # all that is left of the window
        ({"created": DEMO_NOW - timedelta(9)}, DAYS, 810),  # younger than the window
        ({"kept_days": 14}, DAYS[:5], 0),
        ({"created": None}, DAYS, Decimal("0.027")),
    ],
)
def test_the_window_is_a_part_of_what_a_log_group_holds(more: dict[str, Any], days: Sequence[Any], size: Decimal | int) -> None:
    assert group(**more).window_bytes(days, DEMO_NOW) == pytest.approx(Decimal(size))


def test_lines_that_were_thrown_away_make_a_window_less_than_whole() -> None:
    assert group().holds_since(DAYS[0], DEMO_NOW)
    assert group(kept_days=30).holds_since(DAYS[0], DEMO_NOW)
    assert not group(kept_days=29).holds_since(DAYS[0], DEMO_NOW)


def test_a_query_covers_the_days_to_the_second_and_no_more_than_has_passed() -> None:
    first, last = seconds(DAYS, DEMO_NOW)
    assert (last - first + 1, first % 86_400) == (30 * 86_400, 0)
    assert seconds([DEMO_NOW.date()], DEMO_NOW)[1] == int(DEMO_NOW.timestamp()) - 1


@pytest.mark.parametrize(("size", "words"), [(950, "1 kB"), (27_440_000_000, "27.4 GB"), (1_240_000, "1.24 MB"), (3 * 10**15, "3,000 TB")])
def test_bytes_in_words(size: int, words: str) -> None:
    assert amount(Decimal(size)) == words
