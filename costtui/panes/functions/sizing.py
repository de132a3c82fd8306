"""The part of a function's detail about its memory size: verdict, plots, measured sizes, runs, what to measure next."""

import textwrap
from collections.abc import Callable, Iterator
from decimal import Decimal

from costtui.domain.functions.advice import analysis_of, arm_saving
from costtui.domain.functions.duration_curve import DurationCurve, fit
from costtui.domain.functions.next_size import NextSize, first_run, next_size
from costtui.domain.functions.records import NOT_ENOUGH, FunctionRow, FunctionTotals
from costtui.domain.functions.right_sizing import PricedSize, floor_mb
from costtui.domain.functions.verdict import Analysis
from costtui.domain.money import ZERO, plain
from costtui.domain.prices.price_book import LambdaRates, price_book
from costtui.panes.functions.optimizer import aws_says
from costtui.panes.plots import LEGEND, Plot
from costtui.panes.spec import Line, Section
from costtui.panes.words import NOT_APPLICABLE, money, number, percent, signed

SENTENCE = 56
"""What stands beside a label on 80 columns."""
RUNS = 5
"""As many runs fit side by side on 80 columns; the last ones are shown."""
MILLION = 1_000_000


def sizing(row: FunctionRow, totals: FunctionTotals, duration_ms: Decimal | None) -> Iterator[Section]:
    """All sections about size; `duration_ms` is the sum over the window."""
    book = price_book()
    analysis = analysis_of(row, totals.days, totals.discount_pct, book)
    more = [*_arm(row, totals, duration_ms), *told("AWS", aws_says(row))]
    if analysis is None:
        yield Section(f"Verdict: {NOT_ENOUGH}", (*told("Why", _why_nothing(row)), *more), widths=(14, 0))
    else:
        why = tuple(told("Why", analysis.verdict.reason))
        yield Section(_headline(row, analysis), why, widths=(14, 0), plots=_plots(row, analysis))
        yield Section("Behind the verdict", (*_verdict(row, analysis, totals), *more), widths=(14, 0))
        yield _measured(analysis)
        yield _runs(row)
    rates = book.lambda_rates(row.region, row.architecture)
    if rates is not None and row.kind == "standard":
        proposal = _proposal(row, analysis, rates, book.api_call("states:StartExecution"))
        if proposal is not None:
            yield _next(proposal, f"{proposal.memory_mb} MB: " if analysis else "")


def told(label: str, sentence: str) -> list[Line]:
    """A label and a sentence on as many lines as it needs."""
    return [Line((label if at == 0 else "", part)) for at, part in enumerate(textwrap.wrap(sentence, SENTENCE))]


def _why_nothing(row: FunctionRow) -> str:
    if row.kind != "standard":
        return "GB-seconds do not bill this function, so its memory size does not decide its cost"
    if row.tuning is not None:
        return f"the price book has no Lambda price for {row.architecture} in {row.region}"
    return "no tuning run is joined to this function: name its files after it in [functions] tuning"


def _headline(row: FunctionRow, analysis: Analysis) -> str:
    verdict = analysis.verdict
    if row.recommendation is None or row.recommendation.words == NOT_ENOUGH:
        return f"Verdict: {NOT_ENOUGH}"
    if verdict.memory_mb == row.memory_mb:
        return f"Verdict: stay at {row.memory_mb} MB"
    saving = row.recommendation.monthly_saving
    if saving is None or verdict.saving_pct is None:
        return f"Verdict: {verdict.memory_mb} MB is the cheapest measured size"
    return f"Verdict: {verdict.memory_mb} MB would save {money(saving)} $ a month ({percent(verdict.saving_pct, 2)} of each call)"


def _verdict(row: FunctionRow, analysis: Analysis, totals: FunctionTotals) -> Iterator[Line]:
    advice, verdict, tuning = row.recommendation, analysis.verdict, row.tuning
    assert tuning is not None
    if advice is not None:
        yield from told("Measured", f"{advice.method}; confidence {advice.confidence}")
    if verdict.p95_change_ms is not None and verdict.memory_mb != row.memory_mb:
        yield from told("p95", f"changes by {signed(verdict.p95_change_ms, 1)} ms")
    if tuning.cold_rate is not None:
        yield from told("Cold starts", f"{percent(tuning.cold_rate * 100)} of the calls in the REPORT lines")
    elif tuning.init_ms is not None:
        yield from told("Cold starts", f"INIT takes {number(tuning.init_ms, 0)} ms; their share is not measured")
    floor = floor_mb(tuning.sizes)
    if floor is not None:
        yield from told("Memory used", f"{tuning.max_memory_used_mb} MB at most, so no size below {number(floor, 0)} MB")
    discount = f", less {plain(totals.discount_pct)} % private discount" if totals.discount_pct else ""
    yield from told("Money", f"list price{discount}, per 30 days; no cash while a Savings Plan has unused commitment")


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
    curve = fit([(point.memory_mb, float(point.size.typical_ms)) for point in points])
    rates = price_book().lambda_rates(row.region, row.architecture)
    assert rates is not None
    cold = float((row.cold_start_share or ZERO) * ((row.tuning.init_ms if row.tuning else None) or ZERO))
    costs = tuple((point.memory_mb, float(point.cost_per_invocation * MILLION)) for point in points)
    times = tuple((point.memory_mb, float(point.size.duration_ms)) for point in points)
    places = 2 if max(cost for _, cost in costs) < 100 else 0
    now, best = analysis.current, analysis.cheapest
    return (
        Plot(f"Cost per million calls, $     {LEGEND}", costs, _cost_model(curve, rates, cold), now, best, places),
        Plot("Mean duration, ms", times, _time_model(curve), now, best, 0),
    )


def _cost_model(curve: DurationCurve | None, rates: LambdaRates, cold_ms: float) -> Callable[[float], float] | None:
    """USD for a million calls at any size, without rounding up; `cold_ms` is INIT times its share."""
    if curve is None:
        return None
    request, gb_ms = float(rates.request), float(rates.duration[0].rate) / 1000
    return lambda size: MILLION * (request + size / 1024 * (curve.at(round(size)) + cold_ms) * gb_ms)


def _time_model(curve: DurationCurve | None) -> Callable[[float], float] | None:
    return None if curve is None else lambda size: curve.at(round(size))


def _measured(analysis: Analysis) -> Section:
    return Section(
        "Measured sizes",
        tuple(Line(_size(point, analysis), "good" if point.memory_mb == analysis.cheapest else "") for point in analysis.points),
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
    return next_size(analysis.points, rates, transition, row.arn)


def _next(proposal: NextSize, size: str) -> Section:
    about = f"{size}{proposal.reason}; the run costs about {money(proposal.cost, 4)}\u00a0$"
    return Section(
        "Worth measuring next",
        (*told("Why", about), *told("How", "input of the aws-lambda-power-tuning state machine; costtui itself never calls a function")),
        widths=(14, 0),
        note=proposal.tool_input,
    )
