"""CloudFormation stacks of a world: the functions' own, what else the story puts into them, and what drifted."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from costtui.sources.demo.company import Function, story_table, story_text
from costtui.sources.demo.seed import unit

NEVER_CHECKED, FAILED = "growth-prod", "billing-prod"
NESTED = {"search-prod-index": "search-prod"}
_NAMES = {"checkout-authorize": "CheckoutFn"}


@dataclass(frozen=True, slots=True)
class Resource:
    """One stack resource. `expected` and `actual` are None where the story does not tell them; a deleted one has no `actual`."""

    logical_id: str
    type: str
    physical_id: str
    status: str = "IN_SYNC"
    reason: str = ""
    expected: dict[str, Any] | None = None
    actual: dict[str, Any] | None = None


@dataclass(slots=True)
class Stack:
    name: str
    account: str
    region: str
    team: str
    environment: str
    resources: list[Resource] = field(default_factory=list)
    detecting: str = ""
    """The id of the detection that runs."""
    looked_at: bool = False
    """Whether somebody asked how that goes."""
    detected: str = ""
    """The id of the last detection that was asked of this world."""

    @property
    def id(self) -> str:
        return stack_id(self.name, self.account, self.region)

    @property
    def parent(self) -> "str | None":
        return None if self.name not in NESTED else stack_id(NESTED[self.name], self.account, self.region)

    @property
    def drifted(self) -> int:
        return sum(resource.status in ("MODIFIED", "DELETED") for resource in self.resources)

    @property
    def status(self) -> str:
        """StackDriftStatus of the last detection."""
        if self.name == FAILED:
            return "UNKNOWN"
        if self.name == NEVER_CHECKED and not self.detected:
            return "NOT_CHECKED"
        return "DRIFTED" if self.drifted else "IN_SYNC"

    @property
    def checked_before(self) -> timedelta:
        """Age of the last detection."""
        return timedelta() if self.detected else timedelta(minutes=2 + int(600 * unit("checked", self.name)))

    def check(self) -> None:
        """The detection that runs ends: what was never checked is in sync, or drifted as the story tells; what AWS fails to read stays
        unknown."""
        self.detected, self.detecting, self.looked_at = self.detecting, "", False
        told = {entry["resource"]: entry for entry in _detected() if entry["stack"] == self.name}
        for number, resource in enumerate(self.resources):
            if resource.status == "NOT_CHECKED":
                self.resources[number] = replace(resource, status="IN_SYNC")
            if resource.logical_id in told:
                found = told[resource.logical_id]
                self.resources[number] = replace(resource, status="MODIFIED", expected=found["expected"], actual=found["actual"])


def _detected() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(story_text("cloudformation.json"))["detected"]
    return found


def stack_id(name: str, account: str, region: str) -> str:
    return f"arn:aws:cloudformation:{region}:{account}:stack/{name}/1"


def logical_id(function: Function) -> str:
    return _NAMES.get(function.name) or _camel(function.name) + "Function"


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.replace("_", "-").split("-") if part.isalnum())


def stacks(functions: Sequence[Function], drifts: list[dict[str, Any]], generated: set[str]) -> list[Stack]:
    """Every stack by name. `drifts` are the story's that count in this world; `generated` names functions that drifted besides."""
    found: dict[str, Stack] = {}
    for function in functions:
        stack = found.get(function.stack)
        if stack is None:
            stack = found[function.stack] = Stack(function.stack, function.account, function.region, function.team, function.environment)
        stack.resources += _function_resources(function, function.name in generated)
    told = json.loads(story_text("cloudformation.json"))["in_sync"]
    in_sync: dict[tuple[str, str], dict[str, Any]] = {(entry["stack"], entry["resource"]): entry["expected"] for entry in told}
    for row in story_table("stacks.csv"):
        parent = found.get(NESTED.get(row["stack"], row["stack"]))
        if parent is None:
            continue
        stack = found.setdefault(row["stack"], Stack(row["stack"], parent.account, parent.region, parent.team, parent.environment))
        expected = in_sync.get((row["stack"], row["logical_id"]))
        resource = Resource(row["logical_id"], row["type"], row["physical_id"], row["status"] or "IN_SYNC", "", expected, expected)
        stack.resources.append(resource)
    for drift in drifts:
        if drift["stack"] in found:
            _replace(found[drift["stack"]], drift)
    _fail(found)
    return [found[name] for name in sorted(found)]


def _function_resources(function: Function, drifted: bool) -> list[Resource]:
    log_group = f"/aws/lambda/{function.name}"
    own = Resource(logical_id(function), "AWS::Lambda::Function", function.name)
    if drifted:
        actual = {"FunctionName": function.name, "MemorySize": function.memory_mb, "Timeout": 30, "Tags": _tags(function)}
        expected = {**actual, **_declared(function)}
        own = Resource(own.logical_id, own.type, own.physical_id, "MODIFIED", "", expected, actual)
    return [own, Resource(_camel(function.name) + "LogGroup", "AWS::Logs::LogGroup", log_group)]


def _declared(function: Function) -> dict[str, Any]:
    """What the template of a generated, drifted function says otherwise: memory, time limit, or its tags in another order (noise)."""
    draw = unit("drift", function.name)
    if draw < 0.2 and function.memory_mb > 128:
        return {"MemorySize": function.memory_mb // 2}
    return {"Timeout": 15} if draw < 0.35 else {"Tags": _tags(function)[::-1]}


def _tags(function: Function) -> list[dict[str, str]]:
    return [{"Key": "env", "Value": function.environment}, {"Key": "team", "Value": function.team}]


def _replace(stack: Stack, drift: dict[str, Any]) -> None:
    for number, resource in enumerate(stack.resources):
        if resource.logical_id == drift["resource"]:
            status = "DELETED" if drift["actual"] is None else "MODIFIED"
            stack.resources[number] = Resource(
                resource.logical_id, resource.type, resource.physical_id, status, "", drift["expected"], drift["actual"]
            )


def _fail(found: dict[str, Stack]) -> None:
    """The stacks without a finished detection: every resource unchecked, one with the reason why."""
    for name in (NEVER_CHECKED, FAILED):
        stack = found.get(name)
        if stack is None:
            continue
        stack.resources = [Resource(one.logical_id, one.type, one.physical_id, "NOT_CHECKED") for one in stack.resources]
        if name == FAILED:
            first = stack.resources[0]
            stack.resources[0] = Resource(first.logical_id, first.type, first.physical_id, "UNKNOWN", "Rate exceeded")
