"""Tuning runs find their function, and a verdict comes with what it saves."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from costtui.config import Settings, parse
from costtui.domain.functions.records import OptimizerAdvice, OptimizerReport, WindowMetrics
from costtui.domain.functions.reported import FunctionReports, ReportedSize
from costtui.domain.functions.tuning import FunctionRuns
from costtui.domain.loaded import SourceState
from costtui.domain.period import Window
from costtui.panes.functions import PANE
from tests.conftest import NOW
from tests.unit.functions.function_inputs import averages, built, calls, function, runs, used

RESIZE = function()
NOT_HERE = OptimizerReport("444455556666", "us-east-1", False)
SIZES: dict[int, int | str] = {256: 145, 1024: 29}
A_CALL = Decimal("0.000000804167875") - Decimal("0.0000006833343")
"""What 29 ms at 1024 MB save over 145 ms at 256 MB, requests included: 15.0259 %."""


def discounted(pct: str) -> Settings:
    return parse(f'[prices]\ndiscount_pct = "{pct}"\n', name="t", base=Path("/"))


def test_a_saving_is_per_call_times_calls_to_the_last_digit() -> None:
    data = built([RESIZE], tuning=[runs("resize", averages("1", SIZES))], usage=used(RESIZE, 30, 1_000_001, "145000145"))
    (row,) = data.rows
    assert row.recommendation is not None
    assert row.recommendation.memory_mb == 1024
    assert row.recommendation.monthly_saving == A_CALL * 30_000_030
    assert data.totals.monthly_saving == row.recommendation.monthly_saving
    assert row.recommendation.words == "1024 MB, measured"


def test_a_name_is_every_function_of_that_name_and_an_arn_is_one() -> None:
    here, there = function(), function(account="444455556666")
    by_name = built([here, there], tuning=[runs("resize", averages("1", SIZES))]).rows
    by_arn = built([here, there], tuning=[runs(there.arn, averages("1", SIZES), file="x.json")]).rows
    assert [row.recommendation is not None for row in by_name] == [True, True]
    assert [row.arn for row in by_arn if row.recommendation] == [there.arn]


def test_a_run_of_a_function_that_is_not_listed_is_said_and_a_comparison_is_not() -> None:
    stray, label = runs("resise", averages("1", SIZES)), FunctionRuns("arm build", "resize.url", [averages("2", SIZES)], guessed=True)
    data = built([RESIZE], tuning=[stray, label])
    (problem,) = data.problems
    assert (problem.kind, problem.where) == ("warning", "resise.json")
    assert "'resise', which is no function here" in problem.what


def test_without_calls_the_saving_is_unknown_and_not_zero() -> None:
    (row,) = built([RESIZE], tuning=[runs("resize", averages("1", SIZES))]).rows
    assert row.recommendation is not None
    assert (row.recommendation.memory_mb, row.recommendation.monthly_saving) == (1024, None)
    assert built([RESIZE]).totals.monthly_saving is None


def test_one_size_is_no_verdict() -> None:
    data = built([RESIZE], tuning=[runs("resize", calls("log", 256, 145, count=30, used_mb=90))], usage=used(RESIZE, 1, 10, "1450"))
    (row,) = data.rows
    assert row.recommendation is not None
    assert (row.recommendation.words, row.recommendation.monthly_saving, data.totals.monthly_saving) == ("not enough data", None, None)
    assert (row.cold_start_share, row.max_memory_used_mb) == (Decimal(0), 90)


def test_a_size_without_a_cold_start_is_charged_the_init_of_the_others() -> None:
    """A log of production at today's size and averages of a larger one: INIT does not vanish at the size where nobody saw it."""
    log, tool = calls("log", 256, 145, count=100, cold=10), averages("tool", {1024: 29})
    (row,) = built([RESIZE], tuning=[runs("resize", log), runs("resize", tool)], usage=used(RESIZE, 30, 1000, "145000")).rows
    assert row.cold_start_share == Decimal("0.1")
    assert row.recommendation is not None
    assert (row.recommendation.memory_mb, row.recommendation.words) == (256, "stay: cold starts decide")
    assert "1024 MB is cheaper up to 7.2 % cold starts" in row.recommendation.reason
    assert "INIT of 135 ms assumed at every size" in row.recommendation.reason


def test_more_memory_that_only_costs_more_is_left_alone() -> None:
    (row,) = built([RESIZE], tuning=[runs("resize", averages("1", {256: 100, 512: 99}))], usage=used(RESIZE, 30, 1, "100")).rows
    assert row.recommendation is not None
    assert (row.recommendation.words, row.recommendation.monthly_saving) == ("stay: best measured", Decimal(0))


def test_today_s_size_must_be_measured_for_a_saving() -> None:
    (row,) = built([function(memory_mb=128)], tuning=[runs("resize", averages("1", SIZES))], usage=used(RESIZE, 30, 1, "100")).rows
    assert row.recommendation is not None
    assert (row.recommendation.words, row.recommendation.monthly_saving) == ("1024 MB, now not measured", None)


def test_functions_that_other_meters_bill_get_no_verdict() -> None:
    (row,) = built([function(kind="managed-instances")], tuning=[runs("resize", averages("1", SIZES))]).rows
    assert row.recommendation is None


def test_a_private_discount_is_in_cost_and_saving() -> None:
    usage, tuning = used(RESIZE, 30, 1000, "145000"), [runs("resize", averages("1", SIZES))]
    (full,), (less,) = (built([RESIZE], tuning=tuning, usage=usage, settings=discounted(pct)).rows for pct in ("0", "25"))
    assert full.recommendation is not None
    assert less.recommendation is not None
    assert full.cost.total is not None
    assert less.cost.total == full.cost.total * Decimal("0.75")
    assert less.recommendation.monthly_saving == A_CALL * 30_000 * Decimal("0.75")


@pytest.mark.parametrize(
    ("window", "days"),
    [(Window(date(2026, 11, 13), date(2026, 11, 20)), 7), (Window(date(2026, 11, 1), date(2026, 12, 1)), 20)],
)
def test_a_month_is_thirty_days_of_what_has_passed(window: Window, days: int) -> None:
    usage = used(RESIZE, 7, 700, "1", start=window.start)
    data = built([RESIZE], tuning=[runs("resize", averages("1", SIZES))], usage=usage, window=window)
    assert data.totals.days == days
    assert data.totals.monthly_saving == A_CALL * (4900 * 30 // days)


def test_p95_and_what_the_sums_do_not_tell() -> None:
    (row,) = built([RESIZE], usage=used(RESIZE, 1, 10, "1450"), function_window=[WindowMetrics(RESIZE.arn, Decimal("171.2"))]).rows
    assert row.duration_p95_ms == Decimal("171.2")
    assert (row.cost.provisioned, row.cost.other, row.cost.init, row.cost.ephemeral) == (None, None, None, Decimal(0))


def test_an_account_that_did_not_opt_in_is_told_in_the_state_and_one_that_did_is_heard() -> None:
    state = SourceState("aws.compute-optimizer", "fresh", NOW)
    silent = built([RESIZE], states=[state], optimizer_advice=[NOT_HERE])
    assert (silent.sources[0].state, silent.sources[0].as_of) == ("fresh", NOW)
    assert "opt in" in silent.sources[0].detail
    advice = OptimizerAdvice(f"{RESIZE.arn}:$LATEST", "NotOptimized", ["MemoryUnderprovisioned"], 14, 512, Decimal("3.20"))
    heard = built([RESIZE], states=[state], optimizer_advice=[NOT_HERE, OptimizerReport(RESIZE.account, RESIZE.region, True, [advice])])
    assert heard.sources == [state]
    assert (heard.rows[0].optimizer, heard.rows[0].optimizer_enrolled) == (advice, True)
    assert not silent.rows[0].optimizer_enrolled


def test_the_table_says_verdict_and_saving() -> None:
    data = built([RESIZE, function("other")], tuning=[runs("resize", averages("1", SIZES))], usage=used(RESIZE, 30, 1000, "145000"))
    cells = {
        row.name: [column.text(row) for name in ("verdict", "monthly_saving", "cold_start_share") if (column := PANE.column(name))]
        for row in data.rows
    }
    assert cells == {"resize": ["1024 MB, measured", "−0.00", "?"], "other": ["not enough data", "?", "?"]}


def test_a_saving_is_at_the_tier_that_the_payer_reached() -> None:
    busy = function("busy", memory_mb=10_240)
    start = date(2026, 11, 1)
    hours = used(busy, 10, 1_000_000, "90000000000", start)  # 9 G GB-seconds: beyond the 6 G of the first tier
    data = built(
        [RESIZE, busy],
        tuning=[runs("resize", averages("1", SIZES))],
        usage=[*hours, *used(RESIZE, 10, 1_000_000, "145000000", start)],
        window=Window(start, date(2026, 12, 1)),
    )
    row = next(row for row in data.rows if row.name == "resize")
    assert [part.tier for part in row.tiers] == [1, 2]
    assert row.recommendation is not None
    saved_gb_seconds = (Decimal("36.25") - Decimal(29)) / 1000 * (10_000_000 * 30 // data.totals.days)
    assert row.recommendation.monthly_saving == saved_gb_seconds * Decimal("0.000015")


def test_memory_that_report_lines_saw_in_use_is_a_floor_too() -> None:
    seen = ReportedSize(1024, 30_000_000, 0, Decimal(29), Decimal(29), max_memory_used_mb=300)
    (row,) = built(
        [function(memory_mb=1024)],
        tuning=[runs("resize", averages("1", {256: 29, 1024: 29}))],
        usage=used(RESIZE, 30, 1_000_000, "29000000"),
        function_reports=[FunctionReports(RESIZE.arn, [seen])],
    ).rows
    assert row.recommendation is not None
    assert row.recommendation.memory_mb == 1024
