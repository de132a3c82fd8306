"""Drift detection on demand: DetectStackDrift and DetectStackResourceDrift, free. They change nothing but CloudFormation's own record of
the last detection, and are started only when somebody asks.

A detection takes minutes and goes on at AWS whether or not anybody waits; no call stops one. That of a parent does not look into its
nested stacks, so each of them is detected too; stack sets are left alone
(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html).
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from costtui.domain.asking import Price
from costtui.domain.datasets import Batch, Scope
from costtui.domain.drift.detection import StackDetection, Subject
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.aws.detection_status import Poll, Started, poll
from costtui.sources.port import Request

AT_ONCE = 10
"""Stacks that are detected side by side: each takes from the read quotas of the account's other services."""
FIRST_SECONDS, SECONDS_A_RESOURCE = 10, 1
"""About what a detection takes; 75 s were measured for a stack of some sixty resources."""
RESOURCE_SECONDS = 5
LEFT = "not waited for: AWS goes on with it, a refresh later shows what it found"
WORDS = {"partial": "AWS could not check everything", "refused": "AWS did not start it", "stopped": "its end is not known"}


class Size(NamedTuple):
    """A stack and the number of its resources."""

    stack: Subject
    resources: int


class StackDetections:
    """Detects drift of the stacks and resources that are asked about, and waits for the end."""

    name = "aws.cloudformation.detection"
    dataset = "stack-detections"
    after: tuple[str, ...] = ()
    local = False
    paid = False

    def __init__(
        self,
        cloud: AwsCloud,
        *,
        wanted: bool,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cloud, self._wanted, self._sleep, self._clock = cloud, wanted, sleep, clock
        self.unconfigured = "no AWS profile is configured" if wanted else "switched off in [drift]"

    def scopes(self) -> Sequence[Scope]:
        return self._cloud.scopes(self.name) if self._wanted else []

    def price(self, request: Request) -> Price:
        """Nothing, and about how long it takes, by the number of resources in the largest stack."""
        stacks, resources = self._asked(request)
        sizes = [size for stack in stacks for size in self._sizes(request, stack)]
        seconds = -(-len(sizes) // AT_ONCE) * (FIRST_SECONDS + SECONDS_A_RESOURCE * max((size.resources for size in sizes), default=0))
        inside = sum(size.resources for size in sizes)
        words = [f"drift of {_count(len(sizes), 'stack')} with {_count(inside, 'resource')}"] if sizes else []
        words += [f"drift of {_count(len(resources), 'resource')}"] if resources else []
        calls = len(sizes) + len(resources)
        return Price(self.name, calls, Decimal(0), seconds + RESOURCE_SECONDS * len(resources), ", ".join(words))

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        for ended in self._detected(request):
            yield Batch([ended])
            if ended.outcome != "complete":
                where = ended.subject.partition("/")[2]
                yield Problem("warning", self.name, f"{WORDS[ended.outcome]}: {ended.note}", "ask again when it is quiet", where)

    def _detected(self, request: Request) -> Iterator[StackDetection]:
        """Each as it ends: resources one after the other, then stacks side by side."""
        stacks, resources = self._asked(request)
        for number, resource in enumerate(resources, 1):
            if request.cancelled():
                return
            request.progress(f"detecting drift of {resource.resource}", number, len(resources))
            yield self._resource(request, resource)
        waiting, refused = self._waiting(request, stacks)
        yield from refused
        running: list[Started] = []
        total = len(waiting)
        polling = Poll(self._cloud, self.name, request, self._sleep, self._clock)
        while (waiting or running) and not request.cancelled():
            while waiting and len(running) < AT_ONCE and not request.cancelled():
                started = self._start(request, waiting.pop(0))
                if isinstance(started, StackDetection):
                    yield started
                else:
                    running.append(started)
            request.progress(f"AWS detects drift of {_names(running)}", total - len(waiting) - len(running), total)
            ended, running = poll(polling, running)
            yield from ended
        yield from (StackDetection(str(one.subject), request.now, "stopped", LEFT) for one in running)

    def _asked(self, request: Request) -> tuple[list[Subject], list[Subject]]:
        """Stacks and resources of this scope; which account it is, is asked of STS, free, once there is anything for its region."""
        read = (Subject.read(text) for text in request.subjects)
        here = [subject for subject in read if subject and subject.region == request.scope.region]
        if not here:
            return [], []
        account = self._cloud.call(self.name, request.scope, "sts", "get_caller_identity")["Account"]
        ours = [subject for subject in here if subject.account == account]
        stacks = [subject for subject in ours if not subject.resource]
        return stacks, [one for one in ours if one.resource and Subject(one.account, one.region, one.stack) not in stacks]

    def _waiting(self, request: Request, stacks: Sequence[Subject]) -> tuple[list[Subject], list[StackDetection]]:
        """The stacks with those nested in them, each once; and those that cannot be read."""
        found: dict[Subject, None] = {}
        refused = []
        for stack in stacks:
            try:
                found.update((size.stack, None) for size in self._sizes(request, stack))
            except SourceError as error:
                refused.append(_refused(request, stack, error))
        return list(found), refused

    def _sizes(self, request: Request, stack: Subject) -> list[Size]:
        """Of the stack, and of all stacks below it, at any depth."""
        resources = list(self._resources(request, stack))
        below = [
            Subject(stack.account, stack.region, one["PhysicalResourceId"].split("/")[1])
            for one in resources
            if one["ResourceType"] == "AWS::CloudFormation::Stack" and one.get("PhysicalResourceId", "").startswith("arn:")
        ]
        return [Size(stack, len(resources)), *(size for nested in below for size in self._sizes(request, nested))]

    def _resources(self, request: Request, stack: Subject) -> Iterator[Mapping[str, Any]]:
        pages = self._cloud.pages(
            self.name,
            request.scope,
            "cloudformation",
            "list_stack_resources",
            ask="NextToken",
            given="NextToken",
            StackName=stack.stack,
        )
        for page in pages:
            yield from page.get("StackResourceSummaries", ())

    def _start(self, request: Request, subject: Subject) -> Started | StackDetection:
        """Started, or why AWS refuses: one runs already, or the stack is being changed."""
        try:
            answer = self._cloud.call(self.name, request.scope, "cloudformation", "detect_stack_drift", StackName=subject.stack)
        except SourceError as error:
            return _refused(request, subject, error)
        return Started(subject, answer["StackDriftDetectionId"])

    def _resource(self, request: Request, subject: Subject) -> StackDetection:
        """One resource, while the call lasts."""
        try:
            answer = self._cloud.call(
                self.name,
                request.scope,
                "cloudformation",
                "detect_stack_resource_drift",
                StackName=subject.stack,
                LogicalResourceId=subject.resource,
            )
        except SourceError as error:
            return _refused(request, subject, error)
        drift = answer["StackResourceDrift"]
        if drift["StackResourceDriftStatus"] in ("UNKNOWN", "NOT_CHECKED", "UNSUPPORTED"):
            note = drift.get("DriftStatusReason") or f"AWS says {drift['StackResourceDriftStatus'].replace('_', ' ').lower()}"
            return StackDetection(str(subject), request.now, "partial", note, {subject.resource: note})
        return StackDetection(str(subject), request.now, "complete")


def _refused(request: Request, subject: Subject, error: SourceError) -> StackDetection:
    """A session that has expired concerns everything else too, and is raised."""
    problem = error.problem
    if problem.kind in ("expired", "no-credentials", "offline", "clock-skew"):
        raise error
    return StackDetection(str(subject), request.now, "refused", f"{problem.what}: {problem.action}")


def _names(running: Sequence[Started]) -> str:
    more = f" and {len(running) - 2} more" if len(running) > 2 else ""
    return ", ".join(one.subject.stack for one in running[:2]) + more


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
