"""What CloudFormation leaves out: rules of a closed security group, CDK's paths, and AWS's own reasons in change sets."""

import json
from datetime import date
from typing import Any

import pytest

from costtui.domain.datasets import DriftReport
from costtui.domain.drift.judge import judge
from costtui.domain.drift.records import DriftRow
from costtui.sources.aws.stack_template import Template, read_template
from costtui.sources.demo import DEMO_NOW
from costtui.sources.demo.faults import CloudError
from tests.fakes.aws_account import Here
from tests.sources.test_aws_cloudformation import drift, stack

pytestmark = pytest.mark.filterwarnings("ignore:.*does not match an error shape")

GROUP = "AWS::EC2::SecurityGroup"
CLOSED = {"Resources": {"Db": {"Type": GROUP, "Properties": {"SecurityGroupIngress": []}}}}


def group(*, expected: str = "{}", status: str = "IN_SYNC", **more: Any) -> dict[str, Any]:
    properties = {"ExpectedProperties": expected, "ActualProperties": "{}", **more}
    return drift("s", "Db", status, ResourceType=GROUP, PhysicalResourceId="sg-1", **properties)


def rule(port: int = 5432, *, id_: str = "sgr-1", **more: Any) -> dict[str, Any]:
    told = {"SecurityGroupRuleId": id_, "GroupId": "sg-1", "IsEgress": False, "IpProtocol": "tcp", "FromPort": port, "ToPort": port}
    return {**told, "CidrIpv4": "0.0.0.0/0", **more}


def read(here: Here, drifts: list[dict[str, Any]], rules: list[dict[str, Any]], template: Any = CLOSED) -> list[DriftReport]:
    here.say("ec2", "DescribeSecurityGroupRules", lambda _: {"SecurityGroupRules": rules})
    here.say("cloudformation", "DescribeStackResources", _in_no_stack)
    here.say("cloudformation", "DescribeStacks", lambda _: {"Stacks": [stack("s")]})
    here.say("cloudformation", "DescribeStackResourceDrifts", lambda _: {"StackResourceDrifts": drifts})
    here.say("cloudformation", "ListChangeSets", lambda _: {"Summaries": []})
    here.say("cloudformation", "GetTemplate", lambda _: {"TemplateBody": template if isinstance(template, str) else json.dumps(template)})
    return here.records("cloudformation-drift")


def _in_no_stack(params: dict[str, Any]) -> dict[str, Any]:
    raise CloudError("ValidationError", f"Stack for {params['PhysicalResourceId']} does not exist")


def rows(found: list[DriftReport]) -> list[DriftRow]:
    return judge([one for report in found for one in report.findings], today=date(2026, 11, 24)).rows


def test_a_rule_that_cloudformation_calls_in_sync_is_undeclared_and_critical(here: Here) -> None:
    (report,) = read(here, [group()], [rule()])
    (row,) = rows([report])
    assert (row.status, row.tier, row.severity) == ("drifted", "undeclared", "critical")
    assert [(one.path, one.op, json.loads(one.actual or "")["FromPort"]) for one in row.differences] == [
        ("/SecurityGroupIngress/0", "add", 5432)
    ]
    assert row.reason.startswith("read from EC2")
    assert (report.coverage.checked, report.coverage.unchecked) == (1, 0)


def test_every_rule_more_is_one_element_more(here: Here) -> None:
    (row,) = rows(read(here, [group()], [rule(), rule(22, id_="sgr-2", CidrIpv4="203.0.113.0/24")]))
    assert [one.path for one in row.differences] == ["/SecurityGroupIngress/0", "/SecurityGroupIngress/1"]


@pytest.mark.parametrize(
    "drifts",
    [
        [group(expected='{"SecurityGroupIngress": [{"IpProtocol": "tcp"}]}')],
        [group(status="DELETED")],
        [group(status="NOT_CHECKED")],
        [drift("s", "Db", "IN_SYNC", ResourceType="AWS::SQS::Queue")],
    ],
)
def test_groups_that_cloudformation_does_compare_are_not_read(here: Here, drifts: list[dict[str, Any]]) -> None:
    read(here, drifts, [rule()])
    assert "DescribeSecurityGroupRules" not in here.wire


@pytest.mark.parametrize("declared", [{}, {"SecurityGroupIngress": [{"CidrIp": "10.0.0.0/8"}]}, {"SecurityGroupIngress": {"Fn::If": []}}])
def test_a_group_that_is_not_declared_closed_is_left_to_cloudformation(here: Here, declared: dict[str, Any]) -> None:
    template = {"Resources": {"Db": {"Type": GROUP, "Properties": declared}}}
    assert rows(read(here, [group()], [rule()], template)) == []
    assert "DescribeSecurityGroupRules" not in here.wire


def test_a_closed_group_without_rules_or_with_outgoing_ones_only_is_in_sync(here: Here) -> None:
    assert rows(read(here, [group()], [])) == []
    assert rows(read(here, [group()], [rule(IsEgress=True)])) == []


def test_a_rule_of_another_stacks_own_is_no_drift(here: Here) -> None:
    def owner(params: dict[str, Any]) -> dict[str, Any]:
        if params["PhysicalResourceId"] == "sgr-1":
            told = {"LogicalResourceId": "R", "ResourceType": "T", "Timestamp": DEMO_NOW, "ResourceStatus": "X"}
            return {"StackResources": [told]}
        return _in_no_stack(params)

    read(here, [group()], [])
    here.say("ec2", "DescribeSecurityGroupRules", lambda _: {"SecurityGroupRules": [rule(), rule(22, id_="sgr-2")]})
    here.say("cloudformation", "DescribeStackResources", owner)
    (row,) = rows(here.records("cloudformation-drift"))
    assert [json.loads(one.actual or "")["FromPort"] for one in row.differences] == [22]


def test_a_rule_of_the_stacks_own_is_an_echo_that_is_shown(here: Here) -> None:
    values = json.dumps({"GroupId": "sg-1", "IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "CidrIp": "0.0.0.0/0"})
    own = drift("s", "Own", "IN_SYNC", ResourceType="AWS::EC2::SecurityGroupIngress", PhysicalResourceId="sgr-1", ActualProperties=values)
    (row,) = rows(read(here, [group(), own], [rule()]))
    assert (row.tier, [one.rule for one in row.differences]) == ("noise", ["N8"])
    (row,) = rows(read(here, [group(), own], [rule(), rule(3389, id_="sgr-2")]))
    assert (row.severity, [one.rule for one in row.differences if one.class_ != "noise"]) == ("critical", ["open-to-the-world"])


def test_without_permission_what_cloudformation_said_stands_and_that_is_told_once(here: Here) -> None:
    read(here, [group()], [rule()])

    def denied(_: dict[str, Any]) -> dict[str, Any]:
        raise CloudError("UnauthorizedOperation", "not authorized to perform: ec2:DescribeSecurityGroupRules", 403)

    here.say("ec2", "DescribeSecurityGroupRules", denied)
    here.say("cloudformation", "DescribeStacks", lambda _: {"Stacks": [stack("s"), stack("t")]})
    batches, problems = here.ask("cloudformation-drift")
    assert [report.findings for batch in batches for report in batch.records] == [[], []]
    assert [(problem.kind, "ec2:DescribeSecurityGroupRules" in problem.what) for problem in problems] == [("denied", True)]


# --- templates

YAML = """
Resources:
  # the database's group
  Db:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: "closed: on purpose"
      SecurityGroupIngress: []   # nothing
    Metadata:
      aws:cdk:path: Shop/Db/Resource
  Web:
    Type: 'AWS::EC2::SecurityGroup'
    Properties:
      SecurityGroupIngress:
        - IpProtocol: tcp
  Other:
    Type: AWS::SQS::Queue
    Properties:
      SecurityGroupIngress: []
      Nested:
        Type: AWS::EC2::SecurityGroup
Outputs:
  Late:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupIngress: []
"""


def test_a_yaml_template_says_the_same_as_a_json_one() -> None:
    document = {
        "Resources": {
            "Db": {"Type": GROUP, "Properties": {"SecurityGroupIngress": []}, "Metadata": {"aws:cdk:path": "Shop/Db/Resource"}},
            "Web": {"Type": GROUP, "Properties": {"SecurityGroupIngress": [{}]}},
            "Other": {"Type": "AWS::SQS::Queue", "Properties": {"SecurityGroupIngress": []}},
        }
    }
    expected = Template({"Db": "Shop/Db/Resource"}, frozenset({"Db"}))
    assert read_template(document) == expected
    assert read_template(YAML) == expected
    assert read_template(YAML.replace("  ", "    ")) == expected


@pytest.mark.parametrize(
    "body", [None, "", "::\n- -", {"Resources": []}, {"Resources": {"A": None}}, {"Resources": {"A": {"Metadata": 1}}}]
)
def test_a_template_that_says_nothing_is_empty(body: Any) -> None:
    assert read_template(body) == Template()


def test_cdks_path_is_told_of_what_drifted(here: Here) -> None:
    template = {"Resources": {"R": {"Type": "T", "Metadata": {"aws:cdk:path": "Shop/Handler/Resource"}}}}
    (report,) = read(here, [drift("s", "R", differences=[("/MemorySize", "1", "2")])], [], template)
    assert [one.construct for one in report.findings] == ["Shop/Handler/Resource"]
    here.server.calls.clear()
    read(here, [drift("s", "R", "IN_SYNC")], [], template)
    assert "GetTemplate" not in here.wire, "nothing drifted, nothing is asked"


# --- change sets


def change_set(*changes: dict[str, Any], mode: str = "REVERT_DRIFT") -> dict[str, Any]:
    return {
        "ChangeSetName": "c",
        "CreationTime": DEMO_NOW,
        "DeploymentMode": mode,
        "Changes": [
            {"Type": "Resource", "ResourceChange": {"LogicalResourceId": "R", "ResourceType": "T", **change}} for change in changes
        ],
    }


def with_change_set(here: Here, drifts: list[dict[str, Any]], told: dict[str, Any], status: str = "DRIFTED") -> list[DriftReport]:
    read(here, drifts, [])
    summary = {
        "ChangeSetId": "c",
        "ChangeSetName": "c",
        "Status": "CREATE_COMPLETE",
        "ExecutionStatus": "AVAILABLE",
        "CreationTime": DEMO_NOW,
    }
    here.say("cloudformation", "DescribeStacks", lambda _: {"Stacks": [stack("s", status)]})
    here.say("cloudformation", "ListChangeSets", lambda _: {"Summaries": [{**summary, "ChangeSetId": "old", "Status": "FAILED"}, summary]})
    here.say("cloudformation", "DescribeChangeSet", lambda _: told)
    return here.records("cloudformation-drift")


def ignoring(path: str, reason: str) -> dict[str, Any]:
    return {"ResourceDriftStatus": "IN_SYNC", "ResourceDriftIgnoredAttributes": [{"Path": path, "Reason": reason}]}


@pytest.mark.parametrize(("reason", "name"), [("MANAGED_BY_AWS", "managed-by-aws"), ("WRITE_ONLY_PROPERTY", "write-only")])
def test_what_aws_leaves_out_itself_is_explained_by_awss_reason(here: Here, reason: str, name: str) -> None:
    drifts = [drift("s", "R", differences=[("/Version/Arn", "a", "b"), ("/VersionName", "a", "b")])]
    (row,) = rows(with_change_set(here, drifts, change_set(ignoring("/Properties/Version", reason))))
    assert [(one.path, one.rule if one.class_ == "noise" else "real") for one in row.differences] == [
        ("/Version/Arn", name),
        ("/VersionName", "real"),
    ], "one property more is still reported"


def test_a_sensitive_property_is_no_reason_to_leave_a_change_out(here: Here) -> None:
    drifts = [drift("s", "R", differences=[("/Version", "a", "b")])]
    (row,) = rows(with_change_set(here, drifts, change_set(ignoring("/Properties/Version", "SENSITIVE_PROPERTY"))))
    assert row.tier == "declared"


def test_an_ordinary_change_set_explains_nothing(here: Here) -> None:
    drifts = [drift("s", "R", differences=[("/Version", "a", "b")])]
    told = {**change_set(ignoring("/Properties/Version", "MANAGED_BY_AWS")), "DeploymentMode": None}
    del told["DeploymentMode"]
    (row,) = rows(with_change_set(here, drifts, told))
    assert row.tier == "declared"


def test_a_change_set_tells_the_drift_of_a_stack_that_was_never_checked(here: Here) -> None:
    target = {
        "Attribute": "Properties",
        "Name": "MemorySize",
        "Path": "/Properties/MemorySize",
        "Drift": {"PreviousValue": "128", "ActualValue": "256", "DriftDetectionTimestamp": DEMO_NOW},
    }
    resources = [
        {"LogicalResourceId": name, "ResourceType": "T", "LastUpdatedTimestamp": DEMO_NOW, "ResourceStatus": "X"} for name in ("R", "S")
    ]
    here.say("cloudformation", "ListStackResources", lambda _: {"StackResourceSummaries": resources})
    told = change_set({"ResourceDriftStatus": "MODIFIED", "Details": [{"Target": target}]})
    (report,) = with_change_set(here, [], told, "NOT_CHECKED")
    never, known = report.findings
    assert (never.status, known.status, known.counted) == ("unknown", "drifted", True)
    assert [(one.path, one.expected, one.actual) for one in known.differences] == [("/MemorySize", "128", "256")]
    assert (report.coverage.checked, report.coverage.unchecked) == (1, 1)
