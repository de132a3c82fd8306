"""CloudFormation's drift detection: DetectStackDrift runs for one look, DetectStackResourceDrift answers at once."""

import json

from costtui.sources.demo.answers.call import Answer, Call, Table
from costtui.sources.demo.answers.cloudformation import drift_answer, stack_named
from costtui.sources.demo.faults import CloudError
from costtui.sources.demo.seed import hexadecimal
from costtui.sources.demo.stacks import FAILED, Stack
from costtui.sources.demo.world import World


def detect_stack_drift(world: World, call: Call) -> Answer:
    stack = stack_named(world, call, call.params["StackName"])
    if stack.detecting:
        raise CloudError("ValidationError", f"Drift detection is already in progress for stack [{stack.id}]")
    stack.detecting = hexadecimal(32, "detection", stack.name, stack.detected)
    return {"StackDriftDetectionId": stack.detecting}


def describe_stack_drift_detection_status(world: World, call: Call) -> Answer:
    """In progress at the first look, ended at the second. One stack's fails in part, as it did before."""
    asked = call.params["StackDriftDetectionId"]
    stack = next((one for one in world.stacks_in(call.account, call.region).values() if asked in (one.detecting, one.detected)), None)
    if stack is None:
        raise CloudError("ValidationError", f"Drift detection with id {asked} does not exist")
    if asked == stack.detecting and not stack.looked_at:
        stack.looked_at = True
        return _status(world, stack, asked, "DETECTION_IN_PROGRESS")
    if asked == stack.detecting:
        stack.check()
    if stack.name != FAILED:
        return _status(world, stack, asked, "DETECTION_COMPLETE")
    left = [resource.logical_id for resource in stack.resources if resource.status == "UNKNOWN"]
    reason = {"Summary": f"Failed to detect drift on resources {left}", "Failures": [_failure(name) for name in left]}
    return {**_status(world, stack, asked, "DETECTION_FAILED"), "DetectionStatusReason": json.dumps(reason)}


def _failure(name: str) -> dict[str, str]:
    return {"Resource": name, "FailureReason": "Rate exceeded"}


def _status(world: World, stack: Stack, asked: str, status: str) -> Answer:
    answer: Answer = {"StackId": stack.id, "StackDriftDetectionId": asked, "DetectionStatus": status, "Timestamp": world.now}
    if status == "DETECTION_IN_PROGRESS":
        return answer
    return {**answer, "StackDriftStatus": stack.status, "DriftedStackResourceCount": stack.drifted}


def detect_stack_resource_drift(world: World, call: Call) -> Answer:
    stack = stack_named(world, call, call.params["StackName"])
    wanted = call.params["LogicalResourceId"]
    resource = next((one for one in stack.resources if one.logical_id == wanted), None)
    if resource is None:
        raise CloudError("ValidationError", f"Resource {wanted} does not exist for stack {stack.name}")
    return {"StackResourceDrift": {**drift_answer(world, stack, resource), "Timestamp": world.now, "PropertyDifferences": []}}


HANDLERS: Table = {
    ("cloudformation", "DetectStackDrift"): detect_stack_drift,
    ("cloudformation", "DescribeStackDriftDetectionStatus"): describe_stack_drift_detection_status,
    ("cloudformation", "DetectStackResourceDrift"): detect_stack_resource_drift,
}
