"""What one plan or stack reports and another manages: explained where it is equal, and one element more is reported."""

import json
from datetime import date
from typing import Any

import pytest

from costtui.domain.drift.judge import judge
from costtui.domain.drift.noise.values import dump
from costtui.domain.drift.records import DriftFinding, DriftRow, Owned
from costtui.domain.drift.redaction import REDACTED
from costtui.domain.drift.related.across import explained
from tests.unit.drift.drift_findings import finding

PLACE = ("111122223333", "us-east-1")
WEB = {"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["0.0.0.0/0"], "description": ""}
WEB_RULE = {"security_group_id": "id-1", "ip_protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_ipv4": "0.0.0.0/0"}
CFN_RULE = {"GroupId": "id-1", "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}
ROUTE = {"cidr_block": "10.0.0.0/8", "gateway_id": "igw-1", "nat_gateway_id": ""}
POLICY = json.dumps({"Statement": [{"Effect": "Allow", "Action": "s3:Get", "Resource": "*", "Principal": {"AWS": "1"}}]})
SERVICE = "arn:aws:ecs:us-east-1:111122223333:service/c/web"


def owned(type_: str, values: dict[str, Any], place: tuple[str | None, str | None] = PLACE) -> Owned:
    return Owned(type_, dump(values), *place)


def judged(found: DriftFinding, *others: Owned) -> DriftRow:
    return judge(explained([found], others), today=date(2026, 11, 24)).rows[0]


def bounds(target: dict[str, Any]) -> Owned:
    return owned("aws_appautoscaling_target", {"min_capacity": 1, "max_capacity": 4} | target)


GROUP = {"/min_size": "1", "/max_size": "8", "/desired_capacity": "6"}
KNOWN = [
    (finding("aws_security_group", ("/ingress/1", None, WEB)), [owned("aws_vpc_security_group_ingress_rule", WEB_RULE)], "N8"),
    (finding("aws_security_group", ("/ingress/1", None, WEB)), [owned("AWS::EC2::SecurityGroupIngress", CFN_RULE)], "N8"),
    (
        finding("AWS::EC2::SecurityGroup", ("/SecurityGroupIngress/1", None, {k: v for k, v in CFN_RULE.items() if k != "GroupId"})),
        [owned("aws_vpc_security_group_ingress_rule", WEB_RULE)],
        "N8",
    ),
    (
        finding("aws_route_table", ("/route/2", None, ROUTE)),
        [owned("aws_route", {"route_table_id": "id-1", "destination_cidr_block": "10.0.0.0/8", "gateway_id": "igw-1"})],
        "N8",
    ),
    (finding("aws_s3_bucket", ("/policy", "", POLICY)), [owned("aws_s3_bucket_policy", {"bucket": "id-1", "policy": POLICY})], "N8"),
    (finding("aws_ecs_service", ("/desired_count", 1, 3), physical_id=SERVICE), [bounds({"resource_id": "service/c/web"})], "N9"),
    (
        finding("aws_autoscaling_group", ("/desired_capacity", 2, 6), context=GROUP),
        [owned("aws_autoscaling_policy", {"autoscaling_group_name": "id-1"})],
        "N9",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("found", "others", "rule"), KNOWN)
def test_what_another_file_manages_is_explained(found: DriftFinding, others: list[Owned], rule: str) -> None:
    row = judged(found, *others)
    assert (row.tier, [one.rule for one in row.differences]) == ("noise", [rule])
    assert judged(found).tier == "declared"


def test_of_merged_sources_only_the_unmanaged_one_is_left() -> None:
    merged = WEB | {"cidr_blocks": ["0.0.0.0/0", "10.0.0.0/8"]}
    row = judged(finding("aws_security_group", ("/ingress/1", None, merged)), owned("aws_vpc_security_group_ingress_rule", WEB_RULE))
    assert [(one.rule, json.loads(one.actual or "")["cidr_blocks"]) for one in row.differences] == [
        ("N8", ["0.0.0.0/0"]),
        ("ingress", ["10.0.0.0/8"]),
    ]


MORE = [
    (finding("aws_security_group", ("/ingress/1", None, WEB | {"to_port": 444})), KNOWN[0][1]),
    (finding("aws_security_group", ("/ingress/1", None, WEB | {"cidr_blocks": [REDACTED]})), KNOWN[0][1]),
    (finding("aws_security_group", ("/ingress/1", None, WEB), physical_id="id-2"), KNOWN[0][1]),
    (finding("aws_security_group", ("/egress/1", None, WEB)), KNOWN[0][1]),
    (finding("aws_security_group", ("/ingress/1", WEB, None)), KNOWN[0][1]),
    (finding("aws_route_table", ("/route/2", None, ROUTE | {"gateway_id": "igw-2"})), KNOWN[3][1]),
    (finding("aws_route_table", ("/route/2/gateway_id", "igw-1", "igw-2")), KNOWN[3][1]),
    (finding("aws_s3_bucket", ("/policy", "", POLICY.replace("s3:Get", "s3:*"))), KNOWN[4][1]),
    (finding("aws_ecs_service", ("/desired_count", 1, 5), physical_id=SERVICE), KNOWN[5][1]),
    (finding("aws_ecs_service", ("/desired_count", 1, 3), physical_id=SERVICE.replace("/c/", "/d/")), KNOWN[5][1]),
    (finding("aws_ecs_service", ("/desired_count", 1, 3), physical_id=SERVICE, account="444455556666"), KNOWN[5][1]),
    (finding("aws_autoscaling_group", ("/desired_capacity", 2, 9), context=GROUP), KNOWN[6][1]),
    (finding("aws_autoscaling_group", ("/desired_capacity", 2, 6), context=GROUP, region="eu-west-1"), KNOWN[6][1]),
    (finding("aws_autoscaling_group", ("/desired_capacity", 2, 6)), KNOWN[6][1]),
]  # fmt: skip


@pytest.mark.parametrize(("found", "others"), MORE)
def test_whatever_differs_or_is_elsewhere_is_reported(found: DriftFinding, others: list[Owned]) -> None:
    row = judged(found, *others)
    assert row.tier != "noise"
    assert [one.path for one in row.differences if one.class_ != "noise"] == [one.path for one in found.differences]


def test_names_without_a_place_explain_nothing() -> None:
    found = finding("aws_autoscaling_group", ("/desired_capacity", 2, 6), context=GROUP, account=None, region=None)
    assert judged(found, owned("aws_autoscaling_policy", {"autoscaling_group_name": "id-1"}, (None, None))).tier == "declared"
