"""What rows show in whole cents: parts add up to their row, and rows to the total, on the screen as in the sums."""

from collections.abc import Sequence
from decimal import Decimal

from msgspec.structs import replace

from costtui.domain.customers.allocation import places, present
from costtui.domain.customers.records import CustomerRow, Placement, Shown
from costtui.domain.money import EXACT


def with_cents(rows: Sequence[CustomerRow], currency: str) -> list[CustomerRow]:
    """The rows of one currency, each with its cents; a row's direct and shared cents add up to those of its total."""
    cent = quantum(currency)
    totals = present({row.id: row.total for row in rows}, cent)
    return [replace(row, shown=_shown(row, totals[row.id], cent)) for row in rows]


def _shown(row: CustomerRow, whole: Decimal, cent: Decimal) -> Shown:
    if not row.shared:  # most rows that are nobody's, and every row without a pool
        return Shown(whole, EXACT.multiply(Decimal(0), cent), whole)
    parts = present({"direct": row.direct, "shared": row.shared}, cent, whole)
    return Shown(parts["direct"], parts["shared"], whole)


def part_cents(parts: Sequence[Placement], currency: str, whole: Decimal) -> list[Decimal]:
    """The cents of each part, adding up to `whole`, which is what the line above them shows."""
    return cents_of([part.amount for part in parts], currency, whole)


def cents_of(amounts: Sequence[Decimal], currency: str, whole: Decimal) -> list[Decimal]:
    """The cents of each amount, adding up to `whole`."""
    return list(present({f"{number:06d}": amount for number, amount in enumerate(amounts)}, quantum(currency), whole).values())


def quantum(currency: str) -> Decimal:
    """The smallest amount of the currency that is shown."""
    return Decimal(1).scaleb(-places(currency))
