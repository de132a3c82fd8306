"""How the money of a function came about: each meter of its bill, the free tier, the memo of its logs, what AWS billed."""

from collections.abc import Iterator
from decimal import Decimal

from costtui.domain.functions.bill import OWN_METERS, Bill, BillLine
from costtui.domain.functions.bill_records import BilledLine
from costtui.domain.functions.billed import column_of
from costtui.domain.functions.billing_rules import paid_ephemeral_mb
from costtui.domain.functions.records import Basis, FunctionCost, FunctionRow
from costtui.domain.money import EXACT, plain
from costtui.domain.prices.price_book import LambdaRates, price_book
from costtui.panes.functions.facts import (
    FROM,
    SHOWN,
    Fact,
    Functions,
    discount_words,
    price_words,
    source_facts,
    window_fact,
)
from costtui.panes.functions.meter_words import METERS, QUANTITIES
from costtui.panes.spec import Detail
from costtui.panes.words import money

PARTS = ("requests", "duration", "init", "ephemeral", "provisioned", "other")
RECKONED = ("aws.cloudwatch", "aws.logs", "aws.lambda", "files", "tuning")


def meter(row: FunctionRow, line: BillLine, data: Functions) -> Detail:
    """One line of the modelled bill."""
    facts = [*_formula(row, line), ("Quantity", QUANTITIES.get(line.meter, line.note))]
    if line.note:
        facts.append(("Note", line.note))
    facts += _tier(row, line, data)
    facts += [("Rate from", price_words(row)), window_fact(data), ("Basis", FROM[_basis(row)]), ("Rounding", f"{SHOWN} to 4 decimals")]
    return Detail(f"{METERS.get(line.meter, line.meter)} of {row.name}", (*facts, *source_facts(data, *RECKONED)))


def _basis(row: FunctionRow) -> Basis:
    return (row.modelled or row.cost).basis


def _formula(row: FunctionRow, line: BillLine) -> Iterator[Fact]:
    if line.quantity is None:
        yield "Formula", f"unknown, which is not zero: {line.note}"
        return
    if line.rate is None:
        yield "Formula", f"{plain(line.quantity)} {line.unit} × a rate that is not known: unpriced, not free"
        return
    yield from _seconds(row, line)
    priced = EXACT.multiply(line.quantity, line.rate)
    less = f", less discounts = {plain(line.amount)} USD" if line.amount is not None and line.amount != priced else ""
    yield "Formula", f"{plain(line.quantity)} {line.unit} × {plain(line.rate)} USD = {plain(priced)} USD{less}"


def _seconds(row: FunctionRow, line: BillLine) -> Iterator[Fact]:
    """How the GB-seconds came about, where they are of one size."""
    size = row.memory_mb if line.meter == "duration" else paid_ephemeral_mb(row.ephemeral_mb) if line.meter == "ephemeral" else 0
    if size and line.quantity:
        ms = EXACT.divide(EXACT.multiply(line.quantity, Decimal(1_024_000)), Decimal(size))
        if not ms % 1 or not (ms * 1_000_000) % 1:
            yield "GB-seconds", f"{size:,} MB ÷ 1,024 × {plain(ms)} ms ÷ 1,000 = {plain(line.quantity)}"


def _tier(row: FunctionRow, line: BillLine, data: Functions) -> Iterator[Fact]:
    rates = price_book().lambda_rates(row.region, row.architecture)
    if rates is None or line.meter not in ("duration", "init"):
        return
    yield "Tiers", tier_words(rates)
    if not row.tiers:
        yield "Payer", "its GB-seconds of the month are far from the end of the first tier"
    for month in data.totals.payer_months:
        if (month.region, month.architecture) == (row.region, row.architecture) and month.payer in ("", row.account):
            used = f"{plain(month.gb_seconds)} GB-seconds in the window on top of {plain(month.before)} earlier in the month"
            yield f"Payer {month.month:%Y-%m}", f"{used}: every function has its share of each tier by its size"


def tier_words(rates: LambdaRates) -> str:
    """All tiers with their ends, and what they add up over."""
    steps = [f"{plain(tier.rate)} {'beyond' if tier.end is None else f'up to {tier.end:,f}'}" for tier in rates.duration]
    return f"{', '.join(steps)} GB-seconds a month, over all functions of the payer in one region and architecture"


def amounts(cost: FunctionCost) -> str:
    """The columns of a bill as a sum; `?` is unknown, and left out of it."""
    known = [(part, getattr(cost, part)) for part in PARTS]
    return " + ".join(f"{METERS.get(part, part)} {money(amount, 4)}" for part, amount in known if amount is None or amount)


def total_line(row: FunctionRow, data: Functions) -> Detail:
    """The total that the table shows."""
    cost = row.cost
    if cost.total is None:
        known = amounts(cost)
        more = (("Known of it", f"{known}: in no total"),) if cost.requests is not None else ()
        return Detail(f"Cost of {row.name}", (("Formula", _unknown(row)), *more, window_fact(data), ("Rate from", price_words(row))))
    facts = [
        ("Formula", f"{amounts(cost)} = {plain(cost.total)} {cost.currency}"),
        ("Basis", FROM[cost.basis]),
        window_fact(data),
        ("Rounding", f"{SHOWN} to 2 decimals in the table, 4 here; ? is unknown and in no sum"),
    ]
    if cost.basis == "measured" and row.reports is not None and len(row.reports.sizes) > 1:
        sizes = ", ".join(f"{size.calls:,} calls at {size.memory_mb} MB" for size in row.reports.sizes)
        facts.append(("Sizes", f"{sizes}, each priced at its own"))
    if cost.basis != "billed":
        facts += [("Rates", rate_words(row)), ("Rate from", price_words(row))]
        facts += [("Discount", discount_words(data.totals))] if data.totals.discount_pct else []
        facts.append(("Not in it", "Savings Plans and tax; the free tier, which belongs to the account: see the bill in the detail"))
    return Detail(f"Cost of {row.name}", (*facts, *source_facts(data, *RECKONED)))


def _unknown(row: FunctionRow) -> str:
    if row.invocations is None:
        why = "its calls were not asked for" if row.lacks_usage else "CloudWatch gave no data for it"
        return f"unknown, which is not zero: {why}"
    if row.kind in OWN_METERS:
        return f"unknown, which is not zero: {OWN_METERS[row.kind][1]}"
    return "unknown, which is not zero: a meter that it used has no price here, or none that its metrics tell"


def rate_words(row: FunctionRow) -> str:
    rates = price_book().lambda_rates(row.region, row.architecture)
    if rates is None:
        return "none"
    return f"{plain(rates.request)} USD a request, {plain(rates.duration[0].rate)} USD a GB-second in the first tier"


def model_line(row: FunctionRow, data: Functions) -> Detail:
    """The total of the model, which stands beside AWS's where that is known."""
    cost = row.modelled or row.cost
    if cost is row.cost or cost.total is None:
        return total_line(row, data)
    facts = (
        ("Formula", f"{amounts(cost)} = {plain(cost.total)} {cost.currency}"),
        ("Basis", FROM[cost.basis]),
        ("Rates", rate_words(row)),
        ("Rate from", price_words(row)),
        window_fact(data),
    )
    return Detail(f"Modelled cost of {row.name}", (*facts, *source_facts(data, *RECKONED)))


def billed_line(row: FunctionRow, line: BilledLine, data: Functions) -> Detail:
    """One usage type of what AWS billed."""
    facts = [
        ("Amount", f"{plain(line.effective)} {line.currency}, amortized: what a Savings Plan covers is at the plan's rate"),
        ("Invoiced", "not in the export" if line.billed is None else f"{plain(line.billed)} {line.currency}"),
        ("List price", "not in the export" if line.list_cost is None else f"{plain(line.list_cost)} {line.currency}"),
        ("Charge", f"{line.category}, commitment {line.commitment or 'none'}"),
        ("Counts as", column_of(line.usage_type)),
        ("Basis", FROM["billed"]),
        window_fact(data),
    ]
    return Detail(f"{line.usage_type} of {row.name}", (*facts, *source_facts(data, "files")))


def free_line(row: FunctionRow, data: Functions, priced: Bill) -> Detail:
    """Both views of the free tier."""
    free = price_book().free_tier
    off = " + ".join(f"{plain(line.quantity or Decimal(0))} {line.unit} × {plain(line.rate or Decimal(0))}" for line in priced.free_tier)
    facts = [
        ("Free", f"{free.requests:,} requests and {free.gb_seconds:,f} GB-seconds a month and account, both architectures pooled"),
        ("Never for", "provisioned concurrency and edge functions"),
        ("Alone", f"{plain(priced.total or Decimal(0))} + ({off}) = {plain(priced.total_with_free_tier or Decimal(0))} USD"),
    ]
    if data.totals.free_tier is not None:
        words = "each account's, or organization's, shared by all its functions; a part of a month has that part of it"
        facts.append(("All functions", f"{plain(data.totals.free_tier)} USD: {words}"))
    return Detail(f"Free tier and {row.name}", (*facts, window_fact(data), ("Rate from", price_words(row))))


def log_line(row: FunctionRow, size: Decimal, rate: Decimal | None, data: Functions) -> Detail:
    resources = price_book().resources
    amount = "unpriced in this region" if rate is None else f"× {plain(rate)} USD = {plain(EXACT.multiply(size, rate))} USD"
    facts = (
        ("Formula", f"{row.log_bytes or 0:,} bytes ÷ 1,024³ = {plain(size)} GB {amount}"),
        ("Source", "CloudWatch, AWS/Logs IncomingBytes of its log group, summed over the window"),
        ("Rate from", f"{resources.source}, {resources.as_of}"),
        window_fact(data),
        ("Why a memo", "CloudWatch Logs bills it, and it is on that service's bill: in Lambda's total it would count twice"),
    )
    return Detail(f"Log ingestion of {row.name}", (*facts, *source_facts(data, "aws.cloudwatch")))
