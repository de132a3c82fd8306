"""Every operation that the demo cloud answers, by botocore's service and operation name."""

from costtui.sources.demo.answers import (
    account,
    cloudformation,
    cloudtrail,
    cloudwatch,
    config_rules,
    cost_explorer,
    detections,
    lambda_functions,
    logs,
    metric_statistics,
    optimizer,
    organizations,
    stack_contents,
    tagging,
)
from costtui.sources.demo.answers.call import Answer, Call, Table
from costtui.sources.demo.faults import CloudError
from costtui.sources.demo.world import World

_SERVICES = (
    account,
    cloudformation,
    cloudtrail,
    cloudwatch,
    config_rules,
    cost_explorer,
    detections,
    lambda_functions,
    logs,
    metric_statistics,
    optimizer,
    organizations,
    stack_contents,
    tagging,
)
HANDLERS: Table = {operation: handler for service in _SERVICES for operation, handler in service.HANDLERS.items()}


def answer(world: World, service: str, operation: str, call: Call) -> Answer:
    """What the cloud says to `call`, after any fault that the world holds for it. CloudError is an error answer."""
    fault = world.faults.get((service, operation))
    if fault is not None and fault.region in ("", call.region):
        fault.strike(service, operation)
    handler = HANDLERS.get((service, operation))
    if handler is None:
        raise CloudError("AccessDeniedException", f"the demo cloud does not answer {service}:{operation}", 403)
    with world.lock:
        return handler(world, call)
