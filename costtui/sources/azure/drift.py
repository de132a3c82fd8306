"""Azure's drift: resources that break a policy (Policy Insights, latest states), and those that were changed by hand.

Source: azure-rest-api-specs, policyinsights, PolicyStates_QuerySubscriptionScope.json.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from costtui.domain.datasets import Batch, DriftReport, Scope
from costtui.domain.drift.attribution import Attribution
from costtui.domain.drift.compare import Change
from costtui.domain.drift.records import NO_RECENT_CHANGE, Difference, DriftCoverage, DriftFinding, Op, Status
from costtui.domain.drift.redacted_difference import difference
from costtui.domain.drift.redaction import Secrets
from costtui.domain.problems import Problem
from costtui.sources.azure.arm import Arm
from costtui.sources.azure.changes import ResourceChange, changes
from costtui.sources.port import Request

STATES = (
    "/subscriptions/{}/providers/Microsoft.PolicyInsights/policyStates/latest/queryResults"
    "?api-version=2024-10-01&$filter=complianceState%20eq%20'NonCompliant'&$top=1000"
)
BY_HAND = "changed by hand"
STATUSES: dict[str, Status] = {"create": "unmanaged", "delete": "deleted"}


class AzureDrift:
    """One report a subscription."""

    name = "azure.policy"
    dataset = "azure-drift"
    after: tuple[str, ...] = ()
    local = False
    paid = False
    unconfigured = "no subscription: set [drift.azure] subscriptions"

    def __init__(self, arm: Arm, subscriptions: Sequence[str]) -> None:
        self._arm, self._subscriptions = arm, subscriptions

    def scopes(self) -> Sequence[Scope]:
        return [Scope("azure", subscription) for subscription in self._subscriptions]

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        subscription = request.scope.profile
        request.progress(f"reading policy states of {subscription}", 0, 0)
        for page in self._arm.pages(self.name, subscription, STATES.format(subscription)):
            yield _batch([_noncompliant(state, subscription) for state in page.get("value", ())], subscription)
        request.progress(f"reading changes of {subscription}", 0, 0)
        yield _batch(_by_hand(changes(self._arm, self.name, subscription), subscription, request.key), subscription)


class AzureActors:
    """Who changed what drifted, within 14 days."""

    name = "azure.changes"
    dataset = "attributions"
    after: tuple[str, ...] = ("azure-drift",)
    local = False
    paid = False
    unconfigured = AzureDrift.unconfigured

    def __init__(self, arm: Arm, subscriptions: Sequence[str]) -> None:
        self._arm, self._subscriptions = arm, subscriptions

    def scopes(self) -> Sequence[Scope]:
        return [Scope("azure", subscription) for subscription in self._subscriptions]

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        reports: Sequence[DriftReport] = request.inputs["azure-drift"]
        wanted = dict.fromkeys(finding.physical_id or "" for report in reports for finding in report.findings)
        if not wanted:
            yield Batch([])
            return
        subscription = request.scope.profile
        found = changes(self._arm, self.name, subscription)
        actors = {change.resource: actor for change in found if (actor := change.actor)}
        yield Batch(
            [
                Attribution(subscription, "", resource, request.now, actors.get(resource), "" if resource in actors else NO_RECENT_CHANGE)
                for resource in wanted
            ]
        )


def _batch(found: list[DriftFinding], subscription: str) -> Batch:
    return Batch([DriftReport(found, DriftCoverage(subscription, 0, 0))])


def _noncompliant(state: Mapping[str, Any], subscription: str) -> DriftFinding:
    resource = str(state["resourceId"]).lower()
    effect = f", {state['policyDefinitionAction']}" if state.get("policyDefinitionAction") else ""
    return DriftFinding(
        source="azure-policy",
        scope=str(state.get("policyAssignmentName", "")),
        address=_address(resource),
        type=str(state.get("resourceType", "")),
        physical_id=resource,
        account=subscription,
        region=state.get("resourceLocation") or None,
        status="noncompliant",
        reason=f"breaks policy {state.get('policyDefinitionName', '')}{effect}",
        last_checked=_moment(state.get("timestamp")),
    )


def _by_hand(found: Sequence[ResourceChange], subscription: str, key: bytes) -> list[DriftFinding]:
    """One finding a resource: its first value of 14 days against its last, where a person at the portal or a shell was involved."""
    touched = {change.resource for change in found if change.by_hand}
    by_resource: dict[str, list[ResourceChange]] = {}
    for change in found:
        if change.resource in touched and change.actor is not None:
            by_resource.setdefault(change.resource, []).append(change)
    findings = (_changed(resource, made, subscription, key) for resource, made in by_resource.items())
    return [finding for finding in findings if finding.differences or finding.status != "drifted"]


def _changed(resource: str, made: Sequence[ResourceChange], subscription: str, key: bytes) -> DriftFinding:
    type_ = made[-1].target_resource_type
    gone = STATUSES.get(made[-1].change_type.lower()) == "deleted"
    status: Status = "deleted" if gone else STATUSES.get(made[0].change_type.lower(), "drifted")
    return DriftFinding(
        source="azure-policy",
        scope=BY_HAND,
        address=_address(resource),
        type=type_,
        physical_id=resource,
        account=subscription,
        region=None,
        status=status,
        differences=[] if status != "drifted" else _differences(type_, made, Secrets(key=key), resource),
        last_checked=made[-1].change_attributes.timestamp,
        undeclared=[""],
    )


def _differences(type_: str, made: Sequence[ResourceChange], secrets: Secrets, place: str) -> list[Difference]:
    first: dict[str, Any] = {}
    last: dict[str, Any] = {}
    for change in made:
        for path, told in change.properties():
            first.setdefault(path, told.previous_value)
            last[path] = told.new_value
    for path in first:
        secrets.add_named(first[path], type_, path)
        secrets.add_named(last[path], type_, path)
    return [
        difference(type_, Change(path, first[path], last[path], _op(first[path], last[path])), secrets, declared=False, place=place)
        for path in sorted(first)
        if first[path] != last[path]
    ]


def _op(before: Any, after: Any) -> Op:
    return "add" if before is None else "remove" if after is None else "change"


def _address(resource: str) -> str:
    """Group and name: `shop/web-vm` of `/subscriptions/…/resourcegroups/shop/providers/…/web-vm`."""
    parts = resource.split("/")
    group = parts[parts.index("resourcegroups") + 1] if "resourcegroups" in parts[:-1] else ""
    return f"{group}/{parts[-1]}" if group and parts[-1] != group else parts[-1]


def _moment(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo else None
