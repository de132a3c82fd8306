"""What rows show in whole cents: parts add up to their row, and rows to the total, on the screen as in the sums."""

from collections.abc import Sequence
from decimal import Decimal

from msgspec.structs import replace

from costtui.domain.customers.allocation import places, present
from costtui.domain.customers.records import CustomerRow, Placement, Shown


def with_cents(rows: Sequence[CustomerRow], currency: str) -> list[CustomerRow]:
    """The rows of one currency, each with its cents; a row's direct and shared cents add up to those of its total."""
    cent = quantum(currency)
    totals = present({row.id: row.total for row in rows}, cent)
    found = []
    for row in rows:
        parts = present({"direct": row.direct, "shared": row.shared}, cent, totals[row.id])
        found.append(replace(row, shown=Shown(parts["direct"], parts["shared"], totals[row.id])))
    return found


def part_cents(parts: Sequence[Placement], currency: str, whole: Decimal) -> list[Decimal]:
    """The cents of each part, adding up to `whole`, which is what the line above them shows."""
    cents = present({f"{number:06d}": part.amount for number, part in enumerate(parts)}, quantum(currency), whole)
    return list(cents.values())


def quantum(currency: str) -> Decimal:
    """The smallest amount of the currency that is shown."""
    return Decimal(1).scaleb(-places(currency))
