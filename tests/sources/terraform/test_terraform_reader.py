"""Formats, addresses, coverage, and the refusal of what cannot be judged."""

import json
import os
import pathlib
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from costtui.domain.drift.judge import judge
from costtui.domain.problems import SourceError
from costtui.sources.terraform import read
from tests.sources.terraform.plan_file import PlanFile

Raw = Callable[[str | bytes], pathlib.Path]
CORPUS = os.environ.get("COSTTUI_CORPUS")


@pytest.fixture
def plan(tmp_path: pathlib.Path) -> PlanFile:
    return PlanFile(tmp_path)


@pytest.fixture
def raw(tmp_path: pathlib.Path) -> Raw:
    """Any content as a file."""

    def write(content: str | bytes) -> pathlib.Path:
        path = tmp_path / "file.json"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


REFUSED: list[tuple[str | bytes, str]] = [
    ("", "the file is empty"),
    ("\ufeff \n", "the file is empty"),
    (b"\x1f\x8b\x08\x00", "the file is compressed"),
    (b"\x00\xff\x01", "no plan or state in JSON"),
    ('{"format_version":"1.2","resource_drift":[', "truncated"),
    ('{"format_version":"1.2","resource_drift":[{"change":{"before":{"a":NaN}}}]}', "malformed"),
    (
        '{"format_version":"1.2","resource_drift":[{"type":"t","name":"n","change":{"before":{"a":1e999999999999999999999}}}]}',
        "unexpected shape",
    ),
    (b'{"format_version":"1.2","resource_drift":[{"type":"t","name":"n","change":{"before":{"a":"\xff"}}}]}', "unexpected shape"),
    ('{"version":5,"resources":[]}', "state version 5"),
    ('{"meta":{},"encrypted_data":"AAAA","encryption_version":"v0"}', "encrypted by OpenTofu"),
    ("[]", "no plan or state in JSON"),
    ("{}", "neither a plan nor a state"),
    ("not json", "no plan or state in JSON"),
    ('{"format_version":"2.0","resource_drift":[]}', "format version 2.0"),
    ('{"plan_format_version":"3.1"}', "format version 3.1"),
    ('{"version":3,"modules":[]}', "state version 3"),
    ('{"version":4,"resources":{"a":1}}', "state cannot be read"),
    ('{"serial":1,"lineage":"x","meta":{},"encrypted_data":"AAAA","encryption_version":"v0"}', "encrypted by OpenTofu"),
    ('{"@level":"info","@message":"Terraform 1.11.4","type":"version"}\n{"@message":"x"}\n', "log stream"),
    ('{"format_version":"1.2","resource_drift":[{"address":"a.b"}]}', "resource_drift[0]"),
    ('{"format_version":"1.2","resource_drift":[],"prior_state":[1]}', "unexpected shape"),
    ('{"format_version":"1.2","resource_drift":[],"configuration":{"root_module":{"module_calls":{"a":3}}}}', "unexpected shape"),
    ("[" * 100_000, "no plan or state in JSON"),
]


@pytest.mark.parametrize(("content", "says"), REFUSED)
def test_what_cannot_be_read_is_refused_in_one_sentence(raw: Raw, content: str | bytes, says: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(raw(content))
    problem = caught.value.problem
    assert problem.kind == "malformed"
    assert says in problem.what
    assert problem.action
    assert "\n" not in problem.sentence
    assert problem.where.endswith("file.json")


def test_a_binary_plan_is_refused_with_the_command_that_helps(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "tfplan"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tfplan", b"x")
    with pytest.raises(SourceError, match="terraform show -json"):
        read(path)


def test_a_missing_file_is_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        read(tmp_path / "none.json")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_plan_that_windows_wrote_is_read(raw: Raw, encoding: str) -> None:
    content = '{"format_version":"1.2","resource_drift":[{"type":"t","name":"n","change":{"actions":["delete"],"before":{"a":1}}}]}'
    assert read(raw(content.encode(encoding))).findings[0].status == "deleted"


@pytest.mark.parametrize("version", [{"format_version": "0.1"}, {"format_version": "1.99"}, {"plan_format_version": "1.1"}, {}])
def test_every_known_format_is_read(raw: Raw, version: dict[str, str]) -> None:
    drift = [{"type": "t", "name": "n", "change": {"actions": ["update"], "before": {"a": 1}, "after": {"a": 2}}}]
    reading = read(raw(json.dumps(version | {"resource_drift": drift, "something_new": 1})))
    assert (reading.kind, reading.findings[0].address) == ("refresh-only", "t.n")


@pytest.mark.parametrize(
    ("entry", "address"),
    [
        ({"type": "t", "name": "n"}, "t.n"),
        ({"type": "t", "name": "n", "index": 0}, "t.n[0]"),
        ({"type": "t", "name": "n", "index": "a b"}, 't.n["a b"]'),
        ({"type": "t", "name": "n", "module_address": 'module.m["x"]'}, 'module.m["x"].t.n'),
        ({"type": "t", "name": "n", "deposed": "ab12"}, "t.n (deposed object ab12)"),
        ({"type": "t", "name": "n", "address": 't.n["k"]'}, 't.n["k"]'),
    ],
)
def test_an_address_is_put_together_where_it_is_missing(raw: Raw, entry: dict[str, Any], address: str) -> None:
    change = {"actions": ["update"], "before": {"a": 1}, "after": {"a": 2}}
    reading = read(raw(json.dumps({"format_version": "0.1", "resource_drift": [entry | {"change": change}]})))
    assert reading.findings[0].address == address


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"type": None, "name": None, "mode": None, "address": 'module.m["a.b"].aws_x.y[0]'}, ("aws_x", "drifted")),
        ({"type": "t", "name": "n", "change": {"actions": None, "before": {"a": 1}, "after": None}}, ("t", "deleted")),
        ({"type": "t", "name": "n", "change": {"actions": ["forget"], "before": {"a": 1}, "after": None}}, ("t", "drifted")),
    ],
)
def test_what_an_entry_leaves_out_is_read_from_the_rest(raw: Raw, entry: dict[str, Any], told: tuple[str, str]) -> None:
    change = {"actions": ["update"], "before": {"a": 1}, "after": {"a": 2}}
    (finding,) = read(raw(json.dumps({"format_version": "1.0", "resource_drift": [{"change": change} | entry]}))).findings
    assert (finding.type, finding.status) == told


def test_a_plan_of_a_terraform_that_reports_no_drift_is_not_in_sync(plan: PlanFile) -> None:
    plan.managed("t", {"a": 1}).document["format_version"] = "0.1"
    path = plan.write()
    path.write_text(path.read_text().replace('"resource_drift": []', '"resource_drift": null'))
    reading = read(path)
    assert (reading.coverage.checked, reading.coverage.unchecked) == (0, 1)
    assert "0.15.4" in reading.partial


def test_a_timestamp_before_all_dates_is_that_of_the_file(plan: PlanFile) -> None:
    path = plan.with_part(timestamp="0001-01-01T00:00:00+23:59").write()
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert read(path).taken_at == datetime.fromtimestamp(1_700_000_000, UTC)


def test_a_resource_has_the_region_of_its_own_provider(plan: PlanFile) -> None:
    resources = [
        {"mode": "data", "type": "aws_x", "name": "x", "expressions": {"b": {}}},
        {"mode": "managed", "type": "aws_x", "name": "x", "provider_config_key": "aws.eu", "expressions": {"a": {}}},
    ]
    providers = {
        name: {"expressions": {"region": {"constant_value": region}}} for name, region in (("aws", "us-east-1"), ("aws.eu", "eu-west-1"))
    }
    plan.drifted("aws_x", {"a": 1}, {"a": 2})
    plan.with_part(configuration={"provider_config": providers, "root_module": {"resources": resources[::-1]}})
    row = plan.judge().rows[0]
    assert (row.region, row.tier) == ("eu-west-1", "declared")


@pytest.mark.parametrize("number", ["123456789012345678901234567890", "-18446744073709551617", "1e400"])
def test_numbers_of_any_size_keep_their_value(plan: PlanFile, number: str) -> None:
    path = plan.drifted("t", {"a": 1}, {"a": "NUMBER"}).write()
    path.write_text(path.read_text().replace('"NUMBER"', number))
    (difference,) = read(path).findings[0].differences
    assert Decimal(difference.actual or "") == Decimal(number)


def test_a_state_gives_coverage_and_no_drift(raw: Raw) -> None:
    state = {"version": 4, "terraform_version": "1.11.4", "resources": [
        {"mode": "managed", "type": "t", "name": "a", "instances": [{"attributes": {"password": "hunter2hunter2"}}, {"attributes": {}}]},
        {"mode": "data", "type": "d", "name": "b", "instances": [{}]}]}  # fmt: skip
    reading = read(raw(json.dumps(state)))
    assert (reading.kind, reading.coverage.checked, reading.coverage.unchecked, reading.findings) == ("state", 0, 2, [])
    assert "hunter2" not in repr(reading)


def test_a_shown_state_gives_coverage(raw: Raw) -> None:
    module = {"resources": [{"address": "t.a"}], "child_modules": [{"resources": [{"address": "m.t.b"}, {"address": "d", "mode": "data"}]}]}
    reading = read(raw(json.dumps({"format_version": "1.0", "values": {"root_module": module}})))
    assert (reading.kind, reading.coverage.unchecked) == ("state", 2)


def test_a_plan_is_as_old_as_its_timestamp(plan: PlanFile) -> None:
    plan.drifted("t", {"a": 1}, {"a": 2})
    reading = plan.read()
    assert reading.taken_at == datetime(2026, 11, 20, 10, tzinfo=UTC) == reading.findings[0].last_checked


def test_a_plan_without_a_timestamp_is_as_old_as_its_file(plan: PlanFile) -> None:
    path = plan.with_part(timestamp=None).write()
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert read(path).taken_at == datetime.fromtimestamp(1_700_000_000, UTC)


def test_a_targeted_plan_leaves_the_rest_unchecked(plan: PlanFile) -> None:
    plan.drifted("t", {"a": 1}, {"a": 2}).managed("t", {}, name="other")
    plan.with_part(resource_changes=[{"address": "t.x", "type": "t", "change": {"actions": ["no-op"]}},
                                     {"address": "t.new", "type": "t", "change": {"actions": ["create"]}}])  # fmt: skip
    reading = plan.read()
    assert (reading.kind, reading.coverage.checked, reading.coverage.unchecked) == ("plan", 1, 1)
    assert reading.partial == "the plan covers 1 of 2 resources"


def planned(actions: list[str], after: Any) -> dict[str, Any]:
    return {"address": "t.x", "type": "t", "change": {"actions": actions, "before": {"a": 2, "b": 2}, "after": after}}


@pytest.mark.parametrize(
    ("change", "reason", "undeclared"),
    [
        (planned(["update"], {"a": 1, "b": 1}), "apply will revert it", []),
        (planned(["update"], {"a": 1, "b": 2}), "apply will revert it", ["/b"]),
        (planned(["delete", "create"], {"a": 1}), "apply will revert it by replacing the resource", []),
        (planned(["no-op"], {"a": 2, "b": 2}), "apply will not revert it: not in the code, or under ignore_changes", ["/a", "/b"]),
    ],
)
def test_a_normal_plan_says_what_apply_would_do(plan: PlanFile, change: Any, reason: str, undeclared: list[str]) -> None:
    plan.drifted("t", {"a": 1, "b": 1}, {"a": 2, "b": 2}).with_part(resource_changes=[change])
    finding = plan.read().findings[0]
    assert (finding.reason, finding.undeclared) == (reason, undeclared)


def test_undeclared_drift_is_low_and_says_so(plan: PlanFile) -> None:
    block = {"type": "t", "name": "x", "expressions": {"a": {"constant_value": 1}}}
    plan.drifted("t", {"a": 1, "b": 1}, {"a": 1, "b": 2}).with_part(configuration={"root_module": {"resources": [block]}})
    row = plan.judge().rows[0]
    assert (row.tier, row.severity) == ("undeclared", "low")


def test_a_block_inside_modules_is_found_by_its_address(plan: PlanFile) -> None:
    block = {"type": "t", "name": "x", "expressions": {"a": {}}}
    tree = {"root_module": {"module_calls": {"m": {"module": {"module_calls": {"n": {"module": {"resources": [block]}}}}}}}}
    plan.drifted("t", {"a": 1}, {"a": 2}, address='module.m["k.[0]"].module.n[3].t.x["y"]').with_part(configuration=tree)
    assert plan.judge().rows[0].tier == "declared"


def test_an_update_that_changes_nothing_is_explained(plan: PlanFile) -> None:
    judgement = plan.drifted("t", {"a": 1}, {"a": 1}).judge()
    assert (judgement.reported, judgement.real, judgement.rows[0].differences[0].rule) == (1, 0, "equal")


def test_an_update_whose_values_are_withheld_stays_real(raw: Raw) -> None:
    change = {"actions": ["update"], "before": {"a": None}, "after": {"a": None}, "after_sensitive": {"a": True}}
    reading = read(raw(json.dumps({"plan_format_version": "1.1", "resource_drift": [{"type": "t", "name": "n", "change": change}]})))
    judgement = judge(reading.findings, today=date(2026, 11, 24))
    assert (judgement.real, judgement.rows[0].reason, judgement.rows[0].severity) == (1, "the plan does not show the values", "medium")


def test_numbers_keep_every_digit(plan: PlanFile) -> None:
    path = plan.drifted("t", {"a": "BEFORE"}, {"a": "AFTER"}).write()
    text = path.read_text().replace('"BEFORE"', "0.10000000000000000000000000001").replace('"AFTER"', "0.10000000000000000000000000002")
    path.write_text(text)
    assert read(path).findings[0].differences[0].actual == "0.10000000000000000000000000002"


def test_account_and_region_come_from_the_arn_and_the_provider(plan: PlanFile) -> None:
    plan.drifted("aws_sns_topic", {"arn": "arn:aws:sns:eu-west-1:111122223333:t", "a": 1}, {"arn": "arn:aws:sns:eu-west-1:111122223333:t"})
    plan.drifted("aws_x", {"a": 1}, {"a": 2}, name="z")
    expressions = {"region": {"references": ["var.region"]}}
    plan.with_part(
        variables={"region": {"value": "eu-central-1"}}, configuration={"provider_config": {"aws": {"expressions": expressions}}}
    )
    topic, other = plan.read().findings
    assert (topic.account, topic.region, other.region) == ("111122223333", "eu-west-1", "eu-central-1")


EXPECTED = {
    "tf-summarize": (3, 3),
    "firewall-rules-2": (6, 0),
    "firewall-rules-3": (6, 0),
    "instance_with_attachment_before_deploy": (1, 0),
    "plan_with_target": (1, 0),
    "drift_refresh_only": (1, 1),
    "moved_with_refresh_only": (1, 0),
    "drift_relevant_attributes": (1, 1),
    "plan-redacted": (1, 1),
}


@pytest.mark.skipif(not CORPUS, reason="COSTTUI_CORPUS is not set: the real plan files are not here")
@pytest.mark.parametrize(("name", "expected"), EXPECTED.items())
def test_real_plan_files_give_their_counts(name: str, expected: tuple[int, int]) -> None:
    reading = read(pathlib.Path(CORPUS or "") / "terraform" / f"{name}.json")
    judgement = judge(reading.findings, today=date(2026, 11, 24))
    assert (judgement.reported, judgement.real) == expected
    assert judgement.explained == judgement.reported - judgement.real
