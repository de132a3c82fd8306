"""Currencies by the dated rates of the configuration; never by a changed sign."""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from costtui.domain.customers.allocation import QUANTUM
from costtui.domain.money import EXACT

FxTable = Mapping[str, Mapping[str, Decimal]]
"""`"EUR/USD"` (from/to) to the rates of that pair by the ISO day they hold from, as `[fx]` is written."""


class Rates:
    """Conversion with the newest rate that is not after the day; a pair is never inverted or chained."""

    def __init__(self, table: FxTable) -> None:
        self._pairs = {pair: sorted((date.fromisoformat(day), rate) for day, rate in rates.items()) for pair, rates in table.items()}
        self._found: dict[tuple[str, str, date], Decimal | None] = {}

    def rate(self, source: str, target: str, day: date) -> Decimal | None:
        """The rate on `day`; None where the configuration has none that is old enough."""
        if source == target:
            return Decimal(1)
        wanted = (source, target, day)
        if wanted not in self._found:
            dated = self._pairs.get(f"{source}/{target}", [])
            index = bisect_right(dated, day, key=lambda entry: entry[0])
            self._found[wanted] = dated[index - 1][1] if index else None
        return self._found[wanted]

    def convert(self, amount: Decimal, source: str, target: str, day: date) -> Decimal | None:
        """`amount` in `target`, half-even at twelve decimals; None without a rate."""
        if source == target:
            return amount
        rate = self.rate(source, target, day)
        return None if rate is None else quantized(EXACT.multiply(amount, rate))


def quantized(amount: Decimal) -> Decimal:
    """Half-even at twelve decimals: the one rounding of a quotient or a converted amount, before any sum."""
    return amount.quantize(QUANTUM, rounding=ROUND_HALF_EVEN, context=EXACT)
