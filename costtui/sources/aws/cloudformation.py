"""CloudFormation's last known drift: DescribeStacks, DescribeStackResourceDrifts, ListStackResources. All free and read-only.

Nothing is detected here: what is shown is as old as the last detection, and a resource that was never checked is unchecked,
not in sync (CloudFormation API reference, 2010-05-15).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from costtui.domain.datasets import Batch, DriftReport, Scope
from costtui.domain.drift.records import DriftCoverage, DriftFinding
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.cloud import AwsCloud, moment
from costtui.sources.aws.stack_drifts import arn_part, findings, tags_of
from costtui.sources.port import Request

UNCHECKED = ("NOT_CHECKED", "UNSUPPORTED", "UNKNOWN")


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
        unsupported = sum(drift["StackResourceDriftStatus"] == "UNSUPPORTED" for drift in drifts)
        return DriftReport(findings(stack, drifts), DriftCoverage(stack["StackName"], len(drifts) - unchecked, unchecked, unsupported))


def _unread(scope: Scope, stack: Mapping[str, Any], problem: Problem) -> DriftReport:
    """A stack whose resources could not be read: unknown with the reason, never in sync."""
    reason = stack.get("DriftInformation", {}).get("StackDriftStatusReason") or f"{problem.what}: {problem.action}"
    finding = DriftFinding(
        source="cloudformation",
        scope=stack["StackName"],
        address=stack["StackName"],
        type="AWS::CloudFormation::Stack",
        physical_id=stack["StackId"],
        account=arn_part(stack, 4),
        region=arn_part(stack, 3) or scope.region,
        status="unknown",
        reason=reason,
        tags=tags_of(stack),
        last_checked=moment(stack.get("DriftInformation", {}).get("LastCheckTimestamp")),
        counted=False,
    )
    return DriftReport([finding], DriftCoverage(stack["StackName"], 0, 1))
