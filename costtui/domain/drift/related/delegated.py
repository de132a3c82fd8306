"""N9: capacity that a scaling policy moves within its bounds, and RDS minor versions that AWS raises by itself."""

from decimal import Decimal, InvalidOperation
from typing import Any

from costtui.domain.drift.compare import Change
from costtui.domain.drift.related.relations import Drifted, Relations
from costtui.domain.drift.vocabulary import canonical_path, canonical_type, folded


def is_delegated(drifted: Drifted, change: Change, relations: Relations) -> bool:
    """Whether `change` is what somebody allowed: never beyond the scaling bounds, never a major version, never a step back."""
    kind, path = canonical_type(drifted.type), canonical_path(drifted.type, change.path)
    after = folded(drifted.after)
    if path in ("/engine_version", "/engine_version_actual"):
        return _is_true(after.get("auto_minor_version_upgrade")) and is_minor_upgrade(change.expected, change.actual)
    if kind == "aws_autoscaling_group" and path == "/desired_capacity":
        name = after.get("name") or after.get("auto_scaling_group_name") or drifted.id
        policies = relations.now("aws_autoscaling_policy")
        scaled = any(name and policy.get("autoscaling_group_name", policy.get("auto_scaling_group_name")) == name for policy in policies)
        return scaled and _between(after.get("min_size"), change.actual, after.get("max_size"))
    return any(
        _between(target.get("min_capacity"), change.actual, target.get("max_capacity"))
        for target in relations.now("aws_appautoscaling_target")
        if _targets(target, kind, path, after, drifted.id)
    )


_DYNAMODB = {
    "/read_capacity": "readcapacityunits",
    "/write_capacity": "writecapacityunits",
    "/provisioned_throughput/read_capacity_units": "readcapacityunits",
    "/provisioned_throughput/write_capacity_units": "writecapacityunits",
}


def _targets(target: dict[str, Any], kind: str, path: str, after: dict[str, Any], id_: str) -> bool:
    """Whether the scalable target is the property at `path`. A name that the code leaves to AWS is the end of the resource's ARN."""
    resource = str(target.get("resource_id") or "")
    dimension = str(target.get("scalable_dimension") or "").lower()
    name = str(after.get("name") or after.get("service_name") or after.get("table_name") or id_.rpartition("/")[2])
    if kind == "aws_ecs_service" and path == "/desired_count":
        cluster = str(after.get("cluster") or "default").rpartition("/")[2]
        return resource == f"service/{cluster}/{name}"
    if kind == "aws_dynamodb_table" and path in _DYNAMODB:
        return resource == f"table/{name}" and dimension == f"dynamodb:table:{_DYNAMODB[path]}"
    if kind == "aws_lambda_provisioned_concurrency_config" and path == "/provisioned_concurrent_executions":
        return resource == f"function:{after.get('function_name')}:{after.get('qualifier', after.get('name'))}"
    return False


def is_minor_upgrade(expected: Any, actual: Any) -> bool:
    """`8.0.35` to `8.0.36`, `14.7` to `14.9`: all but the last number equal, the last one higher."""
    old, new = str(expected).split("."), str(actual).split(".")
    if len(old) != len(new) or len(old) < 2 or not all(part.isdigit() for part in old + new):
        return False
    return old[:-1] == new[:-1] and int(new[-1]) > int(old[-1])


def _between(low: Any, value: Any, high: Any) -> bool:
    try:
        return Decimal(str(low)) <= Decimal(str(value)) <= Decimal(str(high))
    except InvalidOperation:
        return False


def _is_true(value: Any) -> bool:
    return value is True or value == "true"
