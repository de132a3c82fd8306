"""What Enter shows of a function: its facts, the verdict on its size, its bill line by line, its days."""

from datetime import timedelta
from decimal import Decimal
from itertools import zip_longest
from math import isnan, nan

from costtui.domain.functions.bill import BillLine
from costtui.domain.functions.billing_rules import gb_seconds
from costtui.domain.functions.records import FunctionRow, FunctionTotals
from costtui.domain.loaded import PaneData
from costtui.domain.money import EXACT, plain
from costtui.domain.prices.price_book import price_book
from costtui.panes.functions.rows import bill_of
from costtui.panes.functions.sizing import sizing
from costtui.panes.spec import Detail, Line, Section
from costtui.panes.words import NOT_APPLICABLE, UNKNOWN, count, money, number, stamp

LOG_GB = Decimal(1024**3)
METERS = {"requests": "Requests", "duration": "Duration", "init": "INIT", "ephemeral": "Ephemeral storage", "provisioned": "Provisioned"}


def detail(row: FunctionRow, data: PaneData[FunctionRow, FunctionTotals]) -> Detail:
    duration = _duration(row)
    return Detail(
        title=row.name,
        facts=(
            ("Where", f"{row.account_name} ({row.account}), {row.region}"),
            ("Runs on", f"{row.memory_mb} MB, {row.architecture}, {row.runtime or row.package_type}, {row.ephemeral_mb} MB /tmp"),
            ("Owner", f"team {row.team or UNKNOWN}, environment {row.environment or UNKNOWN}, stack {row.stack or NOT_APPLICABLE}"),
            ("Changed", stamp(row.last_modified)),
            ("Window", f"{data.window.start} to {data.window.end - timedelta(1)}, {len(data.window)} days, UTC"),
            ("ARN", row.arn),
        ),
        sections=(*sizing(row, data.totals, duration), _bill(row, duration, data.totals), _usage(row), _days(row, data), _tags(row)),
    )


def _duration(row: FunctionRow) -> Decimal | None:
    """The sum over the window in ms; None without data."""
    if not row.daily_duration_ms.packed:
        return None
    return sum((Decimal(repr(value)) for value in row.daily_duration_ms.values if not isnan(value)), Decimal(0))


def _bill(row: FunctionRow, duration: Decimal | None, totals: FunctionTotals) -> Section:
    book = price_book()
    priced = bill_of(row, row.invocations, duration, totals.discount_pct, book.free_tier)
    if priced is None:
        nothing = Line(("CloudWatch gave no data for this function: no cost, which is not a cost of zero",), "dim")
        return Section("Bill", (nothing,))
    used = [line for line in priced.lines if line.quantity is None or line.quantity]
    lines = [Line(_bill_line(line, _init_words(row, totals) if line.meter == "init" else "")) for line in used]
    lines.append(Line(("Total", "", "", money(priced.total, 4), ""), "good"))
    if priced.total is not None:
        alone = "if it had the account's free tier of one month to itself"
        lines.append(Line(("With free tier", "", "", money(priced.total_with_free_tier, 4), alone), "dim"))
    lines += [Line(cells, "dim") for cells in _logs(row)]
    discount = f", less {plain(totals.discount_pct)} % private discount" if totals.discount_pct else ""
    return Section(
        "Bill",
        tuple(lines),
        head=("Meter", "Quantity", "Rate $", "Amount $", ""),
        widths=(18, 20, 16, 12, 0),
        right=frozenset({1, 2, 3}),
        note=f"list price of {book.as_of} ({book.source}){discount}, from metrics; provisioned concurrency, SnapStart and streaming are "
        f"not in metrics; without INIT, {'' if discount else 'discounts, '}Savings Plans and tax: not your invoice",
    )


def _logs(row: FunctionRow) -> list[tuple[str, ...]]:
    """What CloudWatch Logs takes in from it: a memo, since Logs bills it and not Lambda."""
    if row.log_bytes is None:
        return []
    resources = price_book().resources
    size = EXACT.divide(Decimal(row.log_bytes), LOG_GB)
    rate = resources.logs.ingested_gb if row.region == resources.region else None
    amount = None if rate is None else size * rate
    words = "a memo: CloudWatch Logs bills it, never in the total"
    return [("Log ingestion", f"{number(size, 2)} GB", UNKNOWN if rate is None else plain(rate), money(amount, 4), words)]


def _init_words(row: FunctionRow, totals: FunctionTotals) -> str:
    """What INIT comes to if all calls start cold as often as those in the REPORT lines do."""
    rates = price_book().lambda_rates(row.region, row.architecture)
    if row.tuning is None or not row.tuning.cold_rate or row.tuning.init_ms is None or rates is None or row.invocations is None:
        return ""
    size = gb_seconds(row.memory_mb, row.tuning.init_ms * row.tuning.cold_rate * row.invocations)
    amount = size * rates.duration[0].rate * (1 - totals.discount_pct / 100)
    return f"about {money(amount, 4)} by the REPORT lines, not in the total"


def _bill_line(line: BillLine, instead: str = "") -> tuple[str, ...]:
    quantity = UNKNOWN if line.quantity is None else f"{number(line.quantity, 0 if line.unit == 'request' else 1)} {line.unit}"
    rate = NOT_APPLICABLE if line.rate is None else plain(line.rate)
    return METERS.get(line.meter, line.meter), quantity, rate, money(line.amount, 4), instead or line.note


def _usage(row: FunctionRow) -> Section:
    lines = (
        ("Calls", count(row.invocations)),
        ("Errors", count(row.errors)),
        ("Throttles, not billed", count(row.throttles)),
        ("Duration, mean", f"{number(row.duration_avg_ms, 2)} ms"),
        ("Duration, p95", f"{number(row.duration_p95_ms, 2)} ms"),
        ("Billed", f"{count(row.billed_gb_seconds)} GB-s"),
    )
    return Section("Usage", tuple(Line(line) for line in lines), widths=(24, 16), right=frozenset({1}))


def _days(row: FunctionRow, data: PaneData[FunctionRow, FunctionTotals]) -> Section:
    start = data.window.start
    calls, durations = row.daily_calls.values, row.daily_duration_ms.values
    lines = []
    for number_, (called, lasted) in enumerate(zip_longest(calls, durations, fillvalue=nan)):
        day = str(start + timedelta(number_))
        if isnan(called) or isnan(lasted):
            lines.append(Line((day, "no data", "", "", ""), "dim"))
            continue
        priced = bill_of(row, int(called), Decimal(repr(lasted)), data.totals.discount_pct)
        assert priced is not None
        mean = number(Decimal(repr(lasted)) / int(called), 2) if called else NOT_APPLICABLE
        lines.append(Line((day, f"{int(called):,}", mean, number(priced.gb_seconds, 1), money(priced.total, 4))))
    lines.reverse()
    return Section(
        "Days, newest first",
        tuple(lines),
        head=("Day, UTC", "Calls", "Mean ms", "GB-s", "Cost $"),
        widths=(12, 14, 10, 14, 12),
        right=frozenset({1, 2, 3, 4}),
        note="" if lines else "no day of the window has data",
    )


def _tags(row: FunctionRow) -> Section:
    return Section("Tags", tuple(Line((key, value)) for key, value in row.tags.items()), widths=(24, 0), note="" if row.tags else "no tags")
