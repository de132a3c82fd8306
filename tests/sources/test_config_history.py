"""AWS Config's history of a resource: read on a key, told as differences, and without the secrets that were in it."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from costtui.domain.datasets import Account, Batch
from costtui.domain.drift.config_history import ConfigHistory, Subject
from costtui.domain.drift.records import RecordedChange
from costtui.domain.problems import Problem
from costtui.sources.aws.config_history import NOTHING, OFF, ONE_STATE
from costtui.sources.demo import DEMO_NOW
from costtui.sources.demo.answers.call import Call
from costtui.sources.demo.answers.table import HANDLERS
from costtui.sources.demo.faults import CloudError, Denied, NotEnabled
from costtui.sources.port import Priced, Request
from tests.fakes.aws_account import Here
from tests.fakes.demo import PROD

pytestmark = pytest.mark.filterwarnings("ignore:.*does not match an error shape")
FUNCTION = f"{PROD}/us-east-1/AWS::Lambda::Function/checkout-authorize"
GROUP = f"{PROD}/us-east-1/AWS::EC2::SecurityGroup/sg-0db5432a1b2c3d4e5"


def request(here: Here, *subjects: str) -> Request:
    source = here.sources["config-history"]
    return Request(source.scopes()[0], DEMO_NOW, inputs={"accounts": [Account(PROD, PROD)]}, subjects=subjects, key=b"mine")


def ask(here: Here, *subjects: str) -> tuple[list[ConfigHistory], list[Problem]]:
    items = list(here.sources["config-history"].fetch(request(here, *subjects)))
    found = [record for item in items if isinstance(item, Batch) for record in item.records]
    return found, [item for item in items if isinstance(item, Problem)]


def told(change: RecordedChange) -> list[tuple[str, str | None, str | None]]:
    return [(one.path, one.expected, one.actual) for one in change.differences]


def recorded(monkeypatch: pytest.MonkeyPatch, *states: dict[str, Any], status: str = "OK") -> None:
    """The cloud's answer: these configurations, newest first, a day apart; the newest has `status`."""

    def history(_: Any, call: Call) -> dict[str, Any]:
        return {
            "configurationItems": [
                {
                    "configurationItemCaptureTime": DEMO_NOW - timedelta(number),
                    "configurationItemStatus": status if number == 0 else "OK",
                    "configuration": json.dumps(state),
                    "resourceType": call.params["resourceType"],
                    "resourceId": call.params["resourceId"],
                }
                for number, state in enumerate(states)
            ]
        }

    monkeypatch.setitem(HANDLERS, ("config", "GetResourceConfigHistory"), history)


def test_each_change_is_told_newest_first_and_the_oldest_state_is_none(here: Here) -> None:
    (history,), problems = ask(here, FUNCTION)
    assert (history.subject, history.note, problems) == (FUNCTION, "", [])
    raised, rotated = history.changes
    assert told(raised) == [("/memorySize", "512", "3008")]
    assert told(rotated) == [("/environment/variables/PAYMENT_TOKEN", None, None)]
    assert raised.at.isoformat() == "2026-11-12T09:42:15+00:00"


def test_a_secret_that_was_rotated_leaves_a_fingerprint_and_no_value(here: Here) -> None:
    (history,), _ = ask(here, FUNCTION)
    (secret,) = history.changes[1].differences
    assert secret.redacted
    assert len(secret.fingerprint) == 25
    assert b"lumen-demo-token" not in msgspec.msgpack.encode(history)


def test_one_rule_that_came_is_one_difference(here: Here) -> None:
    (history,), _ = ask(here, GROUP)
    (opened,) = history.changes
    (one,) = opened.differences
    assert (one.path, one.op, json.loads(one.actual or "")["ipv4Ranges"]) == ("/ipPermissions/1", "add", [{"cidrIp": "0.0.0.0/0"}])


def test_what_differs_only_in_writing_is_no_change_and_one_element_more_is(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = {"Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "*"}]}
    same = {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["*"]}]}
    more = {"Statement": [{"Effect": "Allow", "Action": ["s3:GetObject", "s3:*"], "Resource": "*"}]}
    recorded(monkeypatch, {"policy": json.dumps(same)}, {"policy": json.dumps(policy)})
    (history,), _ = ask(here, FUNCTION)
    assert (history.changes, history.note) == ([], ONE_STATE)
    recorded(monkeypatch, {"policy": json.dumps(more)}, {"policy": json.dumps(policy)})
    (history,), _ = ask(here, FUNCTION)
    assert [len(change.differences) for change in history.changes] == [1]


def test_a_deletion_is_told_without_properties(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded(monkeypatch, {}, {"password": "hunter2-before"}, status="ResourceDeleted")
    (history,), _ = ask(here, FUNCTION)
    assert [(change.words, change.differences) for change in history.changes] == [("deleted", [])]


def test_a_resource_that_config_names_by_its_own_id_is_found_by_its_name(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    states = HANDLERS["config", "GetResourceConfigHistory"]

    def history(world: Any, call: Call) -> dict[str, Any]:
        if call.params["resourceId"] != "AROAROLE":
            raise CloudError("ResourceNotDiscoveredException", "not discovered")
        return states(world, Call(call.account, call.region, {"resourceType": "AWS::Lambda::Function", "resourceId": "checkout-authorize"}))

    monkeypatch.setitem(HANDLERS, ("config", "GetResourceConfigHistory"), history)
    identifiers = [{"resourceType": "AWS::IAM::Role", "resourceId": "AROAROLE", "resourceName": "deploy"}]
    monkeypatch.setitem(HANDLERS, ("config", "ListDiscoveredResources"), lambda *_: {"resourceIdentifiers": identifiers})
    role = f"{PROD}/us-east-1/AWS::IAM::Role/arn:aws:iam::{PROD}:role/deploy"
    (history_found,), _ = ask(here, role)
    assert (history_found.subject, len(history_found.changes)) == (role, 2)


def test_what_config_does_not_know_is_answered_with_a_reason(here: Here) -> None:
    (history,), problems = ask(here, f"{PROD}/us-east-1/AWS::SQS::Queue/https://sqs/1/q")
    assert (history.changes, history.note, problems) == ([], NOTHING, [])


def test_without_a_recorder_every_subject_says_so(here: Here) -> None:
    here.world.faults["config", "GetResourceConfigHistory"] = NotEnabled(
        code="NoAvailableConfigurationRecorderException", message="no recorder"
    )
    found, problems = ask(here, FUNCTION, GROUP)
    assert ([(one.subject, one.note) for one in found], problems) == ([(FUNCTION, OFF), (GROUP, OFF)], [])


def test_a_refusal_is_a_problem_and_no_history(here: Here) -> None:
    here.world.faults["config", "GetResourceConfigHistory"] = Denied()
    found, problems = ask(here, FUNCTION)
    assert (found, [problem.kind for problem in problems]) == ([], ["denied"])


def test_it_is_free_and_only_of_its_own_account_and_region(here: Here) -> None:
    elsewhere = [f"999988887777/us-east-1/AWS::S3::Bucket/{name}" for name in "ab"] + [f"{PROD}/eu-west-1/AWS::S3::Bucket/c"]
    source = here.sources["config-history"]
    assert isinstance(source, Priced)
    price = source.price(request(here, FUNCTION, *elsewhere))
    assert (price.calls, price.usd, price.words) == (1, Decimal(0), "the recorded history of 1 resource")
    assert ask(here, *elsewhere) == ([], [])


@pytest.mark.parametrize("text", ["", "a/b/c", "a//c/d", "no subject"])
def test_other_texts_are_no_subjects(text: str) -> None:
    assert Subject.read(text) is None


def test_an_id_may_hold_slashes() -> None:
    subject = Subject.read("1/eu-west-1/AWS::SQS::Queue/https://sqs.eu-west-1.amazonaws.com/1/q")
    assert subject is not None
    assert subject.id == "https://sqs.eu-west-1.amazonaws.com/1/q"
    assert Subject.read(str(subject)) == subject
