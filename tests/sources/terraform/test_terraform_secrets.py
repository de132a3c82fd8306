"""A planted password is in nothing that leaves the reader."""

import json
import pathlib
from typing import Any

import msgspec
import pytest

from tests.sources.terraform.plan_file import PlanFile

OLD, NEW = "old-hunter2-s3cret", 'new"hunter2/s3cret'


@pytest.fixture
def plan(tmp_path: pathlib.Path) -> PlanFile:
    return PlanFile(tmp_path)


def leaked(plan: PlanFile) -> list[str]:
    judgement = plan.judge()
    text = msgspec.json.encode([plan.read(), judgement]).decode()
    return [
        form
        for secret in (OLD, NEW)
        for form in (secret, json.dumps(secret)[1:-1], json.dumps(json.dumps(secret)[1:-1])[1:-1])
        if form in text
    ]


def container(value: str) -> str:
    return json.dumps([{"name": "app", "image": "app:1", "environment": [{"name": "DSN", "value": value}]}])


PLANTED: list[tuple[str, Any, Any, Any]] = [
    ("aws_db_instance", {"note": OLD}, {"note": NEW}, {"note": True}),
    ("aws_db_instance", {"blocks": [{"a": [OLD]}]}, {"blocks": [{"a": [NEW]}]}, {"blocks": [{"a": [True]}]}),
    ("aws_db_instance", {"blocks": [{"a": OLD}]}, {"blocks": [{"a": NEW}, {"a": NEW}]}, {"blocks": True}),
    ("aws_db_instance", {"whole": OLD}, {"whole": NEW}, True),
    ("aws_db_instance", {"password": OLD}, {"password": NEW}, {}),
    ("aws_db_instance", {"settings": {"apiKey": OLD}}, {"settings": {"apiKey": NEW}}, {}),
    ("aws_instance", {"user_data": OLD}, {"user_data": NEW}, {}),
    ("aws_lambda_function", {"environment": [{"variables": {"DSN": OLD}}]}, {"environment": [{"variables": {"DSN": NEW}}]}, {}),
    ("aws_lambda_function", {"environment": []}, {"environment": [{"variables": {"DSN": NEW}}]}, {}),
    ("aws_ecs_task_definition", {"container_definitions": container(OLD)}, {"container_definitions": container(NEW)}, {}),
    ("aws_codebuild_project", {"environment": [{"environment_variable": []}]},
     {"environment": [{"environment_variable": [{"name": "DSN", "value": NEW}]}]}, {}),
    ("aws_ssm_parameter", {"value": OLD}, {"value": NEW}, {}),
    ("aws_db_parameter_group", {"parameter": [{"name": "admin_password", "value": OLD}]},
     {"parameter": [{"name": "admin_password", "value": NEW}]}, {}),
    ("aws_db_instance", {"tags": {"db_password": OLD}}, {"tags": {"db_password": NEW}}, {}),
    ("aws_dms_endpoint", {"url": f"postgres://app:{OLD}@db/x"}, {"url": f"postgres://app:{OLD}@db/y"}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("type_", "before", "after", "mask"), PLANTED)
def test_nothing_planted_comes_out_and_the_drift_stays(plan: PlanFile, type_: str, before: Any, after: Any, mask: Any) -> None:
    plan.drifted(type_, before, after, before_sensitive=mask, after_sensitive=mask)
    assert leaked(plan) == []
    judgement = plan.judge()
    assert judgement.real == 1
    assert any(difference.redacted for difference in judgement.rows[0].differences)


def test_a_deleted_resource_leaves_nothing_but_price_inputs(plan: PlanFile) -> None:
    plan.drifted("aws_db_instance", {"note": OLD, "instance_class": "db.t3.large", "engine": "mysql"}, None)
    assert leaked(plan) == []
    assert set(plan.read().findings[0].context) == {"/instance_class", "/engine"}


@pytest.mark.parametrize(
    "source",
    [
        {"variables": {"secret": {"value": OLD}}, "configuration": {"root_module": {"variables": {"secret": {"sensitive": True}}}}},
        {"planned_values": {"outputs": {"o": {"sensitive": True, "value": {"deep": [OLD]}}}}},
        {"output_changes": {"o": {"before": OLD, "after": OLD, "before_sensitive": True, "after_sensitive": True}}},
        {"resource_changes": [{"address": "t.z", "type": "t", "change": {"actions": ["no-op"], "before": {"input": OLD},
                                                                         "after": {}, "before_sensitive": {"input": True}}}]},
    ],
)  # fmt: skip
def test_a_secret_is_known_by_its_value_wherever_it_was_marked(plan: PlanFile, source: dict[str, Any]) -> None:
    """`terraform_data` masks its input alone; the output repeats it in clear."""
    plan.drifted("terraform_data", {"output": "x", "id": "i"}, {"output": f"prefix {OLD} suffix", "id": f"id-{OLD}"}).with_part(**source)
    assert leaked(plan) == []


def test_a_secret_is_known_by_its_value_from_the_state(plan: PlanFile) -> None:
    plan.drifted("terraform_data", {"output": "x"}, {"output": OLD, "tags": {"copy": OLD}})
    plan.managed("terraform_data", {"input": OLD}, sensitive={"input": True})
    assert leaked(plan) == []


@pytest.mark.parametrize(
    ("type_", "before", "after"),
    [
        ("aws_instance", {"metadata_options": [{"http_tokens": "required"}]}, {"metadata_options": [{"http_tokens": "optional"}]}),
        ("aws_instance", {"tags": {"environment": "prod"}}, {"tags": {"environment": "test"}}),
        ("aws_codebuild_project", {"environment": [{"compute_type": "SMALL"}]}, {"environment": [{"compute_type": "LARGE"}]}),
        ("aws_db_instance", {"manage_master_user_password": True}, {"manage_master_user_password": False}),
    ],
)
def test_what_only_sounds_secret_is_shown(plan: PlanFile, type_: str, before: Any, after: Any) -> None:
    (difference,) = plan.drifted(type_, before, after, before_sensitive={"tags": {}}).judge().rows[0].differences
    assert not difference.redacted


def test_a_redacted_difference_between_equal_values_is_still_explained(plan: PlanFile) -> None:
    plan.drifted("aws_db_instance", {"password": None}, {"password": ""}, after_sensitive={"password": True})
    judgement = plan.judge()
    assert (judgement.real, judgement.rows[0].differences[0].rule) == (0, "N1")
