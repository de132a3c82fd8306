"""CloudFormation's last known drift: DescribeStacks, DescribeStackResourceDrifts, ListStackResources, and beside them the template
(GetTemplate), change sets and security groups. All free and read-only.

Nothing is detected here: what is shown is as old as the last detection, and a resource that was never checked is unchecked,
not in sync (CloudFormation API reference, 2010-05-15).
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from costtui.domain.datasets import Batch, DriftReport, Scope
from costtui.domain.drift.detection import StackDetection
from costtui.domain.drift.records import DriftCoverage
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.change_sets import ChangeSetDrift, ChangeSets
from costtui.sources.aws.cloud import AwsCloud, moment
from costtui.sources.aws.live_read import LiveGroups, unseen
from costtui.sources.aws.stack_drifts import Beside, findings, owned
from costtui.sources.aws.stack_status import failed, never_checked, stack_finding
from costtui.sources.aws.stack_template import Template, read_template
from costtui.sources.port import Request

UNCHECKED = ("NOT_CHECKED", "UNSUPPORTED", "UNKNOWN")
REAL = ("MODIFIED", "DELETED")
Drift = Mapping[str, Any]
OLD = timedelta(days=1)
"""A stack in sync whose check is older has a row of its own, from which it can be checked again."""


class CloudFormation:
    """The drift that CloudFormation last found, stack by stack."""

    name = "aws.cloudformation"
    dataset = "cloudformation-drift"
    after: tuple[str, ...] = ("stack-detections",)
    local = False
    paid = False

    def __init__(self, cloud: AwsCloud, *, wanted: bool) -> None:
        self._cloud, self._wanted, self._change_sets = cloud, wanted, ChangeSets(cloud, self.name)
        self.unconfigured = "no AWS profile is configured" if wanted else "switched off in [drift]"

    def scopes(self) -> Sequence[Scope]:
        return self._cloud.scopes(self.name) if self._wanted else []

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        listed = self._pages(request, "describe_stacks")
        stacks = [stack for page in listed for stack in page.get("Stacks", ()) if stack["StackStatus"] != "DELETE_COMPLETE"]
        told = set[Problem]()
        for number, stack in enumerate(stacks, 1):
            if request.cancelled():
                return
            request.progress(f"reading stacks of {request.scope.words}", number, len(stacks))
            try:
                report, problems = self._report(request, stack)
                yield Batch([report])
                yield from (problem for problem in problems if problem not in told)
                told.update(problems)
            except SourceError as error:
                yield Batch([_unread(request.scope, stack, error.problem)])
                yield error.problem

    def _pages(self, request: Request, operation: str, **params: Any) -> Iterator[dict[str, Any]]:
        return self._cloud.pages(self.name, request.scope, "cloudformation", operation, ask="NextToken", given="NextToken", **params)

    def _report(self, request: Request, stack: Mapping[str, Any]) -> tuple[DriftReport, list[Problem]]:
        status = stack.get("DriftInformation", {}).get("StackDriftStatus", "NOT_CHECKED")
        detection = _detection(request, stack)
        if status == "NOT_CHECKED":
            return self._never_checked(request, stack, detection)
        pages = self._pages(request, "describe_stack_resource_drifts", StackName=stack["StackId"], MaxResults=100)
        drifts = failed([drift for page in pages for drift in page.get("StackResourceDrifts", ())], detection)
        if status == "UNKNOWN" and not drifts:
            problem = Problem("failed", self.name, "the last detection failed", "detect again when it is quiet", stack["StackName"])
            return _unread(request.scope, stack, problem), []
        seen, beside, problems = self._beside(request, stack, drifts)
        unchecked = sum(drift["StackResourceDriftStatus"] in UNCHECKED for drift in drifts)
        unsupported = sum(drift["StackResourceDriftStatus"] == "UNSUPPORTED" for drift in drifts)
        found = findings(stack, seen, beside, request.key)
        if not found and (age := _age(request, stack)) is not None and age >= OLD:
            found = [stack_finding(request.scope, stack, "in-sync", f"in sync when it was last checked, {age.days} days ago")]
        coverage = DriftCoverage(stack["StackName"], len(drifts) - unchecked, unchecked, unsupported)
        return DriftReport(found, coverage, owned(stack, drifts)), problems

    def _never_checked(
        self, request: Request, stack: Mapping[str, Any], detection: StackDetection | None
    ) -> tuple[DriftReport, list[Problem]]:
        """Every resource is unchecked, but for what a drift-aware change set knows."""
        pages = self._pages(request, "list_stack_resources", StackName=stack["StackId"])
        resources = sum(len(page.get("StackResourceSummaries", ())) for page in pages)
        known, problems = ChangeSetDrift(), list[Problem]()
        with _told(problems):
            known = self._change_sets.of(request, stack["StackId"])
        found = findings(stack, known.drifts, Beside(ignored=known.ignored), request.key)
        coverage = DriftCoverage(stack["StackName"], len(found), max(resources - len(found), 0))
        return DriftReport([stack_finding(request.scope, stack, "unknown", never_checked(detection)), *found], coverage), problems

    def _beside(self, request: Request, stack: Mapping[str, Any], drifts: Sequence[Drift]) -> tuple[Sequence[Drift], Beside, list[Problem]]:
        """What template, change sets and EC2 add. Where one cannot be read, what CloudFormation said stands, and a problem is told."""
        drifted = any(drift["StackResourceDriftStatus"] in REAL for drift in drifts)
        problems: list[Problem] = []
        template, ignored, seen = Template(), ChangeSetDrift().ignored, drifts
        if drifted or any(map(unseen, drifts)):
            with _told(problems):
                template = read_template(self._call(request, "get_template", StackName=stack["StackId"]).get("TemplateBody"))
        if drifted:
            with _told(problems):
                ignored = self._change_sets.of(request, stack["StackId"]).ignored
        with _told(problems):
            seen = LiveGroups(self._cloud, self.name, request).amended(drifts, template.closed_groups)
        undeclared = frozenset(one["LogicalResourceId"] for one, was in zip(seen, drifts, strict=True) if one is not was)
        return seen, Beside(template.constructs, undeclared, ignored), problems

    def _call(self, request: Request, operation: str, **params: Any) -> dict[str, Any]:
        return self._cloud.call(self.name, request.scope, "cloudformation", operation, **params)


@contextlib.contextmanager
def _told(problems: list[Problem]) -> Iterator[None]:
    """Keep what goes wrong with one part of the answer; what concerns all of it (an expired session, no network) is raised."""
    try:
        yield
    except SourceError as error:
        if error.problem.kind not in ("denied", "failed", "throttled"):
            raise
        problems.append(error.problem)


def _detection(request: Request, stack: Mapping[str, Any]) -> StackDetection | None:
    """What was last asked for this stack."""
    asked: Sequence[StackDetection] = request.inputs.get("stack-detections", ())
    _, _, _, region, account, resource = stack["StackId"].split(":", 5)
    subject = "/".join((account, region, resource.split("/")[1]))
    return next((one for one in asked if one.subject == subject), None)


def _age(request: Request, stack: Mapping[str, Any]) -> timedelta | None:
    checked = moment(stack.get("DriftInformation", {}).get("LastCheckTimestamp"))
    return request.now - checked if checked else None


def _unread(scope: Scope, stack: Mapping[str, Any], problem: Problem) -> DriftReport:
    """A stack whose resources could not be read: unknown with the reason, never in sync."""
    reason = stack.get("DriftInformation", {}).get("StackDriftStatusReason") or f"{problem.what}: {problem.action}"
    return DriftReport([stack_finding(scope, stack, "unknown", reason)], DriftCoverage(stack["StackName"], 0, 1))
