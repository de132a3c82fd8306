"""What could have stopped a drift: the checks that fit it, and whether they are there."""

import re
from typing import Any

import pytest

from costtui.domain.drift.guardrails import Guardrail, catalogue, coverage, guardrails_for
from costtui.domain.drift.records import DriftRow, Present
from costtui.domain.drift.service_control import OrganizationGuardrails, ServiceControlPolicy
from costtui.domain.drift.severity.meanings import RULES
from tests.unit.drift.drift_findings import row

GROUP, CFN_GROUP = "aws_security_group", "AWS::EC2::SecurityGroup"
HERE = "111122223333"


def opened(port: int, type_: str = GROUP) -> DriftRow:
    rule = {"protocol": "tcp", "from_port": port, "to_port": port, "cidr_blocks": ["0.0.0.0/0"]}
    return row(type_, ("/ingress/0" if type_ == GROUP else "/SecurityGroupIngress/0", None, rule))


def checks(judged: DriftRow, present: Present | None = None) -> dict[str, Guardrail]:
    return {guardrail.check: guardrail for guardrail in guardrails_for(judged, present or Present())}


def test_guardrails_say_present_absent_or_unchecked() -> None:
    judged = row("AWS::S3::Bucket", ("/VersioningConfiguration/Status", "Enabled", "Suspended"))
    present = Present(config_rules={"S3_BUCKET_VERSIONING_ENABLED"}, organization=[OrganizationGuardrails("prod")])
    found = {check: guardrail.presence for check, guardrail in checks(judged, present).items()}
    assert found["S3_BUCKET_VERSIONING_ENABLED"] == "present"
    assert found["s3:PutBucketVersioning"] == found["CLOUDFORMATION_STACK_DRIFT_DETECTION_CHECK"] == "absent"
    assert found["CKV_AWS_21"] == found["s3_bucket_versioning_enabled"] == "unchecked"


@pytest.mark.parametrize(
    ("policy", "presence", "by"),
    [
        (ServiceControlPolicy("p-1", "NoGroups", [HERE], denies=["ec2:authorize*"]), "present", "NoGroups"),
        (ServiceControlPolicy("p-1", "NoGroups", [HERE], narrowed=["ec2:*"]), "partly", "NoGroups"),
        (ServiceControlPolicy("p-1", "NoGroups", ["444455556666"], denies=["ec2:authorize*"]), "absent", ""),
        (ServiceControlPolicy("p-1", "NoGroups", [HERE], denies=["ec2:revoke*"]), "absent", ""),
    ],
)
def test_a_service_control_policy_counts_where_it_holds(policy: ServiceControlPolicy, presence: str, by: str) -> None:
    found = checks(opened(22), Present(organization=[OrganizationGuardrails("prod", [policy])]))["ec2:AuthorizeSecurityGroupIngress"]
    assert (found.presence, found.by) == (presence, by)


def test_policies_that_nobody_may_read_are_not_absent() -> None:
    present = Present(organization=[OrganizationGuardrails("prod", note="not allowed to list policies")])
    assert checks(opened(22), present)["ec2:AuthorizeSecurityGroupIngress"].presence == "unchecked"


@pytest.mark.parametrize(
    ("port", "fits", "fits_not"),
    [
        (22, {"CKV_AWS_24", "INCOMING_SSH_DISABLED"}, {"CKV_AWS_25", "CKV_AWS_260", "CKV_AWS_277"}),
        (3389, {"CKV_AWS_25"}, {"CKV_AWS_24", "INCOMING_SSH_DISABLED"}),
        (80, {"CKV_AWS_260"}, {"CKV_AWS_24", "CKV_AWS_25"}),
        (5432, {"VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS"}, {"CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_260", "INCOMING_SSH_DISABLED"}),
    ],
)
def test_a_check_of_one_port_is_named_for_that_port_only(port: int, fits: set[str], fits_not: set[str]) -> None:
    found = set(checks(opened(port)))
    assert (fits <= found, fits_not & found) == (True, set())


def test_all_traffic_is_caught_by_the_checks_of_every_port() -> None:
    rule = {"protocol": "-1", "cidr_blocks": ["0.0.0.0/0"]}
    assert {"CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_260", "CKV_AWS_277"} <= set(checks(row(GROUP, ("/ingress/0", None, rule))))


def test_a_tool_is_named_only_for_what_it_reads() -> None:
    assert "cfn-guard" not in {guardrail.tool for guardrail in checks(opened(22)).values()}
    assert "cfn-guard" in {guardrail.tool for guardrail in checks(opened(22, CFN_GROUP)).values()}
    azure = checks(row("azurerm_storage_account", ("/tags/owner", "a", None), required_tags=["owner"]))
    assert {guardrail.layer for guardrail in azure.values()} == {"required-tag"}


def test_what_a_rule_of_config_found_has_that_rule() -> None:
    (found,) = guardrails_for(row("AWS::S3::Bucket", status="noncompliant", source="aws-config", scope="my-rule"), Present())
    assert (found.layer, found.check, found.presence) == ("config-rule", "my-rule", "present")


def test_guardrail_coverage_parts_the_real_drifts() -> None:
    rows = [
        row(GROUP, ("/ingress/0", None, {"protocol": "-1", "cidr_blocks": ["0.0.0.0/0"]})),
        row("aws_x", ("/a", 1, 2)),
        row("aws_x", ("/a", None, [])),
    ]
    known, nothing = coverage(rows, Present(config_rules=())), coverage(rows, Present())
    assert (known.checked, known.unchecked, known.unsupported) == (1, 0, 1)
    assert (nothing.checked, nothing.unchecked, nothing.unsupported) == (0, 1, 1)


IDENTIFIERS: dict[str, str] = {
    "config": r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+",
    "deny": r"[a-z0-9]+:[A-Z][A-Za-z]+",
    "checkov": r"CKV2?_AWS_\d+",
    "guard": r"[a-z0-9]+(_[a-z0-9]+)+",
}


@pytest.mark.parametrize(("field", "form"), IDENTIFIERS.items())
def test_every_check_has_an_identifier_of_its_tool(field: str, form: str) -> None:
    named: list[Any] = [check for entry in catalogue().guardrails for check in getattr(entry, field)]
    assert named
    assert [check for check in named if not re.fullmatch(form, check)] == []


def test_every_guardrail_entry_names_at_least_one_check_and_known_rules_only() -> None:
    assert all(entry.config or entry.deny or entry.checkov or entry.guard for entry in catalogue().guardrails)
    assert {rule for entry in catalogue().guardrails for rule in entry.rules} <= {*RULES, "deleted"}
