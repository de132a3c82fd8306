"""What else than usage the bill holds: credits, refunds, tax, support and fees, all of it inside the total."""

from collections.abc import Iterator

from costtui.domain.customers.allocation import places
from costtui.domain.customers.records import CustomerTotals
from costtui.panes.customers.cents import cents
from costtui.panes.spec import Line, Section
from costtui.panes.words import signed


def strip_words(totals: CustomerTotals) -> list[str]:
    return [
        f"{other.pool} {signed(other.amount, places(totals.currency))}{', ' + other.how if other.how else ''}" for other in totals.others
    ]


def rest_of_bill(totals: CustomerTotals) -> Iterator[Section]:
    """The same as lines, under the bill that they are part of."""
    if totals.billed is None:
        return
    currency = totals.currency
    lines = [Line((other.pool, signed(other.amount, places(currency)), other.how)) for other in totals.others]
    lines.append(Line(("Bill", cents(totals.billed, currency), f"{totals.basis.replace('-', ' ')}, all of the above inside it"), "good"))
    if totals.invoiced is not None and totals.invoiced != totals.billed:
        lines.append(Line(("Invoiced", cents(totals.invoiced, currency), "billed cost, as on the invoice"), "dim"))
    note = "nobody is netted by a credit unless a rule of customers.shared shares it" if totals.others else ""
    yield Section("The whole bill", tuple(lines), ("What else it holds", currency, ""), (30, 14, 0), frozenset({1}), note)
