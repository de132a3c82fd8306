"""The AWS sources over real boto3 and a real socket: paging, retries on the meter, refusals, and answers that are none."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from costtui.config import parse
from costtui.domain.customers.records import LedgerLine
from costtui.domain.datasets import Account, Batch, DriftReport, ResourceTags, Scope
from costtui.domain.functions.records import Function, UsageDay
from costtui.domain.money import plain, total
from costtui.domain.problems import Problem, SourceError
from costtui.sources import aws
from costtui.sources.aws import cloud as aws_cloud
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.bridge import Pacer
from costtui.sources.demo import DEMO_NOW, World
from costtui.sources.demo.answers.call import Call
from costtui.sources.demo.faults import CloudError, Denied, Expired, Malformed, NotEnabled, Offline, Slow, Throttled
from costtui.sources.port import Request, Source
from tests.fakes import http_cloud
from tests.fakes.demo import PROD, function
from tests.fakes.http_cloud import HttpCloud, served

HERE = Scope("aws", "", "us-east-1")
DAYS = [DEMO_NOW.date() - timedelta(number) for number in (3, 2, 1)]
CENT = Decimal("0.01")
pytestmark = pytest.mark.filterwarnings("ignore:.*does not match an error shape")  # throttling is in no service model


class Meter:
    """Counts; with `limit`, refuses the request that would pass it."""

    def __init__(self, limit: Decimal | None = None) -> None:
        self.limit = limit
        self.charges: list[tuple[str, str, Decimal]] = []
        self.afforded: list[tuple[Decimal, str]] = []

    def afford(self, source: str, usd: Decimal, what: str) -> None:
        self.afforded.append((usd, what))

    def charge(self, source: str, operation: str, usd: Decimal) -> None:
        if self.limit is not None and self.paid + usd > self.limit:
            raise SourceError(Problem("over-budget", source, f"one more {operation} would pass the budget", "wait"))
        self.charges.append((source, operation, usd))

    @property
    def paid(self) -> Decimal:
        return total(usd for _, _, usd in self.charges)


class Here:
    """All sources of one account in one region, and the cloud that they ask."""

    def __init__(self, server: HttpCloud, monkeypatch: pytest.MonkeyPatch) -> None:
        self.server, self.world = server, server.world
        self._patch = monkeypatch
        self.use(Meter())

    def use(self, meter: Meter, *, tag: str = "customer") -> None:
        self.meter = meter
        self.cloud = AwsCloud(meter, Pacer(unlimited=True), profiles=[""], regions=["us-east-1"], prompt=lambda _question: "")
        settings = parse(f"[customers]\ntag = '{tag}'", name="config.toml", base=Path())
        self.sources: dict[str, Source] = {source.dataset: source for source in aws.sources(self.cloud, settings)}

    def ask(self, dataset: str, days: Sequence[date] = (), **inputs: Sequence[Any]) -> tuple[list[Batch], list[Problem]]:
        source = self.sources[dataset]
        items = list(source.fetch(Request(source.scopes()[0], DEMO_NOW, days, inputs)))
        return [item for item in items if isinstance(item, Batch)], [item for item in items if isinstance(item, Problem)]

    def records(self, dataset: str, days: Sequence[date] = (), **inputs: Sequence[Any]) -> list[Any]:
        return [record for batch in self.ask(dataset, days, **inputs)[0] for record in batch.records]

    def fails(self, dataset: str, days: Sequence[date] = (), **inputs: Sequence[Any]) -> Problem:
        with pytest.raises(SourceError) as caught:
            self.ask(dataset, days, **inputs)
        return caught.value.problem

    def say(self, service: str, operation: str, handler: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        """Answer this operation by `handler` instead of the demo's."""
        before = http_cloud.answer

        def answer(world: World, asked_service: str, asked: str, call: Call) -> dict[str, Any]:
            return handler(call.params) if (asked_service, asked) == (service, operation) else before(world, asked_service, asked, call)

        self._patch.setattr(http_cloud, "answer", answer)

    @property
    def wire(self) -> list[str]:
        return [operation for _, operation in self.server.calls]


@pytest.fixture(scope="module")
def server() -> Iterator[HttpCloud]:
    world = World(extra_functions=tuple(function(f"extra-{number:03}") for number in range(120)))
    with served(world, PROD) as running:
        yield running


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, server: HttpCloud) -> Here:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.0)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    server.world.faults.clear()
    server.calls.clear()
    return Here(server, monkeypatch)


# --- paging


def test_functions_come_in_pages_of_fifty(here: Here) -> None:
    listed: list[Function] = here.records("functions")
    assert {one.name for one in listed} == set(here.world.functions_in(PROD, "us-east-1"))
    assert len(here.wire) == -(-len(listed) // 50) > 2
    one = next(one for one in listed if one.name == "extra-007")
    assert (one.account, one.region, one.memory_mb, one.architecture) == (PROD, "us-east-1", 128, "arm64")
    assert one.last_modified is not None
    assert here.meter.paid == 0
    assert len(here.meter.charges) == len(here.wire)


def test_tags_come_in_pages_and_for_functions_alone(here: Here) -> None:
    found: list[ResourceTags] = here.records("resource-tags")
    assert len(found) > 100
    assert all(":function:" in one.arn for one in found)
    assert len(here.wire) > 1


def test_metrics_come_in_calls_of_five_hundred_and_are_paid_by_metric(here: Here) -> None:
    listed = here.records("functions")
    here.server.calls.clear()
    here.meter.charges.clear()
    batches, problems = here.ask("function-usage", DAYS, functions=listed)
    assert problems == []
    assert [batch.day for batch in batches] == DAYS
    assert not any(batch.estimated for batch in batches)
    assert len(here.wire) == -(-len(listed) * 4 // 500)
    assert here.meter.paid == len(listed) * 4 * Decimal("0.00001")
    assert here.meter.afforded == [(here.meter.paid, f"3 days of {len(listed)} functions")]
    day: list[UsageDay] = batches[0].records
    assert {one.arn for one in day} <= {one.arn for one in listed}
    assert all(one.day == DAYS[0] for one in day)


def test_days_that_do_not_follow_each_other_are_asked_apart(here: Here) -> None:
    listed = here.records("functions")[:2]
    here.server.calls.clear()
    batches, _ = here.ask("function-usage", [DAYS[0], DAYS[2]], functions=listed)
    assert [batch.day for batch in batches] == [DAYS[0], DAYS[2]]
    assert len(here.wire) == 2


def test_a_page_that_repeats_itself_ends_in_a_problem(here: Here) -> None:
    here.say("lambda", "ListFunctions", lambda _: {"Functions": [], "NextMarker": "again"})
    assert here.fails("functions").kind == "malformed"


def test_stacks_and_their_resources_come_in_pages(here: Here) -> None:
    def stacks(params: dict[str, Any]) -> dict[str, Any]:
        return {"Stacks": [stack("one")], "NextToken": "2"} if "NextToken" not in params else {"Stacks": [stack("two")]}

    def drifts(params: dict[str, Any]) -> dict[str, Any]:
        name = params["StackName"].split("/")[1]
        page = params.get("NextToken", "1")
        return {"StackResourceDrifts": [drift(name, f"R{page}")]} | ({"NextToken": "2"} if page == "1" else {})

    here.say("cloudformation", "DescribeStacks", stacks)
    here.say("cloudformation", "DescribeStackResourceDrifts", drifts)
    reports: list[DriftReport] = here.records("cloudformation-drift")
    assert [[finding.address for finding in report.findings] for report in reports] == [["R1", "R2"], ["R1", "R2"]]
    assert here.wire.count("DescribeStacks") == 2


# --- retries, on the meter


def test_throttling_is_retried_and_each_request_is_counted(here: Here) -> None:
    here.world.faults["lambda", "ListFunctions"] = Throttled(times=2)
    assert here.records("functions")
    assert len(here.meter.charges) == len(here.wire)
    assert here.wire[:3] == ["ListFunctions"] * 3


def test_a_paid_request_is_paid_again_when_it_is_retried(here: Here) -> None:
    here.world.faults["ce", "GetCostAndUsage"] = Throttled(times=1)
    assert here.records("bill", DAYS)
    assert len(here.wire) == 3
    assert here.meter.paid == 3 * CENT


def test_throttling_that_does_not_end_is_a_problem_after_bounded_attempts(here: Here) -> None:
    here.world.faults["ce", "GetCostAndUsage"] = Throttled(times=99)
    assert here.fails("bill", DAYS).kind == "throttled"
    assert len(here.wire) == 3
    here.server.calls.clear()
    here.world.faults["lambda", "ListFunctions"] = Throttled(times=99)
    problem = here.fails("functions")
    assert (problem.kind, problem.where) == ("throttled", "us-east-1")
    assert len(here.wire) == 5


# --- refusals


@pytest.mark.parametrize(
    ("dataset", "service", "operation", "action"),
    [
        ("functions", "lambda", "ListFunctions", "lambda:ListFunctions"),
        ("resource-tags", "resourcegroupstaggingapi", "GetResources", "tag:GetResources"),
        ("cloudformation-drift", "cloudformation", "DescribeStacks", "cloudformation:DescribeStacks"),
        ("bill", "ce", "GetCostAndUsage", "ce:GetCostAndUsage"),
    ],
)
def test_a_denial_names_the_missing_action_and_is_not_retried(here: Here, dataset: str, service: str, operation: str, action: str) -> None:
    here.world.faults[service, operation] = Denied()
    problem = here.fails(dataset, DAYS)
    assert problem.kind == "denied"
    assert action in problem.what
    assert action in problem.action
    assert len(here.wire) == 1


@pytest.mark.parametrize(("dataset", "service", "operation"), [("accounts", "sts", "GetCallerIdentity"), ("functions", "lambda", "ListFunctions")])
def test_an_expired_session_says_how_to_sign_in_and_a_new_one_is_opened(here: Here, dataset: str, service: str, operation: str) -> None:
    here.world.faults[service, operation] = Expired()
    problem = here.fails(dataset)
    assert problem.kind == "expired"
    assert "aws sso login" in problem.action
    del here.world.faults[service, operation]
    assert here.records(dataset)


def test_new_keys_count_without_a_restart(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    before = here.server.respond

    def respond(request: Any) -> Any:
        seen.append(request.headers["Authorization"].partition("Credential=")[2].partition("/")[0])
        return before(request)

    monkeypatch.setattr(here.server, "respond", respond)
    here.world.faults["sts", "GetCallerIdentity"] = Expired()
    here.fails("accounts")
    del here.world.faults["sts", "GetCallerIdentity"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "renewed")
    assert here.records("accounts") == [Account(PROD, PROD)]
    assert seen[-1] == "renewed"


def test_a_service_that_is_off_is_told_apart(here: Here) -> None:
    here.world.faults["ce", "GetCostAndUsage"] = NotEnabled("DataUnavailableException", "not yet")
    assert here.fails("bill", DAYS).kind == "not-enabled"


def test_without_keys_nothing_is_sent(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    problem = here.fails("functions")
    assert problem.kind == "no-credentials"
    assert "--demo" in problem.action
    assert here.wire == []


def test_a_region_that_nobody_names_is_a_problem_and_not_a_guess() -> None:
    cloud = AwsCloud(Meter(), Pacer(), profiles=[""], regions=[], prompt=lambda _: "")
    with pytest.raises(SourceError) as caught:
        cloud.scopes("aws.lambda")
    assert "AWS_REGION" in caught.value.problem.action


def test_a_profile_that_is_not_there_is_named() -> None:
    cloud = AwsCloud(Meter(), Pacer(), profiles=["nowhere"], regions=[], prompt=lambda _: "")
    with pytest.raises(SourceError) as caught:
        cloud.scopes("aws.lambda")
    assert "'nowhere'" in caught.value.problem.what


# --- answers that are none


def test_a_slow_answer_ends_in_time_and_is_offline(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws_cloud, "READ_SECONDS", 0.1)
    here.world.faults["lambda", "ListFunctions"] = Slow(0.5)
    problem = here.fails("functions")
    assert problem.kind == "offline"
    assert "timeout" in problem.what.lower()
    assert len(here.meter.charges) == 5


def test_an_address_where_nobody_answers_is_offline(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert here.fails("functions").kind == "offline"


def test_a_dropped_connection_is_offline(here: Here) -> None:
    here.world.faults["lambda", "ListFunctions"] = Offline()
    assert here.fails("functions").kind == "offline"


@pytest.mark.parametrize(
    ("dataset", "service", "operation"),
    [
        ("functions", "lambda", "ListFunctions"),
        ("resource-tags", "resourcegroupstaggingapi", "GetResources"),
        ("bill", "ce", "GetCostAndUsage"),
        ("cloudformation-drift", "cloudformation", "DescribeStacks"),
        ("accounts", "sts", "GetCallerIdentity"),
    ],
)
def test_a_proxys_page_is_malformed_and_never_an_empty_answer(here: Here, dataset: str, service: str, operation: str) -> None:
    here.world.faults[service, operation] = Malformed()
    problem = here.fails(dataset, DAYS)
    assert problem.kind == "malformed"
    assert "proxy" in problem.action


def test_a_proxys_page_in_place_of_metrics_is_no_usage_of_zero(here: Here) -> None:
    listed = here.records("functions")[:3]
    here.world.faults["cloudwatch", "GetMetricData"] = Malformed()
    assert here.fails("function-usage", DAYS, functions=listed).kind == "malformed"


# --- metrics


def metric(index: int, values: Sequence[float] = (), status: str = "Complete") -> dict[str, Any]:
    at = [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in DAYS[: len(values)]]
    return {"Id": f"m{index}", "Label": "x", "Timestamps": at, "Values": list(values), "StatusCode": status}


def two_functions(here: Here) -> list[Function]:
    return here.records("functions")[:2]


def test_no_points_is_no_data_and_not_zero(here: Here) -> None:
    here.say("cloudwatch", "GetMetricData", lambda _: {"MetricDataResults": [metric(0, [5.0]), metric(1), metric(2, [0.0]), metric(3)]})
    batches, _ = here.ask("function-usage", DAYS, functions=two_functions(here))
    (only,) = batches[0].records
    assert (only.invocations, only.duration_ms, only.errors, only.throttles) == (5, None, 0, None)
    assert [batch.records for batch in batches[1:]] == [[], []]


def test_a_sum_arrives_as_it_was_written(here: Here) -> None:
    here.say("cloudwatch", "GetMetricData", lambda _: {"MetricDataResults": [metric(0, [3.0]), metric(1, [1234.56])]})
    (only,) = here.ask("function-usage", DAYS[:1], functions=two_functions(here)[:1])[0][0].records
    assert plain(only.duration_ms) == "1234.56"


def test_points_on_several_pages_are_put_together_and_a_completed_metric_is_whole(here: Here) -> None:
    def say(params: dict[str, Any]) -> dict[str, Any]:
        if "NextToken" not in params:
            return {"MetricDataResults": [metric(0, [1.0], "PartialData"), metric(1, [10.0])], "NextToken": "2"}
        return {"MetricDataResults": [metric(0, [], "Complete"), metric(4, [7.0])]}

    here.say("cloudwatch", "GetMetricData", say)
    batches, problems = here.ask("function-usage", DAYS[:1], functions=two_functions(here))
    assert problems == []
    assert [one.invocations for one in batches[0].records] == [1, 7]
    assert not batches[0].estimated


def test_half_an_answer_is_said_and_its_days_are_asked_for_again(here: Here) -> None:
    here.say("cloudwatch", "GetMetricData", lambda _: {"MetricDataResults": [metric(0, [1.0], "InternalError"), metric(1, [1.0])]})
    listed = two_functions(here)
    batches, problems = here.ask("function-usage", DAYS, functions=listed)
    assert listed[0].name in problems[0].what
    assert problems[0].kind == "failed"
    assert all(batch.estimated for batch in batches)


# --- Cost Explorer


def group(*keys: str, amount: str) -> dict[str, Any]:
    metrics = {name: {"Amount": amount, "Unit": "USD"} for name in ("AmortizedCost", "NetAmortizedCost", "UnblendedCost")}
    return {"Keys": list(keys), "Metrics": metrics}


def bill(tagged: list[dict[str, Any]], untagged: list[dict[str, Any]], *, estimated: bool = False) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def say(params: dict[str, Any]) -> dict[str, Any]:
        start = date.fromisoformat(params["TimePeriod"]["Start"])
        groups = untagged if "Filter" in params else tagged
        period = {"Start": start.isoformat(), "End": (start + timedelta(1)).isoformat()}
        return {"ResultsByTime": [{"TimePeriod": period, "Total": {}, "Groups": groups, "Estimated": estimated}]}

    return say


def lines(here: Here) -> list[LedgerLine]:
    return here.records("bill", DAYS[:1])


def test_a_grouped_answer_has_an_empty_total_and_the_lines_are_the_bill(here: Here) -> None:
    tagged = [group("customer$acme", "Usage", amount="10.5"), group("customer$", "Usage", amount="4"), group("customer$", "Tax", amount="1")]
    here.say("ce", "GetCostAndUsage", bill(tagged, [group("Amazon RDS", "Usage", amount="3"), group("Tax", "Tax", amount="1")]))
    found = lines(here)
    assert [(line.customer, line.service, line.category, plain(line.effective or Decimal(0))) for line in found] == [
        ("acme", "", "Usage", "10.5"),
        ("", "Amazon RDS", "Usage", "3"),
        ("", "Tax", "Tax", "1"),
        ("", "", "Usage", "1"),
    ]


def test_a_tag_value_may_hold_the_dividing_sign_itself(here: Here) -> None:
    here.say("ce", "GetCostAndUsage", bill([group("customer$a$b$", "Usage", amount="1"), group("customer$$x", "Usage", amount="2")], []))
    assert [line.customer for line in lines(here)] == ["a$b$", "$x"]


@pytest.mark.parametrize(("tagless", "services"), [("4", ["5"]), ("0.0000000001", []), ("-7.25", ["-7", "-1"])])
def test_whatever_the_services_say_the_lines_sum_to_the_bill(here: Here, tagless: str, services: list[str]) -> None:
    tagged = [group("customer$acme", "Usage", amount="10.1"), group("customer$", "Usage", amount=tagless)]
    here.say("ce", "GetCostAndUsage", bill(tagged, [group(f"S{at}", "Usage", amount=amount) for at, amount in enumerate(services)]))
    for measure in ("effective", "net_effective", "billed"):
        assert total(getattr(line, measure) for line in lines(here)) == Decimal("10.1") + Decimal(tagless)


def test_the_demos_bill_sums_to_its_own_ungrouped_total(here: Here) -> None:
    batches, problems = here.ask("bill", DAYS)
    assert problems == []
    client = here.cloud._client(HERE, "ce")
    end = (DAYS[-1] + timedelta(1)).isoformat()
    ungrouped = client.get_cost_and_usage(
        TimePeriod={"Start": DAYS[0].isoformat(), "End": end}, Granularity="DAILY", Metrics=["AmortizedCost", "UnblendedCost"]
    )
    for batch, day in zip(batches, ungrouped["ResultsByTime"], strict=True):
        assert plain(total(line.effective for line in batch.records)) == plain(Decimal(day["Total"]["AmortizedCost"]["Amount"]))
        assert plain(total(line.billed for line in batch.records)) == plain(Decimal(day["Total"]["UnblendedCost"]["Amount"]))


def test_a_bill_on_several_pages_is_paid_by_page_and_put_together(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = here.records("bill", DAYS)
    here.server.calls.clear()
    monkeypatch.setattr("costtui.sources.demo.answers.cost_explorer.GROUPS_PAGE", 20)
    here.use(Meter())
    assert here.records("bill", DAYS) == whole
    assert len(here.wire) > 4
    assert here.meter.paid == len(here.wire) * CENT


def test_a_budget_that_ends_between_two_pages_spends_nothing_more(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("costtui.sources.demo.answers.cost_explorer.GROUPS_PAGE", 20)
    here.use(Meter(limit=2 * CENT))
    problem = here.fails("bill", DAYS)
    assert problem.kind == "over-budget"
    assert here.wire == ["GetCostAndUsage"] * 2
    assert here.meter.paid == 2 * CENT


def test_the_price_is_asked_for_before_the_first_page(here: Here) -> None:
    class Refuses(Meter):
        def afford(self, source: str, usd: Decimal, what: str) -> None:
            raise SourceError(Problem("needs-consent", source, f"{what} costs {usd}", "allow it"))

    here.use(Refuses())
    assert here.fails("bill", DAYS).what == "the bill of 3 days by tag customer, at least 2 pages, costs 0.02"
    here.use(Refuses())
    listed = here.records("functions")[:2]
    here.server.calls.clear()
    assert here.fails("function-usage", DAYS, functions=listed).kind == "needs-consent"
    assert here.wire == []


def test_estimated_days_say_so(here: Here) -> None:
    here.say("ce", "GetCostAndUsage", bill([group("customer$acme", "Usage", amount="1")], [], estimated=True))
    (batch,), _ = here.ask("bill", DAYS[:1])
    assert batch.estimated
    assert batch.records[0].estimated


def test_a_day_that_the_answer_leaves_out_is_open_and_not_a_day_without_cost(here: Here) -> None:
    here.say("ce", "GetCostAndUsage", bill([group("customer$acme", "Usage", amount="1")], []))
    batches, _ = here.ask("bill", DAYS)
    assert [(batch.day, batch.estimated, len(batch.records)) for batch in batches] == [
        (DAYS[0], False, 1),
        (DAYS[1], True, 0),
        (DAYS[2], True, 0),
    ]


def test_a_tag_that_nothing_carries_is_noticed(here: Here) -> None:
    here.use(Meter(), tag="Customer")
    here.say("ce", "GetCostAndUsage", bill([group("Customer$", "Usage", amount="1")], [group("S", "Usage", amount="1")]))
    _, problems = here.ask("bill", DAYS[:1])
    assert problems[0].kind == "warning"
    assert "'Customer'" in problems[0].what


def test_two_currencies_in_one_group_are_refused(here: Here) -> None:
    mixed = group("customer$acme", "Usage", amount="1")
    mixed["Metrics"]["UnblendedCost"]["Unit"] = "CNY"
    here.say("ce", "GetCostAndUsage", bill([mixed], []))
    assert here.fails("bill", DAYS[:1]).kind == "malformed"


# --- CloudFormation


def stack(name: str, status: str = "DRIFTED", **more: Any) -> dict[str, Any]:
    return {
        "StackId": f"arn:aws:cloudformation:us-east-1:{PROD}:stack/{name}/1",
        "StackName": name,
        "CreationTime": DEMO_NOW,
        "StackStatus": "UPDATE_COMPLETE",
        "DriftInformation": {"StackDriftStatus": status, "LastCheckTimestamp": DEMO_NOW},
        "Tags": [{"Key": "team", "Value": "payments"}],
        **more,
    }


def drift(name: str, logical_id: str, status: str = "MODIFIED", differences: Sequence[tuple[str, str, str]] = (), **more: Any) -> dict[str, Any]:
    return {
        "StackId": stack(name)["StackId"],
        "LogicalResourceId": logical_id,
        "PhysicalResourceId": f"{logical_id}-1",
        "ResourceType": "AWS::Lambda::Function",
        "ExpectedProperties": "{}",
        "ActualProperties": "{}",
        "PropertyDifferences": [
            {"PropertyPath": path, "ExpectedValue": expected, "ActualValue": actual, "DifferenceType": "NOT_EQUAL"}
            for path, expected, actual in differences
        ],
        "StackResourceDriftStatus": status,
        "Timestamp": DEMO_NOW,
        **more,
    }


def reports(here: Here, stacks: list[dict[str, Any]], drifts: list[dict[str, Any]]) -> list[DriftReport]:
    here.say("cloudformation", "DescribeStacks", lambda _: {"Stacks": stacks})
    here.say("cloudformation", "DescribeStackResourceDrifts", lambda _: {"StackResourceDrifts": drifts})
    return here.records("cloudformation-drift")


def test_a_nested_stack_is_read_beside_its_parent(here: Here) -> None:
    found: list[DriftReport] = here.records("cloudformation-drift")
    by_scope = {report.coverage.scope: report for report in found}
    assert {"search-prod", "search-prod-index"} <= set(by_scope)
    addresses = [finding.id for report in found for finding in report.findings]
    assert len(addresses) == len(set(addresses))


def test_a_stack_whose_detection_failed_is_unknown_with_the_reason(here: Here) -> None:
    failed = stack("billing", "UNKNOWN")
    (report,) = reports(here, [failed], [])
    (finding,) = report.findings
    assert (finding.status, finding.counted) == ("unknown", False)
    assert "the last detection failed" in finding.reason
    assert report.coverage.checked == 0
    assert report.coverage.unchecked == 1


def test_a_stack_that_cannot_be_read_is_unknown_and_the_others_are_there(here: Here) -> None:
    def drifts(params: dict[str, Any]) -> dict[str, Any]:
        if "broken" in params["StackName"]:
            raise CloudError("Throttling", "Rate exceeded")
        return {"StackResourceDrifts": [drift("fine", "R")]}

    here.say("cloudformation", "DescribeStacks", lambda _: {"Stacks": [stack("broken"), stack("fine")]})
    here.say("cloudformation", "DescribeStackResourceDrifts", drifts)
    batches, problems = here.ask("cloudformation-drift")
    findings = [finding for batch in batches for report in batch.records for finding in report.findings]
    assert [(finding.scope, finding.status) for finding in findings] == [("broken", "unknown"), ("fine", "drifted")]
    assert "throttled" in findings[0].reason
    assert [problem.kind for problem in problems] == ["throttled"]


def test_a_resource_that_was_not_checked_is_not_in_sync(here: Here) -> None:
    drifts = [
        drift("s", "A", "IN_SYNC"),
        drift("s", "B", "NOT_CHECKED"),
        drift("s", "C", "UNKNOWN", DriftStatusReason="Rate exceeded"),
        drift("s", "D", "DELETED"),
    ]
    (report,) = reports(here, [stack("s")], drifts)
    assert (report.coverage.checked, report.coverage.unchecked) == (2, 2)
    assert [(one.address, one.status, one.reason) for one in report.findings] == [("C", "unknown", "Rate exceeded"), ("D", "deleted", "")]


def test_a_stack_that_was_never_checked_counts_its_resources_as_unchecked(here: Here) -> None:
    resources = [{"LogicalResourceId": f"R{n}", "ResourceType": "T", "LastUpdatedTimestamp": DEMO_NOW, "ResourceStatus": "X"} for n in range(3)]
    here.say("cloudformation", "ListStackResources", lambda _: {"StackResourceSummaries": resources})
    (report,) = reports(here, [stack("s", "NOT_CHECKED")], [])
    assert report.findings == []
    assert (report.coverage.checked, report.coverage.unchecked) == (0, 3)


def test_a_stack_that_is_gone_is_not_shown(here: Here) -> None:
    assert reports(here, [stack("s", StackStatus="DELETE_COMPLETE")], [drift("s", "R")]) == []


def test_secrets_stop_at_the_door(here: Here) -> None:
    secret, other = "hunter2-old-password", "hunter3-new-password"
    changed = drift(
        "s",
        "R",
        differences=[
            ("/Environment/Variables/DB_PASSWORD", secret, other),
            ("/MemorySize", "512", "3008"),
            ("/Description", f"uses {secret}", "plain"),
        ],
        ActualProperties=f'{{"Environment": {{"Variables": {{"DB_PASSWORD": "{other}"}}}}, "MemorySize": 3008}}',
        DriftStatusReason=f"cannot use {other}",
    )
    (report,) = reports(here, [stack("s")], [changed])
    kept = repr(report)
    assert secret not in kept
    assert other not in kept
    by_path = {difference.path: difference for difference in report.findings[0].differences}
    assert by_path["/Environment/Variables/DB_PASSWORD"].redacted
    assert (by_path["/MemorySize"].expected, by_path["/MemorySize"].actual) == ("512", "3008")


@pytest.mark.parametrize(
    ("expected", "actual"), [("5.10", "5.1"), ("1e3", "1000"), ("007", "7"), ("111122223333", "111122223334"), ("1.0", "1"), ("NaN", "null")]
)
def test_values_that_only_look_alike_still_differ(here: Here, expected: str, actual: str) -> None:
    (report,) = reports(here, [stack("s")], [drift("s", "R", differences=[("/EngineVersion", expected, actual)])])
    (difference,) = report.findings[0].differences
    assert difference.expected != difference.actual
    for side in (difference.expected, difference.actual):
        assert side is None or side.strip('"') in (expected, actual)
