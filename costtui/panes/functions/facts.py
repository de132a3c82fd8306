"""What several sections of a function's detail and its explanations say alike: window, basis, prices, sources."""

from datetime import timedelta
from decimal import Decimal
from math import isnan

from costtui.domain.functions.records import Basis, FunctionRow, FunctionTotals
from costtui.domain.loaded import PaneData
from costtui.domain.money import plain
from costtui.domain.prices.price_book import price_book
from costtui.panes.words import stamp

Functions = PaneData[FunctionRow, FunctionTotals]
Fact = tuple[str, str]

FROM: dict[Basis, str] = {
    "billed": "billed by AWS, from an export with resource ids: INIT, discounts and Savings Plans are in it",
    "measured": "measured: the REPORT lines of every call of the window, each rounded up to a whole millisecond, INIT in it",
    "estimated": "estimated from CloudWatch's sums of calls and durations: no rounding up of each call, no INIT, today's memory size",
}
METRICS = "CloudWatch, AWS/Lambda"
CONTROL_PLANE = "Lambda, ListFunctions"
SHOWN = "exact inside; shown half to even"


def window_ms(row: FunctionRow) -> Decimal | None:
    """The sum of durations over the window in ms; None without data."""
    if not row.daily_duration_ms.packed:
        return None
    return sum((Decimal(repr(value)) for value in row.daily_duration_ms.values if not isnan(value)), Decimal(0))


def window_words(data: Functions) -> str:
    return f"{data.window.start} to {data.window.end - timedelta(1)}, {len(data.window)} days, UTC"


def window_fact(data: Functions) -> Fact:
    return "Window", window_words(data)


def price_words(row: FunctionRow) -> str:
    """Where the rates of its region and architecture are from, and of when."""
    book = price_book()
    rates = book.lambda_rates(row.region, row.architecture)
    place = f"{row.region}, {row.architecture}"
    return f"{place}: unpriced, the price book does not know it" if rates is None else f"{place}: {book.dated_source(rates)}"


def discount_words(totals: FunctionTotals) -> str:
    return f"less {plain(totals.discount_pct)} % private discount" if totals.discount_pct else ""


def source_facts(data: Functions, *names: str) -> tuple[Fact, ...]:
    """When the sources whose names begin so were last asked, and what is wrong with them; those of one answer together."""
    found: dict[str, list[str]] = {}
    for state in data.sources:
        if state.name.startswith(names) and state.state != "not-configured":
            when = stamp(state.as_of) if state.as_of else state.state
            found.setdefault(when if state.state == "fresh" else f"{when}, {state.state}", []).append(state.name)
    told = [f"{when}: {', '.join(sources)}" for when, sources in found.items()]
    return (("Asked", "; ".join(told)),) if told else ()
