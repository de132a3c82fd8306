"""What every pane must do, whichever panes there are."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from costtui.config import Settings, parse
from costtui.domain.customers.records import Customer, LedgerLine, UsagePoint
from costtui.domain.datasets import DATASETS, Account, DriftReport, ResourceTags
from costtui.domain.drift.records import Difference, DriftCoverage, DriftFinding
from costtui.domain.filters import haystack, ordered
from costtui.domain.filters import parse as parse_filter
from costtui.domain.functions.records import Function, UsageDay
from costtui.domain.loaded import PaidCalls, PaneData, SourceState
from costtui.domain.period import resolve
from costtui.domain.problems import Problem
from costtui.export.document import Part, detail_document, show_document
from costtui.export.formats import WRITERS, to_detail, to_table
from costtui.panes import pane, panes
from costtui.panes.inputs import Inputs
from costtui.panes.spec import Detail, PaneSpec
from tests.conftest import NOW

HOSTILE = "[bold]x[/] \x1b[31m\u202e缩略图\u009b2J"
WINDOW = resolve("7d", NOW)
DAY = WINDOW.start
ARN = "arn:aws:lambda:us-east-1:111122223333:function:"
SETTINGS = parse("[customers]\ntag = 'customer'", name="c", base=Path())
PLAIN = "plain"


def records(name: str) -> dict[str, list[Any]]:
    """One or two of everything, all called `name`, with as much left unknown as a source may leave."""
    finding = DriftFinding(
        "cloudformation", name, name, name, name, "1", name, "drifted", [Difference("/" + name, f'"{name}"', None, "remove")]
    )
    unknown = DriftFinding("terraform", name, name + "2", name, None, None, None, "unknown", reason=name)
    return {
        "accounts": [Account("111122223333", name)],
        "functions": [
            Function(ARN + name, name, "111122223333", "us-east-1", None, "arm64", 128, 512, "Image", None),
            Function(ARN + "used", "used", "111122223333", "us-east-1", name, "x86_64", 512, 512, "Zip", NOW),
            Function(ARN + "odd", "odd", "9", "mars-1", None, "arm64", 128, 512, "Zip", None, kind="managed-instances"),
        ],
        "resource-tags": [ResourceTags(ARN + name, {name: name, "team": name})],
        "function-usage": [UsageDay(ARN + "used", DAY, 10, Decimal("1234.5"), 1, 0), UsageDay(ARN + "odd", DAY, 0, None)],
        "cloudformation-drift": [DriftReport([finding], DriftCoverage(name, 1, 2))],
        "terraform-drift": [DriftReport([unknown], DriftCoverage(name, 0, 1))],
        "bill": [
            LedgerLine(DAY, name, name, "Usage", "USD", Decimal(3), Decimal("2.5")),
            LedgerLine(DAY, "", name, "Usage", "USD", Decimal(1), Decimal(1)),
            LedgerLine(DAY, "", "", "Credit", "USD", Decimal(-9), Decimal(-9)),
        ],
        "customer-usage": [UsagePoint(DAY, name, "requests", Decimal(7))],
        "directory": [Customer(name, name), Customer("paying", "", "pro", Decimal(100))],
    }


def built(spec: PaneSpec[Any, Any], having: dict[str, list[Any]], settings: Settings = SETTINGS) -> PaneData[Any, Any]:
    sources = [SourceState("aws.x", "fresh", NOW), SourceState("y", "failed", None, HOSTILE)]
    inputs = Inputs(
        WINDOW, NOW, settings, {need: having.get(need, []) for need in spec.needs}, sources, [Problem("failed", "y", HOSTILE, "wait")]
    )
    return spec.build(inputs)


CASES: dict[str, Callable[[PaneSpec[Any, Any]], PaneData[Any, Any]]] = {
    "plain": lambda spec: built(spec, records(PLAIN)),
    "hostile": lambda spec: built(spec, records(HOSTILE)),
    "empty": lambda spec: built(spec, {}),
    "half": lambda spec: built(spec, {name: some for name, some in records(PLAIN).items() if DATASETS[name].makes_rows}, Settings()),
}


@pytest.fixture(params=[spec.id for spec in panes()])
def spec(request: pytest.FixtureRequest) -> PaneSpec[Any, Any]:
    return pane(request.param)


@pytest.fixture(params=CASES)
def data(request: pytest.FixtureRequest, spec: PaneSpec[Any, Any]) -> PaneData[Any, Any]:
    return CASES[request.param](spec)


CONTRACT = {
    "functions": """
        arn name account account_name team environment region runtime architecture memory_mb ephemeral_mb package_type last_modified
        invocations errors throttles duration_avg_ms duration_p95_ms billed_gb_seconds cold_start_share max_memory_used_mb cost
        recommendation stack drift_ids tags
    """,
    "drift": """
        id source scope address type physical_id account account_name team environment region status tier severity differences
        monthly_delta price_basis changed_by changed_at changed_via last_checked
    """,
    "customers": """
        id name plan segment owner_team direct shared total currency revenue margin margin_pct usage unit_cost trend_pct share_pct
        estimated flags
    """,
}
NESTED = {
    "cost": "requests duration init ephemeral provisioned other total currency basis",
    "recommendation": "memory_mb architecture monthly_saving confidence method reason",
    "differences": "path expected actual op class rule redacted",
}
TOTALS = {
    "functions": "functions cost monthly_saving currency",
    "drift": "reported real explained checked unchecked monthly_delta currency",
    "customers": "billed rows invoiced residual",
}
MORE = {"drift": {"reason", "changed_event", "construct", "secrets", "history", "history_note", "price_terms"}}
"""Keys that a document has beyond the contract's list."""


def test_the_contracts_three_panes_are_there_with_their_keys() -> None:
    found = {spec.id: spec.key for spec in panes()}
    assert found.items() >= {"functions": "1", "drift": "2", "customers": "3"}.items()
    assert list(found.values()) == sorted(set(found.values()))


def test_a_pane_names_datasets_and_a_column_to_sort_by(spec: PaneSpec[Any, Any]) -> None:
    assert set(spec.needs) <= set(DATASETS)
    assert spec.column(spec.sort.removeprefix("-")) is not None
    ids = [column.id for column in spec.columns]
    assert len(ids) == len(set(ids))
    assert sum(column.grows for column in spec.columns) <= 1
    assert spec.basis


def test_document_rows_have_exactly_the_contracts_keys(spec: PaneSpec[Any, Any], data: PaneData[Any, Any]) -> None:
    wanted = CONTRACT[spec.id].split()
    for row in data.rows:
        document = spec.document_row(row)
        assert [key for key in document if key not in MORE.get(spec.id, ())] == wanted
        for key, names in NESTED.items():
            for below in [document[key]] if isinstance(document.get(key), dict) else document.get(key) or []:
                assert list(below) == names.split()
    assert set(spec.document_totals(data.totals)) >= set(TOTALS[spec.id].split())


def test_every_column_is_a_field_of_the_document(spec: PaneSpec[Any, Any]) -> None:
    (row, *_) = CASES["plain"](spec).rows
    document = spec.document_row(row)
    inside = {name for key, names in NESTED.items() if key in document for name in names.split()}
    for column in spec.columns:
        shown_only = column.id in (
            "trend",
            "share",
            "what",
            "verdict",
        )  # pictures of days and of a share; sentences made of differences and a recommendation
        assert column.id in document or column.id in inside or shown_only, column.id


def test_every_cell_has_text_and_a_value_that_sorts(spec: PaneSpec[Any, Any], data: PaneData[Any, Any]) -> None:
    for column in spec.columns:
        cells = [column.text(row) for row in data.rows]
        assert all(isinstance(cell, str) and "\n" not in cell for cell in cells)
        values = [column.value(row) for row in data.rows]
        assert all(isinstance(value, str | int | Decimal | datetime | None) for value in values)
        assert sorted(ordered(values)) == sorted(ordered(values, reverse=True)) == list(range(len(values)))
        if column.tone is not None:
            assert all(column.tone(row) in ("", "dim", "good", "warn", "bad", "worst") for row in data.rows)


def test_unknown_is_shown_as_such_and_never_as_zero(spec: PaneSpec[Any, Any]) -> None:
    for row in CASES["half"](spec).rows:
        for column in spec.columns:
            if column.value(row) is None and column.id != "trend":
                assert not any(char.isdigit() for char in column.text(row)), column.id


def test_lines_around_the_table_work(spec: PaneSpec[Any, Any], data: PaneData[Any, Any]) -> None:
    for rows in (data.rows, []):
        assert spec.footer(data.totals, rows)
    assert spec.headline(data.totals)
    assert all(isinstance(spec.hidden(row), bool) for row in data.rows)


def test_ids_tell_rows_apart_and_stay_over_a_rebuild(spec: PaneSpec[Any, Any], data: PaneData[Any, Any]) -> None:
    ids = [spec.row_id(row) for row in data.rows]
    assert len(set(ids)) == len(ids)


def walked(detail: Detail, depth: int = 0) -> list[Detail]:
    below = [line.behind() for section in detail.sections for line in section.lines if line.behind is not None] if depth < 4 else []
    return [detail, *(deeper for one in below for deeper in walked(one, depth + 1))]


def test_details_are_text_all_the_way_down(spec: PaneSpec[Any, Any], data: PaneData[Any, Any]) -> None:
    for row in data.rows:
        for detail in walked(spec.detail(row, data)):
            assert detail.title
            assert all(isinstance(name, str) and isinstance(value, str) for name, value in detail.facts)
            for section in detail.sections:
                wide = {len(line.cells) for line in section.lines} | ({len(section.head)} if section.head else set())
                assert len(wide) <= 1 or section.title == "Bill", section.title
                assert all(isinstance(cell, str) for line in section.lines for cell in line.cells)
            shown = to_detail(detail)
            assert not any(char in shown for char in "\x1b\u202e\u009b")
            WRITERS["toml"](detail_document(detail))


def test_it_comes_back_from_the_store_as_it_was(spec: PaneSpec[Any, Any], data: PaneData[Any, Any]) -> None:
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(data), type=spec.data_type) == data


def test_every_format_can_be_written(spec: PaneSpec[Any, Any], data: PaneData[Any, Any]) -> None:
    part = Part(spec, data, data.rows)
    for write in WRITERS.values():
        assert write(show_document(part, PaidCalls(), datetime(2026, 11, 20, tzinfo=UTC)))
    for width in (40, 80, 120, 200):
        table = to_table(part, width, NOW + timedelta(minutes=2))
        assert not any(char in table for char in "\x1b\u202e\u009b")


def test_the_filter_reaches_every_column(spec: PaneSpec[Any, Any]) -> None:
    data = CASES["hostile"](spec)
    for column in spec.columns:
        for row in data.rows:
            word = column.text(row).split()
            if word and not set(word[0]) & set("<>=:!"):
                assert parse_filter(f"{column.id}:{word[0]}", spec.columns, spec.tags)(row)
                assert column.drawn or word[0].casefold() in haystack(row, spec.columns)


def test_nothing_at_all_is_no_total_of_zero(spec: PaneSpec[Any, Any]) -> None:
    data = CASES["empty"](spec)
    assert data.rows == []
    money = {"functions": "cost", "drift": "monthly_delta", "customers": "billed"}[spec.id]
    assert spec.document_totals(data.totals)[money] is None
