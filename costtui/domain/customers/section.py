"""The rows of one currency: cost by owner, with revenue, margin and usage beside it."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import groupby

from costtui.domain.customers import signals
from costtui.domain.customers.ai import model_costs
from costtui.domain.customers.currency import Rates, quantized
from costtui.domain.customers.drivers import Drivers
from costtui.domain.customers.ledger import Book, RowOptions
from costtui.domain.customers.pools import Shares
from costtui.domain.customers.records import NOBODY, UNALLOCATED, Customer, CustomerParts, CustomerRow, Placement, Subscription
from costtui.domain.customers.revenue import revenue
from costtui.domain.customers.rules import SharedRule
from costtui.domain.customers.series import Series
from costtui.domain.customers.tags import Names, excluded, normalise
from costtui.domain.customers.units import from_units
from costtui.domain.money import EXACT, total
from costtui.domain.period import Window

_PERCENT = Decimal("1e-10")
PARTS_OF_A_TABLE = 3
"""Customers, those shown apart, and rows that are nobody's."""


def unit_metric(options: RowOptions, drivers: Drivers) -> str | None:
    return options.unit_metric or next(iter(drivers.totals), None)


class Section:
    """The rows of one currency, the `number`th."""

    def __init__(
        self,
        currency: str,
        number: int,
        book: Book,
        shares: Shares,
        drivers: Drivers,
        names: Names,
        customers: Sequence[Customer],
        rules: Sequence[SharedRule],
        window: Window,
        options: RowOptions,
    ) -> None:
        self.currency, self.book, self.shares, self.drivers = currency, book, shares, drivers
        self.window, self.options = window, options
        self.customers = {normalise(customer.id): customer for customer in customers}
        self._number, self._names, self._rates = number, names, Rates(options.fx)
        self._billed = from_units(book.billed, book.scale)
        days = window.days
        self.complete = [(day, days[day]) for day in sorted(book.seen - book.estimated)]
        self._complete = tuple(day for day, _ in self.complete)
        self._open = [days[day] for day in sorted(book.estimated)]
        self._metric = unit_metric(options, drivers)
        split_by = {rule.driver for rule in rules if rule.method == "driver"}
        self._kept_metrics = sorted(split_by | ({self._metric} if self._metric else set()))

    def rows(self, *, with_usage: bool) -> list[CustomerRow]:
        """Everybody who has cost in this currency; `with_usage` also those who only used something (cost 0)."""
        owners: set[str] = set().union(*self.book.direct, *self.book.nobody, *self.shares.daily)
        if with_usage:
            owners.update(owner for used in self.drivers.totals.values() for owner in used if owner != UNALLOCATED)
        owners |= set(self._ancestors(owners))
        nothing = [0] * len(self.window)
        direct = self._by_day(self.book.direct, self.book.nobody)
        shared = self._by_day(self.shares.daily)
        active = self._active()
        rows = [self._row(owner, direct.get(owner, nothing), shared.get(owner, nothing), active.get(owner, 0)) for owner in owners]
        return sorted(rows, key=_rank)

    def _by_day(self, *parts: Sequence[dict[str, int]]) -> dict[str, list[int]]:
        """Day by day what `parts` hold of everybody who has any of it."""
        nothing = [0] * len(self.window)
        found: dict[str, list[int]] = {}
        for held in parts:
            for day, units_of in enumerate(held):
                for owner, units in units_of.items():
                    days = found.get(owner)
                    if days is None:
                        days = found[owner] = nothing.copy()
                    days[day] += units
        return found

    def _active(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for day in range(len(self.window)):
            bit = 1 << day
            for owner in self.shares.active(day):
                found[owner] = found.get(owner, 0) | bit
        return found

    def _ancestors(self, owners: set[str]) -> Iterator[str]:
        """Whom the owners belong to: a row at cost 0 where they have none of their own, so that there is one to roll up into."""
        for owner in owners:
            seen = {owner}
            while (parent := self._parent(owner)) is not None and parent not in seen:
                yield parent
                seen.add(parent)
                owner = parent

    def _parent(self, owner: str) -> str | None:
        customer = self.customers.get(owner)
        return self._names.id_of(customer.parent) if customer and customer.parent else None

    def _row(self, owner: str, own: list[int], shared_days: list[int], active: int) -> CustomerRow:
        book, customer = self.book, self.customers.get(owner)
        daily = list(map(int.__add__, own, shared_days))
        direct, shared = from_units(sum(own), book.scale), from_units(sum(shared_days), book.scale)
        cost = EXACT.add(direct, shared)
        used = self.drivers.used(owner)
        earned = self._revenue(customer)
        margin = None if earned is None else EXACT.subtract(earned, cost)
        quantity = used.get(self._metric) if self._metric else None
        settled = EXACT.subtract(cost, from_units(sum(daily[day] for day in book.estimated), book.scale)) if book.estimated else None
        parts = CustomerParts(
            days=Series.of(daily, book.scale),
            services=self._services(owner),
            placements=self.shares.placements(owner),
            spellings=self._spellings(owner),
            served=self.drivers.served.get(owner, {}),
            own=Series.of(own, book.scale),
            used=self.drivers.by_day(owner, self._kept_metrics),
            active=active.to_bytes((active.bit_length() + 7) // 8, "little"),
            models=model_costs(owner, book, self.shares),
            pays=_pays(customer),
        )
        return CustomerRow(
            id=owner,
            name=self._name(owner, customer),
            plan=customer.plan if customer else None,
            segment=customer.segment if customer else None,
            owner_team=customer.owner_team if customer else None,
            direct=direct,
            shared=shared,
            total=cost,
            currency=self.currency,
            revenue=earned,
            margin=margin,
            margin_pct=percent(margin, earned),
            usage=used,
            unit_cost=quantized(EXACT.divide(cost, quantity)) if quantity else None,
            trend_pct=signals.trend_pct(self._complete, [daily[day] for day in self._complete]),
            share_pct=percent(cost, self._billed),
            estimated=any(daily[day] for day in book.estimated),
            flags=[],
            parent=self._parent(owner),
            apart=self._number * PARTS_OF_A_TABLE + self._apart(owner),
            settled_total=settled,
            settled_revenue=None if settled is None or earned is None else self._settled_revenue(customer, earned),
            packed=parts.pack(),
        )

    def _apart(self, owner: str) -> int:
        return 2 if owner in NOBODY else int(excluded(owner, self.options.exclude))

    def _services(self, owner: str) -> list[Placement]:
        services = self.book.services.get(owner, {})
        how = "no customer key, and no rule takes it" if owner in NOBODY else f"{self.options.key_name} = {owner}"
        return [
            Placement(service, from_units(units, self.book.scale), how)
            for service, units in sorted(services.items(), key=lambda part: (-part[1], part[0]))
            if units or service or len(services) == 1
        ]

    def _spellings(self, owner: str) -> list[str]:
        """Ways of writing one id; an alias is not among them, since the customer list knows it."""
        written = self.book.spellings.get(owner, ())
        if len(written) < 2:
            return []
        found = sorted(text for text in written if normalise(text) == owner)
        return found if len(found) > 1 else []

    def _name(self, owner: str, customer: Customer | None) -> str:
        if customer:
            return customer.name or customer.id.strip()
        return owner.strip("_") if owner in NOBODY else min((text.strip() for text in self.book.spellings.get(owner, ())), default=owner)

    def _revenue(self, customer: Customer | None, window: Window | None = None) -> Decimal | None:
        if customer is None:
            return None
        return revenue(customer, window or self.window, self.currency, self._rates, self.options.free_plans)

    def _settled_revenue(self, customer: Customer | None, earned: Decimal) -> Decimal:
        """What was earned on the days that are not estimated."""
        runs = groupby(enumerate(self._open), key=lambda found: found[1] - timedelta(found[0]))
        open_runs = [[day for _, day in run] for _, run in runs]
        open_earned = [self._revenue(customer, Window(run[0], run[-1] + timedelta(1))) or Decimal(0) for run in open_runs]
        return EXACT.subtract(earned, total(open_earned))


def _pays(customer: Customer | None) -> Subscription | None:
    if customer is None or customer.mrr is None:
        return None
    return Subscription(customer.mrr, customer.currency, customer.since, customer.until)


def _rank(row: CustomerRow) -> tuple[int, int, Decimal, str]:
    if row.id in NOBODY:
        return row.apart, NOBODY.index(row.id), Decimal(0), row.id
    return row.apart, 0, -row.total, row.id


def percent(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """`part` in percent of `whole`, ten decimals; None where either is unknown or `whole` is not above zero."""
    if part is None or whole is None or whole <= 0:
        return None
    return EXACT.divide(EXACT.multiply(part, Decimal(100)), whole).quantize(_PERCENT, context=EXACT)
