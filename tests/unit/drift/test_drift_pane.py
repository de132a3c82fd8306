"""The drift pane: who, why not, what differs, and what to type, in words."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from costtui.config import parse
from costtui.domain.datasets import DriftReport
from costtui.domain.drift.attribution import Actor, Attribution
from costtui.domain.drift.records import NO_EVENT, ConfigRule, Differences, DriftCoverage, DriftFinding, DriftRow, DriftTotals
from costtui.domain.loaded import PaneData, SourceState
from costtui.domain.period import resolve
from costtui.panes import pane
from costtui.panes.inputs import Inputs
from costtui.panes.spec import Detail, Section
from tests.unit.drift.drift_findings import finding

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DRIFT = pane("drift")
MARIA = Actor("maria", NOW, "console", "AuthorizeSecurityGroupIngress")
WORLD = {"protocol": "tcp", "from_port": 5432, "to_port": 5432, "cidr_blocks": ["0.0.0.0/0"], "prefix_list_ids": []}
Data = PaneData[DriftRow, DriftTotals]


def built(*findings: DriftFinding, settings: str = "", sources: tuple[str, ...] = (), **records: Any) -> Data:
    report = DriftReport(list(findings), DriftCoverage("s", 3, 4, 1))
    told = {"cloudformation-drift": [report], **{name.replace("_", "-"): found for name, found in records.items()}}
    states = [SourceState(name, "fresh", NOW) for name in sources]
    inputs = Inputs(resolve("7d", NOW), NOW, parse(settings, name="config.toml", base=Path()), told, states, [])
    data: Data = DRIFT.build(inputs)
    return data


def text(row: DriftRow, column: str) -> str:
    found = DRIFT.column(column)
    assert found is not None
    return found.text(row)


def section(detail: Detail, title: str) -> Section:
    return next(one for one in detail.sections if one.title == title)


def shown(part: Section) -> list[tuple[str, ...]]:
    return [line.cells for line in part.lines]


def entry(resource: str = "id-1", actor: Actor | None = MARIA, note: str = "", **where: str) -> Attribution:
    return Attribution(where.get("account", "111122223333"), where.get("region", "us-east-1"), resource, NOW, actor, note)


def test_the_actor_of_a_row_is_that_of_its_own_account_region_and_resource() -> None:
    strangers = [entry("other"), entry(region="eu-west-1"), entry(account="444455556666")]
    (row,) = built(finding("aws_x", ("/a", 1, 2)), attributions=[*strangers]).rows
    assert (row.changed_by, row.changed_note, text(row, "changed_by")) == (None, "not looked up", "?")
    (row,) = built(finding("aws_x", ("/a", 1, 2)), attributions=[*strangers, entry()]).rows
    assert (row.changed_by, row.changed_at, row.changed_via) == ("maria", NOW, "console")
    assert dict(DRIFT.detail(row, built()).facts)["Who"] == "maria, console, 2026-11-20 12:00 UTC: AuthorizeSecurityGroupIngress"


def test_silence_of_the_trail_is_said_and_is_nobody_in_documents() -> None:
    (row,) = built(finding("aws_x", ("/a", 1, 2)), attributions=[entry(actor=None, note=NO_EVENT)]).rows
    assert (text(row, "changed_by"), DRIFT.document_row(row)["changed_by"]) == ("no event 90 d", None)
    assert dict(DRIFT.detail(row, built()).facts)["Who"] == "no event in 90 days here"


def test_a_global_resource_is_looked_for_in_the_trail_of_us_east_1() -> None:
    (row,) = built(finding("aws_iam_role", ("/path", "/", "/x"), region=None), attributions=[entry()]).rows
    assert row.changed_by == "maria"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("/tags", None, {}), "N1 null, an empty text, list and map are the same"),
        (("/subnet_ids", ["a", "b"], ["b", "a"]), "N4 the same set in another order"),
        (("/ports", "30", 30), "N5 the same number or DNS name, written differently"),
    ],
)
def test_an_explained_drift_names_its_rule_and_what_it_means(change: Any, words: str) -> None:
    (row,) = built(finding("aws_lb", change)).rows
    assert (DRIFT.hidden(row), text(row, "what")) == (True, words)


IGNORE = "[[drift.ignore]]\nmatch = 'aws_x.x:a'\nreason = 'autoscaled'\n"


def test_an_ignored_drift_names_its_reason_and_its_end() -> None:
    (row,) = built(finding("aws_x", ("/a", 1, 2)), settings=IGNORE + "expires = 2027-06-30").rows
    assert text(row, "what") == "ignored until 2027-06-30: autoscaled"
    (row,) = built(finding("aws_x", ("/a", 1, 2)), settings=IGNORE).rows
    assert text(row, "what") == "ignored: autoscaled"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (IGNORE.replace("aws_x", "aws_y"), 'the ignore "aws_y.x:a" matches nothing'),
        (IGNORE + "expires = 2026-11-19", 'the ignore "aws_x.x:a" expired on 2026-11-19, its drifts are shown again'),
    ],
)
def test_an_ignore_that_is_of_no_use_is_a_warning(settings: str, words: str) -> None:
    data = built(finding("aws_x", ("/a", 1, 2)), settings=settings)
    assert [(problem.kind, problem.what) for problem in data.problems] == [("warning", words)]
    assert (data.totals.real, data.totals.ignored) == (1, 0)


def test_explained_rows_stand_under_their_rule() -> None:
    noise = [("/tags", None, {}), ("/subnet_ids", ["a", "b"], ["b", "a"])] * 2
    rows = built(*(finding("aws_lb", change, address=f"aws_lb.n{number}") for number, change in enumerate(noise))).rows
    assert [(text(row, "what")[:2], row.address[-1]) for row in rows] == [("N1", "0"), ("N1", "2"), ("N4", "1"), ("N4", "3")]


def test_the_footer_parts_checked_unchecked_and_unsupported() -> None:
    data = built()
    assert "3 of 7 checked · 1 unsupported" in DRIFT.footer(data.totals, data.rows)


def test_only_what_differs_in_a_document_is_laid_out_side_by_side() -> None:
    was = {"Version": "1", "A": 1, "B": {"x": 1, "y": [1, 2]}, "C": 1, "D": 1, "E": 1, "Z": "end"}
    now = {**was, "B": {"x": 1, "y": [1, 3]}, "Z": "over"}
    (row,) = built(finding("aws_x", ("/doc", was, now))).rows
    assert shown(section(DRIFT.detail(row, built()), "/doc")) == [
        ("", "      1,", "      1,"),
        ("≠", "      2", "      3"),
        ("", "    ]", "    ]"),
        ("", "⋮", "⋮"),
        ("", '  "Version": "1",', '  "Version": "1",'),
        ("≠", '  "Z": "end"', '  "Z": "over"'),
        ("", "}", "}"),
    ]


def test_the_whole_document_is_behind_the_line() -> None:
    (row,) = built(finding("aws_x", ("/doc", json.dumps({"a": 1, "b": 2}), json.dumps({"a": 1, "b": 3})))).rows
    behind = section(DRIFT.detail(row, built()), "Differences").lines[0].behind
    assert behind is not None
    assert shown(behind().sections[0]) == [
        ("", "{", "{"),
        ("", '  "a": 1,', '  "a": 1,'),
        ("≠", '  "b": 2', '  "b": 3'),
        ("", "}", "}"),
    ]


def test_an_element_that_came_is_laid_out_without_what_is_empty_in_it() -> None:
    (row,) = built(finding("aws_security_group", ("/ingress/1", None, WORLD))).rows
    detail = DRIFT.detail(row, built())
    assert shown(section(detail, "Differences")) == [("/ingress/1", "–", "0.0.0.0/0 tcp 5432", "security open-to-the-world")]
    told = [actual for _, _, actual in shown(section(detail, "/ingress/1"))]
    assert '  "protocol": "tcp",' in told
    assert not any("prefix_list_ids" in line for line in told)


def test_a_secret_is_no_document_to_lay_out() -> None:
    data = built(finding("aws_x", ("/doc", 1, 2)))
    one = msgspec.structs.replace(data.rows[0].differences[0], expected=None, actual=None, redacted=True)
    row = msgspec.structs.replace(data.rows[0], told=Differences.of([one]), what="")
    detail = DRIFT.detail(row, data)
    assert shown(section(detail, "Differences"))[0][1:3] == ("secret, changed", "secret, changed")


COMMANDS = [
    (finding("aws_x", ("/a", 1, 2)), "To revert", ["terraform apply -target=aws_x.x"]),
    (
        finding("aws_x", ("/a", 1, 2), address='module.m["a b"].aws_x.x[0]'),
        "To accept",
        ["terraform apply -refresh-only '-target=module.m[\"a b\"].aws_x.x[0]'"],
    ),
    (
        finding("AWS::SQS::Queue", ("/DelaySeconds", 1, 2), address="Q"),
        "To revert",
        [
            "aws cloudformation create-change-set --stack-name s \\",
            "  --change-set-name costtui-revert-drift --deployment-mode REVERT_DRIFT \\",
            "  --use-previous-template --capabilities CAPABILITY_NAMED_IAM \\",
            "  --region us-east-1",
            "aws cloudformation describe-change-set --stack-name s \\",
            "  --change-set-name costtui-revert-drift --region us-east-1",
            "aws cloudformation execute-change-set --stack-name s \\",
            "  --change-set-name costtui-revert-drift --region us-east-1",
        ],
    ),
    (
        finding("AWS::SQS::Queue", address="Q", status="unknown", counted=False),
        "To check again",
        ["aws cloudformation detect-stack-drift --stack-name s --region us-east-1"],
    ),
]


@pytest.mark.parametrize(("found", "title", "commands"), COMMANDS)
def test_the_exact_command_is_there_to_copy(found: DriftFinding, title: str, commands: list[str]) -> None:
    (row,) = built(found).rows
    assert [line for (line,) in shown(section(DRIFT.detail(row, built()), title))] == commands


def test_apply_is_not_offered_where_it_would_change_nothing() -> None:
    (row,) = built(finding("aws_x", ("/a", 1, 2), reason="apply will not revert it: not in the code")).rows
    revert = section(DRIFT.detail(row, built()), "To revert")
    assert (revert.lines, revert.note) == ((), "terraform apply will not revert it: not in the code.")


def test_noise_asks_for_no_command_and_no_guardrail() -> None:
    (row,) = built(finding("aws_x", ("/tags", None, {}))).rows
    assert [part.title for part in DRIFT.detail(row, built()).sections] == ["Explained, not drift"]


def test_guardrails_are_there_not_there_or_not_checked() -> None:
    opened = finding("aws_security_group", ("/ingress/1", None, WORLD))
    title = "Could have been stopped by"
    data = built(opened, config_rules=[ConfigRule("r", "RESTRICTED_INCOMING_TRAFFIC", "1", "us-east-1")], sources=("aws.config",))
    found = {check: word for _, check, _, word in shown(section(DRIFT.detail(data.rows[0], data), title))}
    assert found["RESTRICTED_INCOMING_TRAFFIC"] == "there"
    assert found["VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS"] == "not there"
    assert found["ec2:AuthorizeSecurityGroupIngress"] == "not checked"
    data = built(opened)
    assert {word for *_, word in shown(section(DRIFT.detail(data.rows[0], data), title))} == {"not checked"}


def test_identical_changes_are_named_together() -> None:
    alike = [finding("aws_x", ("/a", 1, 2), address=f"aws_x.n{number}") for number in range(25)]
    other = [finding("aws_x", ("/a", 1, 3), address="aws_x.other"), finding("aws_y", ("/a", 1, 2), address="aws_y.other")]
    data = built(*alike, *other)
    row = next(row for row in data.rows if row.address == "aws_x.n0")
    part = section(DRIFT.detail(row, data), "Changed in the same way: 24 more")
    assert (len(part.lines), part.note) == (20, "and 4 more")
    assert not any("other" in cells[0] for cells in shown(part))


def test_a_rule_of_config_that_is_broken_is_told_in_its_own_words() -> None:
    broken = finding("AWS::S3::Bucket", status="noncompliant", reason="no versioning", source="aws-config")
    (row,) = built(broken).rows
    assert (row.severity, text(row, "what"), DRIFT.document_row(row)["status"]) == ("medium", "no versioning", "noncompliant")
