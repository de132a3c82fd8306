"""A plan of many megabytes in which every resource has drifted, as `terraform show -json` writes it: the hardest one to judge.

Seven kinds of resources, each with the attributes that its provider writes, most of them null; databases have a password each.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

ACCOUNT = "111122223333"
Values = dict[str, Any]
Kind = tuple[str, Values, Values, Values]
"""Type, before, after, mask."""


def write_plan(path: Path, size: int) -> int:
    """About `size` bytes of it; how many resources those are."""
    each = len(b"".join(part for number in range(70) for part in _parts(number))) / 70
    count = max(int(size / each), 1)
    with path.open("wb") as file:
        file.write(b'{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{"root_module":{}},"resource_drift":[')
        _joined(file, (_parts(number)[0] for number in range(count)))
        file.write(b'],"resource_changes":[')
        _joined(file, (_parts(number)[1] for number in range(count)))
        file.write(b'],"prior_state":{"format_version":"1.0","values":{"root_module":{"resources":[')
        _joined(file, (_parts(number)[2] for number in range(count)))
        file.write(b']}}},"configuration":{"root_module":{"resources":[')
        _joined(file, (_parts(number)[3] for number in range(count)))
        file.write(b']}},"timestamp":"2026-11-20T10:00:00Z","complete":true,"errored":false}')
    return count


def _joined(file: BinaryIO, parts: Iterator[bytes]) -> None:
    for number, part in enumerate(parts):
        file.write(b"," * bool(number) + part)


def _parts(number: int) -> tuple[bytes, bytes, bytes, bytes]:
    """What drifted, what apply would do about it, the refreshed state and the code."""
    type_, before, after, mask = KINDS[number % len(KINDS)](number)
    named = {"address": f"{type_}.r{number:06}", "mode": "managed", "type": type_, "name": f"r{number:06}"}
    provider = {"provider_name": "registry.terraform.io/hashicorp/aws"}
    masks = {"after_unknown": {}, "before_sensitive": mask, "after_sensitive": mask}
    drift = {**named, **provider, "change": {"actions": ["update"], "before": before, "after": after, **masks}}
    planned = {**named, **provider, "change": {"actions": ["update"], "before": after, "after": before, **masks}}
    there = {**named, **provider, "schema_version": 1, "values": after, "sensitive_values": mask}
    expressions = {name: {"constant_value": value} for name, value in before.items() if name not in ("id", "arn", "password") and value}
    code = {**named, "provider_config_key": "aws", "expressions": expressions, "schema_version": 1}
    drifted, applied, state, block = (json.dumps(one, separators=(",", ":")).encode() for one in (drift, planned, there, code))
    return drifted, applied, state, block


def _unset(*names: str) -> Values:
    return dict.fromkeys(names)


def _tags(number: int) -> Values:
    return {"env": "prod", "team": ("media", "search", "data")[number % 3], "cost-center": str(number % 50)}


def _instance(number: int) -> Kind:
    block = {"device_name": "/dev/xvda", "encrypted": True, "iops": 3000, "throughput": 125, "volume_type": "gp3", "tags": {}}
    before = {
        "id": f"i-{number:017x}",
        "arn": f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-{number:017x}",
        "ami": "ami-0aa11bb22cc33dd44",
        "instance_type": "m5.large",
        "availability_zone": "us-east-1a",
        "private_dns": f"ip-10-0-{number % 250}-7.ec2.internal",
        "vpc_security_group_ids": [f"sg-{number:017x}", "sg-0123456789abcdef0"],
        "root_block_device": [{**block, "volume_id": f"vol-{number:017x}", "volume_size": 100}],
        "ebs_block_device": [],
        "tags": _tags(number),
        "tags_all": _tags(number),
        **_unset("get_password_data", "hibernation", "host_id", "user_data", "launch_template", "timeouts", "placement_group", "key_name"),
    }
    root = [{**block, "volume_id": f"vol-{number:017x}", "volume_size": 500}]
    after = {**before, "instance_type": "m5.4xlarge", "root_block_device": root, "tags": {**_tags(number), "patched": "yes"}}
    return "aws_instance", before, {**after, "tags_all": after["tags"]}, {"root_block_device": [{"tags": {}}], "tags": {}, "tags_all": {}}


def _rule(port: int, *cidrs: str) -> Values:
    rule = {"description": "", "from_port": port, "to_port": port, "protocol": "tcp", "cidr_blocks": list(cidrs), "self": False}
    return {**rule, "ipv6_cidr_blocks": [], "prefix_list_ids": [], "security_groups": []}


def _group(number: int) -> Kind:
    rules = [_rule(port, "10.0.0.0/8", f"192.168.{number % 250}.0/24") for port in (22, 80, 443, 5432, 6379, 8080)]
    before = {
        "id": f"sg-{number:017x}",
        "arn": f"arn:aws:ec2:us-east-1:{ACCOUNT}:security-group/sg-{number:017x}",
        "name": f"service-{number}",
        "description": "Managed by Terraform",
        "owner_id": ACCOUNT,
        "ingress": rules,
        "egress": [_rule(0, "0.0.0.0/0")],
        "tags": _tags(number),
        "tags_all": _tags(number),
        **_unset("timeouts", "revoke_rules_on_delete"),
    }
    after = {**before, "ingress": [*reversed(rules), _rule(22, "0.0.0.0/0")]}
    return "aws_security_group", before, after, {"ingress": [], "egress": [{"cidr_blocks": [False]}], "tags": {}, "tags_all": {}}


def _role(number: int) -> Kind:
    allowed = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    actions = [f"s3:{name}" for name in ("GetObject", "PutObject", "ListBucket", "DeleteObject")]
    statement = {"Sid": "", "Effect": "Allow", "Action": actions, "Resource": f"arn:aws:s3:::b{number}/*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    before = {
        "id": f"role-{number}",
        "arn": f"arn:aws:iam::{ACCOUNT}:role/role-{number}",
        "name": f"role-{number}",
        "assume_role_policy": json.dumps({"Version": "2012-10-17", "Statement": [allowed]}),
        "inline_policy": [{"name": "objects", "policy": json.dumps(policy)}],
        "max_session_duration": 3600,
        "tags": None,
        "tags_all": {},
        **_unset("permissions_boundary", "managed_policy_arns", "name_prefix"),
    }
    listed = {"Version": "2012-10-17", "Statement": [{**allowed, "Action": ["sts:AssumeRole"]}]}
    wider = {**policy, "Statement": [{**statement, "Resource": "*"}]}
    after = {
        **before,
        "assume_role_policy": json.dumps(listed),
        "inline_policy": [{"name": "objects", "policy": json.dumps(wider)}],
        "tags": {},
    }
    return "aws_iam_role", before, after, {"inline_policy": [{}], "tags_all": {}}


def _function(number: int) -> Kind:
    variables = {f"SETTING_{index}": f"https://service-{index}.internal/{number}" for index in range(8)}
    before = {
        "id": f"function-{number}",
        "arn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:function-{number}",
        "function_name": f"function-{number}",
        "memory_size": 512,
        "timeout": 30,
        "architectures": ["arm64"],
        "environment": [{"variables": variables}],
        "layers": [f"arn:aws:lambda:us-east-1:{ACCOUNT}:layer:common:7"],
        "last_modified": "2026-10-01T00:00:00.000+0000",
        "source_code_size": 1_200_000,
        "tags": _tags(number),
        "tags_all": _tags(number),
        **_unset("dead_letter_config", "file_system_config", "image_config", "image_uri", "kms_key_arn", "s3_bucket", "s3_key", "timeouts"),
    }
    changed = [{"variables": {**variables, "SETTING_3": f"https://elsewhere.internal/{number}"}}]
    after = {**before, "memory_size": 3008, "environment": changed, "last_modified": "2026-11-20T09:00:00.000+0000"}
    return "aws_lambda_function", before, after, {"environment": [{"variables": {}}], "tags": {}, "tags_all": {}}


def _database(number: int) -> Kind:
    before = {
        "id": f"db-{number}",
        "arn": f"arn:aws:rds:us-east-1:{ACCOUNT}:db:db-{number}",
        "identifier": f"db-{number}",
        "engine": "postgres",
        "engine_version": "15.4",
        "instance_class": "db.m5.large",
        "allocated_storage": 200,
        "storage_encrypted": True,
        "backup_retention_period": 14,
        "multi_az": True,
        "username": f"owner_of_{number}",
        "password": f"correct horse {number} battery",
        "endpoint": f"db-{number}.abcdefghijkl.us-east-1.rds.amazonaws.com:5432",
        "vpc_security_group_ids": [f"sg-{number:017x}"],
        "tags": _tags(number),
        "tags_all": _tags(number),
        **_unset("ca_cert_identifier", "character_set_name", "snapshot_identifier", "timezone", "restore_to_point_in_time", "s3_import"),
    }
    after = {**before, "backup_retention_period": 0, "multi_az": False, "instance_class": "db.m5.2xlarge"}
    return "aws_db_instance", before, after, {"password": True, "tags": {}, "tags_all": {}, "vpc_security_group_ids": [False]}


def _topic(number: int) -> Kind:
    arn = f"arn:aws:sns:us-east-1:{ACCOUNT}:topic-{number}"
    unset = _unset("delivery_policy", "display_name", "kms_master_key_id", "name_prefix", "archive_policy", "signature_version")
    before = {"id": arn, "arn": arn, "name": f"topic-{number}", "fifo_topic": False, "tags": None, "tags_all": {}, "policy": "", **unset}
    return "aws_sns_topic", before, {**before, "tags": {}, "policy": None, "display_name": ""}, {"tags_all": {}}


def _bucket(number: int) -> Kind:
    rule = {"id": "expire", "status": "Enabled", "expiration": [{"days": 30}], "filter": [{"prefix": "logs/"}]}
    before = {
        "id": f"bucket-{number}",
        "arn": f"arn:aws:s3:::bucket-{number}",
        "bucket": f"bucket-{number}",
        "versioning": [{"enabled": True, "mfa_delete": False}],
        "lifecycle_rule": [{**rule, "id": f"expire-{index}"} for index in range(6)],
        "cors_rule": [],
        "region": "us-east-1",
        "tags": _tags(number),
        "tags_all": _tags(number),
        **_unset("acceleration_status", "acl", "grant", "logging", "replication_configuration", "request_payer", "website", "timeouts"),
    }
    later = [{**rule, "id": f"expire-{index}", "expiration": [{"days": 90}]} for index in range(6)]
    after = {**before, "lifecycle_rule": later, "versioning": [{"enabled": False, "mfa_delete": False}]}
    return "aws_s3_bucket", before, after, {"lifecycle_rule": [{}] * 6, "tags": {}, "tags_all": {}}


KINDS = (_instance, _group, _role, _function, _database, _topic, _bucket)
