"""Lambda's bill by usage type from Cost Explorer, and the model beside it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from costtui.domain.functions.bill_records import FunctionVersions, LambdaBillLine, Version
from costtui.domain.functions.billed import architecture_of, column_of
from costtui.domain.functions.records import FunctionRow, FunctionTotals
from costtui.domain.functions.reported import FunctionReports, ReportedSize
from costtui.domain.loaded import PaneData
from costtui.domain.money import total
from costtui.domain.problems import Problem
from costtui.sources.demo.faults import Denied
from costtui.sources.port import Overview, Priced, Request
from tests.fakes.aws_account import CENT, DAYS, Here
from tests.unit.functions.function_inputs import MONTH, NOW, built, function, used

pytestmark = pytest.mark.filterwarnings("ignore:.*does not match an error shape")  # a denial is in no service model
RESIZE = function()


def bill(usage_type: str, amount: str, *, days: int = 30, region: str = "us-east-1", currency: str = "USD") -> list[LambdaBillLine]:
    return [LambdaBillLine(MONTH.start + timedelta(n), region, usage_type, Decimal(amount), currency) for n in range(days)]


def asked(days: int = 30) -> list[LambdaBillLine]:
    return bill("", "0", days=days)


def beside(lines: list[LambdaBillLine]) -> PaneData[FunctionRow, FunctionTotals]:
    return built([RESIZE], usage=used(RESIZE, 30, 1_000_000, "145000000"), lambda_bill=lines)


def test_one_page_brings_the_bill_of_the_listed_accounts_and_regions(here: Here) -> None:
    functions = here.records("functions")
    source = here.sources["lambda-bill"]
    assert isinstance(source, Overview)
    assert isinstance(source, Priced)
    assert source.across == ("functions",)
    batches, problems = here.ask("lambda-bill", DAYS, functions=functions)
    assert problems == []
    assert [batch.day for batch in batches] == DAYS
    lines = [line for batch in batches for line in batch.records]
    assert {line.region for line in lines if line.usage_type} == {"us-east-1"}
    assert {line.usage_type for line in lines} == {
        "",
        "Lambda-GB-Second",
        "Lambda-GB-Second-ARM",
        "Lambda-Provisioned-Concurrency-ARM",
        "Lambda-Provisioned-GB-Second-ARM",
        "Request",
        "Request-ARM",
    }
    assert here.meter.paid == CENT
    assert here.meter.afforded == [(CENT, "Lambda's bill of 3 days by usage type")]
    assert source.price(Request(source.scopes()[0], NOW, DAYS, {"functions": functions})).usd == CENT


def test_nothing_is_asked_where_there_are_no_functions(here: Here) -> None:
    assert here.ask("lambda-bill", DAYS, functions=[]) == ([], [])
    assert here.wire == []


def test_who_may_not_see_the_bill_loses_only_the_comparison(here: Here) -> None:
    here.world.faults["ce", "GetCostAndUsage"] = Denied()
    batches, problems = here.ask("lambda-bill", DAYS, functions=[RESIZE])
    assert batches == []
    assert [problem.kind for problem in problems] == ["warning"]
    assert isinstance(problems[0], Problem)
    assert "the model is not held against the bill" in problems[0].what


def test_model_and_bill_stand_beside_each_other_by_meter() -> None:
    lines = [*asked(), *bill("Request", "0.2"), *bill("Lambda-GB-Second", "0.7"), *bill("Lambda-Provisioned-Concurrency", "0.01")]
    totals = beside(lines).totals
    assert [
        (one.region, one.architecture, one.meter, one.usage_types, one.modelled, one.billed, one.residual) for one in totals.reconciled
    ] == [
        ("us-east-1", "x86_64", "duration", ["Lambda-GB-Second"], Decimal("18.12503625"), Decimal("21.0"), Decimal("2.87496375")),
        ("us-east-1", "x86_64", "requests", ["Request"], Decimal("6.0"), Decimal("6.0"), 0),
        ("us-east-1", "x86_64", "provisioned", ["Lambda-Provisioned-Concurrency"], None, Decimal("0.30"), None),
    ]
    assert (totals.billed, totals.residual) == (Decimal("27.3"), Decimal("27.3") - Decimal("24.12503625"))
    known = [one.modelled for one in totals.reconciled if one.modelled is not None]
    assert totals.residual == total(one.billed for one in totals.reconciled) - total(known)


def test_what_is_modelled_and_not_billed_is_a_line_too() -> None:
    totals = beside([*asked(), *bill("Request", "0.2")]).totals
    assert [(one.meter, one.billed) for one in totals.reconciled] == [("requests", Decimal(6)), ("duration", Decimal(0))]


def test_the_meters_of_a_bill_that_is_known_in_part_are_in_the_sum() -> None:
    snapped = function("rollup", snap_start=True)
    snapshots = [Version("1", 1024, 512, "x86_64", "python3.12", None, snap_start=True)]
    known = FunctionVersions(snapped.arn, snapshots)
    data = built([snapped], usage=used(snapped, 30, 1, "1"), function_versions=[known], lambda_bill=asked())
    (row,), totals = data.rows, data.totals
    assert row.cost.other is None, "restores are in no metric"
    others = [one for one in totals.reconciled if one.meter == "other"]
    assert [(one.modelled, one.billed) for one in others] == [(30 * 86_400 * Decimal("0.0000015046"), Decimal(0))]
    assert totals.residual == (totals.billed or 0) - (totals.modelled or 0)


def test_init_that_was_measured_stands_beside_the_gb_seconds_that_it_is_billed_in() -> None:
    ran = ReportedSize(256, 30_000_000, 300_000, Decimal(4_350_000_000), Decimal(4_390_500_000), Decimal(40_500_000))
    data = built(
        [RESIZE],
        usage=used(RESIZE, 30, 1_000_000, "145000000"),
        function_reports=[FunctionReports(RESIZE.arn, [ran])],
        lambda_bill=[*asked(), *bill("Lambda-GB-Second", "0.7")],
    )
    (row,) = data.rows
    assert row.cost.init
    (seconds,) = [one for one in data.totals.reconciled if one.meter == "duration"]
    assert seconds.modelled == (row.cost.duration or 0) + row.cost.init
    assert [one.meter for one in data.totals.reconciled] == ["duration", "requests"]


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [*asked(29), *bill("Request", "0.2", days=29)],
        [*asked(), *bill("Request", "0.2", currency="EUR")],
    ],
    ids=["nothing asked", "a day is missing", "another currency"],
)
def test_part_of_a_bill_reconciles_with_nothing(lines: list[LambdaBillLine]) -> None:
    totals = beside(lines).totals
    assert (totals.reconciled, totals.billed, totals.residual) == ([], None, None)


@pytest.mark.parametrize(
    ("usage_type", "column", "architecture"),
    [
        ("Request", "requests", "x86_64"),
        ("USE2-Request", "requests", "x86_64"),
        ("EU-Request-ARM", "requests", "arm64"),
        ("Lambda-GB-Second", "duration", "x86_64"),
        ("APN1-Lambda-GB-Second-ARM", "duration", "arm64"),
        ("SAE1-Lambda-Provisioned-GB-Second", "provisioned", "x86_64"),
        ("Lambda-Provisioned-Concurrency-ARM", "provisioned", "arm64"),
        ("Lambda-Storage-GB-Second-ARM", "ephemeral", "arm64"),
        ("Lambda-Edge-GB-Second", "other", "x86_64"),
        ("Lambda-Edge-Request", "other", "x86_64"),
        ("Lambda-Durable-Execution-TimedStorage-ByteHrs", "other", "x86_64"),
        ("Lambda-Managed-Instances-c7g.xlarge-Management-Hours", "other", "x86_64"),
        ("Lambda-Web-Memory-GB-Second-ARM", "other", "arm64"),
        ("USW2-USW1-AWS-Out-Bytes", "other", "x86_64"),
        ("AWS Lambda - Total Compute - US West (Oregon)-Tier-1", "duration", "x86_64"),
        ("AWS Lambda - Total Compute (Provisioned) - US West (Oregon)", "provisioned", "x86_64"),
        ("AWS Lambda - Total Requests - US East (Ohio)", "requests", "x86_64"),
    ],
)
def test_usage_types_and_descriptions_name_their_meter(usage_type: str, column: str, architecture: str) -> None:
    assert (column_of(usage_type), architecture_of(usage_type)) == (column, architecture)
