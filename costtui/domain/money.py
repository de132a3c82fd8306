"""Decimal money: exact inside, one notation outside."""

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal

ZERO = Decimal(0)
EXACT = Context(prec=60)
"""Wide enough that a product of rates, quantities and years of usage is never rounded."""


def plain(amount: Decimal) -> str:
    """The one text form in documents: full precision, no exponent, no trailing zeros, zero is "0"."""
    if not amount.is_finite():
        raise ValueError(f"not a finite amount: {amount}")
    if not amount:
        return "0"
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain_or_none(amount: Decimal | None) -> str | None:
    """`plain`, with unknown kept unknown."""
    return None if amount is None else plain(amount)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum; an empty sum is zero."""
    result = ZERO
    for amount in amounts:
        result = EXACT.add(result, amount)
    return result


def known_total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of what is known; None when nothing is (unknown is not zero)."""
    known = [amount for amount in amounts if amount is not None]
    return total(known) if known else None


def rounded(amount: Decimal, places: int = 2) -> Decimal:
    """Half-even at `places` decimals, for showing only; never fed back into a sum."""
    return amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN, context=EXACT)
