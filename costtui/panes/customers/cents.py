"""Money as the currency writes it: JPY without decimals, KWD with three."""

from decimal import Decimal

from costtui.domain.customers.allocation import places
from costtui.panes.words import money


def cents(amount: Decimal | None, currency: str) -> str:
    """In the minor unit of `currency`; `?` for unknown."""
    return money(amount, places(currency))
