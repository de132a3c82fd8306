"""The part of a function's detail about its memory size: verdict, plots, measured sizes, runs, what to measure next."""

import textwrap
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial

from costtui.domain.functions.advice import arm_saving
from costtui.domain.functions.duration_curve import ONE_VCPU_MB, Points, between, fit
from costtui.domain.functions.next_size import NextSize, first_run, next_size
from costtui.domain.functions.records import NOT_ENOUGH, FunctionRow, FunctionTotals
from costtui.domain.functions.right_sizing import HEADROOM, Conditions, PricedSize, largest_used_mb
from costtui.domain.functions.verdict import Analysis
from costtui.domain.money import ZERO
from costtui.domain.prices.price_book import LambdaRates, price_book
from costtui.panes.functions.explain_sizes import break_even, judged, nothing_measured, saving_lines, why_saving, why_size
from costtui.panes.functions.facts import Functions, window_ms
from costtui.panes.functions.optimizer import aws_says
from costtui.panes.plots import Plot
from costtui.panes.spec import Detail, Line, Section
from costtui.panes.words import NOT_APPLICABLE, money, number, percent, signed

SENTENCE = 56
"""What stands beside a label on 80 columns."""
RUNS = 5
"""As many runs fit side by side on 80 columns; the last ones are shown."""
MILLION = 1_000_000


def sizing(row: FunctionRow, data: Functions) -> Iterator[Section]:
    """All sections about size."""
    book, totals = price_book(), data.totals
    found = judged(row, data)
    more = [*_arm(row, totals, window_ms(row)), *told("AWS", aws_says(row))]
    why = partial(why_saving, row, data)
    if found is None:
        yield Section(f"Verdict: {NOT_ENOUGH}", (*told("Why", nothing_measured(row), why), *more), widths=(14, 0))
    else:
        analysis, conditions = found
        reason = tuple(told("Why", analysis.verdict.reason, why))
        yield Section(_headline(row, analysis), reason, widths=(14, 0), plots=_plots(row, analysis))
        yield from _savings(row, data)
        yield Section("Behind the verdict", (*_verdict(row, analysis, conditions), *more), widths=(14, 0))
        yield _measured(row, analysis, conditions, data)
        yield _runs(row)
    rates = book.lambda_rates(row.region, row.architecture)
    if rates is not None and row.kind == "standard":
        proposal = _proposal(row, found[0] if found else None, rates, book.api_call("states:StartExecution"))
        if proposal is not None:
            yield _next(proposal, f"{proposal.memory_mb} MB: " if found else "")


def _savings(row: FunctionRow, data: Functions) -> Iterator[Section]:
    why = partial(why_saving, row, data)
    lines = tuple(Line((one.at, money(one.monthly), one.note), why=why) for one in saving_lines(row, data))
    if lines:
        yield Section("Saving a month", lines, head=("At", "$/mo", ""), widths=(50, 10, 0), right=frozenset({1}))


def told(label: str, sentence: str, why: Callable[[], Detail] | None = None) -> list[Line]:
    """A label and a sentence on as many lines as it needs."""
    return [Line((label if at == 0 else "", part), why=why) for at, part in enumerate(textwrap.wrap(sentence, SENTENCE))]


def _headline(row: FunctionRow, analysis: Analysis) -> str:
    verdict = analysis.verdict
    if row.recommendation is None or row.recommendation.words == NOT_ENOUGH:
        return f"Verdict: {NOT_ENOUGH}"
    if verdict.memory_mb == row.memory_mb:
        return f"Verdict: stay at {row.memory_mb} MB"
    saving = row.recommendation.monthly_saving
    if saving is None or verdict.saving_pct is None:
        return f"Verdict: {verdict.memory_mb} MB is the cheapest measured size"
    if saving < 0:
        return f"Verdict: {verdict.memory_mb} MB, which costs {money(-saving)} $ a month more: memory is tight"
    return f"Verdict: {verdict.memory_mb} MB would save {money(saving)} $ a month ({percent(verdict.saving_pct, 2)} of each call)"


def _verdict(row: FunctionRow, analysis: Analysis, conditions: Conditions) -> Iterator[Line]:
    advice, verdict, tuning = row.recommendation, analysis.verdict, row.tuning
    assert tuning is not None
    if advice is not None:
        yield from told("Measured", f"{advice.method}; confidence {advice.confidence}")
    if verdict.p95_change_ms is not None and verdict.memory_mb != row.memory_mb:
        yield from told("p95", f"changes by {signed(verdict.p95_change_ms, 1)} ms")
    if row.cold_start_share is not None:
        yield from told("Cold starts", f"{percent(row.cold_start_share * 100)} of the calls in the REPORT lines")
    elif tuning.init_ms is not None:
        yield from told("Cold starts", f"INIT takes {number(tuning.init_ms, 0)} ms; their share is not measured")
    for words in break_even(analysis, conditions):
        yield from told("Break-even", words.partition(":")[0])
    if ran := _ran_at(row):
        yield from told("Ran at", ran)
    used = largest_used_mb(tuning.sizes, conditions.used_mb)
    if used is not None:
        yield from told("Memory used", f"{used} MB at most, so no size below {number(HEADROOM * used, 0)} MB")


def _ran_at(row: FunctionRow) -> str:
    """Where the window was not spent at today's size: its cost is of all of them, the saving from today's alone."""
    sizes = row.reports.sizes if row.reports is not None else ()
    if row.reports is None or not any(size.memory_mb != row.memory_mb for size in sizes):
        return ""
    shares = [f"{percent(Decimal(100 * size.calls) / row.reports.calls)} of the calls at {size.memory_mb} MB" for size in sizes]
    return f"{', '.join(shares)}: the window's cost is of all these sizes, a saving is of a month at today's {row.memory_mb} MB"


def _arm(row: FunctionRow, totals: FunctionTotals, duration_ms: Decimal | None) -> list[Line]:
    if duration_ms is None:
        return []
    saving = arm_saving(row, duration_ms, totals.days, totals.discount_pct, price_book())
    if saving is None:
        return []
    return told("On arm64", f"{signed(-saving)} $ a month at {row.memory_mb} MB if it took as long there: an assumption, not measured")


def _plots(row: FunctionRow, analysis: Analysis) -> tuple[Plot, ...]:
    """Cost and duration; nothing to draw through a single size."""
    points = analysis.points
    if len(points) < 2:
        return ()
    rates = price_book().lambda_rates(row.region, row.architecture)
    assert rates is not None
    curve = _curve([(point.memory_mb, float(point.size.typical_ms)) for point in points])
    cold = float((row.cold_start_share or ZERO) * ((row.tuning.init_ms if row.tuning else None) or ZERO))
    costs = tuple((point.memory_mb, float(point.cost_per_invocation * MILLION)) for point in points)
    times = tuple((point.memory_mb, float(point.size.duration_ms)) for point in points)
    places = 2 if max(cost for _, cost in costs) < 100 else 0
    now, best = analysis.current, analysis.cheapest
    return (
        Plot("Cost per million calls, $", costs, _cost_curve(curve, rates, cold), now, best, places, ONE_VCPU_MB),
        Plot("Mean ms", times, curve, now, best, 0, ONE_VCPU_MB),
    )


def _curve(points: Points) -> Callable[[float], float]:
    """Milliseconds at any size within the measured ones: the model where it can be fitted, otherwise on a log-log line between two."""
    fitted = fit(points)
    if fitted is not None:
        return lambda size: fitted.at(round(size))
    low, high = min(size for size, _ in points), max(size for size, _ in points)
    return lambda size: between(points, min(high, max(low, round(size)))) or 0.0


def _cost_curve(curve: Callable[[float], float], rates: LambdaRates, cold_ms: float) -> Callable[[float], float]:
    """USD for a million calls at any size, without rounding up; `cold_ms` is INIT times its share."""
    request, gb_ms = float(rates.request), float(rates.duration[0].rate) / 1000
    return lambda size: MILLION * (request + size / 1024 * (curve(size) + cold_ms) * gb_ms)


def _measured(row: FunctionRow, analysis: Analysis, conditions: Conditions, data: Functions) -> Section:
    return Section(
        "Measured sizes",
        tuple(
            Line(
                _size(point, analysis),
                "good" if point.memory_mb == analysis.cheapest else "",
                why=partial(why_size, row, point, conditions, data),
            )
            for point in analysis.points
        ),
        head=("MB", "Mean ms", "p95 ms", "INIT ms", "$/M calls", "$/30 days", ""),
        widths=(6, 9, 9, 8, 11, 11, 0),
        right=frozenset(range(6)),
    )


def _size(point: PricedSize, analysis: Analysis) -> tuple[str, ...]:
    marks = [name for name in ("cheapest", "fastest", "balanced") if getattr(analysis, name) == point.memory_mb]
    return (
        str(point.memory_mb),
        number(point.size.duration_ms, 1),
        number(point.size.p95_ms, 1),
        number(point.init_ms, 0),
        money(point.cost_per_invocation * MILLION, 3),
        money(point.monthly),
        ", ".join((["now"] if analysis.current == point.memory_mb else []) + marks),
    )


def _runs(row: FunctionRow) -> Section:
    assert row.tuning is not None
    runs = row.tuning.runs[-RUNS:]
    earlier = len(row.tuning.runs) - len(runs)
    lines = [
        Line(
            (
                str(size.memory_mb),
                *(number(run.duration_ms[size.memory_mb]) if size.memory_mb in run.duration_ms else NOT_APPLICABLE for run in runs),
            )
        )
        for size in row.tuning.sizes
    ]
    return Section(
        "Tuning runs side by side, mean ms",
        tuple(lines),
        head=("MB", *(run.name for run in runs)),
        widths=(6, *(10 for _ in runs)),
        right=frozenset(range(len(runs) + 1)),
        note=f"{earlier} earlier runs are pooled in the measured sizes and not shown here" if earlier else "",
    )


def _proposal(row: FunctionRow, analysis: Analysis | None, rates: LambdaRates, transition: Decimal) -> NextSize | None:
    if analysis is None:
        return first_run(row.memory_mb, row.duration_avg_ms, rates, transition, row.arn) if row.duration_avg_ms else None
    return next_size(analysis.points, rates, transition, row.arn, row.max_memory_used_mb)


def _next(proposal: NextSize, size: str) -> Section:
    about = f"{size}{proposal.reason}; the run costs about {money(proposal.cost, 4)}\u00a0$"
    how = "run the aws-lambda-power-tuning state machine, which calls the function; costtui itself never does:"
    return Section("Worth measuring next", (*told("Why", about), *told("How", how)), widths=(14, 0), note=proposal.command)
