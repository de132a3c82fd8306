"""What is in a stack beside its drift: templates, change sets, the stack of a resource, and the rules of its security groups."""

import json
from datetime import datetime
from functools import cache
from typing import Any

from costtui.sources.demo.answers.call import Answer, Call, Table, page, page_size
from costtui.sources.demo.answers.cloudformation import stack_named
from costtui.sources.demo.company import story_text
from costtui.sources.demo.faults import CloudError
from costtui.sources.demo.stacks import Resource, Stack
from costtui.sources.demo.world import World

RULES_PAGE = 1000


@cache
def _story() -> dict[str, Any]:
    story: dict[str, Any] = json.loads(story_text("cloudformation.json"))
    return story


def get_template(world: World, call: Call) -> Answer:
    stack, story = stack_named(world, call, call.params["StackName"]), _story()
    resources = {resource.logical_id: _declared(stack, resource, story) for resource in stack.resources}
    return {"TemplateBody": json.dumps({"Resources": resources}), "StagesAvailable": ["Original", "Processed"]}


def _declared(stack: Stack, resource: Resource, story: dict[str, Any]) -> dict[str, Any]:
    """What the code says; three teams write it with CDK, which leaves its path."""
    declared: dict[str, Any] = {"Type": resource.type, "Properties": dict(resource.expected or {})}
    if resource.logical_id in story["closed_groups"]:
        declared["Properties"]["SecurityGroupIngress"] = []
    app = story["constructs"].get(stack.name)
    if app:
        declared["Metadata"] = {"aws:cdk:path": f"{app}Stack/{resource.logical_id}/Resource"}
    return declared


def list_change_sets(world: World, call: Call) -> Answer:
    stack = stack_named(world, call, call.params["StackName"])
    return {"Summaries": [_summary(stack, one) for one in _story()["change_sets"] if one["stack"] == stack.name]}


def describe_change_set(world: World, call: Call) -> Answer:
    name = call.params["ChangeSetName"]
    told = next((one for one in _story()["change_sets"] if one["name"] in name), None)
    if told is None:
        raise CloudError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist", 404)
    stack = stack_named(world, call, told["stack"])
    resources = {resource.logical_id: resource for resource in stack.resources}
    changes = [_change(resources[one["resource"]], one["ignored"]) for one in told["resources"]]
    drifted = {"StackDriftStatus": stack.status, "DeploymentMode": "REVERT_DRIFT", "Changes": changes}
    return {**_summary(stack, told), **drifted}


def _summary(stack: Stack, told: dict[str, Any]) -> Answer:
    return {
        "StackId": stack.id,
        "StackName": stack.name,
        "ChangeSetId": f"arn:aws:cloudformation:{stack.region}:{stack.account}:changeSet/{told['name']}/1",
        "ChangeSetName": told["name"],
        "ExecutionStatus": "AVAILABLE",
        "Status": "CREATE_COMPLETE",
        "CreationTime": datetime.fromisoformat(told["created"]),
    }


def _change(resource: Resource, ignored: list[dict[str, str]]) -> Answer:
    change = {
        "Action": "SyncWithActual",
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.type,
        "ResourceDriftStatus": "IN_SYNC",
        "ResourceDriftIgnoredAttributes": ignored,
    }
    return {"Type": "Resource", "ResourceChange": change}


def describe_stack_resources(world: World, call: Call) -> Answer:
    """By the physical id of one of its resources."""
    wanted = call.params.get("PhysicalResourceId")
    for stack in world.stacks_in(call.account, call.region).values():
        if any(resource.physical_id == wanted for resource in stack.resources):
            return {"StackResources": [_resource(stack, resource) for resource in stack.resources]}
    raise CloudError("ValidationError", f"Stack for {wanted} does not exist")


def _resource(stack: Stack, resource: Resource) -> Answer:
    return {
        "StackName": stack.name,
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.type,
        "Timestamp": datetime.fromisoformat("2026-10-05T08:44:00+00:00"),
        "ResourceStatus": "UPDATE_COMPLETE",
    }


def describe_security_group_rules(_: World, call: Call) -> Answer:
    groups = {value for one in call.params.get("Filters", ()) if one["Name"] == "group-id" for value in one["Values"]}
    here = [one for one in _story()["group_rules"] if (one["account"], one["region"]) == (call.account, call.region)]
    found = [_rule(one) for one in here if one["group"] in groups]
    listed, token = page(
        found, call.params.get("NextToken"), page_size(call.params.get("MaxResults"), RULES_PAGE), error="InvalidNextToken"
    )
    answer: Answer = {"SecurityGroupRules": list(listed)}
    return answer if token is None else {**answer, "NextToken": token}


def _rule(told: dict[str, Any]) -> Answer:
    return {
        "SecurityGroupRuleId": told["id"],
        "GroupId": told["group"],
        "GroupOwnerId": told["account"],
        "IsEgress": False,
        "IpProtocol": told["protocol"],
        "FromPort": told["from"],
        "ToPort": told["to"],
        "CidrIpv4": told["cidr"],
        "Description": told["description"],
    }


HANDLERS: Table = {
    ("cloudformation", "GetTemplate"): get_template,
    ("cloudformation", "ListChangeSets"): list_change_sets,
    ("cloudformation", "DescribeChangeSet"): describe_change_set,
    ("cloudformation", "DescribeStackResources"): describe_stack_resources,
    ("ec2", "DescribeSecurityGroupRules"): describe_security_group_rules,
}
