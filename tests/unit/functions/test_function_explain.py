"""How each number of a function came about: its figures stand in the formula."""

from decimal import Decimal

import pytest

from costtui.domain.functions.bill_records import BilledLine
from costtui.domain.functions.records import FunctionRow, WindowMetrics
from costtui.domain.functions.reported import FunctionReports, ReportedSize
from costtui.panes.functions import PANE
from costtui.panes.functions.detail import detail
from costtui.panes.functions.explain import explain
from costtui.panes.functions.facts import Functions
from costtui.panes.spec import Detail
from tests.unit.functions.function_inputs import averages, built, calls, function, runs, used

RESIZE = function()
SIZES: dict[int, int | str] = {128: 310, 256: 145, 1024: 29, 3008: 24}


def data(**more: object) -> Functions:
    one = more.pop("one", RESIZE)
    return built([one], usage=used(one, 30, 1_000_000, "145000000"), **more)  # type: ignore[arg-type, list-item]


def told(found: Detail) -> dict[str, str]:
    return dict(found.facts)


def of(column: str, found: Functions | None = None) -> dict[str, str]:
    found = found or data()
    return told(explain(found.rows[0], column, found))


def why(found: Functions, title: str, label: str) -> Detail:
    """What `e` says on the line of a section that begins so."""
    part = next(one for one in detail(found.rows[0], found).sections if one.title.startswith(title))
    line = next(one for one in part.lines if one.cells[0] == label)
    assert line.why is not None
    return line.why()


def test_every_column_says_where_its_value_is_from() -> None:
    found = data(tuning=[runs("resize", averages("1", SIZES))])
    for column in PANE.columns:
        answer = explain(found.rows[0], column.id, found)
        assert answer.facts, column.id
        assert "resize" in answer.title, column.id
        if column.align == "right":
            assert {"Formula", "Saving", "Source"} & set(told(answer)), column.id


def test_nothing_known_is_explained_as_that() -> None:
    empty = built([RESIZE])
    for column in ("invocations", "duration_avg_ms", "billed_gb_seconds"):
        assert "no data, which is not zero" in of(column, empty)["Formula"] or column == "duration_avg_ms"
    assert of("cost", empty)["Formula"] == "unknown, which is not zero: CloudWatch gave no data for it"
    assert "only REPORT lines do" in of("cold_start_share", empty)["Formula"]
    assert "no tuning run is joined" in of("verdict", empty)["Saving"]


def test_calls_mean_and_gb_seconds_hold_their_figures() -> None:
    assert of("invocations")["Formula"] == "the sum of Invocations over the days of the window = 30,000,000"
    assert of("duration_avg_ms")["Formula"].startswith("4350000000 ms ÷ 30,000,000 calls = 145 ms")
    assert of("billed_gb_seconds")["Formula"] == "256 MB ÷ 1,024 × 4350000000 ms ÷ 1,000 = 1087500 GB-seconds"
    assert of("memory_mb")["Source"].startswith("Lambda, ListFunctions: MemorySize of the function itself, 256 MB")


def test_the_cost_is_a_sum_with_its_rates_window_and_rounding() -> None:
    facts = of("cost")
    assert facts["Formula"] == "Requests 6.0000 + Duration 18.1250 + INIT ? + Provisioned ? + Other meters ? = 24.12503625 USD"
    assert facts["Rates"] == "0.0000002 USD a request, 0.0000166667 USD a GB-second in the first tier"
    assert "us-east-1, x86_64: AWS price list" in facts["Rate from"]
    assert "2026-10-21 to 2026-11-19, 30 days, UTC" in facts["Window"]
    assert facts["Basis"].startswith("estimated from CloudWatch's sums")
    assert "half to even" in facts["Rounding"]


def test_a_line_of_the_bill_says_quantity_rate_and_tier() -> None:
    facts = told(why(data(), "Bill", "Duration"))
    assert facts["Formula"] == "1087500 GB-second × 0.0000166667 USD = 18.12503625 USD"
    assert facts["GB-seconds"] == "256 MB ÷ 1,024 × 4350000000 ms ÷ 1,000 = 1087500"
    assert facts["Tiers"].startswith(
        "0.0000166667 up to 6,000,000,000, 0.000015 up to 15,000,000,000, 0.0000133334 beyond GB-seconds a month"
    )
    assert "first tier" in facts["Payer"]
    assert told(why(data(), "Bill", "INIT"))["Formula"].startswith("unknown, which is not zero")
    alone = told(why(data(), "Bill", "With free tier"))["Alone"]
    assert alone == "24.12503625 + (-1000000 request × 0.0000002 + -400000 GB-second × 0.0000166667) = 17.25835625 USD"


def test_the_memo_of_the_logs_is_no_part_of_the_total() -> None:
    found = data(function_window=[WindowMetrics(RESIZE.arn, None, 3 * 1024**3)])
    facts = told(why(found, "Bill", "Log ingestion"))
    assert facts["Formula"] == "3,221,225,472 bytes ÷ 1,024³ = 3 GB × 0.5 USD = 1.5 USD"
    assert "twice" in facts["Why a memo"]


def test_a_saving_is_a_difference_of_two_measured_sizes() -> None:
    found = data(tuning=[runs("resize", averages("1", SIZES, init_ms=135))])
    facts = of("monthly_saving", found)
    assert facts["Formula"] == ("0.000000804167875 at 256 MB − 0.0000006833343 at 1024 MB = 0.000000120833575 USD a call (15.0259%)")
    assert facts["A month"].startswith("30,000,000 calls in 30 days × 30 ÷ 30 = 30,000,000 calls; ")
    assert facts["Break-even"].startswith("7.1605% cold starts")
    assert facts["Compared"].startswith("between measured sizes only")
    assert of("verdict", found) == facts


def test_the_saving_at_every_price_and_no_cash_while_a_commitment_is_unused() -> None:
    found = data(tuning=[runs("resize", averages("1", SIZES))])
    part = next(one for one in detail(found.rows[0], found).sections if one.title == "Saving a month")
    saved = {line.cells[0]: line.cells[1:] for line in part.lines}
    a_call = Decimal("0.000000804167875") - Decimal("0.0000006833343")
    assert saved["list price"][0] == f"{a_call * 30_000_000:.2f}"
    assert saved["with the free tier"] == ("3.63", "if the function were alone in its account")
    plan = Decimal("0.88") * a_call * 30_000_000
    assert saved["Compute Savings Plan, 12 % off GB-seconds"] == (f"{plan:.2f}", "no cash while its commitment is unused")


def test_the_effective_rate_is_the_one_that_was_billed() -> None:
    lines = [
        BilledLine(RESIZE.arn, "Lambda-GB-Second", "Usage", "Used", "USD", Decimal(15), list_cost=Decimal(20)),
        BilledLine(RESIZE.arn, "Request", "Usage", "", "USD", Decimal(6), list_cost=Decimal(6)),
    ]
    found = data(tuning=[runs("resize", averages("1", SIZES))], function_billed=lines)
    part = next(one for one in detail(found.rows[0], found).sections if one.title == "Saving a month")
    assert part.lines[-1].cells[0] == "effective rate of its bill, 25.0 % off GB-seconds"
    assert of("cost", found)["Basis"].startswith("billed by AWS")
    assert told(why(found, "Bill, as AWS billed it", "Lambda-GB-Second"))["List price"] == "20 USD"
    beside = told(why(found, "Bill, as AWS billed it", "Model"))
    assert beside["Formula"].endswith("= 24.12503625 USD")


def test_a_measured_size_says_how_often_and_how_widely() -> None:
    log = [calls("a", 256, 145, count=10, cold=1, used_mb=110), calls("b", 1024, 29, count=10)]
    facts = told(why(data(tuning=[runs("resize", *log)]), "Measured sizes", "256"))
    assert facts["Measured"] == (
        "10 calls, mean 145 ms, spread 0.0% (standard deviation ÷ mean), p95 145.0 ms (nearest rank), 110 MB of memory used at most"
    )
    assert facts["Billed"] == "145 ms, every call rounded up to a whole millisecond, + 5.00% cold starts × 135 ms of INIT = 151.75 ms"
    assert "= 0.0000008322" in facts["Formula"]


def test_cold_starts_by_report_lines_are_counted() -> None:
    size = ReportedSize(256, 30_000_000, 300_000, Decimal(4_350_000_000), Decimal(4_390_500_000), Decimal(40_500_000))
    found = data(function_reports=[FunctionReports(RESIZE.arn, [size])])
    row: FunctionRow = found.rows[0]
    assert row.cold_start_share == Decimal("0.01")
    assert of("cold_start_share", found)["Formula"] == "300,000 calls with INIT or restore ÷ 30,000,000 REPORT lines = 1.0000%"
    assert of("cost", found)["Basis"].startswith("measured: the REPORT lines")


@pytest.mark.parametrize("label", ["Calls", "Errors", "Duration, mean", "Duration, p95", "Billed", "Cold starts", "Memory used at most"])
def test_every_figure_of_use_is_explained(label: str) -> None:
    assert "Formula" in told(why(data(), "Usage", label))


def test_a_day_is_priced_by_itself() -> None:
    facts = told(why(data(), "Days", "2026-11-19"))
    assert facts["GB-seconds"] == "256 MB ÷ 1,024 × 145000000 ms ÷ 1,000 = 36250"
    assert facts["Formula"].startswith("1,000,000 requests and 36250 GB-seconds = ")
