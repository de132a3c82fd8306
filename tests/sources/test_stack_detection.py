"""Drift detection on a key: how long it will take, waiting with back-off, Esc, and everything that AWS may refuse or fail."""

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from costtui.domain.datasets import Batch, DriftReport
from costtui.domain.drift.detection import StackDetection, Subject
from costtui.domain.problems import Problem
from costtui.sources.aws.detection_status import told
from costtui.sources.aws.stack_detection import StackDetections
from costtui.sources.demo import DEMO_NOW
from costtui.sources.demo.faults import CloudError
from costtui.sources.port import Request
from tests.fakes.aws_account import HERE, Here
from tests.fakes.demo import PROD
from tests.sources.test_aws_cloudformation import alone, drift, stack

pytestmark = pytest.mark.filterwarnings("ignore:.*does not match an error shape")


def subject(*parts: str) -> str:
    return "/".join((PROD, "us-east-1", *parts))


class Clock:
    """Time passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Desk:
    """One question to the source, with a clock of its own."""

    def __init__(self, here: Here) -> None:
        self.clock = Clock()
        self.source = StackDetections(here.cloud, wanted=True, sleep=self.clock.sleep, clock=lambda: self.clock.now)
        self.told: list[tuple[str, int, int]] = []

    def request(self, *subjects: str, cancelled: Callable[[], bool] = lambda: False) -> Request:
        return Request(HERE, DEMO_NOW, subjects=subjects, progress=lambda *what: self.told.append(what), cancelled=cancelled)

    def ask(self, *subjects: str, cancelled: Callable[[], bool] = lambda: False) -> tuple[list[StackDetection], list[Problem]]:
        items = list(self.source.fetch(self.request(*subjects, cancelled=cancelled)))
        records = [record for item in items if isinstance(item, Batch) for record in item.records]
        return records, [item for item in items if isinstance(item, Problem)]


def resources(*types: tuple[str, str]) -> dict[str, Any]:
    told = [
        {
            "LogicalResourceId": f"R{n}",
            "PhysicalResourceId": id_,
            "ResourceType": type_,
            "LastUpdatedTimestamp": DEMO_NOW,
            "ResourceStatus": "X",
        }
        for n, (type_, id_) in enumerate(types)
    ]
    return {"StackResourceSummaries": told}


def running(here: Here, looks: Sequence[str], **more: Any) -> None:
    """Every stack has three resources, and its detection says `looks`, one after the other."""
    left = {"looks": list(looks)}

    def status(params: dict[str, Any]) -> dict[str, Any]:
        now = left["looks"].pop(0) if left["looks"] else "DETECTION_COMPLETE"
        id_ = params["StackDriftDetectionId"]
        return {"StackId": stack("s")["StackId"], "StackDriftDetectionId": id_, "DetectionStatus": now, "Timestamp": DEMO_NOW, **more}

    here.say("cloudformation", "ListStackResources", lambda _: resources(("T", "a"), ("T", "b"), ("T", "c")))
    here.say("cloudformation", "DetectStackDrift", lambda params: {"StackDriftDetectionId": params["StackName"]})
    here.say("cloudformation", "DescribeStackDriftDetectionStatus", status)


def test_a_detection_is_waited_for_with_growing_pauses(here: Here) -> None:
    running(here, ["DETECTION_IN_PROGRESS"] * 6)
    desk = Desk(here)
    (ended,), problems = desk.ask(subject("shop"))
    assert (ended.subject, ended.outcome, ended.note) == (subject("shop"), "complete", "")
    assert problems == []
    assert here.wire.count("DescribeStackDriftDetectionStatus") == 7
    assert desk.clock.now == pytest.approx(2 + 3 + 4.5 + 6.75 + 10.125 + 15 + 15), "2 s, half as much again each time, at most 15"
    assert ("AWS detects drift of shop", 0, 1) in desk.told


def test_it_is_given_up_after_ten_minutes_and_goes_on_at_aws(here: Here) -> None:
    running(here, ["DETECTION_IN_PROGRESS"] * 1000)
    desk = Desk(here)
    (ended,), (problem,) = desk.ask(subject("shop"))
    assert (ended.outcome, problem.kind) == ("stopped", "warning")
    assert "10 minutes" in ended.note
    assert 600 <= desk.clock.now < 620


def test_esc_stops_waiting_within_a_moment_and_says_that_aws_goes_on(here: Here) -> None:
    running(here, ["DETECTION_IN_PROGRESS"] * 1000)
    desk = Desk(here)
    (ended,), _ = desk.ask(subject("shop"), cancelled=lambda: desk.clock.now >= 7.3)
    assert ended.outcome == "stopped"
    assert "AWS goes on" in ended.note
    assert desk.clock.now == pytest.approx(7.4)


def test_esc_before_the_start_starts_nothing(here: Here) -> None:
    running(here, [])
    assert Desk(here).ask(subject("shop"), subject("shop2", "R1"), cancelled=lambda: True) == ([], [])
    assert "DetectStackDrift" not in here.wire
    assert "DetectStackResourceDrift" not in here.wire


def test_what_could_not_be_checked_is_kept_with_its_reason(here: Here) -> None:
    failures = [{"Resource": "Queue", "FailureReason": "Rate exceeded"}, {"Resource": "Role", "FailureReason": "AccessDenied"}]
    reason = json.dumps({"Summary": "Failed to detect drift on resources [Queue, Role]", "Failures": failures})
    running(here, ["DETECTION_FAILED"], DetectionStatusReason=reason)
    (ended,), (problem,) = Desk(here).ask(subject("shop"))
    assert (ended.outcome, ended.failures) == ("partial", {"Queue": "Rate exceeded", "Role": "AccessDenied"})
    assert problem.what == "AWS could not check everything: Failed to detect drift on resources [Queue, Role]"
    assert problem.where == "us-east-1/shop"


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("plain words", ("plain words", {})),
        ("", ("", {})),
        ('["a"]', ('["a"]', {})),
        (
            '{"Failures": [{"Resource": "A"}, {"FailureReason": "x"}, 7]}',
            ('{"Failures": [{"Resource": "A"}, {"FailureReason": "x"}, 7]}', {"A": ""}),
        ),
        ("cannot use postgres://a:hunter2@db", ("<redacted>", {})),
    ],
)
def test_every_form_of_a_reason_is_read(reason: str, expected: tuple[str, dict[str, str]]) -> None:
    assert told(reason) == expected


def test_one_that_runs_already_is_refused_in_awss_words(here: Here) -> None:
    running(here, [])

    def refuse(params: dict[str, Any]) -> dict[str, Any]:
        raise CloudError("ValidationError", f"Drift detection is already in progress for stack [{params['StackName']}]")

    here.say("cloudformation", "DetectStackDrift", refuse)
    (ended,), (problem,) = Desk(here).ask(subject("shop"))
    assert ended.outcome == "refused"
    assert "already in progress for stack [shop]" in problem.what
    assert here.wire.count("DescribeStackDriftDetectionStatus") == 0


def test_a_refused_stack_does_not_keep_others_from_being_detected(here: Here) -> None:
    running(here, [])

    def detect(params: dict[str, Any]) -> dict[str, Any]:
        if params["StackName"] == "busy":
            raise CloudError("ValidationError", "Stack [busy] is in UPDATE_IN_PROGRESS state")
        return {"StackDriftDetectionId": params["StackName"]}

    here.say("cloudformation", "DetectStackDrift", detect)
    ended, _ = Desk(here).ask(subject("busy"), subject("quiet"))
    assert {one.subject: one.outcome for one in ended} == {subject("busy"): "refused", subject("quiet"): "complete"}


def test_nested_stacks_are_detected_with_their_parent_each_once(here: Here) -> None:
    running(here, [])
    inside = {
        "top": [("AWS::CloudFormation::Stack", f"arn:aws:cloudformation:us-east-1:{PROD}:stack/middle/1"), ("T", "t")],
        "middle": [("AWS::CloudFormation::Stack", f"arn:aws:cloudformation:us-east-1:{PROD}:stack/leaf/1")],
        "leaf": [("T", "l")] * 30,
    }
    here.say("cloudformation", "ListStackResources", lambda params: resources(*inside[params["StackName"]]))
    desk = Desk(here)
    price = desk.source.price(desk.request(subject("top")))
    assert (price.usd, price.calls, price.words) == (Decimal(0), 3, "drift of 3 stacks with 33 resources")
    assert price.seconds == 40, "stacks run side by side: the largest counts"
    ended, _ = desk.ask(subject("top"), subject("leaf"))
    assert sorted(one.subject for one in ended) == [subject("leaf"), subject("middle"), subject("top")]
    assert here.wire.count("DetectStackDrift") == 3


def test_no_more_than_ten_run_side_by_side(here: Here) -> None:
    running(here, [])
    at_once: list[int] = []
    started = {"now": 0}

    def detect(params: dict[str, Any]) -> dict[str, Any]:
        started["now"] += 1
        return {"StackDriftDetectionId": params["StackName"]}

    def status(params: dict[str, Any]) -> dict[str, Any]:
        at_once.append(started["now"])
        started["now"] -= 1
        id_ = params["StackDriftDetectionId"]
        return {"StackId": id_, "StackDriftDetectionId": id_, "DetectionStatus": "DETECTION_COMPLETE", "Timestamp": DEMO_NOW}

    here.say("cloudformation", "DetectStackDrift", detect)
    here.say("cloudformation", "DescribeStackDriftDetectionStatus", status)
    ended, _ = Desk(here).ask(*(subject(f"s{n}") for n in range(23)))
    assert len(ended) == 23
    assert max(at_once) == 10


def test_one_resource_is_checked_while_the_call_lasts(here: Here) -> None:
    here.say("cloudformation", "DetectStackResourceDrift", lambda _: {"StackResourceDrift": drift("s", "R", "MODIFIED")})
    desk = Desk(here)
    price = desk.source.price(desk.request(subject("s", "R")))
    assert (price.calls, price.seconds, price.words) == (1, 5, "drift of 1 resource")
    assert desk.ask(subject("s", "R")) == ([StackDetection(subject("s", "R"), DEMO_NOW, "complete")], [])
    assert "DetectStackDrift" not in here.wire


def test_a_resource_that_aws_cannot_check_says_so(here: Here) -> None:
    here.say("cloudformation", "DetectStackResourceDrift", lambda _: {"StackResourceDrift": drift("s", "R", "UNSUPPORTED")})
    (ended,), _ = Desk(here).ask(subject("s", "R"))
    assert (ended.outcome, ended.failures) == ("partial", {"R": "AWS says unsupported"})


def test_a_resource_of_a_stack_that_is_detected_anyhow_is_not_asked_apart(here: Here) -> None:
    running(here, [])
    ended, _ = Desk(here).ask(subject("s"), subject("s", "R"))
    assert [one.subject for one in ended] == [subject("s")]
    assert "DetectStackResourceDrift" not in here.wire


def test_other_regions_and_accounts_are_left_to_others(here: Here) -> None:
    running(here, [])
    desk = Desk(here)
    assert desk.ask(f"{PROD}/eu-west-1/shop", "999988887777/us-east-1/shop", "nonsense") == ([], [])
    assert here.wire == ["GetCallerIdentity"], "asked once there is anything for the region"
    assert desk.source.price(desk.request(f"{PROD}/eu-west-1/shop")).seconds == 0


@pytest.mark.parametrize("text", ["", "a/b", "a//c", "a/b/c/", "a/b/c/d/e"])
def test_what_is_no_subject_is_none(text: str) -> None:
    assert Subject.read(text) is None
    assert Subject.read("1/r/stack/Logical") == Subject("1", "r", "stack", "Logical")


# --- what the rows then say


def after(here: Here, stacks: list[dict[str, Any]], drifts: list[dict[str, Any]], *asked: StackDetection) -> list[DriftReport]:
    alone(here)
    here.say("cloudformation", "DescribeStacks", lambda _: {"Stacks": stacks})
    here.say("cloudformation", "DescribeStackResourceDrifts", lambda _: {"StackResourceDrifts": drifts})
    more: dict[str, Any] = {"stack-detections": asked}
    return here.records("cloudformation-drift", **more)


def partial(**failures: str) -> StackDetection:
    return StackDetection(subject("s"), DEMO_NOW, "partial", "half", failures)


def test_failures_of_a_detection_are_unknown_and_never_in_sync(here: Here) -> None:
    before = DEMO_NOW - timedelta(days=1)
    drifts = [drift("s", "A", "IN_SYNC", Timestamp=before), drift("s", "B", "IN_SYNC"), drift("s", "C", "NOT_CHECKED")]
    (report,) = after(here, [stack("s", "UNKNOWN")], drifts, partial(A="Rate exceeded", B="later", C="denied", D="gone"))
    assert {one.address: (one.status, one.reason) for one in report.findings} == {
        "A": ("unknown", "Rate exceeded"),
        "C": ("unknown", "denied"),
        "D": ("unknown", "gone"),
    }, "B was checked after that"
    assert (report.coverage.checked, report.coverage.unchecked) == (1, 3)


def test_a_stack_that_was_never_checked_has_a_row_to_ask_from(here: Here) -> None:
    here.say("cloudformation", "ListStackResources", lambda _: resources(("T", "a"), ("T", "b")))
    refused = StackDetection(subject("s"), DEMO_NOW, "refused", "AccessDenied: let the identity have it")
    (report,) = after(here, [stack("s", "NOT_CHECKED")], [], refused)
    (finding,) = report.findings
    assert (finding.status, finding.counted) == ("unknown", False)
    assert finding.reason == "drift was never detected here; asked for: AccessDenied: let the identity have it"
    assert (report.coverage.checked, report.coverage.unchecked) == (0, 2)


@pytest.mark.parametrize(("age", "rows"), [(timedelta(hours=23), 0), (timedelta(days=12), 1)])
def test_a_stack_that_was_in_sync_long_ago_can_be_asked_again(here: Here, age: timedelta, rows: int) -> None:
    old: dict[str, Any] = {"DriftInformation": {"StackDriftStatus": "IN_SYNC", "LastCheckTimestamp": DEMO_NOW - age}}
    (report,) = after(here, [stack("s", **old)], [drift("s", "A", "IN_SYNC")])
    assert len(report.findings) == rows
    assert all(one.status == "in-sync" and one.reason.endswith("12 days ago") for one in report.findings)
