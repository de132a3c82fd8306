"""The AWS sources over real boto3 and a real socket: paging, retries on the meter, refusals, and answers that are none."""

from decimal import Decimal
from typing import Any

import pytest

from costtui.domain.datasets import Account, ResourceTags
from costtui.domain.functions.records import Function, UsageDay
from costtui.domain.problems import SourceError
from costtui.sources.aws import cloud as aws_cloud
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.bridge import Pacer
from costtui.sources.demo.faults import Denied, Expired, Malformed, NotEnabled, Offline, Slow, Throttled
from tests.fakes.aws_account import CENT, DAYS, Here, Meter
from tests.fakes.demo import PROD

pytestmark = pytest.mark.filterwarnings("ignore:.*does not match an error shape")  # throttling is in no service model

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


# --- retries, on the meter


def test_throttling_is_retried_and_each_request_is_counted(here: Here) -> None:
    here.world.faults["lambda", "ListFunctions"] = Throttled(times=2)
    assert here.records("functions")
    assert len(here.meter.charges) == len(here.wire)
    assert here.wire[:3] == ["ListFunctions"] * 3


def test_a_paid_request_is_paid_again_when_it_is_retried(here: Here) -> None:
    here.world.faults["ce", "GetCostAndUsage"] = Throttled(times=1)
    assert here.records("bill", DAYS)
    assert here.wire.count("GetCostAndUsage") == 3
    assert here.meter.paid == 4 * CENT, "and the list of tags is asked once"


def test_throttling_that_does_not_end_is_a_problem_after_bounded_attempts(here: Here) -> None:
    here.world.faults["ce", "GetCostAndUsage"] = Throttled(times=99)
    assert here.fails("bill", DAYS).kind == "throttled"
    assert here.wire.count("GetCostAndUsage") == 3
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
    assert here.wire.count(operation) == 1


@pytest.mark.parametrize(
    ("dataset", "service", "operation"), [("accounts", "sts", "GetCallerIdentity"), ("functions", "lambda", "ListFunctions")]
)
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
