"""Which unchanged properties price and severity are read from, and where they stand: in the resource or in one that it refers to."""

from functools import lru_cache
from typing import Any

from costtui.domain.drift import pointer
from costtui.domain.drift.noise.values import dump
from costtui.domain.drift.related.relations import Relations
from costtui.domain.drift.vocabulary import canonical_path, canonical_type, folded, snake

COST_PROPERTIES: dict[str, tuple[str, ...]] = {
    "aws_instance": ("instance_type", "tenancy", "root_block_device", "ebs_block_device"),
    "aws_ebs_volume": ("type", "size", "iops", "throughput"),
    "aws_db_instance": ("instance_class", "multi_az", "engine", "allocated_storage", "storage_type", "iops", "storage_throughput"),
    "aws_lambda_function": ("memory_size", "architectures", "ephemeral_storage"),
    "aws_lambda_provisioned_concurrency_config": ("provisioned_concurrent_executions",),
    "aws_autoscaling_group": ("desired_capacity", "instance_type"),
    "aws_nat_gateway": (),
    "aws_cloudwatch_log_group": ("retention_in_days",),
    "aws_dynamodb_table": ("billing_mode", "read_capacity", "write_capacity"),
    "aws_ecs_service": ("desired_count",),
}
"""By canonical type, the properties whose change changes the bill."""

_RULE = ("type", "protocol", "ip_protocol", "from_port", "to_port", "cidr_blocks", "ipv6_cidr_blocks", "cidr_ip", "cidr_ipv4", "cidr_ipv6")
_ALSO_READ: dict[str, tuple[str, ...]] = {
    "aws_instance": ("platform", "platform_details"),
    "aws_lambda_provisioned_concurrency_config": ("memory_size", "architectures"),
    "aws_autoscaling_group": ("mixed_instances_policy", "min_size", "max_size"),
    "aws_db_instance": ("auto_minor_version_upgrade",),
    "aws_security_group": ("security_group_ingress",),
    "aws_security_group_rule": _RULE,
    "aws_vpc_security_group_ingress_rule": _RULE,
}
_BLOCKS = ("volume_type", "volume_size", "iops", "throughput")


def is_cost_path(type_: str, path: str) -> bool:
    parts = pointer.segments(canonical_path(type_, path))
    if not parts or parts[0] not in COST_PROPERTIES.get(canonical_type(type_), ()):
        return False
    return len(parts) < 3 or not parts[0].endswith("block_device") or parts[2] in _BLOCKS


def inputs(type_: str, values: dict[str, Any], relations: Relations | None = None) -> dict[str, str]:
    """The allowed properties among `values`, JSON pointer to JSON text; nothing else, so that a deleted resource keeps no secret."""
    kind = canonical_type(type_)
    found: dict[str, str] = {}
    for name, value in values.items():
        if value is not None and _is_read(type_, name):
            _flatten(type_, value, pointer.join("", name), found)
    if kind == "aws_lambda_provisioned_concurrency_config":
        _flatten(type_, values.get("ProvisionedConcurrencyConfig"), "/ProvisionedConcurrencyConfig", found)
    if relations is not None:
        found.update(_of_others(kind, folded(values), relations))
    return found


@lru_cache(maxsize=16384)
def _is_read(type_: str, name: str) -> bool:
    kind = canonical_type(type_)
    wanted = COST_PROPERTIES.get(kind, ()) + _ALSO_READ.get(kind, ())
    return snake(name) in wanted or canonical_path(type_, pointer.join("", name))[1:] in wanted


def _flatten(type_: str, value: Any, path: str, into: dict[str, str]) -> None:
    if isinstance(value, dict):
        for key, entry in value.items():
            if key in _BLOCKS or "::" in type_:
                _flatten(type_, entry, pointer.join(path, key), into)
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            _flatten(type_, entry, pointer.join(path, index), into)
    elif value is not None:
        into[path] = dump(value)


def _of_others(kind: str, values: dict[str, Any], relations: Relations) -> dict[str, str]:
    if kind == "aws_autoscaling_group":
        return _launched(values, relations)
    if kind != "aws_lambda_provisioned_concurrency_config":
        return {}
    for function in relations.now("aws_lambda_function"):
        if function.get("function_name") == values.get("function_name") is not None:
            architecture = (function.get("architectures") or ["x86_64"])[0]
            return {"/memory_size": dump(function.get("memory_size") or 128), "/architectures/0": dump(architecture)}
    return {}


def _launched(values: dict[str, Any], relations: Relations) -> dict[str, str]:
    templates = values.get("launch_template") or [{}]
    template = templates[0] if isinstance(templates, list) else templates
    wanted = {template.get("id"), template.get("name"), values.get("launch_configuration")} - {None, ""}
    for launched in relations.now("aws_launch_template", "aws_launch_configuration"):
        if wanted & {launched.get("id"), launched.get("name")} and isinstance(launched.get("instance_type"), str):
            return {"/instance_type": dump(launched["instance_type"])}
    return {}
