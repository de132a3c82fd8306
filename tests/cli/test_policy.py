"""The IAM policy: every call that the source makes is in it, and every action in it is used."""

import ast
import json
from pathlib import Path

import boto3
import pytest

from costtui.cli.main import main
from costtui.config import parse
from costtui.sources import aws
from costtui.sources.aws.policy import ACTIONS, PARTS, policy

CLIENTS = set(boto3.Session().get_available_services())
FILES = sorted(file for file in Path(aws.__file__).parent.glob("*.py") if file.name != "policy.py")  # which only names them


def calls() -> set[tuple[str, str]]:
    """Client and operation of every question in the source: both are written out where it is asked."""
    found = set()
    for file in FILES:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        words = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
        services = {
            word
            for word in words
            if word in {service for part in ACTIONS.values() for service in part} or word in boto3.Session().get_available_services()
        }
        for word in words:
            found |= {(service, word) for service in services if _is_operation(service, word)}
    return found


_operations: dict[str, set[str]] = {}


def _is_operation(service: str, word: str) -> bool:
    if "_" not in word:
        return False
    if service not in _operations:
        client = boto3.client(service, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
        _operations[service] = set(client.meta.method_to_api_mapping)
    return word in _operations[service]


ASKED = calls()
NAMED = {(service, operation) for part in ACTIONS.values() for service, operations in part.items() for operation in operations}


def test_every_call_is_in_the_policy() -> None:
    assert not ASKED - NAMED


def test_every_action_is_used() -> None:
    assert not NAMED - ASKED


def test_every_part_that_has_a_statement_has_actions() -> None:
    assert set(ACTIONS) == set(PARTS)


def test_an_action_is_its_operations_own_or_stands_in_a_list() -> None:
    others = {"lambda:GetFunctionConfiguration", "s3:ListBucket", "tag:GetResources", "tag:GetTagKeys"}
    for part in ACTIONS.values():
        for operations in part.values():
            for operation, actions in operations.items():
                own = operation.replace("_v2", "").replace("_", "").lower()
                assert any(action.partition(":")[2].lower() == own for action in actions) or set(actions) <= others, operation


def test_only_what_the_settings_use(tmp_path: Path) -> None:
    less = parse("[drift]\ncloudformation = false\nconfig_rules = false\n[functions]\nlogs_insights = 'never'", name="x", base=tmp_path)
    sids = [statement["Sid"] for statement in policy(less)["Statement"]]
    assert sids == ["Core", "Functions", "Prices", "Init", "LambdaBill"]


def test_the_bill_is_for_the_billing_account(tmp_path: Path) -> None:
    settings = parse("[customers]\ntag = 'customer'", name="x", base=tmp_path)
    billing = [statement["Sid"] for statement in policy(settings, "billing")["Statement"]]
    member = [statement["Sid"] for statement in policy(settings, "member")["Statement"]]
    assert billing == ["Core", "Init", "LambdaBill", "Bill"]
    assert "Bill" not in member
    assert "Functions" in member


def test_buckets_are_named(tmp_path: Path) -> None:
    settings = parse("[drift]\nterraform = ['s3://plans/infra/*.json', 's3://other/plan.json']", name="x", base=tmp_path)
    statement = next(one for one in policy(settings)["Statement"] if one["Sid"] == "StoredPlans")
    assert statement["Resource"] == [
        "arn:aws:s3:::other",
        "arn:aws:s3:::other/plan.json",
        "arn:aws:s3:::plans",
        "arn:aws:s3:::plans/infra/*",
    ]


@pytest.mark.parametrize("account", ["hub", "member", "billing", None])
def test_the_command_writes_a_policy_document(account: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", *(["--for", account] if account else [])]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["Version"] == "2012-10-17"
    assert all(statement["Effect"] == "Allow" and statement["Action"] for statement in document["Statement"])
