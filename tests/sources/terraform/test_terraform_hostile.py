"""Plans that nobody checked before: secrets planted wherever a plan can hold one, and shapes at the edge of the format.

What must come out is worked out here from the plan's own words, not by the reader's rules.
"""

import json
import pathlib
from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from costtui.domain.drift.judge import judge
from costtui.domain.drift.records import DriftRow
from costtui.sources.terraform import read
from tests.sources.terraform.plan_file import TODAY, PlanFile

SECRET, OLD = "tr0ub4dor-&-3", "c0rrect-horse"
DATA: dict[str, Any] = {"mode": "data", "type": "aws_secretsmanager_secret_version", "name": "s", "address": "data.a.s"}


@pytest.fixture
def plan(tmp_path: pathlib.Path) -> PlanFile:
    return PlanFile(tmp_path)


def told(plan: PlanFile) -> str:
    """Everything that leaves the reader, as text."""
    reading = plan.read()
    return msgspec.json.encode([reading.findings, reading.coverage, reading.partial, judge(reading.findings, today=TODAY)]).decode()


def copied(plan: PlanFile) -> PlanFile:
    """A resource that repeats both values where nothing marks them: as a value, in a text, in a list, as a name and in its id."""
    before = {"id": f"id-{OLD}", "a": OLD, "b": f"x={OLD};", "c": [OLD], "d": {OLD: 1}, "tags": {"t": OLD}, "n": 1}
    after = {"id": f"id-{SECRET}", "a": SECRET, "b": f"x={SECRET};", "c": [SECRET], "d": {SECRET: 1}, "tags": {"t": SECRET}, "n": 2}
    return plan.drifted("custom_thing", before, after, name="copy")


def _masked_data(plan: PlanFile) -> None:
    for value in (SECRET, OLD):
        plan.state.append(DATA | {"values": {"secret_string": value}, "sensitive_values": {"secret_string": True}})


def _module_constant(plan: PlanFile) -> None:
    inner = {"variables": {"key": {"sensitive": True, "default": OLD}}}
    calls = {"m": {"expressions": {"key": {"constant_value": SECRET}}, "module": {"module_calls": {"n": {"module": inner}}} | inner}}
    plan.with_part(configuration={"root_module": {"module_calls": calls}})


def _constants_in_the_code(plan: PlanFile) -> None:
    expressions = {"login": [{"password": {"constant_value": OLD}}]}
    plan.with_part(
        configuration={
            "provider_config": {"datadog": {"expressions": {"api_key": {"constant_value": SECRET}}}},
            "root_module": {"resources": [{"mode": "managed", "type": "t", "name": "n", "expressions": expressions}]},
        }
    )


def _deferred(plan: PlanFile) -> None:
    change = {
        "actions": ["update"],
        "before": {"k": OLD},
        "after": {"k": SECRET},
        "before_sensitive": {"k": True},
        "after_sensitive": {"k": True},
    }
    plan.with_part(deferred_changes=[{"reason": "x", "resource_change": {"address": "t.d", "type": "t", "name": "d", "change": change}}])


def _masked_after_only(plan: PlanFile) -> None:
    plan.drifted("custom_login", {"k": OLD}, {"k": SECRET}, after_sensitive={"k": True})


def _masked_in_the_state_only(plan: PlanFile) -> None:
    plan.drifted("custom_login", {"k": OLD}, {"k": SECRET})
    plan.state[-1]["sensitive_values"] = {"k": True}


def _masked_in_the_planned_change_only(plan: PlanFile) -> None:
    plan.drifted("custom_login", {"k": OLD}, {"k": SECRET})
    change = {"actions": ["no-op"], "before": {"k": SECRET}, "after": {"k": SECRET}, "after_sensitive": {"k": True}}
    plan.with_part(resource_changes=[{"address": "custom_login.x", "type": "custom_login", "name": "x", "change": change}])


def _output(plan: PlanFile) -> None:
    plan.with_part(
        output_changes={"o": {"actions": ["update"], "before": OLD, "after": SECRET, "before_sensitive": False, "after_sensitive": True}}
    )


def _named_without_a_mask(plan: PlanFile) -> None:
    plan.drifted("custom_login", {"settings": [{"db_password": OLD}]}, {"settings": [{"db_password": SECRET}]})


def _old_state_without_masks(plan: PlanFile) -> None:
    for value in (SECRET, OLD):
        plan.state.append({"address": "custom_login.y", "type": "custom_login", "values": {"db_password": value}})


def _variables(plan: PlanFile) -> None:
    plan.with_part(
        variables={"a": {"value": {"nested": [OLD]}}, "b": {"value": SECRET}, "c": None},
        configuration={"root_module": {"variables": {"a": {"sensitive": True}, "b": {"sensitive": True}}}},
    )


@pytest.mark.parametrize(
    "mark",
    [
        _masked_data, _module_constant, _constants_in_the_code, _deferred, _masked_after_only, _masked_in_the_state_only,
        _masked_in_the_planned_change_only, _output, _named_without_a_mask, _old_state_without_masks, _variables,
    ],
)  # fmt: skip
def test_what_is_secret_in_one_place_is_secret_in_every_place(plan: PlanFile, mark: Callable[[PlanFile], None]) -> None:
    mark(plan)
    text = told(copied(plan))
    assert (SECRET in text, OLD in text) == (False, False)
    assert '"custom_thing.copy"' in text


def test_a_secret_in_an_address_leaves_a_name_that_can_be_told_apart(plan: PlanFile) -> None:
    for name in (SECRET, OLD):
        plan.drifted("t", {"a": 1}, {"a": 2}, address=f'module.m["{name}"].t.n', name="n")
    plan.with_part(variables={"v": {"value": [SECRET, OLD]}}, configuration={"root_module": {"variables": {"v": {"sensitive": True}}}})
    findings = plan.read().findings
    assert [one.address for one in findings] == ['module.m["<redacted>"].t.n', 'module.m["<redacted>"].t.n (2)']


def test_names_inside_a_secret_map_are_secret_too(plan: PlanFile) -> None:
    before, after = {"m": {"alpha": "1", "beta": "2"}}, {"m": {"alpha": "3", "gamma": "4"}}
    (row,) = plan.drifted("t", before, after, after_sensitive={"m": True}).judge().rows
    assert [(one.path, one.expected, one.actual, one.redacted) for one in row.differences] == [("/m", None, None, True)]


def test_a_secret_map_that_is_equal_but_for_empty_entries_stays_explained(plan: PlanFile) -> None:
    (row,) = plan.drifted("t", {"m": {"a": None, "b": ""}}, {"m": {"a": "", "b": None}}, after_sensitive={"m": True}).judge().rows
    assert (row.tier, row.differences[0].rule) == ("noise", "N1")


@pytest.mark.parametrize(
    ("type_", "path"),
    [("aws_security_group", "ingress"), ("aws_s3_bucket_policy", "policy"), ("aws_iam_role", "assume_role_policy")],
)
def test_access_that_cannot_be_seen_is_not_taken_to_be_harmless(plan: PlanFile, type_: str, path: str) -> None:
    (row,) = plan.drifted(type_, {path: [{"a": 1}]}, {path: [{"a": 2}]}, after_sensitive={path: True}).judge().rows
    assert (row.severity, row.differences[0].redacted) == ("high", True)


TEXTS = [
    "postgres://app:pw-in-address@db/x",
    "Server=db;Password=pw-in-text;Encrypt=true",
    "--password=pw-in-flag",
    "password: pw-in-yaml",
    "ghp_abcdefghij0123456789",
    "xoxb-1234567890-abcdef",
    "https://hooks.slack.com/services/T0/B0/abcdef",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIE",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_gives_its_secret_away_by_its_form(plan: PlanFile, text: str) -> None:
    commands = json.dumps([{"name": "app", "command": ["run", text]}])
    plan.drifted("aws_ecs_task_definition", {"note": "n", "container_definitions": "[]"}, {"note": text, "container_definitions": commands})
    assert text not in told(plan)


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:secretsmanager:us-east-1:111122223333:secret:app-AbCdEf",
        "rotates the token every 30 days",
        "https://example.com/a?b=c",
        "tokens: 3",
    ],
)
def test_a_text_that_only_speaks_of_secrets_is_shown(plan: PlanFile, text: str) -> None:
    (difference,) = plan.drifted("t", {"note": "n"}, {"note": text}).judge().rows[0].differences
    assert not difference.redacted


NAMES = ["runtime_environment_variables", "environment_variables", "app_settings", "env_vars"]


@pytest.mark.parametrize("name", NAMES)
def test_environments_keep_their_names_and_lose_their_values(plan: PlanFile, name: str) -> None:
    (difference,) = plan.drifted("t", {"x": [{name: {"DSN": OLD}}]}, {"x": [{name: {"DSN": SECRET}}]}).judge().rows[0].differences
    assert (difference.path, difference.redacted, SECRET in told(plan)) == (f"/x/0/{name}/DSN", True, False)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "plain", SECRET, f"a {SECRET} b", json.dumps({"k": SECRET})]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "tags", "policy", "ingress"]), inner, max_size=3)
    ),
    max_leaves=10,
)
BLOCKS = st.dictionaries(st.sampled_from(["a", "tags", "ingress", "policy", "id"]), VALUES, max_size=4)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(before=BLOCKS, after=BLOCKS, kind=st.sampled_from(["aws_security_group", "aws_s3_bucket", "t", "aws_instance"]))
def test_no_shape_of_a_resource_lets_a_secret_out(tmp_path: pathlib.Path, before: Any, after: Any, kind: str) -> None:
    plan = PlanFile(tmp_path).drifted(kind, before, after)
    plan.with_part(variables={"v": {"value": SECRET}}, configuration={"root_module": {"variables": {"v": {"sensitive": True}}}})
    assert SECRET not in told(plan)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(before=BLOCKS, after=BLOCKS)
def test_unequal_sides_are_never_in_sync(tmp_path: pathlib.Path, before: Any, after: Any) -> None:
    """Counted as the plan counts, and real unless nothing but emptiness, writing or order is between the sides."""
    judgement = PlanFile(tmp_path).drifted("custom_thing", before, after).judge()
    assert judgement.reported == 1 == judgement.real + judgement.explained
    if _bare(before) != _bare(after):
        assert judgement.real == 1, judgement.rows[0].differences


def _bare(value: Any) -> str:
    """The values alone, sorted, without what is empty: what no noise rule may change."""
    if isinstance(value, str) and value.startswith("{"):
        value = json.loads(value)
    if isinstance(value, dict):
        parts = sorted(f"{key}:{text}" for key, entry in value.items() if (text := _bare(entry)))
        return f"{{{','.join(parts)}}}" if parts else ""
    if isinstance(value, list):
        return f"[{','.join(sorted(map(_bare, value)))}]" if value and any(map(_bare, value)) else "[" * len(value)
    return "" if value in (None, "") and value is not False else repr(value)


def rows_of(path: pathlib.Path) -> list[DriftRow]:
    return judge(read(path).findings, today=date(2026, 11, 24)).rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_names_in_any_script_and_with_control_characters_stay_what_they_are(plan: PlanFile, encoding: str) -> None:
    name = "数据库-\u202e[bold]x[/]\x1b[31m-ß"
    path = plan.drifted("t", {"a": name}, {"a": f"{name}!"}, address=f't.n["{name}"]').write()
    path.write_bytes(json.dumps(json.loads(path.read_text()), ensure_ascii=False).encode(encoding))
    (row,) = rows_of(path)
    assert (row.address, json.loads(row.differences[0].actual or "")) == (f't.n["{name}"]', f"{name}!")


POLICY = {"Statement": [{"Effect": "Allow", "Action": ["s3:Get", "s3:List"], "Resource": "*"}]}
WIDER = {"Statement": [*POLICY["Statement"], {"Effect": "Allow", "Action": "*", "Resource": "*"}]}
TAGS = {"a": "1"}
CLUSTER = "arn:aws:ecs:us-east-1:111122223333:cluster/c"
SERVICE = {"name": "web", "cluster": CLUSTER}
SCALED = ("aws_appautoscaling_target", {"resource_id": "service/c/web", "min_capacity": 1, "max_capacity": 4})
RULES: list[tuple[str, str, Any, Any, Any]] = [
    ("N1", "t", {"p": None}, {"p": []}, {"p": ["x"]}),
    ("N1", "t", {"p": [{"a": None}]}, {"p": [{"a": []}]}, {"p": [{"a": []}, {}]}),
    ("N1", "t", {"p": {"a": ""}}, {"p": None}, {"p": {"a": False}}),
    ("N2", "t", {"p": '{"a":[1]}'}, {"p": '{\n "a": [1] }'}, {"p": '{\n "a": [1, null] }'}),
    ("N3", "aws_sns_topic", {"policy": json.dumps(POLICY)}, {"policy": json.dumps(POLICY, indent=1)}, {"policy": json.dumps(WIDER)}),
    ("N4", "aws_lb", {"subnets": ["a", "b"]}, {"subnets": ["b", "a"]}, {"subnets": ["b", "a", "a"]}),
    ("N5", "t", {"p": "30"}, {"p": 30}, {"p": 31}),
    ("N5", "t", {"p": "a.example.com."}, {"p": "a.example.com"}, {"p": "b.example.com"}),
    ("N6", "aws_lb", {"arn": "a"}, {"arn": "b"}, {"arn": "b", "arn_suffix": "c"}),
    ("N6", "aws_lb", {"tags": TAGS, "tags_all": TAGS}, {"tags": TAGS, "tags_all": TAGS | {"b": "2"}},
     {"tags": TAGS | {"b": "2"}, "tags_all": TAGS | {"b": "2"}}),
    ("N7", "aws_lb", {"tags": TAGS}, {"tags": TAGS | {"aws:x": "1"}}, {"tags": TAGS | {"aws:x": "1", "b": "2"}}),
    ("N9", "aws_ecs_service", SERVICE | {"desired_count": 1}, SERVICE | {"desired_count": 4}, SERVICE | {"desired_count": 5}),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "type_", "before", "after", "more"), RULES)
def test_a_rule_hides_what_is_equal_and_reports_one_element_more(
    plan: PlanFile, rule: str, type_: str, before: Any, after: Any, more: Any
) -> None:
    hidden = plan.managed(*SCALED).drifted(type_, before, after).judge()
    assert (hidden.real, hidden.explained, {one.rule for one in hidden.rows[0].differences}) == (0, 1, {rule})
    plan.drift.clear()
    shown = plan.drifted(type_, before, more).judge()
    real = [one for one in shown.rows[0].differences if one.class_ != "noise"]
    assert (shown.real, shown.explained, len(real)) == (1, 0, 1)
