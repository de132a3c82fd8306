"""Plan files by pattern: each is told apart from every other, and read once."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from costtui.config import Settings, parse
from costtui.domain.datasets import Batch, DriftReport
from costtui.panes.drift.unchecked import unchecked
from costtui.sources.files import TerraformPlans
from costtui.sources.port import Request
from tests.fakes.plans import TWO_DRIFTS

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def configured(folder: Path, *patterns: str) -> Settings:
    names = ", ".join(f"'{pattern}'" for pattern in patterns)
    return parse(f"[drift]\nterraform = [{names}]\n", name="config.toml", base=folder)


def reports(settings: Settings) -> list[DriftReport]:
    found = []
    for pattern in settings.drift.terraform:
        source = TerraformPlans(settings, pattern)
        for scope in source.scopes():
            for answer in source.fetch(Request(scope, NOW)):
                found += answer.records if isinstance(answer, Batch) else []
    return found


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(TWO_DRIFTS)


@pytest.mark.parametrize("patterns", [("*/plan.json",), ("a/plan.json", "b/plan.json"), ("**/plan.json",)])
def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path, patterns: tuple[str, ...]) -> None:
    write(tmp_path, "a/plan.json", "b/plan.json")
    found = reports(configured(tmp_path, *patterns))
    assert [report.coverage.scope for report in found] == ["a/plan.json", "b/plan.json"]
    ids = [finding.id for report in found for finding in report.findings]
    assert len(set(ids)) == len(ids) == 4


def test_a_name_of_its_own_is_enough(tmp_path: Path) -> None:
    write(tmp_path, "a/network.json", "b/app.json")
    assert [report.coverage.scope for report in reports(configured(tmp_path, "*/*.json"))] == ["network.json", "app.json"]


def test_a_file_that_two_patterns_name_is_read_once(tmp_path: Path) -> None:
    write(tmp_path, "plan.json", "other.json")
    found = reports(configured(tmp_path, "plan.json", "*.json"))
    assert sorted(report.coverage.scope for report in found) == ["other.json", "plan.json"]


def test_plans_in_s3_do_not_change_the_names_of_files(tmp_path: Path) -> None:
    write(tmp_path, "plan.json")
    settings = configured(tmp_path, "plan.json", "s3://bucket/plan.json")
    source = TerraformPlans(settings, "plan.json")
    (scope,) = source.scopes()
    answers = [answer for answer in source.fetch(Request(scope, NOW)) if isinstance(answer, Batch)]
    assert [report.coverage.scope for report in answers[0].records] == ["plan.json"]


def state(*names: str) -> str:
    resources = [{"mode": "managed", "type": "aws_instance", "name": name, "instances": [{"attributes": {}}]} for name in names]
    return json.dumps({"version": 4, "terraform_version": "1.11.4", "resources": resources})


@pytest.mark.parametrize(
    ("place", "names", "more"),
    [
        ("a/terraform.tfstate", ["web"], 0),
        ("a/terraform.tfstate", ["web", "other"], 1),
        ("b/terraform.tfstate", ["web"], 1),
    ],
)
def test_a_state_beside_its_plan_counts_only_what_the_plan_does_not_name(tmp_path: Path, place: str, names: list[str], more: int) -> None:
    write(tmp_path, "a/plan.json")
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_text(state(*names))
    found = reports(configured(tmp_path, "*/*"))
    (plan,) = [report for report in found if report.findings]
    assert unchecked(found) == plan.coverage.unchecked + more


def test_two_copies_of_a_state_count_once(tmp_path: Path) -> None:
    for name, managed in (("terraform.tfstate", ("a", "b")), ("terraform.tfstate.backup", ("a", "c"))):
        (tmp_path / name).write_text(state(*managed))
    assert unchecked(reports(configured(tmp_path, "*"))) == 3
