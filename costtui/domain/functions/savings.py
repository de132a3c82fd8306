"""One change of memory size, and what it saves a month at each price that somebody may pay.

Sources: https://aws.amazon.com/lambda/pricing/ (tiers, free tier), https://aws.amazon.com/savingsplans/compute-pricing/ (a Compute Savings
Plan covers GB-seconds, never requests).
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal

import msgspec

from costtui.domain.functions.bill import AT_LIST_PRICE, Discounts
from costtui.domain.functions.bill_records import BilledLine
from costtui.domain.functions.billed import column_of
from costtui.domain.functions.right_sizing import Conditions, price_size
from costtui.domain.functions.verdict import Analysis
from costtui.domain.money import EXACT, ZERO, plain, rounded, total
from costtui.domain.prices.price_book import PriceBook

NO_CASH = "no cash while its commitment is unused"
PLAN = "no-upfront"
"""The Savings Plan to show where none is known: the smallest discount."""
HUNDRED = Decimal(100)


class Saving(msgspec.Struct, frozen=True):
    """USD a month at one price, which `at` names; None where a size or its tier is unpriced."""

    at: str
    monthly: Decimal | None
    note: str = ""


def saving(analysis: Analysis, conditions: Conditions) -> Decimal | None:
    """What a month saves from the current size to the verdict's under other conditions; None where one of them was not measured."""
    sizes = {point.memory_mb: point.size for point in analysis.points}
    picked = analysis.verdict.memory_mb
    if analysis.current not in sizes or picked is None:
        return None
    now, then = (price_size(sizes[size], conditions).monthly for size in (analysis.current, picked))
    return None if now is None or then is None else EXACT.subtract(now, then)


def savings(analysis: Analysis, conditions: Conditions, book: PriceBook, billed: Iterable[BilledLine] = ()) -> Iterator[Saving]:
    """At list price first, then at every other price that is known, and at a Savings Plan's."""

    def under(discounts: Discounts) -> Decimal | None:
        return saving(analysis, msgspec.structs.replace(conditions, discounts=discounts, free_tier=None))

    private = conditions.discounts.private_pct
    yield Saving("list price", under(AT_LIST_PRICE))
    if private:
        yield Saving(f"list price less {plain(private)} % private discount", under(Discounts(private)))
    alone = msgspec.structs.replace(conditions, free_tier=book.free_tier, payer_gb_seconds=ZERO)
    yield Saving("with the free tier", saving(analysis, alone), "if the function were alone in its account")
    effective = effective_discount(billed)
    if effective is not None:
        yield Saving(f"effective rate of its bill, {rounded(effective, 1)} % off GB-seconds", under(Discounts(ZERO, effective)), NO_CASH)
    else:
        plan = book.savings_plans[PLAN]
        name = f"Compute Savings Plan, {plain(plan.discount_pct)} % off GB-seconds"
        yield Saving(name, under(Discounts(private, plan.discount_pct)), NO_CASH)


def effective_discount(billed: Iterable[BilledLine]) -> Decimal | None:
    """Percent off the list price of the GB-seconds that AWS billed, Savings Plans and private discounts in it; None where not known."""
    lines = [line for line in billed if column_of(line.usage_type) == "duration" and line.list_cost]
    whole = total(line.list_cost for line in lines if line.list_cost is not None)
    if whole <= 0:
        return None
    return EXACT.multiply(EXACT.subtract(Decimal(1), EXACT.divide(total(line.effective for line in lines), whole)), HUNDRED)
