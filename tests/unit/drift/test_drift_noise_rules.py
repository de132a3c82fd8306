"""Each noise rule hides equal values and nothing more: with one element, entry or character more, the difference is reported."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costtui.domain.drift.noise.rules import explain
from costtui.domain.drift.noise.values import same, without_empty

POLICY: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {"Sid": "", "Effect": "Allow", "Action": ["s3:Get", "s3:List"], "Resource": "a", "Principal": {"AWS": "111122223333"}},
        {"Effect": "Deny", "Action": "s3:Put", "Resource": ["a", "b"], "Principal": "*",
         "Condition": {"Bool": {"aws:SecureTransport": False}, "StringEquals": {"k": ["x", "y"]}}},
    ],
}  # fmt: skip
SAME_POLICY: dict[str, Any] = {
    "Statement": [
        {"Resource": ["b", "a"], "Effect": "Deny", "Action": ["s3:Put"], "Principal": "*",
         "Condition": {"StringEquals": {"k": ["y", "x"]}, "Bool": {"aws:SecureTransport": ["false"]}}},
        {"Sid": "2", "Effect": "Allow", "Action": ["s3:List", "s3:Get"], "Resource": ["a"],
         "Principal": {"AWS": ["arn:aws:iam::111122223333:root"]}},
    ],
    "Version": "2012-10-17",
}  # fmt: skip

EQUAL = [
    ("N1", "aws_instance", "/tags", None, {}),
    ("N1", "aws_instance", "/description", "", None),
    ("N1", "aws_x", "/blocks", [{"a": None, "b": [{"c": {}}], "d": 1}], [{"a": [], "b": [{"c": ""}], "d": 1}]),
    ("N2", "aws_x", "/definition", '{"a": [1, 2]}', '{\n  "a": [1,2]\n}'),
    ("N2", "AWS::X::Y", "/Definition", '{"a": 1}', {"a": 1}),
    ("N3", "aws_sqs_queue", "/policy", json.dumps(POLICY), json.dumps(SAME_POLICY, indent=2)),
    ("N3", "AWS::IAM::Role", "/AssumeRolePolicyDocument", POLICY, SAME_POLICY),
    ("N3", "aws_iam_role", "/assume_role_policy", quote(json.dumps(POLICY)), json.dumps(POLICY)),
    ("N3", "AWS::IAM::Policy", "/PolicyDocument/Statement/0/Action", "s3:Get", ["s3:Get"]),
    ("N3", "AWS::IAM::Policy", "/PolicyDocument/Statement/0", POLICY["Statement"][0], SAME_POLICY["Statement"][1]),
    ("N4", "aws_lb", "/security_groups", ["a", "b"], ["b", "a"]),
    ("N4", "AWS::RDS::DBSubnetGroup", "/SubnetIds", ["a", "b"], ["b", "a"]),
    ("N4", "AWS::X::Y", "/Tags", [{"Key": "a"}, {"Key": "b", "Value": "2"}], [{"Value": "2", "Key": "b"}, {"Key": "a"}]),
    ("N5", "aws_x", "/timeout", "30", 30),
    ("N5", "AWS::X::Y", "/Enabled", "true", True),
    ("N5", "aws_route53_record", "/fqdn", "www.example.com.", "www.example.com"),
    ("N1 N5", "AWS::EC2::SecurityGroup", "/SecurityGroupIngress/0", {"FromPort": "22", "Description": ""}, {"FromPort": 22}),
    ("equal", "aws_x", "/a", 1, 1),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "type_", "path", "expected", "actual"), EQUAL)
def test_equal_values_are_explained_by_their_rule(rule: str, type_: str, path: str, expected: Any, actual: Any) -> None:
    assert explain(type_, path, expected, actual) == rule
    assert explain(type_, path, actual, expected) == rule


MORE = [
    ("aws_instance", "/tags", None, {"a": ""} | {"b": "x"}),
    ("aws_x", "/blocks", [{"a": None}], [{"a": []}, {}]),
    ("aws_x", "/list", [], [""]),
    ("aws_x", "/flag", None, False),
    ("aws_x", "/count", None, 0),
    ("aws_x", "/flag", False, 0),
    ("aws_x", "/definition", '{"a": [1, 2]}', '{"a": [1, 2, 3]}'),
    ("aws_x", "/definition", '{"a": [1, 2]}', '{"a": [2, 1]}'),
    ("aws_x", "/definition", '{"a": 1}', '{"a": 2, "a": 1}'),
    ("AWS::IAM::Policy", "/PolicyDocument/Statement/0/Action", "s3:Get", ["s3:Get", "s3:*"]),
    ("aws_lb", "/security_groups", ["a", "b"], ["b", "a", "c"]),
    ("aws_lb", "/security_groups", ["a"], ["a", "a"]),
    ("aws_lambda_function", "/layers", ["a", "b"], ["b", "a"]),
    ("aws_codepipeline", "/stage", ["a", "b"], ["b", "a"]),
    ("aws_ecs_task_definition", "/command", ["a", "b"], ["b", "a"]),
    ("AWS::X::Y", "/Tags", [{"Key": "a", "Value": "1"}], [{"Key": "a", "Value": "2"}]),
    ("aws_x", "/timeout", "30", 31),
    ("aws_x", "/version", "1.", "1"),
    ("aws_x", "/name", "a.b.", "a.c"),
    ("aws_x", "/name", "007", "7"),
]


@pytest.mark.parametrize(("type_", "path", "expected", "actual"), MORE)
def test_one_element_more_is_reported(type_: str, path: str, expected: Any, actual: Any) -> None:
    assert explain(type_, path, expected, actual) == ""
    assert explain(type_, path, actual, expected) == ""


MUTATIONS = [
    lambda p: p["Statement"].append({"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}),
    lambda p: p["Statement"][1]["Action"].append("s3:Delete"),
    lambda p: p["Statement"][1]["Principal"]["AWS"].append("999988887777"),
    lambda p: p["Statement"][1].update(Principal="*"),
    lambda p: p["Statement"][0].update(Effect="Allow"),
    lambda p: p["Statement"][0]["Condition"]["StringEquals"]["k"].append("z"),
    lambda p: p["Statement"][0].pop("Condition"),
    lambda p: p["Statement"][0]["Resource"].append("*"),
    lambda p: p["Statement"][1].update(Sid="Named"),
    lambda p: p["Statement"][1].update(NotAction=["x"]),
    lambda p: p.update(Version="2008-10-17"),
]


@pytest.mark.parametrize("mutate", MUTATIONS)
def test_one_grant_more_in_an_equal_policy_is_reported(mutate: Any) -> None:
    changed = json.loads(json.dumps(SAME_POLICY))
    mutate(changed)
    assert explain("aws_sqs_queue", "/policy", json.dumps(POLICY), json.dumps(changed)) == ""


def test_computed_properties_are_hidden_only_where_nothing_is_declared() -> None:
    assert explain("aws_lambda_function", "/last_modified", "a", "b", declared=False) == "N6"
    assert explain("aws_lambda_function", "/last_modified", "a", "b", declared=True) == ""
    assert explain("aws_lambda_function", "/last_modified_by_me", "a", "b", declared=False) == ""
    assert explain("aws_x", "/block/0/etag", "a", "b", declared=False) == ""


def test_the_content_of_an_object_and_the_status_of_a_key_are_no_computed_noise() -> None:
    assert explain("aws_s3_object", "/etag", "a", "b", declared=False) == ""
    assert explain("aws_iam_access_key", "/status", "Active", "Inactive", declared=False) == ""
    assert explain("AWS::IAM::AccessKey", "/Status", "Active", "Inactive", declared=False) == ""


def test_only_tags_that_aws_writes_are_hidden() -> None:
    assert explain("aws_x", "/tags/aws:autoscaling:groupName", None, "g") == "N7"
    assert explain("aws_x", "/tags/awsome", None, "g") == ""
    assert explain("aws_x", "/labels/aws:x", None, "g") == ""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab1.{", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=1), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_every_value_equals_itself(value: Any) -> None:
    assert explain("aws_x", "/p", value, value) == "equal"


@given(JSON, st.text("xyz", min_size=1, max_size=3))
def test_a_named_entry_more_is_never_hidden(value: Any, more: str) -> None:
    assert explain("aws_x", "/p", {"v": value}, {"v": value, "more": more}) == ""


@given(st.lists(JSON, max_size=4), JSON.filter(bool))
def test_a_list_element_more_is_never_hidden(values: list[Any], more: Any) -> None:
    assert explain("aws_lb", "/subnet_ids", values, [*values, more]) == ""


@given(JSON)
def test_dropping_what_is_empty_is_stable(value: Any) -> None:
    assert same(without_empty(without_empty(value)), without_empty(value))
