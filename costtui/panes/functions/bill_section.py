"""The bill of a function, line by line; the model beside it where AWS's own figures are known."""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from costtui.domain.functions.bill import Bill, BillLine
from costtui.domain.functions.billing_rules import gb_seconds
from costtui.domain.functions.records import FunctionRow, FunctionTotals
from costtui.domain.money import EXACT, plain
from costtui.domain.prices.price_book import price_book
from costtui.panes.functions.bills import window_bill
from costtui.panes.functions.explain_bill import billed_line, free_line, log_line, meter, model_line, total_line
from costtui.panes.functions.facts import FROM, Functions, discount_words, window_ms
from costtui.panes.functions.meter_words import LOG_GB, METERS, column_words
from costtui.panes.spec import Line, Section
from costtui.panes.words import NOT_APPLICABLE, UNKNOWN, money, number, signed

HEAD = ("Meter", "Quantity", "Rate $", "Amount $", "")
WIDTHS = (17, 18, 12, 11, 0)
UNITS = {"GB-second": "GB-s", "request": "calls"}
NO_INIT = "not measured: only REPORT lines tell it"
RIGHT = frozenset({1, 2, 3})
NO_DATA = "CloudWatch gave no data for this function: no cost, which is not a cost of zero"
NOT_ASKED = "its calls were not asked for: paid requests to CloudWatch have no consent, so its cost is unknown"


def bill_sections(row: FunctionRow, data: Functions) -> Iterator[Section]:
    """What AWS billed where an export tells, then the model; the model alone otherwise."""
    priced = window_bill(row, window_ms(row), data.totals.discount_pct, price_book().free_tier)
    if row.billed:
        yield _billed(row, data)
    if priced is not None:
        yield _model(row, data, priced)
    elif not row.billed:
        yield Section("Bill", (Line((NOT_ASKED if row.lacks_usage else NO_DATA,), "dim"),))


def _billed(row: FunctionRow, data: Functions) -> Section:
    lines = []
    for one in sorted(row.billed, key=lambda line: (-line.effective, line.usage_type)):
        covered = "Savings Plan" if one.commitment == "Used" else one.category if one.category != "Usage" else ""
        cells = (one.usage_type, money(one.list_cost, 4), money(one.effective, 4), covered)
        lines.append(Line(cells, why=partial(billed_line, row, one, data)))
    lines.append(Line(("Total", "", money(row.cost.total, 4), ""), "good", why=partial(total_line, row, data)))
    if row.modelled is not None and row.modelled.total is not None and row.cost.total is not None:
        more = signed(EXACT.subtract(row.cost.total, row.modelled.total), 4)
        words = "what the bill has more than the model"
        lines.append(Line(("Model", "", money(row.modelled.total, 4), f"{more}: {words}"), "dim", why=partial(model_line, row, data)))
    head = ("Usage type", "List $", "Amortized $", "")
    return Section("Bill, as AWS billed it", tuple(lines), head, (34, 12, 12, 0), frozenset({1, 2}), note=FROM["billed"])


def _model(row: FunctionRow, data: Functions, priced: Bill) -> Section:
    used = [line for line in priced.lines if line.quantity is None or line.quantity]
    reported = _init_words(row, data.totals)
    lines = [
        Line(_cells(line, reported if line.meter == "init" and line.quantity is None else ""), why=partial(meter, row, line, data))
        for line in used
    ]
    lines.append(Line(("Total", "", "", money(priced.total, 4), ""), "good", why=partial(model_line, row, data)))
    lines += _free(row, data, priced)
    lines += _logs(row, data)
    return Section("The model beside it" if row.billed else "Bill", tuple(lines), HEAD, WIDTHS, RIGHT, note=_note(data.totals, priced))


def _note(totals: FunctionTotals, priced: Bill) -> str:
    book, discount = price_book(), discount_words(totals)
    missing = {line.meter for line in priced.lines if line.quantity is None} - {"init"}
    without = [column_words(meter) for meter in sorted(missing)]
    if priced.basis == "estimated":
        without.insert(0, "INIT")
    without += ["Savings Plans", "tax"] if discount else ["discounts", "Savings Plans", "tax"]
    listed = f"{', '.join(without[:-1])} and {without[-1]}"
    source = "REPORT lines" if priced.basis == "measured" else "metrics"
    less = f", {discount}" if discount else ""
    return f"list price of {book.as_of} ({book.source}){less}, from {source}; without {listed}: not your invoice"


def _free(row: FunctionRow, data: Functions, priced: Bill) -> Iterator[Line]:
    """Both views of the free tier: it belongs to the account, not to a function."""
    if priced.total is None:
        return
    why = partial(free_line, row, data, priced)
    alone = "if it were alone in its account"
    yield Line(("With free tier", "", "", money(priced.total_with_free_tier, 4), alone), "dim", why=why)
    if data.totals.free_tier is not None:
        words = "of all functions together, in no total"
        yield Line(("Free tier of all", "", "", signed(data.totals.free_tier, 4), words), "dim", why=why)


def _logs(row: FunctionRow, data: Functions) -> Iterator[Line]:
    """What CloudWatch Logs takes in from it: a memo, since Logs bills it and not Lambda."""
    if row.log_bytes is None:
        return
    resources = price_book().resources
    size = EXACT.divide(Decimal(row.log_bytes), LOG_GB)
    rate = resources.logs.ingested_gb if row.region == resources.region else None
    amount = None if rate is None else size * rate
    words = "a memo: on Logs' bill, not in the total"
    cells = ("Log ingestion", f"{number(size, 2)} GB", UNKNOWN if rate is None else plain(rate), money(amount, 4), words)
    yield Line(cells, "dim", why=partial(log_line, row, size, rate, data))


def _init_words(row: FunctionRow, totals: FunctionTotals) -> str:
    """What INIT comes to if all calls start cold as often as those in the REPORT lines do."""
    rates = price_book().lambda_rates(row.region, row.architecture)
    if row.tuning is None or not row.tuning.cold_rate or row.tuning.init_ms is None or rates is None or row.invocations is None:
        return ""
    size = gb_seconds(row.memory_mb, row.tuning.init_ms * row.tuning.cold_rate * row.invocations)
    amount = size * rates.duration[0].rate * (1 - totals.discount_pct / 100)
    return f"about {money(amount, 4)} by the REPORT lines, not in the total"


def _cells(line: BillLine, instead: str) -> tuple[str, ...]:
    quantity = (
        UNKNOWN
        if line.quantity is None
        else f"{number(line.quantity, 0 if line.unit == 'request' else 1)} {UNITS.get(line.unit, line.unit)}"
    )
    rate = NOT_APPLICABLE if line.rate is None else plain(line.rate)
    note = NO_INIT if line.meter == "init" and line.quantity is None and line.amount is None else line.note
    return METERS.get(line.meter, line.meter), quantity, rate, money(line.amount, 4), instead or note
