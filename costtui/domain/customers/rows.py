"""Rows of the customers pane: every cent of the bill in exactly one row, with revenue, margin and signals beside it."""

from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace

from costtui.domain.customers import signals
from costtui.domain.customers.drivers import Drivers
from costtui.domain.customers.flags import FreePlans, flagged
from costtui.domain.customers.ledger import LEAST_SCALE, OTHERS, Book, RowOptions, books
from costtui.domain.customers.pools import Shares
from costtui.domain.customers.records import (
    CREDITS,
    TAX,
    Customer,
    CustomerRow,
    CustomerServices,
    CustomerTotals,
    LedgerLine,
    Placement,
    Retagged,
    UsagePoint,
)
from costtui.domain.customers.retagged import retagged
from costtui.domain.customers.rules import SharedRule
from costtui.domain.customers.section import Section, unit_metric
from costtui.domain.customers.shown import with_cents
from costtui.domain.customers.tags import Names
from costtui.domain.customers.units import from_units
from costtui.domain.money import EXACT, total
from costtui.domain.period import Window

TOP = 5
"""The dearest customers whose part of the cost is told."""


def customer_rows(
    lines: Sequence[LedgerLine],
    usage: Sequence[UsagePoint],
    customers: Sequence[Customer],
    rules: Sequence[SharedRule],
    window: Window,
    options: RowOptions | None = None,
    asked: Sequence[CustomerServices] = (),
) -> tuple[list[CustomerRow], CustomerTotals]:
    """The rows of a window and their totals.

    First the currency of the totals: customers by cost, those shown apart, then the rows that are nobody's; then, in the same
    order, a section for every currency that has no rate, whose rows are ranked and summed with no other. The totals are those of
    the display currency, or of the bill's first one where nothing is in it. Raises BasisError.
    """
    options = options or RowOptions()
    names = Names(customers)
    found = books(lines, names, rules, window, options, asked)
    drivers = Drivers(usage, names, window)
    main = options.display_currency
    order = sorted(found.keys() | ({main} if not found else set()), key=lambda currency: (currency != main, currency))
    rows: list[CustomerRow] = []
    sums: list[CustomerTotals] = []
    for number, currency in enumerate(order):
        book = found.get(currency) or Book(len(window), LEAST_SCALE)
        shares = Shares(book, rules, drivers, names)
        section = Section(currency, number, book, shares, drivers, names, customers, rules, window, options)
        moved = retagged(book, rules, section.complete, options.floor)
        ranked = with_cents(section.rows(with_usage=not number), currency)
        free = FreePlans(ranked, section.customers, options)
        ready = flagged(ranked, section.customers, section.complete, free, moved, options)
        rows += ready
        sums.append(_totals(section, ready, free, moved))
    return rows, replace(sums[0], pools=[pool for one in sums for pool in one.pools])


def _totals(section: Section, rows: Sequence[CustomerRow], free: FreePlans, moved: list[Retagged]) -> CustomerTotals:
    book, window, options = section.book, section.window, section.options
    billed, shown = from_units(book.billed, book.scale), total(row.total for row in rows)
    days = window.days
    estimated, complete = [days[number] for number in sorted(book.estimated)], [day for _, day in section.complete]
    daily = list(map(partial(from_units, scale=book.scale), book.daily()))
    ranked = [row for row in rows if row.id in free.ranked]
    return CustomerTotals(
        billed=billed,
        rows=shown,
        invoiced=book.invoiced,
        residual=EXACT.subtract(billed, shown),
        currency=section.currency,
        basis=options.basis,
        unit_metric=unit_metric(options, section.drivers),
        estimated_days=estimated,
        complete_days=complete,
        pools=section.shares.pools(section.currency),
        below_margin=sum("negative-margin" in row.flags for row in ranked),
        free_hog_bar=free.bar if free.costs else None,
        concentration=signals.concentration([row.total for row in ranked], TOP),
        forecast=signals.month_end(window, daily, set(complete), set(estimated)),
        retagged=moved,
        others=_others(book, rows),
    )


def _others(book: Book, rows: Sequence[CustomerRow]) -> list[Placement]:
    """Credits, tax and the like, as sums of the whole bill; what lies in a row of nobody's is not spread over customers."""
    kept = {OTHERS["Credit"]: CREDITS, OTHERS["Tax"]: TAX}
    totals = {row.id: row.total for row in rows}
    found = []
    for word, units in sorted(book.others.items()):
        amount = from_units(units, book.scale)
        unspread = amount and totals.get(kept.get(word, "")) == amount
        found.append(Placement(word, amount, "not spread" if unspread else ""))
    return found
