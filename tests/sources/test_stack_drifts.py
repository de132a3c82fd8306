"""Drift of one CloudFormation stack, judged together with the stack's other resources."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from costtui.domain.drift.judge import judge
from costtui.domain.drift.records import DriftFinding, DriftRow
from costtui.domain.drift.related.across import explained
from costtui.sources.aws.stack_drifts import findings, owned

STACK = {"StackId": "arn:aws:cloudformation:us-east-1:111122223333:stack/shop/1", "StackName": "shop", "StackStatus": "UPDATE_COMPLETE"}
WORLD = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}
OFFICE = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "203.0.113.0/24"}
REMOTE = {"IpProtocol": "tcp", "FromPort": 3389, "ToPort": 3389, "CidrIp": "0.0.0.0/0"}


def drift(type_: str, expected: Any, actual: Any, *items: tuple[str, Any, Any, str], id_: str = "x", name: str = "It") -> dict[str, Any]:
    """One StackResourceDrift as AWS writes it: properties as JSON, values as bare text or JSON."""

    def text(value: Any) -> str:
        return value if isinstance(value, str) else json.dumps(value)

    return {
        "LogicalResourceId": name,
        "PhysicalResourceId": id_,
        "ResourceType": type_,
        "ExpectedProperties": json.dumps(expected),
        "ActualProperties": json.dumps(actual),
        "StackResourceDriftStatus": "MODIFIED" if items else "IN_SYNC",
        "PropertyDifferences": [
            {"PropertyPath": path, "ExpectedValue": text(one), "ActualValue": text(other), "DifferenceType": kind}
            for path, one, other, kind in items
        ],
    }


def rows(*drifts: dict[str, Any]) -> list[DriftRow]:
    return judge(findings(STACK, list(drifts)), today=date(2026, 11, 24)).rows


def group(*added: dict[str, Any]) -> dict[str, Any]:
    items = [(f"/SecurityGroupIngress/{number}", "null", rule, "ADD") for number, rule in enumerate(added, 1)]
    expected = {"GroupDescription": "web", "SecurityGroupIngress": [OFFICE]}
    return drift(
        "AWS::EC2::SecurityGroup", expected, {**expected, "SecurityGroupIngress": [OFFICE, *added]}, *items, id_="sg-1", name="Web"
    )


def ingress(rule: dict[str, Any], group_id: str = "sg-1") -> dict[str, Any]:
    values = {"GroupId": group_id, **rule}
    return drift("AWS::EC2::SecurityGroupIngress", values, values, id_="sgr-1", name="FromTheWorld")


def test_a_rule_that_the_stack_manages_as_its_own_resource_is_an_echo() -> None:
    (row,) = rows(group(WORLD), ingress(WORLD))
    assert (row.tier, row.severity, [one.rule for one in row.differences]) == ("noise", "none", ["N8"])


def test_one_rule_more_than_the_stack_manages_is_critical_and_alone() -> None:
    (row,) = rows(group(WORLD, REMOTE), ingress(WORLD))
    real = [one for one in row.differences if one.class_ != "noise"]
    assert (row.severity, len(row.differences), len(real)) == ("critical", 2, 1)
    assert json.loads(real[0].actual or "")["FromPort"] == 3389


@pytest.mark.parametrize("other", [ingress(WORLD, "sg-2"), ingress({**WORLD, "ToPort": 444}), ingress(REMOTE)])
def test_a_rule_of_another_group_or_other_ports_is_no_echo(other: dict[str, Any]) -> None:
    (row,) = rows(group(WORLD), other)
    assert (row.tier, row.severity) == ("declared", "medium")


def test_a_rule_that_left_with_its_own_resource_is_counted_once() -> None:
    expected = {"GroupDescription": "web", "SecurityGroupIngress": [OFFICE, WORLD]}
    actual = {**expected, "SecurityGroupIngress": [OFFICE]}
    closed = drift(
        "AWS::EC2::SecurityGroup", expected, actual, ("/SecurityGroupIngress/1", WORLD, "null", "REMOVE"), id_="sg-1", name="Web"
    )
    gone = {**ingress(WORLD), "StackResourceDriftStatus": "DELETED"}
    del gone["ActualProperties"]
    assert [(row.address, row.tier, row.status) for row in rows(closed, gone)] == [
        ("Web", "noise", "drifted"),
        ("FromTheWorld", "declared", "deleted"),
    ]
    (row,) = rows(closed, ingress(WORLD))
    assert (row.tier, row.severity) == ("declared", "low"), "a rule that is still there has not left"


def test_without_rules_as_resources_cloudformations_own_paths_stay() -> None:
    (row,) = rows(group(REMOTE))
    assert [(one.path, one.rule) for one in row.differences] == [("/SecurityGroupIngress/1", "open-to-the-world")]


def scaled(type_: str, path: str, was: int, now: int, more: dict[str, Any], id_: str) -> dict[str, Any]:
    def put(value: int) -> dict[str, Any]:
        *parents, last = path.strip("/").split("/")
        inside: Any = {last: value}
        for name in reversed(parents):
            inside = {name: inside}
        return {**more, **inside}

    return drift(type_, put(was), put(now), (path, was, now, "NOT_EQUAL"), id_=id_)


def target(resource: str, dimension: str, low: int, high: int) -> dict[str, Any]:
    values = {"ResourceId": resource, "ScalableDimension": dimension, "MinCapacity": low, "MaxCapacity": high}
    return drift("AWS::ApplicationAutoScaling::ScalableTarget", values, values, name="Target")


POLICY = drift("AWS::AutoScaling::ScalingPolicy", {"AutoScalingGroupName": "workers"}, {"AutoScalingGroupName": "workers"}, name="Policy")
BOUNDS = {"MinSize": "1", "MaxSize": "8"}
DELEGATED = [
    (
        scaled("AWS::ECS::Service", "/DesiredCount", 2, 6, {"Cluster": "main"}, "arn:aws:ecs:us-east-1:111122223333:service/main/api"),
        target("service/main/api", "ecs:service:DesiredCount", 1, 6),
        target("service/main/api", "ecs:service:DesiredCount", 1, 5),
    ),
    (
        scaled("AWS::DynamoDB::Table", "/ProvisionedThroughput/ReadCapacityUnits", 5, 40, {}, "carts"),
        target("table/carts", "dynamodb:table:ReadCapacityUnits", 5, 100),
        target("table/carts", "dynamodb:table:WriteCapacityUnits", 5, 100),
    ),
    (
        scaled("AWS::AutoScaling::AutoScalingGroup", "/DesiredCapacity", 2, 6, BOUNDS, "workers"),
        POLICY,
        drift("AWS::AutoScaling::ScalingPolicy", {}, {"AutoScalingGroupName": "others"}),
    ),
    (
        scaled(
            "AWS::Lambda::Alias",
            "/ProvisionedConcurrencyConfig/ProvisionedConcurrentExecutions",
            1,
            4,
            {"FunctionName": "api", "Name": "live"},
            "arn",
        ),
        target("function:api:live", "lambda:function:ProvisionedConcurrency", 1, 10),
        target("function:api:test", "lambda:function:ProvisionedConcurrency", 1, 10),
    ),
]


@pytest.mark.parametrize(("changed", "delegate", "stranger"), DELEGATED)
def test_capacity_is_delegated_by_its_own_target_within_its_bounds_only(changed: Any, delegate: Any, stranger: Any) -> None:
    assert [[one.rule for one in row.differences] for row in rows(changed, delegate)] == [["N9"]]
    assert [row.tier for row in rows(changed, stranger)] == ["declared"]
    assert [row.tier for row in rows(changed)] == ["declared"]


def test_provisioned_concurrency_is_priced_with_its_functions_memory() -> None:
    values = {"FunctionName": "api", "MemorySize": 1024, "Architectures": ["arm64"]}
    alias = scaled(
        "AWS::Lambda::Alias",
        "/ProvisionedConcurrencyConfig/ProvisionedConcurrentExecutions",
        0,
        10,
        {"FunctionName": "api", "Name": "live"},
        "arn",
    )
    (row,) = rows(alias, drift("AWS::Lambda::Function", values, values))
    assert (row.monthly_delta or Decimal(0)).quantize(Decimal("0.01")) == Decimal("87.60")


TRUST = "/AssumeRolePolicyDocument/Statement/0"
ROOT = "arn:aws:iam::111122223333:root"


@pytest.mark.parametrize(
    ("path", "expected", "actual"),
    [
        (f"{TRUST}/Principal/AWS", "111122223333", [ROOT]),
        (f"{TRUST}/Principal/AWS", ROOT, "111122223333"),
        (f"{TRUST}/Principal/Service", "lambda.amazonaws.com", ["lambda.amazonaws.com"]),
        (f"{TRUST}/Action", "sts:AssumeRole", ["sts:AssumeRole"]),
        (f"{TRUST}/Condition/StringEquals/sts:ExternalId", "a", ["a"]),
        (f"{TRUST}/Condition/Bool", {"aws:SecureTransport": True}, {"aws:SecureTransport": ["true"]}),
    ],
)
def test_the_same_policy_written_otherwise_at_a_leaf_is_noise(path: str, expected: Any, actual: Any) -> None:
    role = drift("AWS::IAM::Role", {}, {}, (path, expected, actual, "NOT_EQUAL"))
    assert [one.rule for one in rows(role)[0].differences] == ["N3"]


@pytest.mark.parametrize(
    ("path", "expected", "actual", "severity"),
    [
        (f"{TRUST}/Principal/AWS", "111122223333", [ROOT, "arn:aws:iam::999988887777:root"], "critical"),
        (f"{TRUST}/Principal/AWS", "111122223333", "999988887777", "critical"),
        (f"{TRUST}/Principal/Service", "lambda.amazonaws.com", ["lambda.amazonaws.com", "ec2.amazonaws.com"], "high"),
        (f"{TRUST}/Condition/StringEquals/sts:ExternalId", "a", ["a", "b"], "high"),
    ],
)
def test_one_principal_or_value_more_at_a_leaf_is_reported(path: str, expected: Any, actual: Any, severity: str) -> None:
    (row,) = rows(drift("AWS::IAM::Role", {}, {}, (path, expected, actual, "NOT_EQUAL")))
    assert (row.tier, row.severity) == ("declared", severity)


def across(found: list[DriftFinding], *others: dict[str, Any], account: str = "111122223333") -> DriftRow:
    """The first finding, judged beside what another stack manages."""
    other = {**STACK, "StackId": f"arn:aws:cloudformation:us-east-1:{account}:stack/other/2", "StackName": "other"}
    (row, *_) = judge(explained(found, owned(other, list(others))), today=date(2026, 11, 24)).rows
    return row


def test_a_rule_that_another_stack_manages_is_an_echo_and_one_more_is_not() -> None:
    row = across(findings(STACK, [group(WORLD)]), ingress(WORLD))
    assert (row.tier, [one.rule for one in row.differences]) == ("noise", ["N8"])
    row = across(findings(STACK, [group(WORLD, REMOTE)]), ingress(WORLD))
    real = [one for one in row.differences if one.class_ != "noise"]
    assert (row.severity, [json.loads(one.actual or "")["FromPort"] for one in real]) == ("critical", [3389])


def test_a_rule_that_is_gone_from_the_other_stack_explains_nothing() -> None:
    gone = {**ingress(WORLD), "StackResourceDriftStatus": "DELETED"}
    assert across(findings(STACK, [group(WORLD)]), gone).tier == "declared"


def test_capacity_is_delegated_by_another_stack_of_the_same_account_only() -> None:
    name = "service/main/web"
    target = {"ResourceId": name, "ScalableDimension": "ecs:service:DesiredCount", "MinCapacity": 1, "MaxCapacity": 6}
    scaling = drift("AWS::ApplicationAutoScaling::ScalableTarget", target, target, id_="t", name="Target")
    service = {"Cluster": "main", "ServiceName": "web", "DesiredCount": 2}
    arn = "arn:aws:ecs:us-east-1:111122223333:service/main/web"
    item = ("/DesiredCount", "2", "5", "NOT_EQUAL")
    found = findings(STACK, [drift("AWS::ECS::Service", service, {**service, "DesiredCount": 5}, item, id_=arn)])
    assert [one.rule for one in across(found, scaling).differences] == ["N9"]
    assert across(found, scaling, account="444455556666").tier == "declared"
    item = ("/DesiredCount", "2", "7", "NOT_EQUAL")
    found = findings(STACK, [drift("AWS::ECS::Service", service, {**service, "DesiredCount": 7}, item, id_=arn)])
    assert across(found, scaling).tier == "declared"


def test_what_a_stack_manages_leaves_it_without_secrets_and_without_the_rest() -> None:
    volume = {"Size": 8, "Tags": [{"Key": "password", "Value": "hunter2-of-the-volume"}]}
    kept = owned(STACK, [drift("AWS::EC2::Volume", volume, volume), drift("AWS::SQS::Queue", {"QueueName": "q"}, {"QueueName": "q"})])
    assert [one.type for one in kept] == ["AWS::EC2::Volume"]
    assert "hunter2" not in kept[0].values
