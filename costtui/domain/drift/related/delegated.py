"""N9: capacity that a scaling policy moves within its bounds, and RDS minor versions that AWS raises by itself."""

from decimal import Decimal, InvalidOperation
from typing import Any

from costtui.domain.drift.compare import Change
from costtui.domain.drift.related.relations import Drifted, Relations
from costtui.domain.drift.vocabulary import canonical_path, canonical_type, folded


def is_delegated(drifted: Drifted, change: Change, relations: Relations) -> bool:
    """Whether `change` is what somebody allowed: never beyond the scaling bounds, never a major version, never a step back."""
    kind, path = canonical_type(drifted.type), canonical_path(drifted.type, change.path)
    if path in ("/engine_version", "/engine_version_actual"):
        after = folded(drifted.after)
        return _is_true(after.get("auto_minor_version_upgrade")) and is_minor_upgrade(change.expected, change.actual)
    if kind == "aws_autoscaling_group" and path == "/desired_capacity":
        after = folded(drifted.after)
        name = after.get("name") or after.get("auto_scaling_group_name") or drifted.id
        named = ("autoscaling_group_name", "auto_scaling_group_name")
        scaled = name and any(relations.naming("aws_autoscaling_policy", field, name) for field in named)
        return bool(scaled) and _between(after.get("min_size"), change.actual, after.get("max_size"))
    if (kind, path) not in _SCALED:
        return False
    after = folded(drifted.after)
    targets = relations.naming("aws_appautoscaling_target", "resource_id", _resource_id(kind, after, drifted.id))
    return any(
        _between(target.get("min_capacity"), change.actual, target.get("max_capacity"))
        for target in targets
        if _SCALED[kind, path] in ("", str(target.get("scalable_dimension") or "").lower())
    )


_SCALED = {
    ("aws_ecs_service", "/desired_count"): "",
    ("aws_lambda_provisioned_concurrency_config", "/provisioned_concurrent_executions"): "",
    ("aws_dynamodb_table", "/read_capacity"): "dynamodb:table:readcapacityunits",
    ("aws_dynamodb_table", "/write_capacity"): "dynamodb:table:writecapacityunits",
    ("aws_dynamodb_table", "/provisioned_throughput/read_capacity_units"): "dynamodb:table:readcapacityunits",
    ("aws_dynamodb_table", "/provisioned_throughput/write_capacity_units"): "dynamodb:table:writecapacityunits",
}
"""What a scalable target may move, and its dimension where a resource has several."""


def _resource_id(kind: str, after: dict[str, Any], id_: str) -> str:
    """As a scalable target says it. A name that the code leaves to AWS is the end of the resource's ARN."""
    if kind == "aws_lambda_provisioned_concurrency_config":
        return f"function:{after.get('function_name')}:{after.get('qualifier', after.get('name'))}"
    name = str(after.get("name") or after.get("service_name") or after.get("table_name") or id_.rpartition("/")[2])
    if kind == "aws_dynamodb_table":
        return f"table/{name}"
    return f"service/{str(after.get('cluster') or 'default').rpartition('/')[2]}/{name}"


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
