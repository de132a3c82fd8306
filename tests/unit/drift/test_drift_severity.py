"""How bad, by property and direction, in the words of both vocabularies."""

import json
from typing import Any

import pytest

from tests.unit.drift.drift_findings import row

WORLD = {"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0"]}
CFN_WORLD = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}
SG, CFN_SG = "aws_security_group", "AWS::EC2::SecurityGroup"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"


def statement(**more: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Action": "s3:Get", "Resource": "a"} | more]}


CASES: list[tuple[str, str, Any, Any, str]] = [
    (SG, "/ingress/0", None, WORLD, "critical"),
    (SG, "/ingress/0", None, WORLD | {"cidr_blocks": ["::/0"], "from_port": 0, "to_port": 65535}, "critical"),
    (SG, "/ingress/0", None, WORLD | {"protocol": "-1"}, "critical"),
    (SG, "/ingress/0", None, WORLD | {"from_port": 443, "to_port": 443}, "medium"),
    (SG, "/ingress/0", None, WORLD | {"from_port": 80, "to_port": 443}, "high"),
    (SG, "/ingress/0", None, WORLD | {"from_port": 8080, "to_port": 8080}, "high"),
    (SG, "/ingress/0", None, WORLD | {"cidr_blocks": ["10.0.0.0/8"]}, "medium"),
    (SG, "/ingress/0", WORLD, None, "low"),
    (SG, "/egress/0", None, WORLD, "medium"),
    (CFN_SG, "/SecurityGroupIngress/0", None, CFN_WORLD, "critical"),
    (CFN_SG, "/SecurityGroupIngress/0", CFN_WORLD, None, "low"),
    (CFN_SG, "/SecurityGroupIngress/0", None, CFN_WORLD | {"FromPort": "443", "ToPort": "443"}, "medium"),
    (CFN_SG, "/SecurityGroupIngress/0/CidrIp", "10.0.0.0/8", "0.0.0.0/0", "high"),
    ("aws_s3_bucket_public_access_block", "/block_public_acls", True, False, "critical"),
    ("aws_s3_bucket_public_access_block", "/block_public_acls", False, True, "low"),
    ("AWS::S3::Bucket", "/PublicAccessBlockConfiguration/BlockPublicPolicy", "true", "false", "critical"),
    ("aws_s3_bucket", "/acl", "private", "public-read", "critical"),
    ("AWS::S3::Bucket", "/AccessControl", "Private", "PublicRead", "critical"),
    ("aws_s3_bucket", "/acl", "public-read", "private", "low"),
    ("aws_db_instance", "/publicly_accessible", False, True, "critical"),
    ("AWS::RDS::DBInstance", "/PubliclyAccessible", "true", "false", "low"),
    ("aws_s3_bucket_policy", "/policy", json.dumps(statement()), json.dumps(statement(Principal="*")), "critical"),
    ("aws_s3_bucket_policy", "/policy", None, json.dumps(statement(Principal={"AWS": "*"})), "critical"),
    ("aws_s3_bucket_policy", "/policy", json.dumps(statement()), json.dumps(statement(Principal="*", Condition={"a": {"b": "c"}})), "high"),
    ("AWS::S3::BucketPolicy", "/PolicyDocument/Statement/1", None, statement(Principal="*")["Statement"][0], "critical"),
    ("AWS::S3::BucketPolicy", "/PolicyDocument/Statement/0/Principal", {"AWS": "111122223333"}, "*", "critical"),
    ("aws_iam_role_policy", "/policy", json.dumps(statement()), json.dumps(statement(Action="*", Resource="*")), "critical"),
    ("AWS::IAM::Role", "/ManagedPolicyArns/1", None, ADMIN, "critical"),
    ("AWS::IAM::Role", "/ManagedPolicyArns/1", ADMIN, None, "low"),
    ("AWS::IAM::Role", "/Policies/0", None, {"PolicyName": "p", "PolicyDocument": statement(Action="*", Resource="*")}, "critical"),
    ("aws_iam_role", "/assume_role_policy", statement(), statement(Principal={"AWS": "arn:aws:iam::999988887777:role/x"}), "critical"),
    ("aws_iam_role", "/assume_role_policy", statement(), statement(Principal={"AWS": "arn:aws:iam::111122223333:role/x"}), "high"),
    ("aws_iam_role_policy", "/policy", json.dumps(statement()), json.dumps(statement(Action="s3:Put")), "high"),
    ("aws_iam_role_policy", "/policy", json.dumps(statement()), json.dumps({"Statement": []}), "low"),
    ("aws_iam_role", "/permissions_boundary", "arn:x", None, "high"),
    ("aws_iam_role", "/description", "a", "b", "medium"),
    ("aws_ebs_volume", "/encrypted", True, False, "high"),
    ("aws_ebs_volume", "/encrypted", False, True, "low"),
    ("AWS::RDS::DBInstance", "/StorageEncrypted", "true", "false", "high"),
    ("aws_instance", "/metadata_options/0/http_tokens", "required", "optional", "high"),
    ("AWS::EC2::Instance", "/MetadataOptions/HttpTokens", "optional", "required", "low"),
    ("aws_s3_bucket_versioning", "/versioning_configuration/0/status", "Enabled", "Suspended", "high"),
    ("AWS::S3::Bucket", "/VersioningConfiguration/Status", "Suspended", "Enabled", "low"),
    ("aws_cloudtrail", "/enable_logging", True, False, "high"),
    ("AWS::CloudTrail::Trail", "/IsLogging", True, False, "high"),
    ("aws_db_instance", "/backup_retention_period", 7, 0, "high"),
    ("AWS::RDS::DBInstance", "/BackupRetentionPeriod", "0", "7", "low"),
    ("aws_db_instance", "/backup_retention_period", 7, 5, "medium"),
    ("aws_cloudfront_distribution", "/viewer_certificate/0/minimum_protocol_version", "TLSv1.2_2021", "TLSv1", "high"),
    ("aws_lb_listener", "/ssl_policy", "ELBSecurityPolicy-TLS13-1-2-2021-06", "ELBSecurityPolicy-2016-08", "high"),
    ("aws_lb_listener", "/ssl_policy", "ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-TLS13-1-2-2021-06", "low"),
    ("aws_lb_listener", "/protocol", "HTTPS", "HTTP", "high"),
    ("aws_sqs_queue", "/kms_master_key_id", "k", None, "high"),
    ("aws_s3_bucket", "/tags/owner", "a", None, "medium"),
    ("aws_s3_bucket", "/tags/owner", "a", "b", "medium"),
    ("aws_s3_bucket", "/tags/owner", None, "b", "low"),
    ("aws_s3_bucket", "/tags/other", "a", "b", "low"),
    ("AWS::S3::Bucket", "/Tags/0", {"Key": "Owner", "Value": "a"}, None, "medium"),
    ("aws_sqs_queue", "/delay_seconds", 0, 5, "medium"),
    ("AWS::Lambda::Function", "/Layers", ["a", "b"], ["b", "a"], "medium"),
]


@pytest.mark.parametrize(("type_", "path", "expected", "actual", "severity"), CASES)
def test_severity(type_: str, path: str, expected: Any, actual: Any, severity: str) -> None:
    assert row(type_, (path, expected, actual), required_tags=["owner"]).severity == severity


def test_g4_two_properties_without_a_price_are_medium() -> None:
    judged = row("AWS::Lambda::Function", ("/MemorySize", "128", "256"), ("/Timeout", "900", "22"))
    assert (judged.severity, judged.monthly_delta, len(judged.differences), judged.tier) == ("medium", None, 2, "declared")
    assert judged.price_basis == "unpriced: usage-based, and the usage is not known"


def test_the_worst_property_weighs() -> None:
    assert row("aws_instance", ("/tags/a", "b", "c"), ("/metadata_options/0/http_tokens", "required", "optional")).severity == "high"


def test_a_deleted_resource_is_high_and_a_deleted_public_block_critical() -> None:
    assert row("aws_sqs_queue", status="deleted").severity == "high"
    assert row("aws_s3_bucket_public_access_block", status="deleted").severity == "critical"


def test_a_rule_resource_is_judged_as_the_whole_rule() -> None:
    context = {"/type": '"ingress"', "/protocol": '"tcp"', "/from_port": "22", "/to_port": "22", "/cidr_blocks/0": '"0.0.0.0/0"'}
    assert row("aws_security_group_rule", ("/cidr_blocks/0", None, "0.0.0.0/0"), context=context).severity == "critical"
    context = {"/IpProtocol": '"tcp"', "/FromPort": "443", "/ToPort": "443", "/CidrIp": '"0.0.0.0/0"'}
    assert row("AWS::EC2::SecurityGroupIngress", ("/CidrIp", "10.0.0.0/8", "0.0.0.0/0"), context=context).severity == "medium"


def test_undeclared_is_low_but_an_undeclared_open_port_is_not() -> None:
    assert row("aws_sqs_queue", ("/delay_seconds", 0, 5), undeclared=["/delay_seconds"]).severity == "low"
    assert row("aws_security_group", ("/ingress/0", None, WORLD), undeclared=["/ingress"]).severity == "critical"


@pytest.mark.parametrize("status", ["unknown", "in-sync"])
def test_what_was_not_found_to_differ_has_no_severity(status: str) -> None:
    judged = row("aws_sqs_queue", status=status, counted=False, reason="Rate exceeded")
    assert (judged.severity, judged.status, judged.reason, judged.tier) == ("none", status, "Rate exceeded", "declared")
