"""CloudFormation: what was checked, what was not, and no secret of either side."""

from collections.abc import Sequence
from typing import Any

import pytest

from costtui.domain.datasets import DriftReport
from costtui.sources.demo import DEMO_NOW
from costtui.sources.demo.faults import CloudError
from tests.fakes.aws_account import Here
from tests.fakes.demo import PROD

pytestmark = pytest.mark.filterwarnings("ignore:.*does not match an error shape")  # throttling is in no service model

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


def drift(
    name: str, logical_id: str, status: str = "MODIFIED", differences: Sequence[tuple[str, str, str]] = (), **more: Any
) -> dict[str, Any]:
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


def alone(here: Here) -> None:
    """Neither templates nor change sets say anything."""
    here.say("cloudformation", "GetTemplate", lambda _: {"TemplateBody": "{}"})
    here.say("cloudformation", "ListChangeSets", lambda _: {"Summaries": []})


def reports(here: Here, stacks: list[dict[str, Any]], drifts: list[dict[str, Any]]) -> list[DriftReport]:
    alone(here)
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

    alone(here)
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
    resources = [
        {"LogicalResourceId": f"R{n}", "ResourceType": "T", "LastUpdatedTimestamp": DEMO_NOW, "ResourceStatus": "X"} for n in range(3)
    ]
    here.say("cloudformation", "ListStackResources", lambda _: {"StackResourceSummaries": resources})
    (report,) = reports(here, [stack("s", "NOT_CHECKED")], [])
    assert [(one.address, one.status, one.counted) for one in report.findings] == [("s", "unknown", False)]
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
    ("expected", "actual"),
    [("5.10", "5.1"), ("1e3", "1000"), ("007", "7"), ("111122223333", "111122223334"), ("1.0", "1"), ("NaN", "null")],
)
def test_values_that_only_look_alike_still_differ(here: Here, expected: str, actual: str) -> None:
    (report,) = reports(here, [stack("s")], [drift("s", "R", differences=[("/EngineVersion", expected, actual)])])
    (difference,) = report.findings[0].differences
    assert difference.expected != difference.actual
    for side in (difference.expected, difference.actual):
        assert side is None or side.strip('"') in (expected, actual)


def test_stacks_and_their_resources_come_in_pages(here: Here) -> None:
    def stacks(params: dict[str, Any]) -> dict[str, Any]:
        return {"Stacks": [stack("one")], "NextToken": "2"} if "NextToken" not in params else {"Stacks": [stack("two")]}

    def drifts(params: dict[str, Any]) -> dict[str, Any]:
        name = params["StackName"].split("/")[1]
        page = params.get("NextToken", "1")
        return {"StackResourceDrifts": [drift(name, f"R{page}")]} | ({"NextToken": "2"} if page == "1" else {})

    alone(here)
    here.say("cloudformation", "DescribeStacks", stacks)
    here.say("cloudformation", "DescribeStackResourceDrifts", drifts)
    reports: list[DriftReport] = here.records("cloudformation-drift")
    assert [[finding.address for finding in report.findings] for report in reports] == [["R1", "R2"], ["R1", "R2"]]
    assert here.wire.count("DescribeStacks") == 2
