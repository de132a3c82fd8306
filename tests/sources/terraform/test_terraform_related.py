"""Echoes of other managed resources: each is explained, and one element more is reported."""

import json
import pathlib
from typing import Any, NamedTuple

import pytest

from tests.sources.terraform.plan_file import PlanFile

POLICY = json.dumps({"Statement": [{"Effect": "Allow", "Action": "s3:Get", "Resource": "*", "Principal": {"AWS": "111122223333"}}]})
MORE_POLICY = POLICY.replace('"s3:Get"', '["s3:Get", "s3:Put"]')
SUBNETS = "/subscriptions/9f01f5d0-acc0-4228-a444-1293bbf46f9a/n/subnets"
SUBNET = {"id": f"{SUBNETS}/a", "name": "a", "address_prefixes": ["10.0.0.0/24"], "security_group": "", "service_endpoints": []}
ROUTE = {"cidr_block": "10.0.0.0/8", "gateway_id": "igw-1", "nat_gateway_id": "", "ipv6_cidr_block": ""}
DISK = {"device_name": "/dev/sdf", "volume_id": "vol-1", "volume_size": 10, "volume_type": "gp3", "encrypted": True, "tags": None}


class Echo(NamedTuple):
    """One resource before and after, what else is managed, and an `after` with one element more."""

    type: str
    before: dict[str, Any]
    after: dict[str, Any]
    others: list[tuple[str, dict[str, Any]]]
    more: dict[str, Any]


ECHOES = [
    Echo(
        "aws_route_table",
        {"id": "rtb-1", "route": []},
        {"id": "rtb-1", "route": [ROUTE]},
        [("aws_route", {"id": "r", "route_table_id": "rtb-1", "destination_cidr_block": "10.0.0.0/8", "gateway_id": "igw-1"})],
        {"id": "rtb-1", "route": [ROUTE, ROUTE | {"cidr_block": "0.0.0.0/0"}]},
    ),
    Echo(
        "aws_instance",
        {"id": "i-1", "ebs_block_device": []},
        {"id": "i-1", "ebs_block_device": [DISK]},
        [
            ("aws_ebs_volume", {"id": "vol-1", "size": 10, "type": "gp3", "encrypted": True, "tags": {}}),
            ("aws_volume_attachment", {"instance_id": "i-1", "volume_id": "vol-1", "device_name": "/dev/sdf"}),
        ],
        {"id": "i-1", "ebs_block_device": [DISK, DISK | {"volume_id": "vol-2", "device_name": "/dev/sdg"}]},
    ),
    Echo(
        "azurerm_virtual_network",
        {"id": SUBNETS.removesuffix("/subnets"), "subnet": []},
        {"id": SUBNETS.removesuffix("/subnets"), "subnet": [SUBNET]},
        [("azurerm_subnet", {"id": f"{SUBNETS}/a", "name": "a", "address_prefixes": ["10.0.0.0/24"], "sharing_scope": ""})],
        {"id": SUBNETS.removesuffix("/subnets"), "subnet": [SUBNET | {"route_table_id": "someone-elses"}]},
    ),
    Echo(
        "aws_s3_bucket",
        {"id": "b", "policy": ""},
        {"id": "b", "policy": POLICY},
        [("aws_s3_bucket_policy", {"bucket": "b", "policy": json.dumps(json.loads(POLICY), indent=1)})],
        {"id": "b", "policy": MORE_POLICY},
    ),
    Echo(
        "aws_s3_bucket",
        {"id": "b", "logging": []},
        {"id": "b", "logging": [{"target_bucket": "logs", "target_prefix": "p/"}]},
        [("aws_s3_bucket_logging", {"bucket": "b", "target_bucket": "logs", "target_prefix": "p/", "id": "b"})],
        {"id": "b", "logging": [{"target_bucket": "elsewhere", "target_prefix": "p/"}]},
    ),
    Echo(
        "aws_s3_bucket",
        {"id": "b", "versioning": [{"enabled": False, "mfa_delete": False}]},
        {"id": "b", "versioning": [{"enabled": True, "mfa_delete": False}]},
        [("aws_s3_bucket_versioning", {"bucket": "b", "versioning_configuration": [{"status": "Enabled", "mfa_delete": ""}]})],
        {"id": "b", "versioning": [{"enabled": False, "mfa_delete": True}]},
    ),
    Echo(
        "aws_iam_role",
        {"id": "r", "inline_policy": []},
        {"id": "r", "inline_policy": [{"name": "p", "policy": POLICY}]},
        [("aws_iam_role_policy", {"role": "r", "name": "p", "policy": POLICY, "id": "r:p"})],
        {"id": "r", "inline_policy": [{"name": "p", "policy": MORE_POLICY}]},
    ),
    Echo(
        "aws_iam_role",
        {"id": "r", "managed_policy_arns": []},
        {"id": "r", "managed_policy_arns": ["arn:p"]},
        [("aws_iam_role_policy_attachment", {"role": "r", "policy_arn": "arn:p"})],
        {"id": "r", "managed_policy_arns": ["arn:p", "arn:aws:iam::aws:policy/AdministratorAccess"]},
    ),
    Echo(
        "aws_ecs_service",
        {"name": "web", "cluster": "arn:aws:ecs:us-east-1:111122223333:cluster/c", "desired_count": 1},
        {"name": "web", "cluster": "arn:aws:ecs:us-east-1:111122223333:cluster/c", "desired_count": 3},
        [("aws_appautoscaling_target", {"resource_id": "service/c/web", "min_capacity": 1, "max_capacity": 4})],
        {"name": "web", "cluster": "arn:aws:ecs:us-east-1:111122223333:cluster/c", "desired_count": 5},
    ),
]


@pytest.fixture
def plan(tmp_path: pathlib.Path) -> PlanFile:
    return PlanFile(tmp_path)


def with_others(plan: PlanFile, echo: Echo) -> PlanFile:
    for index, (other, values) in enumerate(echo.others):
        plan.managed(other, values, name=f"o{index}")
    return plan


@pytest.mark.parametrize("echo", ECHOES)
def test_an_echo_is_explained(plan: PlanFile, echo: Echo) -> None:
    judgement = with_others(plan.drifted(echo.type, echo.before, echo.after), echo).judge()
    assert judgement.real == 0
    assert {difference.rule for difference in judgement.rows[0].differences} <= {"N8", "N9"}


@pytest.mark.parametrize("echo", ECHOES)
def test_one_element_more_than_the_echo_is_reported(plan: PlanFile, echo: Echo) -> None:
    judgement = with_others(plan.drifted(echo.type, echo.before, echo.more), echo).judge()
    assert judgement.real == 1
    assert len([difference for difference in judgement.rows[0].differences if difference.class_ != "noise"]) == 1


@pytest.mark.parametrize("echo", ECHOES)
def test_without_the_other_resource_there_is_no_echo(plan: PlanFile, echo: Echo) -> None:
    assert plan.drifted(echo.type, echo.before, echo.after).judge().real == 1


def test_a_volume_that_left_with_its_attachment_is_told_once(plan: PlanFile) -> None:
    attachment = {"instance_id": "i-1", "volume_id": "vol-1", "device_name": "/dev/sdf"}
    plan.drifted("aws_instance", {"id": "i-1", "ebs_block_device": [DISK]}, {"id": "i-1", "ebs_block_device": []})
    plan.drifted("aws_volume_attachment", attachment, None)
    plan.managed("aws_ebs_volume", {"id": "vol-1", "size": 10, "type": "gp3", "encrypted": True})
    judgement = plan.judge()
    assert [(row.type, row.tier) for row in judgement.rows] == [("aws_instance", "noise"), ("aws_volume_attachment", "declared")]


def rule(port: int, **more: Any) -> dict[str, Any]:
    return {"protocol": "tcp", "from_port": port, "to_port": port, "cidr_blocks": ["0.0.0.0/0"], "description": ""} | more


OWNED = {"security_group_id": "sg-1", "ip_protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_ipv4": "0.0.0.0/0"}
NO_ECHO = [
    rule(22, description="by hand"),
    rule(22, to_port=23),
    rule(22, protocol="udp"),
    rule(22, cidr_blocks=[], ipv6_cidr_blocks=["::/0"]),
    rule(22, something_new="x"),
]


@pytest.mark.parametrize("element", NO_ECHO)
def test_a_rule_that_differs_in_anything_is_no_echo(plan: PlanFile, element: dict[str, Any]) -> None:
    plan.drifted("aws_security_group", {"id": "sg-1", "ingress": []}, {"id": "sg-1", "ingress": [element]})
    assert plan.managed("aws_vpc_security_group_ingress_rule", OWNED).judge().real == 1


@pytest.mark.parametrize("other", [OWNED | {"security_group_id": "sg-2"}, OWNED | {"cidr_ipv4": "10.0.0.0/8"}])
def test_the_rule_of_another_group_or_source_owns_nothing(plan: PlanFile, other: dict[str, Any]) -> None:
    plan.drifted("aws_security_group", {"id": "sg-1", "ingress": []}, {"id": "sg-1", "ingress": [rule(22)]})
    assert plan.managed("aws_vpc_security_group_ingress_rule", other).judge().real == 1


def test_an_outbound_rule_owns_no_inbound_one(plan: PlanFile) -> None:
    plan.drifted("aws_security_group", {"id": "sg-1", "ingress": []}, {"id": "sg-1", "ingress": [rule(22)]})
    assert plan.managed("aws_security_group_rule", OWNED | {"type": "egress"}).judge().real == 1


def test_sources_merged_into_other_blocks_are_the_same_rules(plan: PlanFile) -> None:
    apart = [rule(22, cidr_blocks=["10.0.0.0/8"]), rule(22, cidr_blocks=["10.1.0.0/16"])]
    together = [rule(22, cidr_blocks=["10.1.0.0/16", "10.0.0.0/8"])]
    plan.drifted("aws_security_group", {"id": "sg-1", "ingress": apart}, {"id": "sg-1", "ingress": together})
    judgement = plan.judge()
    assert (judgement.real, [d.rule for d in judgement.rows[0].differences]) == (0, ["N4"])


def test_a_source_added_to_a_block_is_one_element(plan: PlanFile) -> None:
    before, after = rule(22, cidr_blocks=["10.0.0.0/8"]), rule(22, cidr_blocks=["10.0.0.0/8", "0.0.0.0/0"])
    row = plan.drifted("aws_security_group", {"id": "sg-1", "ingress": [before]}, {"id": "sg-1", "ingress": [after]}).judge().rows[0]
    (difference,) = row.differences
    assert (json.loads(difference.actual or "")["cidr_blocks"], difference.op, row.severity) == (["0.0.0.0/0"], "add", "critical")


def test_a_deleted_rule_resource_is_told_once(plan: PlanFile) -> None:
    plan.drifted("aws_security_group", {"id": "sg-1", "ingress": [rule(22)]}, {"id": "sg-1", "ingress": []})
    plan.drifted("aws_vpc_security_group_ingress_rule", OWNED, None)
    judgement = plan.judge()
    assert [(row.tier, row.severity) for row in judgement.rows] == [("noise", "none"), ("declared", "high")]
