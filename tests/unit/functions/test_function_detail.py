"""What Enter shows of a function: verdict, plots, bill with free tier, what to measure next."""

import json
import shlex
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from costtui.config import parse
from costtui.domain.functions.records import OptimizerAdvice, OptimizerReport, WindowMetrics
from costtui.domain.functions.reported import FunctionReports, ReportedSize
from costtui.panes.functions.detail import detail
from costtui.panes.functions.explain import explain
from costtui.panes.plots import Plot
from costtui.panes.spec import Detail, Section
from tests.unit.functions.function_inputs import averages, built, calls, function, runs, used

SIZES: dict[int, int | str] = {128: 310, 256: 145, 1024: 29, 3008: 24}
RESIZE = function()


def shown(**more: object) -> Detail:
    one = more.pop("one", RESIZE)
    data = built([one], usage=used(one, 30, 1_000_000, "145000000"), **more)  # type: ignore[arg-type, list-item]
    return detail(data.rows[0], data)


def section(found: Detail, title: str) -> Section:
    return next(one for one in found.sections if one.title.startswith(title))


def words(part: Section) -> str:
    return " ".join(" ".join(filter(None, line.cells)) for line in part.lines)


def test_the_verdict_says_what_a_month_saves_and_plots_cost_and_duration() -> None:
    part = section(shown(tuning=[runs("resize", averages("1", SIZES, init_ms=135))]), "Verdict")
    assert part.title == "Verdict: 1024 MB would save 3.63 $ a month (15.03% of each call)"
    assert "29 ms instead of 145 ms; 1024 MB is cheaper up to 7.2 % cold starts" in words(part)
    cost, duration = part.plots
    assert isinstance(cost, Plot)
    assert isinstance(duration, Plot)
    assert (cost.now, cost.best) == (256, 1024)
    assert dict(cost.points)[1024] == 0.6833343
    assert duration.points == ((128, 310.0), (256, 145.0), (1024, 29.0), (3008, 24.0))


def test_the_curves_run_through_the_neighbourhood_of_the_points() -> None:
    for plot in section(shown(tuning=[runs("resize", averages("1", SIZES))]), "Verdict").plots:
        assert isinstance(plot, Plot)
        assert plot.model is not None
        assert all(abs(plot.model(size) / value - 1) < 0.25 for size, value in plot.points)


def test_too_little_memory_is_a_verdict_that_costs() -> None:
    found = shown(tuning=[runs("resize", calls("a", 256, 145, count=5, used_mb=230), calls("b", 512, 145, count=5))])
    part = section(found, "Verdict")
    assert part.title == "Verdict: 512 MB, which costs 18.13 $ a month more: memory is tight"
    assert "256 MB has less than 1.2 × the 230 MB of memory used" in words(part)


def test_above_one_vcpu_a_line_stands_in_for_the_model() -> None:
    one = function(memory_mb=1769)
    for plot in section(shown(one=one, tuning=[runs("resize", averages("1", {1769: 100, 3008: 50}))]), "Verdict").plots:
        assert isinstance(plot, Plot)
        assert plot.model is not None
        assert all(abs(plot.model(size) / value - 1) < 0.01 for size, value in plot.points)
        assert min(value for _, value in plot.points) < plot.model(2300) < max(value for _, value in plot.points)


def test_the_floor_and_the_change_of_p95_come_from_the_calls() -> None:
    part = section(shown(tuning=[runs("resize", calls("a", 256, 145, count=5, used_mb=110), calls("b", 1024, 29, count=5))]), "Behind")
    assert "110 MB at most, so no size below 132 MB" in words(part)
    assert "changes by −116.0 ms" in words(part)
    assert "0.0% of the calls in the REPORT lines" in words(part)


def test_arm_is_an_assumption_and_said_to_be_one() -> None:
    never_measured = words(section(shown(), "Verdict: not enough data"))
    assert "−3.62 $ a month at 256 MB if it took as long there: an assumption, not measured" in never_measured
    assert "arm64" not in words(section(shown(one=function(architecture="arm64")), "Verdict"))


def tool_input(found: Detail) -> dict[str, Any]:
    """What the command that is proposed gives the tuning tool."""
    program, *words = shlex.split(section(found, "Worth measuring next").note)
    assert [program, *words[:2]] == ["aws", "stepfunctions", "start-execution"]
    result: dict[str, Any] = json.loads(words[words.index("--input") + 1])
    return result


def test_a_function_that_nobody_measured_gets_the_command_that_would() -> None:
    found = tool_input(shown())
    assert found["lambdaARN"] == RESIZE.arn
    assert found["powerValues"] == [128, 256, 512]
    assert tool_input(shown(one=function(memory_mb=10_240)))["powerValues"] == [5120, 10_240]


def test_the_next_size_lies_where_the_curve_expects_to_save() -> None:
    found = shown(tuning=[runs("resize", averages("1", {128: 1000, 3008: 40}))])
    part = section(found, "Worth measuring next")
    (size,) = tool_input(found)["powerValues"]
    assert 128 < size < 3008
    assert f"{size} MB: the curve through the measured sizes expects" in words(part)


def test_runs_stand_side_by_side_the_last_five() -> None:
    found = [runs("resize", averages(str(n), {256: 140 + n, 1024: 29}), file=f"resize.{n}.json") for n in range(1, 8)]
    part = section(shown(tuning=found), "Tuning runs")
    assert part.head == ("MB", "3.json", "4.json", "5.json", "6.json", "7.json")
    assert part.lines[0].cells == ("256", "143.0", "144.0", "145.0", "146.0", "147.0")
    assert part.note.startswith("2 earlier runs")


def test_the_free_tier_stands_beside_the_total() -> None:
    part = section(shown(), "Bill")
    total, alone, everyone = (line.cells for line in part.lines[-3:])
    assert (total[0], total[3], alone[0], alone[3]) == ("Total", "24.1250", "With free tier", "17.2584")
    assert everyone[0] == "Free tier of all"


def test_the_bill_has_the_discount_of_the_row() -> None:
    settings = parse('[prices]\ndiscount_pct = "10"\n', name="t", base=Path("/"))
    part = section(shown(settings=settings), "Bill")
    assert next(line.cells[3] for line in part.lines if line.cells[0] == "Total") == "21.7125"
    assert "less 10 % private discount" in part.note


def test_init_of_report_lines_is_told_beside_the_bill() -> None:
    log = calls("log", 256, 145, count=10, cold=1)
    init = next(line for line in section(shown(tuning=[runs("resize", log)]), "Bill").lines if line.cells[0] == "INIT")
    assert init.cells[3:] == ("?", "about 1.6875 by the REPORT lines, not in the total")


def test_log_ingestion_is_a_memo_below_the_total() -> None:
    bill = section(shown(function_window=[WindowMetrics(RESIZE.arn, None, 3 * 1024**3)]), "Bill")
    assert bill.lines[-1].cells[:4] == ("Log ingestion", "3.00 GB", "0.5", "1.5000")
    assert next(line.cells[3] for line in bill.lines if line.cells[0] == "Total") == "24.1250"
    elsewhere = function(region="eu-west-1")
    unpriced = section(shown(one=elsewhere, function_window=[WindowMetrics(elsewhere.arn, None, 1024**3)]), "Bill")
    assert unpriced.lines[-1].cells[2:4] == ("?", "?")


def aws_words(runs_at_mb: int, advice: OptimizerAdvice | None) -> str:
    one = function(memory_mb=runs_at_mb)
    report = OptimizerReport(one.account, one.region, True, [advice] if advice else [])
    return words(section(shown(one=one, optimizer_advice=[report]), "Verdict"))


def test_what_aws_says_stands_beside_ours_with_its_range() -> None:
    finding = OptimizerAdvice(RESIZE.arn, "NotOptimized", ["MemoryUnderprovisioned"], 14)
    full = OptimizerAdvice(RESIZE.arn, "NotOptimized", [], 14, 512, Decimal("3.2"), Decimal(40), Decimal(60), Decimal("90.5"))
    assert "Compute Optimizer, 14 days: NotOptimized MemoryUnderprovisioned" in aws_words(256, finding)
    assert "Compute Optimizer, 14 days: 512 MB, 40.0 to 90.5 ms expected, saving 3.20 $ a month" in aws_words(256, full)
    assert "Compute Optimizer says nothing" in aws_words(1792, None)
    assert "Compute Optimizer is not enrolled here" in words(section(shown(), "Verdict"))
    assert "Compute Optimizer does not look above 1,792 MB" in aws_words(1793, full)


def test_a_window_of_two_sizes_says_what_its_cost_and_the_saving_are_of() -> None:
    small = ReportedSize(128, 20_000_000, 0, Decimal(2_000_000_000), Decimal(2_000_000_000))
    large = ReportedSize(256, 10_000_000, 0, Decimal(1_450_000_000), Decimal(1_450_000_000))
    reports = [FunctionReports(RESIZE.arn, [small, large])]
    tuned = [runs("resize", averages("1", SIZES))]
    told = words(section(shown(tuning=tuned, function_reports=reports), "Behind"))
    assert "66.7% of the calls at 128 MB, 33.3% of the calls at 256 MB: the window's cost is of all these sizes" in told
    assert "a saving is of a month at today's 256 MB" in told
    only = [FunctionReports(RESIZE.arn, [msgspec.structs.replace(large, calls=30_000_000)])]
    assert "Ran at" not in words(section(shown(tuning=tuned, function_reports=only), "Behind"))


def test_a_function_that_other_meters_bill_says_which_and_what_is_known() -> None:
    one = function("flow", kind="durable")
    data = built([one], usage=used(one, 30, 1_000_000, "145000000"))
    why = dict(explain(data.rows[0], "cost", data).facts)
    assert why["Formula"].startswith("unknown, which is not zero: operations, data written and data kept come on top of the duration")
    assert why["Known of it"] == "Requests 6.0000 + Duration 18.1250 + INIT ? + Provisioned ? + Other meters ?: in no total"
    edge = function("edge", kind="edge")
    days = built([edge], usage=used(edge, 30, 1_000_000, "145000000"))
    assert not any(part.plots for part in detail(days.rows[0], days).sections), "nothing to draw where no day has a cost"
