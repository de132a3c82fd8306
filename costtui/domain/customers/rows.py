"""Rows of the customers pane: every cent of the bill in exactly one row, with revenue, margin and signals beside it."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from costtui.domain.customers import signals
from costtui.domain.customers.allocation import from_units
from costtui.domain.customers.currency import Rates, quantized
from costtui.domain.customers.drivers import Drivers
from costtui.domain.customers.flags import flagged
from costtui.domain.customers.ledger import LEAST_SCALE, OTHERS, Book, RowOptions, books
from costtui.domain.customers.pools import Shares
from costtui.domain.customers.records import (
    CREDITS,
    NOBODY,
    TAX,
    UNALLOCATED,
    Customer,
    CustomerParts,
    CustomerRow,
    CustomerTotals,
    LedgerLine,
    Placement,
    UsagePoint,
)
from costtui.domain.customers.revenue import revenue
from costtui.domain.customers.rules import SharedRule
from costtui.domain.customers.shown import with_cents
from costtui.domain.customers.tags import Names, excluded, normalise
from costtui.domain.money import EXACT, total
from costtui.domain.period import Window

_PERCENT = Decimal("1e-10")


def customer_rows(
    lines: Sequence[LedgerLine],
    usage: Sequence[UsagePoint],
    customers: Sequence[Customer],
    rules: Sequence[SharedRule],
    window: Window,
    options: RowOptions | None = None,
) -> tuple[list[CustomerRow], CustomerTotals]:
    """The rows of a window and their totals.

    First the currency of the totals: customers by cost, those shown apart, then the rows that are nobody's; then, in the same
    order, a section for every currency that has no rate, whose rows are ranked and summed with no other. The totals are those of
    the display currency, or of the bill's first one where nothing is in it. Raises BasisError.
    """
    options = options or RowOptions()
    names = Names(customers)
    found = books(lines, names, rules, window, options)
    drivers = Drivers(usage, names, window)
    main = options.display_currency
    order = sorted(found.keys() | ({main} if not found else set()), key=lambda currency: (currency != main, currency))
    rows: list[CustomerRow] = []
    sums: list[CustomerTotals] = []
    for currency in order:
        book = found.get(currency) or Book(len(window), LEAST_SCALE)
        shares = Shares(book, rules, drivers, names)
        section = _Section(currency, book, shares, drivers, names, customers, window, options).rows(with_usage=currency == order[0])
        rows += section
        sums.append(_totals(currency, book, section, drivers, window, options))
    return rows, sums[0]


def _unit_metric(options: RowOptions, drivers: Drivers) -> str | None:
    return options.unit_metric or next(iter(drivers.totals), None)


def _totals(
    currency: str, book: Book, rows: Sequence[CustomerRow], drivers: Drivers, window: Window, options: RowOptions
) -> CustomerTotals:
    billed, shown = from_units(book.billed, book.scale), total(row.total for row in rows)
    return CustomerTotals(
        billed=billed,
        rows=shown,
        invoiced=book.invoiced,
        residual=EXACT.subtract(billed, shown),
        currency=currency,
        basis=options.basis,
        unit_metric=_unit_metric(options, drivers),
        estimated_days=[window.days[number] for number in sorted(book.estimated)],
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


class _Section:
    """The rows of one currency."""

    def __init__(
        self,
        currency: str,
        book: Book,
        shares: Shares,
        drivers: Drivers,
        names: Names,
        customers: Sequence[Customer],
        window: Window,
        options: RowOptions,
    ) -> None:
        self._currency, self._book, self._shares, self._drivers = currency, book, shares, drivers
        self._names = names
        self._window, self._options, self._rates = window, options, Rates(options.fx)
        self._customers = {normalise(customer.id): customer for customer in customers}
        self._billed = from_units(book.billed, book.scale)
        self._complete = tuple(sorted(book.seen - book.estimated))
        self._days = window.days
        self._metric = _unit_metric(options, drivers)

    def rows(self, *, with_usage: bool) -> list[CustomerRow]:
        """Everybody who has cost in this currency; `with_usage` also those who only used something (cost 0)."""
        owners: set[str] = set().union(*self._book.direct, *self._book.nobody, *self._shares.daily)
        if with_usage:
            owners.update(owner for used in self._drivers.totals.values() for owner in used if owner != UNALLOCATED)
        owners |= set(self._ancestors(owners))
        ranked = sorted((self._row(owner, daily) for owner, daily in self._by_day(owners).items()), key=self._rank)
        rows = with_cents(ranked, self._currency)
        return flagged(rows, self._customers, [(day, self._days[day]) for day in self._complete], self._options)

    def _ancestors(self, owners: set[str]) -> Iterator[str]:
        """Whom the owners belong to: a row at cost 0 where they have none of their own, so that there is one to roll up into."""
        for owner in owners:
            seen = {owner}
            while (parent := self._parent(owner)) is not None and parent not in seen:
                yield parent
                seen.add(parent)
                owner = parent

    def _parent(self, owner: str) -> str | None:
        customer = self._customers.get(owner)
        return self._names.id_of(customer.parent) if customer and customer.parent else None

    def _rank(self, row: CustomerRow) -> tuple[int, int, Decimal, str]:
        if row.id in NOBODY:
            return 2, NOBODY.index(row.id), Decimal(0), row.id
        return int(excluded(row.id, self._options.exclude)), 0, -row.total, row.id

    def _row(self, owner: str, daily: list[int]) -> CustomerRow:
        customer = self._customers.get(owner)
        services = self._services(owner)
        placements = self._shares.placements(owner)
        direct, shared = (total(part.amount for part in parts) for parts in (services, placements))
        cost = EXACT.add(direct, shared)
        used = self._drivers.used(owner)
        earned = self._revenue(customer)
        margin = None if earned is None else EXACT.subtract(earned, cost)
        quantity = used.get(self._metric) if self._metric else None
        by_day = [from_units(units, self._book.scale) for units in daily]
        parts = CustomerParts(by_day, services, placements, self._spellings(owner), self._drivers.served.get(owner, {}))
        return CustomerRow(
            id=owner,
            name=self._name(owner, customer),
            plan=customer.plan if customer else None,
            segment=customer.segment if customer else None,
            owner_team=customer.owner_team if customer else None,
            direct=direct,
            shared=shared,
            total=cost,
            currency=self._currency,
            revenue=earned,
            margin=margin,
            margin_pct=percent(margin, earned),
            usage=used,
            unit_cost=quantized(EXACT.divide(cost, quantity)) if quantity else None,
            trend_pct=signals.trend_pct(self._complete, [daily[day] for day in self._complete]),
            share_pct=percent(cost, self._billed),
            estimated=any(daily[day] for day in self._book.estimated),
            flags=[],
            parent=self._parent(owner),
            packed=parts.pack(),
        )

    def _by_day(self, owners: set[str]) -> dict[str, list[int]]:
        """Direct and shared cost of everybody, day by day."""
        nothing = [0] * len(self._days)
        found = {owner: nothing.copy() for owner in owners}
        for held in (self._book.direct, self._book.nobody, self._shares.daily):
            for day, units_of in enumerate(held):
                for owner, units in units_of.items():
                    found[owner][day] += units
        return found

    def _services(self, owner: str) -> list[Placement]:
        how = "no customer key, and no rule takes it" if owner in NOBODY else f"{self._options.key_name} = {owner}"
        return [
            Placement(service, from_units(units, self._book.scale), how)
            for service, units in sorted(self._book.services.get(owner, {}).items(), key=lambda part: (-part[1], part[0]))
        ]

    def _spellings(self, owner: str) -> list[str]:
        """Ways of writing one id; an alias is not among them, since the customer list knows it."""
        found = sorted(text for text in self._book.spellings.get(owner, ()) if normalise(text) == owner)
        return found if len(found) > 1 else []

    def _name(self, owner: str, customer: Customer | None) -> str:
        if customer:
            return customer.name or customer.id.strip()
        return owner.strip("_") if owner in NOBODY else min((text.strip() for text in self._book.spellings.get(owner, ())), default=owner)

    def _revenue(self, customer: Customer | None) -> Decimal | None:
        if customer is None:
            return None
        return revenue(customer, self._window, self._currency, self._rates, self._options.free_plans)


def percent(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """`part` in percent of `whole`, ten decimals; None where either is unknown or `whole` is not above zero."""
    if part is None or whole is None or whole <= 0:
        return None
    return EXACT.divide(EXACT.multiply(part, Decimal(100)), whole).quantize(_PERCENT, context=EXACT)
