"""Sources that build on answers of every scope, and files that are not read twice."""

from pathlib import Path
from typing import Any

import pytest

from costtui.config import parse
from costtui.domain.datasets import Batch, DriftReport, Scope
from costtui.domain.drift.attribution import Attribution
from costtui.domain.drift.records import DriftCoverage, DriftFinding
from costtui.domain.problems import SourceError
from costtui.sources import terraform
from costtui.sources.files import TerraformPlans
from costtui.store import Store
from tests.conftest import NOW
from tests.fakes.source import DENIED, FakeSource
from tests.unit.test_pane_fetch import EU, US, Desk


class Everywhere(FakeSource):
    across = ("cloudformation-drift", "terraform-drift")


def report(name: str) -> DriftReport:
    finding = DriftFinding("terraform", name, "aws_x.y", "aws_x", name, "1", "us-east-1", "deleted")
    return DriftReport([finding], DriftCoverage(name, 1, 0))


def attribution(name: str) -> Attribution:
    return Attribution("1", "us-east-1", name, NOW, note="nobody")


def test_an_overview_is_asked_last_and_given_all_scopes(store: Store) -> None:
    who = Everywhere(lambda _: [Batch([attribution("us-east-1")])], "attributions", name="trail")
    stacks = FakeSource(lambda request: [Batch([report(request.scope.region)])], "cloudformation-drift", name="cfn", scopes=[US, EU])
    plan = FakeSource(lambda _: [Batch([report("plan")])], "terraform-drift", name="tf", scopes=[Scope("plan.json")])
    data = Desk(store, who, stacks, plan, name="drift").ask()
    found = {name: [one.coverage.scope for one in reports] for name, reports in who.asked[0].inputs.items()}
    assert found == {"cloudformation-drift": ["eu-west-1", "us-east-1"], "terraform-drift": ["plan"]}
    notes = {row.scope: row.changed_note for row in data.rows}
    assert notes == {"us-east-1": "nobody", "eu-west-1": "not looked up", "plan": "not looked up"}


def test_an_overview_is_asked_although_a_part_failed_and_is_told_what_it_said_before(store: Store) -> None:
    who = Everywhere(lambda request: [Batch([*request.known(), attribution("more")])], "attributions", name="trail")
    stacks = FakeSource(lambda _: [SourceError(DENIED)], "cloudformation-drift", name="cfn")
    desk = Desk(store, who, stacks, name="drift")
    desk.ask()
    desk.ask()
    assert [len(request.known()) for request in who.asked] == [0, 2], "nothing was known; then what was stored, read when called"
    assert who.asked[0].inputs == {"cloudformation-drift": [], "terraform-drift": []}


class Reads:
    """Counts how often a plan is read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count, self._read = 0, terraform.read
        monkeypatch.setattr(terraform, "read", self)

    def __call__(self, path: Path, *more: Any) -> terraform.TerraformReading:
        self.count += 1
        return self._read(path, *more)


def test_a_plan_is_read_again_only_when_its_file_changed(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads, plan = Reads(monkeypatch), tmp_path / "plan.json"
    plan.write_text('{"format_version": "1.2", "resource_drift": []}')
    desk = Desk(store, TerraformPlans(parse("", name="config.toml", base=tmp_path), "plan.json"), name="drift")
    desk.ask()
    data = desk.ask(refresh=True)
    assert (reads.count, data.sources[0].detail) == (1, "terraform of an unknown version, refresh-only")
    plan.write_text('{"format_version": "1.2", "resource_drift": [], "terraform_version": "1.11.4"}')
    data = desk.ask()
    assert (reads.count, data.sources[0].detail) == (2, "terraform 1.11.4, refresh-only")
