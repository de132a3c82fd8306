"""How the figures of a function's memory sizes came about: the price of each measured size, and the saving between two."""

from collections.abc import Iterator

from costtui.domain.functions.advice import MONTH_DAYS, conditions_of, monthly_calls
from costtui.domain.functions.measured_sizes import MeasuredSize
from costtui.domain.functions.records import FunctionRow
from costtui.domain.functions.right_sizing import HEADROOM, Conditions, PricedSize, largest_used_mb
from costtui.domain.functions.savings import Saving, savings
from costtui.domain.functions.verdict import Analysis, analyse
from costtui.domain.money import EXACT, plain, rounded
from costtui.domain.prices.price_book import price_book
from costtui.panes.functions.facts import SHOWN, Fact, Functions, discount_words, price_words, source_facts, window_fact
from costtui.panes.functions.optimizer import aws_says
from costtui.panes.spec import Detail, Line, Section
from costtui.panes.words import money, number, percent

BETWEEN = "between measured sizes only: the curve proposes what to measure, and claims nothing"


def judged(row: FunctionRow, data: Functions) -> tuple[Analysis, Conditions] | None:
    """The sizes of a function and under which conditions they are priced; None where nothing was measured, or nothing can be priced."""
    conditions = conditions_of(row, data.totals.days, data.totals.discount_pct, price_book())
    return None if conditions is None or row.tuning is None else (analyse(row.tuning.sizes, conditions), conditions)


def why_size(row: FunctionRow, point: PricedSize, conditions: Conditions, data: Functions) -> Detail:
    """The price of one measured size."""
    facts = (
        ("Formula", call_words(point, conditions)),
        ("Billed", _billed(point, conditions)),
        ("Measured", measured(point.size)),
        ("A month", _month(row, point, data)),
        *assumptions(conditions),
        ("Rate from", price_words(row)),
        ("Rounding", f"{SHOWN}; a million calls to 3 decimals"),
    )
    return Detail(f"{point.memory_mb} MB of {row.name}", (*facts, *source_facts(data, "tuning", "aws.cloudwatch")))


def call_words(point: PricedSize, conditions: Conditions) -> str:
    rates = conditions.rates
    rate = next((tier.rate for tier in reversed(rates.duration) if tier.begin <= conditions.payer_gb_seconds), rates.duration[0].rate)
    seconds = f"{point.memory_mb:,} MB ÷ 1,024 × {plain(point.expected_ms)} ms ÷ 1,000 × {plain(rate)}"
    less = f", less {plain(conditions.discounts.private_pct)} %" if conditions.discounts.private_pct else ""
    return f"{plain(rates.request)} a request + {seconds} a GB-second{less} = {plain(point.cost_per_invocation)} USD a call"


def _billed(point: PricedSize, conditions: Conditions) -> str:
    warm = f"{plain(point.size.warm_billed_ms)} ms, every call rounded up to a whole millisecond"
    if not point.cold_extra_ms or not conditions.cold_rate:
        return f"{warm}; no INIT in it"
    share = percent(conditions.cold_rate * 100, 2)
    return f"{warm}, + {share} cold starts × {plain(point.cold_extra_ms)} ms of INIT = {plain(point.expected_ms)} ms"


def measured(size: MeasuredSize) -> str:
    unit = "call" if size.calls else "average"
    many = f"{size.observations:,} {unit}{'s' if size.observations != 1 else ''}"
    noise = "spread unknown" if size.spread is None else f"spread {percent(size.spread * 100)} (standard deviation ÷ mean)"
    used = "" if size.max_memory_used_mb is None else f", {size.max_memory_used_mb} MB of memory used at most"
    p95 = "" if size.p95_ms is None else f", p95 {number(size.p95_ms, 1)} ms (nearest rank)"
    return f"{many}, mean {plain(rounded(size.duration_ms, 6))} ms, {noise}{p95}{used}"


def _month(row: FunctionRow, point: PricedSize, data: Functions) -> str:
    calls = monthly_calls(row.invocations, data.totals.days)
    if calls is None:
        return "unknown: its calls are not known"
    counted = f"{row.invocations:,} calls in {data.totals.days} days × {MONTH_DAYS} ÷ {data.totals.days} = {calls:,} calls"
    return f"{counted}; at that price, through the tiers, {'unpriced' if point.monthly is None else plain(point.monthly) + ' USD'}"


def assumptions(conditions: Conditions) -> tuple[Fact, ...]:
    return (("Assumed", conditions.assumption),) if conditions.assumption else ()


def saving_lines(row: FunctionRow, data: Functions) -> Iterator[Saving]:
    """The saving at every price that somebody may pay; nothing where no saving is claimed."""
    found, advice = judged(row, data), row.recommendation
    if found is not None and advice is not None and advice.monthly_saving is not None and advice.memory_mb != row.memory_mb:
        yield from savings(*found, price_book(), row.billed)


def why_saving(row: FunctionRow, data: Functions) -> Detail:
    """The saving of the verdict, and the verdict itself."""
    title = f"Saving of {row.name}"
    found = judged(row, data)
    if found is None:
        return Detail(title, (("Saving", f"unknown: {nothing_measured(row)}"), ("AWS says", aws_says(row))))
    analysis, conditions = found
    points = {point.memory_mb: point for point in analysis.points}
    now, then = (points.get(size) if size else None for size in (analysis.current, analysis.verdict.memory_mb))
    facts: list[Fact] = [("Verdict", analysis.verdict.reason)]
    if now and then and now is not then:
        facts.append(("Formula", _difference(now, then)))
        facts.append(("A month", _month(row, then, data)))
    facts += [("Break-even", words) for words in break_even(analysis, conditions)]
    facts += [("Confidence", confidence_words(analysis)), ("Never below", floor_words(row, conditions)), ("Compared", BETWEEN)]
    facts += assumptions(conditions)
    if discount := discount_words(data.totals):
        facts.append(("Discount", discount))
    facts += [("AWS says", aws_says(row)), ("Rate from", price_words(row)), window_fact(data), ("Rounding", f"{SHOWN} to 2 decimals")]
    lines = tuple(Line((one.at, money(one.monthly), one.note)) for one in saving_lines(row, data))
    at = (Section("Saving a month, $", lines, ("At", "$/mo", ""), (50, 10, 0), frozenset({1})),) if lines else ()
    return Detail(title, (*facts, *source_facts(data, "tuning", "aws.cloudwatch")), at)


def _difference(now: PricedSize, then: PricedSize) -> str:
    saved = EXACT.subtract(now.cost_per_invocation, then.cost_per_invocation)
    each = f"{plain(now.cost_per_invocation)} at {now.memory_mb} MB − {plain(then.cost_per_invocation)} at {then.memory_mb} MB"
    part = f" ({percent(saved / now.cost_per_invocation * 100, 4)})" if now.cost_per_invocation else ""
    return f"{each} = {plain(saved)} USD a call{part}"


def break_even(analysis: Analysis, conditions: Conditions) -> Iterator[str]:
    """The share of cold starts at which both sizes cost the same, since INIT does not shrink with memory."""
    even = analysis.verdict.break_even_cold_rate
    if even is not None:
        now = percent(conditions.cold_rate * 100, 2)
        yield f"{percent(even * 100, 4)} cold starts: (GB-ms warm now − then) ÷ (GB-ms of INIT then − now); {now} are cold now"


def confidence_words(analysis: Analysis) -> str:
    rule = "high: difference ≥ 3 standard errors, 20 or more observations; medium: ≥ 2 and 5 or more; low otherwise"
    return f"{analysis.verdict.confidence} ({rule})"


def floor_words(row: FunctionRow, conditions: Conditions) -> str:
    used = largest_used_mb(row.tuning.sizes if row.tuning else (), conditions.used_mb)
    if used is None:
        return "not known: no source tells how much memory is used"
    return f"{number(HEADROOM * used, 0)} MB = {HEADROOM} × the {used} MB that were used at most"


def nothing_measured(row: FunctionRow) -> str:
    """Why there is no verdict."""
    if row.kind != "standard":
        return "GB-seconds alone do not bill this function, so its memory size alone does not decide its cost"
    if row.tuning is not None:
        return f"the price book has no Lambda price for {row.architecture} in {row.region}"
    return "no tuning run is joined to this function: name its files after it in [functions] tuning"
