"""CloudFormation's last known drift: ListStacks and DescribeStacks 100 a page, resource drifts 100, resources 100."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from costtui.sources.demo.answers.call import Answer, Call, Table, page, page_size
from costtui.sources.demo.differences import as_text, property_differences
from costtui.sources.demo.faults import CloudError
from costtui.sources.demo.stacks import Resource, Stack
from costtui.sources.demo.world import World

PAGE = 100
_CREATED = datetime(2026, 1, 12, 9, 30, tzinfo=UTC)
_UPDATED = datetime(2026, 10, 5, 8, 44, tzinfo=UTC)


def list_stacks(world: World, call: Call) -> Answer:
    wanted = call.params.get("StackStatusFilter")
    found = [] if wanted and "UPDATE_COMPLETE" not in wanted else list(world.stacks_in(call.account, call.region).values())
    listed, token = page(found, call.params.get("NextToken"), PAGE)
    return _paged("StackSummaries", [_summary(world, stack) for stack in listed], token)


def describe_stacks(world: World, call: Call) -> Answer:
    name = call.params.get("StackName")
    if name:
        return {"Stacks": [_stack(world, stack_named(world, call, name))]}
    listed, token = page(list(world.stacks_in(call.account, call.region).values()), call.params.get("NextToken"), PAGE)
    return _paged("Stacks", [_stack(world, stack) for stack in listed], token)


def describe_stack_resource_drifts(world: World, call: Call) -> Answer:
    stack = stack_named(world, call, call.params["StackName"])
    statuses = call.params.get("StackResourceDriftStatusFilters")
    found = [resource for resource in stack.resources if not statuses or resource.status in statuses]
    if stack.status == "NOT_CHECKED":
        raise CloudError("ValidationError", f"Drift detection has not been run on stack [{stack.name}]")
    size = page_size(call.params.get("MaxResults"), PAGE)
    listed, token = page(found, call.params.get("NextToken"), size)
    return _paged("StackResourceDrifts", [drift_answer(world, stack, resource) for resource in listed], token)


def list_stack_resources(world: World, call: Call) -> Answer:
    stack = stack_named(world, call, call.params["StackName"])
    listed, token = page(stack.resources, call.params.get("NextToken"), PAGE)
    return _paged("StackResourceSummaries", [_resource(world, stack, resource) for resource in listed], token)


def _paged(name: str, items: Sequence[Answer], token: str | None) -> Answer:
    return {name: list(items)} if token is None else {name: list(items), "NextToken": token}


def stack_named(world: World, call: Call, name: str) -> Stack:
    stack = world.stacks_in(call.account, call.region).get(name.split("/")[1] if name.startswith("arn:") else name)
    if stack is None:
        raise CloudError("ValidationError", f"Stack with id {name} does not exist")
    return stack


def _checked(world: World, stack: Stack) -> datetime:
    return world.now - stack.checked_before


def _drift_information(world: World, stack: Stack) -> Answer:
    if stack.status == "NOT_CHECKED":
        return {"StackDriftStatus": "NOT_CHECKED"}
    return {"StackDriftStatus": stack.status, "LastCheckTimestamp": _checked(world, stack)}


def _parents(stack: Stack) -> Answer:
    return {} if stack.parent is None else {"ParentId": stack.parent, "RootId": stack.parent}


def _summary(world: World, stack: Stack) -> Answer:
    return {
        "StackId": stack.id,
        "StackName": stack.name,
        "CreationTime": _CREATED,
        "LastUpdatedTime": _UPDATED,
        "StackStatus": "UPDATE_COMPLETE",
        "DriftInformation": _drift_information(world, stack),
        **_parents(stack),
    }


def _stack(world: World, stack: Stack) -> Answer:
    tags = {"env": stack.environment, "owner": f"{stack.team}@lumenlabs.invalid", "team": stack.team}
    return {
        "StackId": stack.id,
        "StackName": stack.name,
        "Description": f"{stack.team}: {stack.name}",
        "CreationTime": _CREATED,
        "LastUpdatedTime": _UPDATED,
        "StackStatus": "UPDATE_COMPLETE",
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
        "DriftInformation": _drift_information(world, stack),
        **_parents(stack),
    }


def _resource(world: World, stack: Stack, resource: Resource) -> Answer:
    drift: dict[str, Any] = {"StackResourceDriftStatus": resource.status}
    if resource.status in ("IN_SYNC", "MODIFIED", "DELETED"):
        drift["LastCheckTimestamp"] = _checked(world, stack)
    return {
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.type,
        "LastUpdatedTimestamp": _UPDATED,
        "ResourceStatus": "UPDATE_COMPLETE",
        "DriftInformation": drift,
    }


def drift_answer(world: World, stack: Stack, resource: Resource) -> Answer:
    answer: Answer = {
        "StackId": stack.id,
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.type,
        "StackResourceDriftStatus": resource.status,
        "Timestamp": _checked(world, stack),
    }
    if resource.reason:
        answer["DriftStatusReason"] = resource.reason
    if resource.expected is not None:
        answer["ExpectedProperties"] = as_text(resource.expected)
        answer["PropertyDifferences"] = []
    if resource.actual is not None:
        answer["ActualProperties"] = as_text(resource.actual)
        answer["PropertyDifferences"] = list(property_differences(resource.expected, resource.actual))
    return answer


HANDLERS: Table = {
    ("cloudformation", "ListStacks"): list_stacks,
    ("cloudformation", "DescribeStacks"): describe_stacks,
    ("cloudformation", "DescribeStackResourceDrifts"): describe_stack_resource_drifts,
    ("cloudformation", "ListStackResources"): list_stack_resources,
}
