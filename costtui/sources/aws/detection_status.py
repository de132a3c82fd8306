"""Waiting for drift detections: DescribeStackDriftDetectionStatus with back-off, and what a failed one says of each resource."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from costtui.domain.drift.detection import StackDetection, Subject
from costtui.domain.drift.redaction import Secrets
from costtui.domain.problems import SourceError
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.port import Request

SHORTEST, LONGEST = 2.0, 15.0
"""Seconds between two looks at the same detection."""
GIVEN_UP = 600.0
"""Seconds without any that ended."""
SLICE = 0.2
"""Seconds that Esc waits at most."""


class Started(NamedTuple):
    """A detection that runs at AWS."""

    subject: Subject
    id: str


@dataclass
class Poll:
    """How to look, and how patiently by now."""

    cloud: AwsCloud
    source: str
    request: Request
    sleep: Callable[[float], None]
    clock: Callable[[], float]
    pause: float = SHORTEST
    since: float = field(init=False)

    def __post_init__(self) -> None:
        self.since = self.clock()

    def rest(self) -> None:
        """Wait out the pause, which grows while nothing ends, in slices that Esc can break."""
        until = self.clock() + self.pause
        while (left := until - self.clock()) > 0 and not self.request.cancelled():
            self.sleep(min(SLICE, left))
        self.pause = min(LONGEST, self.pause * 1.5)

    def ended(self) -> None:
        self.pause, self.since = SHORTEST, self.clock()

    @property
    def tired(self) -> bool:
        return self.clock() - self.since >= GIVEN_UP


def poll(polling: Poll, running: Sequence[Started]) -> tuple[list[StackDetection], list[Started]]:
    """One look at each, after a pause: those that ended, and those that go on."""
    if not running:
        return [], []
    polling.rest()
    ended: list[StackDetection] = []
    left: list[Started] = []
    for one in running:
        result = None if polling.request.cancelled() else _look(polling, one)
        if result is None:
            left.append(one)
        else:
            ended.append(result)
    if ended:
        polling.ended()
    if left and polling.tired:
        note = f"AWS has not ended it in {GIVEN_UP / 60:.0f} minutes: a refresh later shows what it found"
        ended += [StackDetection(str(one.subject), polling.request.now, "stopped", note) for one in left]
        left = []
    return ended, left


def _look(polling: Poll, one: Started) -> StackDetection | None:
    """None while it runs. A look that fails is the end of waiting, not of the detection."""
    subject, now = str(one.subject), polling.request.now
    try:
        answer = polling.cloud.call(
            polling.source,
            polling.request.scope,
            "cloudformation",
            "describe_stack_drift_detection_status",
            StackDriftDetectionId=one.id,
        )
    except SourceError as error:
        return StackDetection(subject, now, "stopped", f"{error.problem.what}: {error.problem.action}")
    if answer["DetectionStatus"] == "DETECTION_IN_PROGRESS":
        return None
    if answer["DetectionStatus"] == "DETECTION_COMPLETE":
        return StackDetection(subject, now, "complete")
    note, failures = told(answer.get("DetectionStatusReason", ""))
    return StackDetection(subject, now, "partial", note or "AWS does not say why", failures)


def told(reason: str) -> tuple[str, dict[str, str]]:
    """A failed detection's reason in one sentence, and by logical id why a resource could not be checked.

    AWS writes it as JSON, `{"Summary": …, "Failures": [{"Resource": …, "FailureReason": …}]}`
    (aws-cloudformation/cloudformation-coverage-roadmap#801), or as plain text."""
    clean = Secrets().clean_text
    try:
        document = json.loads(reason)
    except ValueError:
        return clean(reason), {}
    if not isinstance(document, Mapping):
        return clean(reason), {}
    entries: list[Any] = [one for one in document.get("Failures") or () if isinstance(one, Mapping) and "Resource" in one]
    failures = {str(one["Resource"]): clean(str(one.get("FailureReason", ""))) for one in entries}
    return clean(str(document.get("Summary") or reason)), failures
