"""A large plan file: how far it is, and Esc in every part of reading it."""

import json
from pathlib import Path

import pytest

from costtui.config import parse
from costtui.domain.datasets import Batch
from costtui.domain.problems import SourceError
from costtui.sources.demo import DEMO_NOW
from costtui.sources.files import TerraformPlans
from costtui.sources.port import Request

ENTRIES = 1_000


@pytest.fixture
def plan(tmp_path: Path) -> TerraformPlans:
    change = {"actions": ["delete"], "before": {"id": "1"}, "after": None}
    drift = [
        {"address": f"aws_x.y[{number}]", "mode": "managed", "type": "aws_x", "name": "y", "index": number, "change": change}
        for number in range(ENTRIES)
    ]
    document = {"format_version": "1.2", "resource_drift": drift, "padding": "x" * 20_000_000}
    (tmp_path / "plan.json").write_text(json.dumps(document), encoding="utf-8")
    return TerraformPlans(parse('[drift]\nterraform = ["plan.json"]', name="config.toml", base=tmp_path), "plan.json")


def test_it_says_what_and_how_far(plan: TerraformPlans) -> None:
    told: list[tuple[str, int, int]] = []
    (batch,) = plan.fetch(Request(plan.scopes()[0], DEMO_NOW, progress=lambda *what: told.append(what)))
    assert isinstance(batch, Batch)
    assert len(batch.records[0].findings) == ENTRIES
    assert [what for what in told if what[0] == "reading plan.json, in MB"] == [
        ("reading plan.json, in MB", done, 20) for done in (8, 16, 20)
    ]
    compared = [what for what in told if what[0] == "comparing drifted resources"]
    assert compared == [("comparing drifted resources", number, ENTRIES) for number in range(0, ENTRIES, 200)]


@pytest.mark.parametrize("after", [1, 3, 4, 6])
def test_esc_stops_it_wherever_it_is(plan: TerraformPlans, after: int) -> None:
    told: list[tuple[str, int, int]] = []
    request = Request(plan.scopes()[0], DEMO_NOW, progress=lambda *what: told.append(what), cancelled=lambda: len(told) >= after)
    with pytest.raises(SourceError) as caught:
        list(plan.fetch(request))
    assert caught.value.problem.kind == "stopped"
    assert len(told) == after
