"""Drift-aware change sets that are already there: ListChangeSets and DescribeChangeSet, free. costtui makes none.

Such a change set (`DeploymentMode` REVERT_DRIFT) compares what the last deployment declared with what is there, and names the attributes
that AWS leaves out of that, with its own reason
(https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from costtui.sources.aws.cloud import AwsCloud, moment
from costtui.sources.port import Request

DRIFT_AWARE = "REVERT_DRIFT"
EXPLAINED = {"MANAGED_BY_AWS": "managed-by-aws", "WRITE_ONLY_PROPERTY": "write-only"}
"""AWS's reasons that explain a difference, as rules. SENSITIVE_PROPERTY only says that AWS does not show the value: that is no reason to
leave a change out."""
Drift = Mapping[str, Any]


class ChangeSetDrift(msgspec.Struct, frozen=True):
    """What the newest drift-aware change set of a stack says."""

    ignored: dict[str, dict[str, str]] = {}
    """By logical id, the rule of each property path that AWS leaves out."""
    drifts: list[dict[str, Any]] = []
    """Its drifted resources in the form of StackResourceDrifts."""


class ChangeSets:
    """Reads those of one stack after the other."""

    def __init__(self, cloud: AwsCloud, source: str) -> None:
        self._cloud, self._source = cloud, source

    def of(self, request: Request, stack_id: str) -> ChangeSetDrift:
        """The newest complete one; empty where the stack has none. Raises SourceError."""
        listed = [one for page in self._pages(request, "list_change_sets", StackName=stack_id) for one in page.get("Summaries", ())]
        complete = [one for one in listed if one.get("Status") == "CREATE_COMPLETE" and one.get("ExecutionStatus") == "AVAILABLE"]
        for one in sorted(complete, key=_created, reverse=True):
            name = one["ChangeSetId"]
            pages = self._pages(request, "describe_change_set", ChangeSetName=name, StackName=stack_id, IncludePropertyValues=True)
            first = next(pages, {})
            if first.get("DeploymentMode") != DRIFT_AWARE:
                continue
            changes = [change for page in (first, *pages) for change in _changes(page)]
            return ChangeSetDrift(
                {change["LogicalResourceId"]: ignored for change in changes if (ignored := _ignored(change))},
                [_drift(change, moment(first.get("CreationTime"))) for change in changes if _drifted(change)],
            )
        return ChangeSetDrift()

    def _pages(self, request: Request, operation: str, **params: Any) -> Iterator[dict[str, Any]]:
        return self._cloud.pages(self._source, request.scope, "cloudformation", operation, ask="NextToken", given="NextToken", **params)


def _created(summary: Mapping[str, Any]) -> str:
    created = moment(summary.get("CreationTime"))
    return created.isoformat() if created else ""


def _changes(page: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [change["ResourceChange"] for change in page.get("Changes", ()) if "ResourceChange" in change]


def _drifted(change: Mapping[str, Any]) -> bool:
    return change.get("ResourceDriftStatus") in ("MODIFIED", "DELETED")


def _ignored(change: Mapping[str, Any]) -> dict[str, str]:
    attributes: Sequence[Mapping[str, str]] = change.get("ResourceDriftIgnoredAttributes") or ()
    return {_pointer(one["Path"]): EXPLAINED[one["Reason"]] for one in attributes if one.get("Reason") in EXPLAINED and one.get("Path")}


def _drift(change: Mapping[str, Any], created: datetime | None) -> dict[str, Any]:
    """As DescribeStackResourceDrifts would have said it; the properties around the drifted ones are not in a change set."""
    targets = [target for detail in change.get("Details") or () if (target := detail.get("Target") or {}).get("Drift")]
    checked = [when for target in targets if (when := moment(target["Drift"].get("DriftDetectionTimestamp")))]
    return {
        "LogicalResourceId": change["LogicalResourceId"],
        "PhysicalResourceId": change.get("PhysicalResourceId"),
        "ResourceType": change["ResourceType"],
        "StackResourceDriftStatus": change["ResourceDriftStatus"],
        "Timestamp": max(checked, default=created),
        "DriftStatusReason": "from a drift-aware change set of the stack",
        "PropertyDifferences": [_difference(target) for target in targets],
    }


def _difference(target: Mapping[str, Any]) -> dict[str, Any]:
    before, actual = target["Drift"].get("PreviousValue"), target["Drift"].get("ActualValue")
    kind = "ADD" if before is None else "REMOVE" if actual is None else "NOT_EQUAL"
    path = target.get("Path") or f"/{target.get('Attribute', 'Properties')}/{target.get('Name', '')}"
    return {"PropertyPath": _pointer(path), "ExpectedValue": before or "null", "ActualValue": actual or "null", "DifferenceType": kind}


def _pointer(path: str) -> str:
    """Change sets say `/Properties/MemorySize` where drifts say `/MemorySize`."""
    path = path if path.startswith("/") else f"/{path}"
    return path.removeprefix("/Properties")
