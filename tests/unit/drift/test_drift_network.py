"""Security group rules: one form for every spelling, and CloudFormation's inline rules against its rule resources."""

from typing import Any

import pytest

from costtui.domain.drift.compare import compare
from costtui.domain.drift.network import network_rules
from costtui.domain.drift.price_inputs import inputs
from costtui.domain.drift.related import group_rules
from costtui.domain.drift.related.relations import Drifted, Managed, Relations
from tests.unit.drift.drift_findings import row

SPELLINGS = [
    {"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["10.0.0.0/8"], "self": False, "description": ""},
    {"protocol": "6", "from_port": "22", "to_port": "22", "cidr_blocks": ["10.0.0.0/8"], "ipv6_cidr_blocks": None},
    {"type": "ingress", "security_group_id": "sg-1", "protocol": "TCP", "from_port": 22, "to_port": 22, "cidr_blocks": ["10.0.0.0/8"]},
    {
        "ip_protocol": "tcp",
        "from_port": 22,
        "to_port": 22,
        "cidr_ipv4": "10.0.0.0/8",
        "security_group_id": "sg-1",
        "arn": "a",
        "id": "sgr-1",
    },
    {"IpProtocol": "tcp", "FromPort": "22", "ToPort": 22, "CidrIp": "10.0.0.0/8"},
    {"GroupId": "sg-1", "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "10.0.0.0/8"},
]


@pytest.mark.parametrize("element", SPELLINGS)
def test_every_spelling_is_the_same_rule(element: dict[str, Any]) -> None:
    assert network_rules(element) == network_rules(SPELLINGS[0])


def test_naming_the_own_group_is_self() -> None:
    by_self = {"protocol": "-1", "self": True}
    by_name = {"protocol": "-1", "from_port": 0, "to_port": 0, "security_groups": ["sg-1"]}
    assert network_rules(by_self, "sg-1") == network_rules(by_name, "sg-1")
    assert network_rules(by_self, "sg-2") != network_rules(by_name, "sg-2")


def inline(port: int, cidr: str) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": cidr}


def echoes(actual: list[dict[str, Any]], *owned: dict[str, Any]) -> list[tuple[str, str]]:
    type_, after = "AWS::EC2::SecurityGroup", {"SecurityGroupIngress": actual}
    before: dict[str, Any] = {"SecurityGroupIngress": []}
    relations = Relations([Managed("Rule", "AWS::EC2::SecurityGroupIngress", values) for values in owned])
    changes = group_rules.echoes(Drifted(type_, "sg-1", before, after), list(compare(type_, before, after)), relations)
    return [(change.path, change.rule) for change in changes]


def test_cloudformation_rule_resources_own_their_inline_echo_and_nothing_more() -> None:
    owned = inline(22, "0.0.0.0/0") | {"GroupId": "sg-1"}
    assert echoes([inline(22, "0.0.0.0/0")], owned) == [("/SecurityGroupIngress/0", "N8")]
    both = [inline(22, "0.0.0.0/0"), inline(3389, "0.0.0.0/0")]
    assert echoes(both, owned) == [("/SecurityGroupIngress/0", "N8"), ("/SecurityGroupIngress/1", "")]
    assert echoes([inline(22, "0.0.0.0/0")], owned | {"GroupId": "sg-2"}) == [("/SecurityGroupIngress/0", "")]


def test_a_part_of_an_inline_rule_is_judged_with_the_rest_of_it() -> None:
    context = inputs("AWS::EC2::SecurityGroup", {"SecurityGroupIngress": [inline(22, "0.0.0.0/0")], "GroupDescription": "x"})
    opened = row("AWS::EC2::SecurityGroup", ("/SecurityGroupIngress/0/CidrIp", "10.0.0.0/8", "0.0.0.0/0"), context=context)
    moved = row("AWS::EC2::SecurityGroup", ("/SecurityGroupIngress/0/FromPort", "443", "22"), context=context)
    assert (opened.severity, moved.severity) == ("critical", "critical")
    assert not any("Description" in path for path in context)
