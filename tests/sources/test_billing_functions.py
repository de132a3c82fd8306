"""Functions' own billed cost, from FOCUS and CUR exports with resource ids."""

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from costtui.config import parse
from costtui.domain.datasets import Batch
from costtui.domain.functions.bill_records import BilledLine
from costtui.domain.period import Window
from costtui.domain.problems import Problem
from costtui.sources.billing_functions import FunctionBilling
from costtui.sources.port import Request
from tests.unit.functions.function_inputs import built, function, used

OCTOBER = Window(date(2026, 10, 1), date(2026, 11, 1))
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RESIZE = function()


def written(folder: Path, name: str, rows: Sequence[dict[str, str]]) -> None:
    with (folder / name).open("w", newline="") as file:
        writer = csv.DictWriter(file, sorted({column for row in rows for column in row}))
        writer.writeheader()
        writer.writerows(rows)


def focus(day: str, usage_type: str, effective: str, *, resource: str = RESIZE.arn, **more: str) -> dict[str, str]:
    return {
        "ChargePeriodStart": f"{day}T00:00:00Z",
        "BillingPeriodStart": "2026-10-01T00:00:00Z",
        "BillingPeriodEnd": "2026-11-01T00:00:00Z",
        "BilledCost": effective,
        "EffectiveCost": effective,
        "ListCost": effective,
        "BillingCurrency": "USD",
        "ChargeCategory": "Usage",
        "ServiceName": "AWS Lambda",
        "x_UsageType": usage_type,
        "ResourceId": resource,
        **more,
    }


def cur(day: str, usage_type: str, unblended: str, kind: str = "Usage", **more: str) -> dict[str, str]:
    return {
        "line_item_usage_start_date": f"{day} 00:00:00",
        "bill_billing_period_start_date": "2026-10-01 00:00:00",
        "bill_billing_period_end_date": "2026-11-01 00:00:00",
        "line_item_unblended_cost": unblended,
        "line_item_currency_code": "USD",
        "line_item_line_item_type": kind,
        "line_item_usage_type": usage_type,
        "line_item_product_code": "AWSLambda",
        "line_item_resource_id": RESIZE.arn,
        "pricing_public_on_demand_cost": unblended,
        "savings_plan_savings_plan_effective_cost": "",
        **more,
    }


def ask(folder: Path, window: Window = OCTOBER) -> tuple[list[BilledLine], list[Problem]]:
    text = '[customers.billing]\nsource = "files"\npaths = ["*.csv"]'
    source = FunctionBilling(parse(text, name="config.toml", base=folder))
    items: Iterable[Any] = list(source.fetch(Request(source.scopes()[0], NOW, window.days)))
    lines = [record for item in items if isinstance(item, Batch) for record in item.records]
    return lines, [item for item in items if isinstance(item, Problem)]


LAST = focus("2026-10-31", "Request", "0.25")


def test_a_function_s_lines_by_usage_type(tmp_path: Path) -> None:
    rows = [
        focus("2026-10-01", "Request", "0.5"),
        focus("2026-10-02", "Lambda-GB-Second", "1.25", ListCost="1.5"),
        focus("2026-10-02", "Lambda-GB-Second", "0.75", CommitmentDiscountStatus="Used", BilledCost="0", ListCost="1"),
        focus("2026-10-02", "Lambda-Provisioned-GB-Second", "0.125", resource=f"{RESIZE.arn}:live"),
        focus("2026-10-02", "Lambda-GB-Second", "99", resource=RESIZE.arn.replace("resize", "other")),
        focus("2026-10-02", "Tax", "7", ChargeCategory="Tax"),
        focus("2026-10-02", "Request", "-3", ChargeCategory="Credit"),
        focus("2026-10-02", "Lambda-GB-Second", "-0.1", ChargeCategory="Adjustment"),
        focus("2026-10-02", "TimedStorage", "5", resource="arn:aws:s3:::lambda-code"),
        LAST,
    ]
    written(tmp_path, "focus.csv", rows)
    lines, problems = ask(tmp_path)
    assert problems == []
    mine = [line for line in lines if line.arn == RESIZE.arn]
    assert [(one.usage_type, one.category, one.commitment, one.effective, one.billed, one.list_cost) for one in mine] == [
        ("Lambda-GB-Second", "Adjustment", "", Decimal("-0.1"), Decimal("-0.1"), Decimal("-0.1")),
        ("Lambda-GB-Second", "Usage", "", Decimal("1.25"), Decimal("1.25"), Decimal("1.5")),
        ("Lambda-GB-Second", "Usage", "Used", Decimal("0.75"), Decimal(0), Decimal(1)),
        ("Lambda-Provisioned-GB-Second", "Usage", "", Decimal("0.125"), Decimal("0.125"), Decimal("0.125")),
        ("Request", "Usage", "", Decimal("0.75"), Decimal("0.75"), Decimal("0.75")),
    ]
    assert {line.arn for line in lines} == {RESIZE.arn, RESIZE.arn.replace("resize", "other")}


def test_what_was_billed_is_the_cost_and_the_model_stands_beside_it(tmp_path: Path) -> None:
    rows = [focus("2026-10-01", "Request", "0.5"), focus("2026-10-02", "Lambda-GB-Second", "1.25"), LAST]
    written(tmp_path, "focus.csv", rows)
    lines, _ = ask(tmp_path)
    unbilled = function("unbilled")
    usage = [*used(RESIZE, 31, 1_000_000, "145000000", OCTOBER.start), *used(unbilled, 1, 1_000_000, "145000000", OCTOBER.start)]
    data = built([RESIZE, unbilled], usage=usage, window=OCTOBER, function_billed=lines)
    rows_by = {row.name: row for row in data.rows}
    row = rows_by["resize"]
    assert (row.cost.basis, row.cost.total, row.cost.requests, row.cost.duration) == (
        "billed",
        Decimal(2),
        Decimal("0.75"),
        Decimal("1.25"),
    )
    assert row.cost.init is None, "it is billed as duration"
    assert row.modelled is not None
    assert row.modelled.total == 31 * Decimal("0.804167875")
    assert row.billed == lines
    assert (rows_by["unbilled"].cost.basis, rows_by["unbilled"].modelled) == ("estimated", None)
    assert data.totals.cost == Decimal("2.804167875")
    assert data.totals.modelled == 32 * Decimal("0.804167875")


def test_a_savings_plan_s_part_of_a_cur_line_is_in_the_cost(tmp_path: Path) -> None:
    rows = [
        cur("2026-10-01", "Lambda-GB-Second", "1.0", "SavingsPlanCoveredUsage", savings_plan_savings_plan_effective_cost="0.88"),
        cur("2026-10-01", "Lambda-GB-Second", "-1.0", "SavingsPlanNegation"),
        cur("2026-10-01", "Request", "0.2"),
        cur("2026-10-01", "Request", "-0.02", "EdpDiscount"),
        cur("2026-10-31", "Request", "0.1"),
    ]
    written(tmp_path, "cur.csv", rows)
    lines, _ = ask(tmp_path)
    row = built([RESIZE], window=OCTOBER, function_billed=lines).rows[0]
    assert (row.cost.duration, row.cost.requests, row.cost.total) == (Decimal("0.88"), Decimal("0.28"), Decimal("1.16"))
    assert sum(line.billed or 0 for line in lines) == Decimal("0.28")


@pytest.mark.parametrize(
    ("window", "held"),
    [
        (Window(date(2026, 10, 15), date(2026, 11, 15)), "only 2026-10-01 to 2026-10-31"),
        (Window(date(2026, 9, 30), date(2026, 10, 15)), "only 2026-10-01 to 2026-10-31"),
    ],
)
def test_part_of_a_window_is_no_cost_of_it(tmp_path: Path, window: Window, held: str) -> None:
    written(tmp_path, "focus.csv", [focus("2026-10-20", "Request", "0.5"), LAST])
    lines, (problem,) = ask(tmp_path, window)
    assert lines == []
    assert (problem.kind, held in problem.what) == ("warning", True)
    assert "--period" in problem.action


def test_the_part_of_a_held_window_is_exactly_its_days(tmp_path: Path) -> None:
    written(tmp_path, "focus.csv", [focus(f"2026-10-{day:02}", "Request", "1") for day in range(1, 32)])
    lines, _ = ask(tmp_path, Window(date(2026, 10, 10), date(2026, 10, 20)))
    assert [line.effective for line in lines] == [Decimal(10)]


def test_another_currency_is_not_added_to_dollars(tmp_path: Path) -> None:
    written(tmp_path, "focus.csv", [focus("2026-10-01", "Request", "0.5", BillingCurrency="EUR"), {**LAST, "BillingCurrency": "EUR"}])
    lines, _ = ask(tmp_path)
    data = built([RESIZE], usage=used(RESIZE, 31, 1, "1", OCTOBER.start), window=OCTOBER, function_billed=lines)
    assert (data.rows[0].cost.basis, data.rows[0].cost.currency) == ("estimated", "USD")
    assert [problem.kind for problem in data.problems] == ["warning"]
    assert "not in USD" in data.problems[0].what


def test_an_export_without_usage_types_is_read_by_its_descriptions(tmp_path: Path) -> None:
    rows = [
        focus("2026-10-01", "", "0.5", ChargeDescription="AWS Lambda - Total Requests - US East (Ohio)"),
        focus("2026-10-31", "", "2", ChargeDescription="AWS Lambda - Total Compute - US East (Ohio)-Tier-1"),
    ]
    for row in rows:
        del row["x_UsageType"]
    written(tmp_path, "focus.csv", rows)
    lines, _ = ask(tmp_path)
    cost = built([RESIZE], window=OCTOBER, function_billed=lines).rows[0].cost
    assert (cost.requests, cost.duration, cost.total) == (Decimal("0.5"), Decimal(2), Decimal("2.5"))


def test_files_are_read_again_when_they_change(tmp_path: Path) -> None:
    written(tmp_path, "focus.csv", [LAST])
    settings = parse('[customers.billing]\nsource = "files"\npaths = ["*.csv"]', name="config.toml", base=tmp_path)
    before = FunctionBilling(settings).scopes()[0]
    written(tmp_path, "focus.csv", [LAST, focus("2026-10-01", "Request", "0.5")])
    after = FunctionBilling(settings).scopes()[0]
    assert before.version != after.version
    assert before.about == after.about
