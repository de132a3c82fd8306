"""Duration tiers of a payer: one ladder for all its functions in a region and architecture, climbed anew each calendar month.

Rule: a month's GB-seconds of all functions are priced on the payer's ladder, and every function has the same mix of tiers, so that no
function is the dear one by chance and the functions add up to the payer's bill exactly. What one GB-second more or less is worth is
the last tier that was reached (https://aws.amazon.com/lambda/pricing/).
"""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

from costtui.domain.functions.bill_records import TierPart
from costtui.domain.functions.meters import by_tier
from costtui.domain.money import EXACT, ZERO, total
from costtui.domain.prices.price_book import Tier

STEP = Decimal("1e-12")
"""Parts of GB-seconds are whole multiples of it, but for the largest part, which takes what is left."""


def tier_parts(tiers: tuple[Tier, ...], before: Decimal, gb_seconds: Decimal) -> list[TierPart]:
    """The tiers that `gb_seconds` fall in on top of `before`."""
    return [TierPart(number, part, rate) for part, rate, number in by_tier(tiers, before, gb_seconds)]


def shared(parts: Sequence[TierPart], quantities: Sequence[Decimal]) -> list[list[TierPart]]:
    """Each quantity in the payer's mix of tiers: every quantity is whole, and so is every tier over all of them."""
    whole = total(part.gb_seconds for part in parts)
    largest = max(range(len(parts)), key=lambda number: parts[number].gb_seconds, default=0)
    passed, taken = ZERO, [ZERO] * len(parts)
    result: list[list[TierPart]] = []
    for quantity in quantities:
        passed = EXACT.add(passed, quantity)
        mine = [ZERO] * len(parts)
        for number, part in enumerate(parts):
            if number != largest:
                until = _floor(part.gb_seconds, passed, whole)
                mine[number], taken[number] = EXACT.subtract(until, taken[number]), until
        mine[largest] = EXACT.subtract(quantity, total(mine))
        pairs = zip(parts, mine, strict=True)
        result.append([TierPart(part.tier, amount, part.rate) for part, amount in pairs if amount])
    return result


def _floor(part: Decimal, passed: Decimal, whole: Decimal) -> Decimal:
    if passed == whole:
        return part
    return EXACT.divide(EXACT.multiply(part, passed), whole).quantize(STEP, rounding=ROUND_FLOOR, context=EXACT)


def amount_of(parts: Sequence[TierPart]) -> Decimal | None:
    """What the parts cost at list price; None where a tier is unpriced."""
    known = [EXACT.multiply(part.gb_seconds, part.rate) for part in parts if part.rate is not None]
    return total(known) if len(known) == len(parts) else None
