"""How each value came about, and what the detail and documents say of money, work and guardrails."""

from datetime import UTC, datetime
from typing import Any

import pytest

from costtui.domain.drift.attribution import Actor, Attribution
from costtui.domain.drift.price_inputs import inputs
from costtui.domain.drift.records import DriftFinding, DriftRow
from costtui.domain.drift.severity.meanings import RULES
from costtui.panes import pane
from costtui.panes.spec import Detail
from tests.unit.drift.drift_findings import finding
from tests.unit.drift.test_drift_pane import built, section, shown
from tests.unit.drift.test_drift_severity import CASES

DRIFT = pane("drift")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RESIZED = finding("aws_instance", ("/instance_type", "m5.large", "m5.4xlarge"))
OPENED = finding(
    "aws_security_group", ("/ingress/1", None, {"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0"]})
)
NOISE = finding("aws_lb", ("/tags", None, {}), ("/subnet_ids", ["a", "b"], ["b", "a"]))


def explained(found: DriftFinding, column: str, **more: Any) -> Detail:
    data = built(found, **more)
    return DRIFT.explain(data.rows[0], column, data)


def facts(detail: Detail) -> dict[str, str]:
    return dict(detail.facts)


def row(found: DriftFinding) -> DriftRow:
    return built(found).rows[0]


def test_money_names_both_sides_the_rates_the_source_and_the_day() -> None:
    told = explained(RESIZED, "monthly_delta")
    assert shown(section(told, "Price, $ a month")) == [
        ("declared", "m5.large, 0.096 $/h × 730 h", "70.08"),
        ("actual", "m5.4xlarge, 0.768 $/h × 730 h", "560.64"),
        ("difference", "actual − declared", "+490.56"),
    ]
    assert "ec2_hour" in facts(told)["Source"]
    assert "2026-10-01" in facts(told)["Source"]
    assert facts(told)["$ a month"] == "+490.56 = actual − declared"


VOLUME = {"VolumeType": "gp3", "Size": 40, "Iops": 3000, "Throughput": 125}
TERMS: list[tuple[DriftFinding, list[tuple[str, str, str]]]] = [
    (
        finding("AWS::EC2::Volume", ("/Iops", 3000, 4000), context=inputs("AWS::EC2::Volume", VOLUME)),
        [
            ("declared", "gp3 40 GB × 0.08 $", "3.20"),
            ("actual", "gp3 40 GB × 0.08 $", "3.20"),
            ("actual", "1000 IOPS above 3,000 × 0.005 $", "5.00"),
            ("actual", "together", "8.20"),
            ("difference", "actual − declared", "+5.00"),
        ],
    ),
    (
        finding("aws_instance", status="deleted", context={"/instance_type": '"m5.large"'}),
        [
            ("declared", "m5.large, 0.096 $/h × 730 h", "70.08"),
            ("actual", "nothing to pay for", "0.00"),
            ("difference", "actual − declared", "−70.08"),
        ],
    ),
    (
        finding("aws_db_instance", ("/multi_az", False, True), context={"/instance_class": '"db.t3.large"', "/engine": '"mysql"'}),
        [
            ("declared", "db.t3.large mysql, 0.136 $/h × 730 h", "99.28"),
            ("actual", "db.t3.large mysql, Multi-AZ, 0.136 $/h × 730 h × 2", "198.56"),
            ("difference", "actual − declared", "+99.28"),
        ],
    ),
]


@pytest.mark.parametrize(("found", "lines"), TERMS)
def test_each_term_of_a_price_is_a_line(found: DriftFinding, lines: list[tuple[str, str, str]]) -> None:
    assert shown(section(explained(found, "monthly_delta"), "Price, $ a month")) == lines


@pytest.mark.parametrize("size", ["NaN", "Infinity", "1e999999", "many"])
def test_a_size_that_is_no_number_is_unpriced(size: str) -> None:
    told = row(finding("AWS::EC2::Volume", ("/Size", "40", size), context=inputs("AWS::EC2::Volume", VOLUME)))
    assert (told.monthly_delta, (told.price_basis or "")[:10]) == (None, "unpriced: ")


def test_what_has_no_price_says_why() -> None:
    told = explained(finding("aws_instance", ("/instance_type", "m5.large", "m99.huge")), "monthly_delta")
    assert facts(told) == {"$ a month": "?", "Why": "unpriced: no list price for m99.huge in us-east-1"}
    assert facts(explained(OPENED, "monthly_delta"))["$ a month"] == "–"


@pytest.mark.parametrize(
    ("found", "decided"),
    [
        (RESIZED, "money, +490.56 $ a month: "),
        (OPENED, "/ingress/1, rule open-to-the-world: the whole internet reaches it"),
        (finding("aws_sqs_queue", status="deleted"), "status deleted: what is declared is gone"),
        (finding("aws_sqs_queue", ("/tags/a", "1", "2"), ("/delay_seconds", 0, 5)), "/delay_seconds, rule declared"),
    ],
)
def test_severity_names_what_decided_it(found: DriftFinding, decided: str) -> None:
    assert facts(explained(found, "severity"))["Decided by"].startswith(decided)


def test_an_explained_drift_names_the_rule_of_each_property() -> None:
    told = explained(NOISE, "severity")
    assert shown(section(told, "Explained")) == [
        ("", "/tags", "noise", "N1", "null, an empty text, list and map are the same"),
        ("", "/subnet_ids", "noise", "N4", "the same set in another order"),
    ]
    assert facts(told)["Tier"].startswith("noise: ")


def test_who_names_the_call_the_time_and_the_client() -> None:
    actor = Actor("maria", NOW, "console", "AuthorizeSecurityGroupIngress", "e-1", "Mozilla/5.0 (X11)")
    known = [Attribution("111122223333", "us-east-1", "id-1", NOW, actor)]
    told = facts(explained(OPENED, "changed_by", attributions=known))
    assert (told["Who"], told["When"], told["Call"]) == ("maria", "2026-11-20 12:00 UTC", "AuthorizeSecurityGroupIngress")
    assert told["Client"] == "Mozilla/5.0 (X11)"
    assert facts(explained(OPENED, "changed_by"))["Who"] == "not looked up"


@pytest.mark.parametrize("column", [column.id for column in DRIFT.columns])
@pytest.mark.parametrize("found", [RESIZED, OPENED, NOISE, finding("aws_x", status="unknown", counted=False, reason="Rate exceeded")])
def test_every_value_of_every_row_says_how_it_came_about(found: DriftFinding, column: str) -> None:
    told = explained(found, column)
    assert told.facts
    assert found.address in told.title


def test_the_lines_of_a_detail_that_hold_a_number_or_a_judgement_can_be_explained() -> None:
    data = built(RESIZED, settings="[drift]\nremediation_usd_per_resource = '100'")
    detail = DRIFT.detail(data.rows[0], data)
    for title in ("Differences", "Price, $ a month", "Work, USD", "Could have been stopped by"):
        why = section(detail, title).lines[0].why
        assert why is not None, title
        assert why().facts


def test_work_is_an_assumption_apart_from_the_money_of_the_cloud() -> None:
    data = built(RESIZED, OPENED, NOISE, settings="[drift]\nremediation_usd_per_resource = '100'")
    totals = DRIFT.document_totals(data.totals)
    assert (totals["monthly_delta"], totals["assumed_remediation_usd"], totals["assumed_remediation_usd_per_resource"]) == (
        "490.56",
        "200",
        "100",
    )
    assert shown(section(DRIFT.detail(data.rows[0], data), "Work, USD"))[0][2] == "100.00"


def test_no_work_is_assumed_where_nothing_is_configured() -> None:
    data = built(RESIZED)
    assert DRIFT.document_totals(data.totals)["assumed_remediation_usd"] is None
    assert "Work, USD" not in [part.title for part in DRIFT.detail(data.rows[0], data).sections]


def test_the_footer_counts_real_explained_and_ignored_and_the_guardrails() -> None:
    data = built(RESIZED, OPENED, NOISE)
    footer = DRIFT.footer(data.totals, data.rows)
    assert footer.startswith("3 reported → 2 real (1 explained) · 0 ignored · 3 of 7 checked · +490.56 $/mo")
    assert footer.endswith("guardrails 0 checked, 2 unchecked, 0 unsupported")
    assert DRIFT.headline(data.totals) == "2 real, 1 critical, +491/mo"


@pytest.mark.parametrize(("type_", "path", "expected", "actual", "severity"), CASES)
def test_every_rule_that_judges_has_its_meaning(type_: str, path: str, expected: Any, actual: Any, severity: str) -> None:
    judged = built(finding(type_, (path, expected, actual)), settings="[drift]\nrequired_tags = ['owner']").rows[0]
    assert severity in RULES[judged.differences[0].rule]
