"""From a function's tuning runs and its usage to the verdict on its size, and to what arm64 would cost."""

from decimal import Decimal

import msgspec

from costtui.domain.functions.bill import AT_LIST_PRICE, Discounts, Usage, bill
from costtui.domain.functions.records import FunctionRow, Recommendation
from costtui.domain.functions.right_sizing import Conditions
from costtui.domain.functions.tuning import Tuning
from costtui.domain.functions.verdict import Analysis, analyse, recommendation
from costtui.domain.money import EXACT, ZERO, rounded
from costtui.domain.prices.price_book import LambdaRates, PriceBook

MONTH_DAYS = 30
"""Savings are per 30 days, so that they do not depend on the window or the month."""
ARM = "arm64"


def discounts_of(discount_pct: Decimal) -> Discounts:
    return Discounts(discount_pct) if discount_pct else AT_LIST_PRICE


def monthly_calls(calls: int | None, days: int) -> int | None:
    """Calls in `days` days, in proportion for 30 days."""
    return None if calls is None else calls * MONTH_DAYS // max(1, days)


def same_init(tuning: Tuning, cold_rate: Decimal | None) -> tuple[Decimal | None, str]:
    """INIT for every size where some runs did not see one, and what is assumed by that.

    INIT takes as long at any size (measured over 78 runtimes: 0.999 of it at eight times the memory), so that a size without a cold
    start in its runs is charged the INIT of the others, and is not taken for one that has none.
    """
    if tuning.init_ms is None or all(size.init_ms is not None for size in tuning.sizes):
        return None, ""
    return tuning.init_ms, f"INIT of {rounded(tuning.init_ms, 0)} ms assumed at every size" if cold_rate else ""


def same_speed(tuning: Tuning, architecture: str) -> str:
    """What is assumed where the runs were made on another architecture."""
    return "" if tuning.measured_on in (None, architecture) else f"assumes that {architecture} takes as long as {tuning.measured_on}"


def payer_before(row: FunctionRow, rates: LambdaRates) -> Decimal:
    """Where the payer's marginal tier begins: one GB-second less is one of that tier."""
    tier = row.tiers[-1].tier if row.tiers else 1
    return rates.duration[tier - 1].begin if tier <= len(rates.duration) else rates.duration[-1].end or ZERO


def conditions_of(row: FunctionRow, days: int, discount_pct: Decimal, book: PriceBook) -> Conditions | None:
    """Under which a function's sizes are compared: its own use, at the payer's marginal tier, less the private discount.

    None without runs, without rates, and where GB-seconds are not the meter.
    """
    rates = book.lambda_rates(row.region, row.architecture)
    if row.tuning is None or rates is None or row.kind != "standard":
        return None
    init, assumed = same_init(row.tuning, row.cold_start_share)
    return Conditions(
        rates=rates,
        current_mb=row.memory_mb,
        invocations=monthly_calls(row.invocations, days) or 0,
        cold_rate=row.cold_start_share or ZERO,
        init_ms=init,
        discounts=discounts_of(discount_pct),
        assumption="; ".join(filter(None, (assumed, same_speed(row.tuning, rates.architecture)))),
        payer_gb_seconds=payer_before(row, rates),
        used_mb=row.max_memory_used_mb,
    )


def analysis_of(row: FunctionRow, days: int, discount_pct: Decimal, book: PriceBook) -> Analysis | None:
    """The sizes of a function with their prices; None where `conditions_of` is."""
    conditions = conditions_of(row, days, discount_pct, book)
    return None if conditions is None or row.tuning is None else analyse(row.tuning.sizes, conditions)


def advised(row: FunctionRow, days: int, discount_pct: Decimal, book: PriceBook) -> FunctionRow:
    """The row with its recommendation, where it has runs. Without calls, or with one size, the saving is unknown, not zero."""
    analysis = analysis_of(row, days, discount_pct, book)
    if analysis is None or row.tuning is None:
        return row
    found: Recommendation | None = recommendation(analysis, row.architecture, len(row.tuning.runs))
    if found is not None and (row.invocations is None or found.confidence == "none"):
        found = msgspec.structs.replace(found, monthly_saving=None)
    return msgspec.structs.replace(row, recommendation=found)


def arm_saving(row: FunctionRow, duration_ms: Decimal, days: int, discount_pct: Decimal, book: PriceBook) -> Decimal | None:
    """USD per 30 days that arm64 would save at the same size if it took as long, which nobody measured; None where it is not priced."""
    arm, here = book.lambda_rates(row.region, ARM), book.lambda_rates(row.region, row.architecture)
    if row.architecture == ARM or arm is None or here is None or row.kind != "standard" or row.invocations is None:
        return None
    usage = Usage(row.invocations, duration_ms, row.memory_mb, row.ephemeral_mb)
    discounts = discounts_of(discount_pct)
    now, then = bill(here, usage, discounts=discounts).total, bill(arm, usage, discounts=discounts).total
    if now is None or then is None:
        return None
    return EXACT.divide(EXACT.multiply(EXACT.subtract(now, then), Decimal(MONTH_DAYS)), Decimal(max(1, days)))
