"""N8: inline blocks that repeat resources of their own: routes, volumes, subnets, role policies, bucket settings."""

from collections.abc import Callable, Sequence
from typing import Any

from costtui.domain.drift import pointer
from costtui.domain.drift.compare import Change
from costtui.domain.drift.noise.rules import equal_under
from costtui.domain.drift.noise.values import is_empty
from costtui.domain.drift.related.relations import Drifted, Relations

Echoes = Callable[[Drifted, Relations, bool], Sequence[Any]]
"""The inline elements that other resources account for: those that are there now, or (True) those that left."""


def _routes(drifted: Drifted, relations: Relations, left: bool) -> Sequence[Any]:
    names = {"destination_cidr_block": "cidr_block", "destination_ipv6_cidr_block": "ipv6_cidr_block"}
    routes = relations.naming("aws_route", "route_table_id", drifted.id, left=left)
    return [{names.get(key, key): value for key, value in route.items()} for route in routes]


def _volumes(drifted: Drifted, relations: Relations, left: bool) -> Sequence[Any]:
    names = {"id": "volume_id", "size": "volume_size", "type": "volume_type"}
    found = []
    for attachment in relations.naming("aws_volume_attachment", "instance_id", drifted.id, left=left):
        id_ = attachment.get("volume_id")
        volumes = relations.naming("aws_ebs_volume", "id", id_) or relations.naming("aws_ebs_volume", "id", id_, left=left)
        if volumes:
            element = {names.get(key, key): value for key, value in volumes[-1].items()}
            found.append({**element, "device_name": attachment.get("device_name"), "delete_on_termination": False})
    return found


def _subnets(drifted: Drifted, relations: Relations, left: bool) -> Sequence[Any]:
    groups = {
        link.get("subnet_id"): link.get("network_security_group_id")
        for link in relations.now("azurerm_subnet_network_security_group_association")
    }
    tables = {link.get("subnet_id"): link.get("route_table_id") for link in relations.now("azurerm_subnet_route_table_association")}
    return [
        {**subnet, "security_group": groups.get(subnet.get("id")), "route_table_id": tables.get(subnet.get("id"))}
        for subnet in (relations.was("azurerm_subnet") if left else relations.now("azurerm_subnet"))
        if str(subnet.get("id") or "").startswith(f"{drifted.id}/subnets/")
    ]


def _role_policies(drifted: Drifted, relations: Relations, left: bool) -> Sequence[Any]:
    return relations.naming("aws_iam_role_policy", "role", drifted.id, left=left)


def _role_attachments(drifted: Drifted, relations: Relations, left: bool) -> Sequence[Any]:
    attachments = relations.naming("aws_iam_role_policy_attachment", "role", drifted.id, left=left)
    return [attachment.get("policy_arn") for attachment in attachments]


def _bucket(type_: str, project: Callable[[dict[str, Any]], Any]) -> Echoes:
    def echo(drifted: Drifted, relations: Relations, left: bool) -> Sequence[Any]:
        return [project(values) for values in relations.naming(type_, "bucket", drifted.id, left=left)]

    return echo


def _versioning(values: dict[str, Any]) -> Any:
    settings = values.get("versioning_configuration") or [{}]
    return {"enabled": settings[0].get("status") == "Enabled", "mfa_delete": settings[0].get("mfa_delete") == "Enabled"}


ELEMENTS: dict[tuple[str, str], Echoes] = {
    ("aws_route_table", "route"): _routes,
    ("aws_default_route_table", "route"): _routes,
    ("aws_instance", "ebs_block_device"): _volumes,
    ("azurerm_virtual_network", "subnet"): _subnets,
    ("aws_iam_role", "inline_policy"): _role_policies,
    ("aws_iam_role", "managed_policy_arns"): _role_attachments,
    ("aws_s3_bucket", "logging"): _bucket("aws_s3_bucket_logging", lambda values: values),
    ("aws_s3_bucket", "versioning"): _bucket("aws_s3_bucket_versioning", _versioning),
    ("aws_s3_bucket", "cors_rule"): _bucket("aws_s3_bucket_cors_configuration", lambda values: (values.get("cors_rule") or [None])[0]),
    ("aws_s3_bucket", "server_side_encryption_configuration"): _bucket(
        "aws_s3_bucket_server_side_encryption_configuration", lambda values: values
    ),
    ("aws_s3_bucket", "policy"): _bucket("aws_s3_bucket_policy", lambda values: values.get("policy")),
    ("aws_s3_bucket", "acceleration_status"): _bucket("aws_s3_bucket_accelerate_configuration", lambda values: values.get("status")),
    ("aws_s3_bucket", "request_payer"): _bucket("aws_s3_bucket_request_payment_configuration", lambda values: values.get("payer")),
}


def is_echo(drifted: Drifted, change: Change, relations: Relations) -> bool:
    """Whether the whole side that came (or, where it was removed, that left) equals another managed resource."""
    parts = pointer.segments(change.path)
    if not parts:
        return False
    echo = ELEMENTS.get((drifted.type, parts[0]))
    if echo is None:
        return False
    left = change.op == "remove" or (change.op == "change" and is_empty(change.actual) and not is_empty(change.expected))
    side = drifted.before if left else drifted.after
    elements = _elements(side.get(parts[0]), parts)
    return bool(elements) and all(
        any(_accounts_for(drifted.type, change.path, element, other) for other in echo(drifted, relations, left)) for element in elements
    )


def _elements(value: Any, parts: Sequence[str]) -> list[Any]:
    """The elements that the change touches: the one its path names, all of them when it names the property alone."""
    if not isinstance(value, list):
        return [] if is_empty(value) else [value]
    if len(parts) > 1 and parts[1].isdigit():
        return value[int(parts[1]) : int(parts[1]) + 1]
    return value


def _accounts_for(type_: str, path: str, element: Any, other: Any) -> bool:
    """Equal in everything that the inline element says; what only the other resource has (its own id, timeouts) is its own."""
    where = "/".join(path.split("/")[:3])
    if not isinstance(element, dict) or not isinstance(other, dict):
        return bool(equal_under(type_, where, element, other))
    return any(not is_empty(value) for value in element.values()) and all(
        is_empty(value) if key not in other else bool(equal_under(type_, pointer.join(where, key), other[key], value))
        for key, value in element.items()
    )
