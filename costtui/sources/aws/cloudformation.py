"""CloudFormation's last known drift: DescribeStacks, DescribeStackResourceDrifts, ListStackResources. All free and read-only.

Nothing is detected here: what is shown is as old as the last detection, and a resource that was never checked is unchecked,
not in sync (CloudFormation API reference, 2010-05-15).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from costtui.domain.datasets import Batch, DriftReport, Scope
from costtui.domain.drift.compare import Change
from costtui.domain.drift.price_inputs import inputs
from costtui.domain.drift.records import Difference, DriftCoverage, DriftFinding, Op, Status
from costtui.domain.drift.redacted_difference import difference
from costtui.domain.drift.redaction import Secrets
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.cloud import AwsCloud, moment
from costtui.sources.port import Request

STATUSES: dict[str, Status] = {"MODIFIED": "drifted", "DELETED": "deleted", "IN_SYNC": "in-sync", "UNKNOWN": "unknown"}
UNCHECKED = ("NOT_CHECKED", "UNSUPPORTED", "UNKNOWN")
LONGEST_NUMBER = 10
"""Digits: no numeric property is longer, and ids are."""
OPS: dict[str, Op] = {"ADD": "add", "REMOVE": "remove", "NOT_EQUAL": "change"}


class CloudFormation:
    """The drift that CloudFormation last found, stack by stack."""

    name = "aws.cloudformation"
    dataset = "cloudformation-drift"
    after: tuple[str, ...] = ()
    local = False

    def __init__(self, cloud: AwsCloud, *, wanted: bool) -> None:
        self._cloud, self._wanted = cloud, wanted
        self.unconfigured = "no AWS profile is configured" if wanted else "switched off in [drift]"

    def scopes(self) -> Sequence[Scope]:
        return self._cloud.scopes(self.name) if self._wanted else []

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        listed = self._pages(request, "describe_stacks")
        stacks = [stack for page in listed for stack in page.get("Stacks", ()) if stack["StackStatus"] != "DELETE_COMPLETE"]
        for number, stack in enumerate(stacks, 1):
            request.progress(f"reading stacks of {request.scope.words}", number, len(stacks))
            try:
                yield Batch([self._report(request, stack)])
            except SourceError as error:
                yield Batch([_unread(request.scope, stack, error.problem)])
                yield error.problem

    def _pages(self, request: Request, operation: str, **params: Any) -> Iterator[dict[str, Any]]:
        return self._cloud.pages(self.name, request.scope, "cloudformation", operation, ask="NextToken", given="NextToken", **params)

    def _report(self, request: Request, stack: Mapping[str, Any]) -> DriftReport:
        status = stack.get("DriftInformation", {}).get("StackDriftStatus", "NOT_CHECKED")
        if status == "NOT_CHECKED":
            resources = sum(
                len(page.get("StackResourceSummaries", ()))
                for page in self._pages(request, "list_stack_resources", StackName=stack["StackId"])
            )
            return DriftReport([], DriftCoverage(stack["StackName"], 0, resources))
        pages = self._pages(request, "describe_stack_resource_drifts", StackName=stack["StackId"], MaxResults=100)
        drifts = [drift for page in pages for drift in page.get("StackResourceDrifts", ())]
        if status == "UNKNOWN" and not drifts:
            problem = Problem("failed", self.name, "the last detection failed", "detect again when it is quiet", stack["StackName"])
            return _unread(request.scope, stack, problem)
        unchecked = sum(drift["StackResourceDriftStatus"] in UNCHECKED for drift in drifts)
        secrets = _secrets(drifts)
        findings = [_finding(stack, drift, secrets) for drift in drifts if STATUSES.get(drift["StackResourceDriftStatus"], "in-sync") != "in-sync"]
        return DriftReport(findings, DriftCoverage(stack["StackName"], len(drifts) - unchecked, unchecked))


def _secrets(drifts: Sequence[Mapping[str, Any]]) -> Secrets:
    """CloudFormation masks nothing: what a name calls secret anywhere in the stack is secret wherever it was copied to."""
    secrets = Secrets()
    for drift in drifts:
        type_ = drift["ResourceType"]
        for side in ("ExpectedProperties", "ActualProperties"):
            properties = _parsed(drift.get(side))
            secrets.add_named(properties, type_)
            secrets.add_labelled(properties)
        for item in drift.get("PropertyDifferences", ()):
            for side in ("ExpectedValue", "ActualValue"):
                secrets.add_named(_parsed(item.get(side)), type_, item["PropertyPath"])
    return secrets


def _finding(stack: Mapping[str, Any], drift: Mapping[str, Any], secrets: Secrets) -> DriftFinding:
    status = STATUSES[drift["StackResourceDriftStatus"]]
    type_ = drift["ResourceType"]
    differences = [_difference(type_, item, secrets) for item in drift.get("PropertyDifferences", ())]
    actual = _parsed(drift.get("ActualProperties") or drift.get("ExpectedProperties"))
    return DriftFinding(
        source="cloudformation",
        scope=stack["StackName"],
        address=drift["LogicalResourceId"],
        type=type_,
        physical_id=drift.get("PhysicalResourceId"),
        account=_arn_part(stack, 4),
        region=_arn_part(stack, 3),
        status=status,
        differences=differences,
        reason=secrets.clean_text(drift.get("DriftStatusReason", "")),
        tags=_tags(stack),
        last_checked=moment(drift.get("Timestamp")),
        counted=status in ("drifted", "deleted"),
        context=inputs(type_, secrets.clean(actual, type_)) if isinstance(actual, dict) else {},
    )


def _difference(type_: str, item: Mapping[str, Any], secrets: Secrets) -> Difference:
    op = OPS.get(item.get("DifferenceType", ""), "change")
    change = Change(item["PropertyPath"], _parsed(item.get("ExpectedValue")), _parsed(item.get("ActualValue")), op)
    return difference(type_, change, secrets, declared=True)


def _parsed(text: str | None) -> Any:
    """CloudFormation writes structures as JSON and plain values bare: an account id is no number, and the version 5.10 is not 5.1."""
    if text is None:
        return None
    try:
        value = json.loads(text, parse_constant=str)  # NaN is a word
    except (ValueError, RecursionError):
        return text
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return text if is_number and (len(text) > LONGEST_NUMBER or json.dumps(value) != text) else value


def _unread(scope: Scope, stack: Mapping[str, Any], problem: Problem) -> DriftReport:
    """A stack whose resources could not be read: unknown with the reason, never in sync."""
    reason = stack.get("DriftInformation", {}).get("StackDriftStatusReason") or f"{problem.what}: {problem.action}"
    finding = DriftFinding(
        source="cloudformation",
        scope=stack["StackName"],
        address=stack["StackName"],
        type="AWS::CloudFormation::Stack",
        physical_id=stack["StackId"],
        account=_arn_part(stack, 4),
        region=_arn_part(stack, 3) or scope.region,
        status="unknown",
        reason=reason,
        tags=_tags(stack),
        last_checked=moment(stack.get("DriftInformation", {}).get("LastCheckTimestamp")),
        counted=False,
    )
    return DriftReport([finding], DriftCoverage(stack["StackName"], 0, 1))


def _tags(stack: Mapping[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in stack.get("Tags", ())}


def _arn_part(stack: Mapping[str, Any], index: int) -> str | None:
    parts = stack["StackId"].split(":")
    return parts[index] if len(parts) > index else None
