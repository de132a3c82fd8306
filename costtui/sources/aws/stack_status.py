"""What is known of a stack as a whole: never checked, in sync long ago, unreadable, or what a detection could not check."""

from collections.abc import Mapping, Sequence
from typing import Any

from costtui.domain.datasets import Scope
from costtui.domain.drift.detection import StackDetection
from costtui.domain.drift.records import DriftFinding, Status
from costtui.sources.aws.cloud import moment
from costtui.sources.aws.stack_drifts import arn_part, tags_of

NEVER = "drift was never detected here"


def stack_finding(scope: Scope, stack: Mapping[str, Any], status: Status, reason: str) -> DriftFinding:
    """The stack itself as a finding that is not counted: it says what is not known of its resources, or since when."""
    return DriftFinding(
        source="cloudformation",
        scope=stack["StackName"],
        address=stack["StackName"],
        type="AWS::CloudFormation::Stack",
        physical_id=stack["StackId"],
        account=arn_part(stack, 4),
        region=arn_part(stack, 3) or scope.region,
        status=status,
        reason=reason,
        tags=tags_of(stack),
        last_checked=moment(stack.get("DriftInformation", {}).get("LastCheckTimestamp")),
        counted=False,
    )


def never_checked(detection: StackDetection | None) -> str:
    """Why a stack has no answer, with what became of asking for one."""
    return f"{NEVER}; asked for: {detection.note}" if detection and detection.note else NEVER


def failed(drifts: Sequence[Mapping[str, Any]], detection: StackDetection | None) -> list[Mapping[str, Any]]:
    """`drifts` with every resource that the detection could not check as unknown, with the reason; whatever AWS knew of it before is older.

    A resource that was checked after that detection is left as it is."""
    if detection is None or not detection.failures:
        return list(drifts)
    left = dict(detection.failures)
    result: list[Mapping[str, Any]] = []
    for drift in drifts:
        reason = left.pop(drift["LogicalResourceId"], None)
        checked = moment(drift.get("Timestamp"))
        known = drift["StackResourceDriftStatus"] not in ("UNKNOWN", "NOT_CHECKED") and checked and checked >= detection.asked_at
        result.append(drift if reason is None or known else {**drift, "StackResourceDriftStatus": "UNKNOWN", "DriftStatusReason": reason})
    return [*result, *(_unlisted(name, reason) for name, reason in left.items())]


def _unlisted(name: str, reason: str) -> Mapping[str, Any]:
    return {"LogicalResourceId": name, "ResourceType": "", "StackResourceDriftStatus": "UNKNOWN", "DriftStatusReason": reason}
