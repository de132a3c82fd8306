"""REPORT lines in the bill and in the row: measured where they are whole, and otherwise what they are good for."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from costtui.domain.functions.bill import Usage
from costtui.domain.functions.bill_records import AtSize
from costtui.domain.functions.measured_use import measures, with_reports
from costtui.domain.functions.records import FunctionDays, FunctionRow
from costtui.domain.functions.reported import FunctionReports, ReportedSize
from costtui.domain.money import plain
from costtui.domain.problems import Problem
from costtui.panes import pane
from costtui.panes.functions.rows import build
from costtui.panes.inputs import Inputs
from tests.unit.functions.function_inputs import MONTH, NOW, averages, built, calls, function, runs, used

ONE = function()
CALLS = 10_000


def size(memory_mb: int = 256, count: int = CALLS, *, billed: int = 1_463_500, **more: Any) -> ReportedSize:
    known: dict[str, Any] = {"init_ms": Decimal(13_500), "p95_ms": Decimal("160.5"), "max_memory_used_mb": 120}
    return ReportedSize(memory_mb, count, 100, Decimal(1_450_000), Decimal(billed), **known | more)


def reports(*sizes: ReportedSize, **more: Any) -> FunctionReports:
    return FunctionReports(ONE.arn, list(sizes), **more)


def row_of(*found: FunctionReports, counted: int = CALLS // 10) -> FunctionRow:
    usage = used(ONE, 10, counted, "145000") if counted else []
    (row,) = built([ONE], usage=usage, function_reports=found).rows
    return row


def test_a_whole_window_of_lines_is_the_bill_with_init_and_every_call_rounded_up() -> None:
    """256 MB: 10,000 requests, and a quarter of 1,463.5 GB-seconds, 13.5 of them INIT."""
    row = row_of(reports(size()))
    assert (row.cost.basis, row.invocations, row.cold_start_share, row.max_memory_used_mb) == ("measured", CALLS, Decimal("0.01"), 120)
    assert plain(row.cost.requests or Decimal(0)) == "0.002"
    assert row.cost.duration == Decimal("0.0000166667") * 1450 / 4
    assert row.cost.init == Decimal("0.0000166667") * Decimal("13.5") / 4
    assert row.cost.total == Decimal("0.002") + Decimal("0.0000166667") * Decimal("1463.5") / 4
    assert (row.cost.provisioned, row.cost.other) == (None, None), "no REPORT line tells them"
    assert plain(row.billed_gb_seconds or Decimal(0)) == "365.875"


def test_without_lines_the_bill_is_estimated_and_init_is_unknown() -> None:
    row = row_of()
    assert (row.cost.basis, row.cost.init, row.cold_start_share, row.reports) == ("estimated", None, None, None)


def test_a_size_that_changed_inside_the_window_is_billed_at_each_size() -> None:
    row = row_of(reports(size(count=4000, billed=600_000), size(1024, 6000, billed=400_000)))
    assert plain(row.billed_gb_seconds or Decimal(0)) == "550"
    assert row.cost.total == Decimal("0.002") + Decimal("0.0000166667") * 550


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (reports(size(), whole=False, reason="its log group keeps 14 days"), "a part of the window"),
        (reports(size(count=9_499)), "fewer lines than calls"),
        (reports(reason="no REPORT lines in the window"), "none at all"),
    ],
)
def test_lines_with_gaps_are_no_bill(found: FunctionReports, reason: str) -> None:
    row = row_of(found)
    assert (row.cost.basis, row.cost.init, row.invocations) == ("estimated", None, CALLS), reason
    assert row.cold_start_share == found.cold_share, "they still tell how often starts were cold"


def test_a_few_lines_less_than_metrics_are_no_gap() -> None:
    assert measures(reports(size(count=9_500)), CALLS)
    assert measures(reports(size()), None)
    assert not measures(None, CALLS)
    assert not measures(reports(), None)


def test_without_metrics_the_lines_are_the_calls() -> None:
    row = row_of(reports(size()), counted=0)
    assert (row.invocations, row.duration_avg_ms, row.duration_p95_ms) == (CALLS, Decimal(145), Decimal("160.5"))
    assert row.cost.basis == "measured"


def test_report_lines_of_production_stand_over_those_of_a_tuning_run() -> None:
    log = runs(ONE.name, calls("log", 256, 145, count=100, cold=30, used_mb=200), averages("b", {1024: 29}))
    (row,) = built([ONE], usage=used(ONE, 10, 1000, "145000"), tuning=[log], function_reports=[reports(size())]).rows
    assert (row.cold_start_share, row.max_memory_used_mb) == (Decimal("0.01"), 200), "the largest ever seen"
    (row,) = built([ONE], usage=used(ONE, 10, 1000, "145000"), tuning=[log], function_reports=[reports(reason="none")]).rows
    assert row.cold_start_share == Decimal("0.3")


def test_the_percentiles_of_several_sizes_do_not_add_up() -> None:
    assert reports(size()).p95_ms == Decimal("160.5")
    assert reports(size(), size(512)).p95_ms is None


def test_what_provisioned_concurrency_served_stays_apart() -> None:
    usage = Usage(1, Decimal(5), 256, provisioned_duration_ms=Decimal(50_000), elsewhere=(AtSize("old", 128, 512, Decimal(1)),))
    found = with_reports(usage, reports(size(), size(1024, 5, billed=700)))
    assert (found.invocations, found.duration_ms, found.init_ms) == (CALLS + 5, Decimal(1_400_000), Decimal(13_500))
    assert [(one.memory_mb, one.duration_ms) for one in found.elsewhere] == [(1024, Decimal(700))]


# --- calls of the rows on the screen, without consent

CONSENT = Problem("needs-consent", "aws.cloudwatch", "30 days cost about $0.03, and no budget is set", "allow it", "us-east-1")
OTHER = function("other")


def unpaid(*asked: FunctionDays, problems: Sequence[Problem] = (CONSENT,)) -> dict[str, FunctionRow]:
    from costtui.config import Settings

    records = {"functions": [ONE, OTHER], "function-statistics": asked}
    return {row.name: row for row in build(Inputs(MONTH, NOW, Settings(), records, (), list(problems))).rows}


def test_a_row_that_nobody_may_pay_for_is_asked_for_free_and_then_is_as_any_other() -> None:
    action = next(action for action in pane("functions").on_screen if action.dataset == "function-statistics")
    before = unpaid()
    assert [action.subject(row) for row in before.values()] == [row.arn for row in before.values()]
    after = unpaid(
        FunctionDays(ONE.arn, MONTH.start, NOW.date(), used(ONE, 10, 1000, "145000")), FunctionDays(OTHER.arn, MONTH.start, NOW.date())
    )
    assert (after["resize"].invocations, after["resize"].cost.basis) == (CALLS, "estimated")
    assert after["resize"].cost.total is not None
    assert after["other"].invocations is None
    assert [action.subject(row) for row in after.values()] == [None, None], "no data is an answer, and not asked for again"


def test_where_the_paid_question_is_on_its_way_nothing_else_is_asked() -> None:
    assert not any(row.lacks_usage for row in unpaid(problems=()).values())
    elsewhere = Problem("needs-consent", "aws.cost-explorer", "the bill costs", "allow it")
    assert not any(row.lacks_usage for row in unpaid(problems=[elsewhere]).values())


def test_paid_sums_stand_over_free_ones() -> None:
    free = FunctionDays(ONE.arn, MONTH.start, NOW.date(), used(ONE, 1, 7, "7"))
    (row,) = built([ONE], usage=used(ONE, 10, 1000, "145000"), function_statistics=[free]).rows
    assert row.invocations == CALLS


def test_the_history_of_a_function_stands_by_its_row() -> None:
    history = FunctionDays(ONE.arn, MONTH.start, NOW.date(), used(ONE, 60, 5, "5"))
    first, second = built([ONE, OTHER], usage=used(ONE, 10, 1000, "145000"), function_history=[history]).rows
    assert (first.history, second.history) == (history, None)
