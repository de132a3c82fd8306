"""Who changed the rows on the screen: asked row by row, in their own account and region, and answered even where nobody is found."""

from datetime import timedelta
from typing import Any

import pytest

from costtui.domain.datasets import Account, Batch, DriftReport
from costtui.domain.drift.attribution import Attribution
from costtui.domain.drift.records import NO_EVENT, Difference, DriftCoverage, DriftFinding
from costtui.domain.problems import Problem
from costtui.panes import pane
from costtui.panes.drift import asking
from costtui.panes.drift.actors import NOT_LOOKED_UP
from costtui.sources.demo import DEMO_NOW
from costtui.sources.demo.faults import CloudError
from costtui.sources.port import Request
from tests.fakes.aws_account import Here
from tests.fakes.demo import PROD

pytestmark = pytest.mark.filterwarnings("ignore:.*does not match an error shape")


def finding(name: str, scope: str = "shop", *, account: str = PROD, region: str = "us-east-1", resource: str = "") -> DriftFinding:
    change = Difference("/MemorySize", "512", "3008", "change")
    kind = "AWS::Lambda::Function"
    checked = DEMO_NOW - timedelta(hours=1)
    return DriftFinding("cloudformation", scope, name, kind, resource or name, account, region, "drifted", [change], last_checked=checked)


def ask(here: Here, findings: list[DriftFinding], *subjects: str, **more: Any) -> tuple[list[Attribution], list[Problem]]:
    source = here.sources["row-attributions"]
    inputs: dict[str, list[Any]] = {
        "accounts": [Account(PROD, PROD)],
        "cloudformation-drift": [DriftReport(findings, DriftCoverage("shop", 1, 0))],
    }
    items = list(source.fetch(Request(source.scopes()[0], DEMO_NOW, inputs=inputs, subjects=subjects, **more)))
    found = [record for item in items if isinstance(item, Batch) for record in item.records]
    return found, [item for item in items if isinstance(item, Problem)]


def test_only_the_rows_that_are_asked_about_are_looked_up(here: Here) -> None:
    raised, other = finding("Fn", resource="checkout-authorize"), finding("Other")
    (entry,), _ = ask(here, [raised, other], raised.id)
    assert (entry.subject, entry.actor and entry.actor.who, entry.actor and entry.actor.via) == (raised.id, "maria", "console")
    assert here.wire.count("LookupEvents") == 1


def test_a_row_that_nobody_changed_is_answered_too(here: Here) -> None:
    (entry,), _ = ask(here, [finding("Quiet")], finding("Quiet").id)
    assert (entry.subject, entry.actor, entry.note) == ("cloudformation/shop/Quiet", None, NO_EVENT)


def test_two_rows_of_one_resource_share_one_question(here: Here) -> None:
    one, other = finding("A", "shop", resource="r"), finding("B", "plan", resource="r")
    found, _ = ask(here, [one, other], one.id, other.id)
    assert [entry.subject for entry in found] == [one.id, other.id]
    assert here.wire.count("LookupEvents") == 1


def test_rows_of_other_accounts_and_regions_are_left_to_their_own_trails(here: Here) -> None:
    elsewhere = [finding("A", account="999988887777"), finding("B", region="eu-west-1")]
    assert ask(here, elsewhere, *(one.id for one in elsewhere)) == ([], [])
    assert here.wire == []


def test_throttled_is_a_problem_and_what_was_answered_stays(here: Here) -> None:
    calls = {"n": 0}

    def lookup(_: dict[str, Any]) -> dict[str, Any]:
        calls["n"] += 1
        if calls["n"] > 1:
            raise CloudError("ThrottlingException", "Rate exceeded")
        return {"Events": []}

    here.say("cloudtrail", "LookupEvents", lookup)
    rows = [finding("A"), finding("B"), finding("C")]
    found, problems = ask(here, rows, *(row.id for row in rows))
    assert [entry.resource for entry in found] == ["A"]
    assert [problem.kind for problem in problems] == ["throttled"]


def test_esc_stops_between_two_rows(here: Here) -> None:
    seen: list[str] = []
    rows = [finding("A"), finding("B")]
    found, _ = ask(here, rows, *(row.id for row in rows), progress=lambda doing, *_: seen.append(doing), cancelled=lambda: bool(seen))
    assert [entry.resource for entry in found] == ["A"]


def test_the_pane_asks_for_rows_that_lack_an_actor_and_only_for_those() -> None:
    from datetime import date

    import msgspec

    from costtui.domain.drift.judge import judge

    (row,) = judge([finding("Fn")], today=date(2026, 11, 24)).rows
    lacking = msgspec.structs.replace(row, changed_note=NOT_LOOKED_UP)
    assert asking.actor(lacking) == row.id
    for known in (
        msgspec.structs.replace(lacking, changed_note=NO_EVENT),
        msgspec.structs.replace(lacking, source="azure-policy"),
        msgspec.structs.replace(lacking, tier="noise"),
        msgspec.structs.replace(lacking, status="unknown"),
        msgspec.structs.replace(lacking, physical_id=None),
    ):
        assert asking.actor(known) is None
    assert asking.stack(row) == f"{PROD}/us-east-1/shop"
    assert asking.resource(row) == f"{PROD}/us-east-1/shop/Fn"
    assert asking.resource(msgspec.structs.replace(row, address="shop")) is None
    assert asking.stack(msgspec.structs.replace(row, source="terraform")) is None
    spec = pane("drift")
    assert [action.subject(lacking) for action in spec.on_screen] == [row.id]
    assert {action.dataset for action in spec.actions} <= set(spec.needs)
