"""Shorthand for ledgers, and example G11: one day of one company, with every way a cent can be placed."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from costtui.domain.customers.ledger import RowOptions
from costtui.domain.customers.records import Category, Commitment, Customer, CustomerRow, CustomerTotals, LedgerLine, UsagePoint
from costtui.domain.customers.rows import customer_rows
from costtui.domain.customers.rules import SharedMatch, SharedRule
from costtui.domain.period import Window

OCTOBER = Window(date(2026, 10, 1), date(2026, 11, 1))
DAY = date(2026, 10, 5)


def line(
    customer: str,
    amount: str,
    service: str = "Web",
    *,
    category: Category = "Usage",
    commitment: Commitment = "",
    day: date = DAY,
    currency: str = "USD",
    tags: dict[str, str] | None = None,
    estimated: bool = False,
) -> LedgerLine:
    money = Decimal(amount)
    return LedgerLine(day, customer, service, category, currency, money, money, commitment=commitment, tags=tags or {}, estimated=estimated)


def used(tenant: str, value: str, metric: str = "requests", day: date = DAY) -> UsagePoint:
    return UsagePoint(day, tenant, metric, Decimal(value))


G11_LINES = [
    line("acme", "120"),
    line("ACME ", "30.005"),
    line("globex", "50"),
    line("initech", "9.995"),
    line("", "100", "DB"),
    line("", "10.01", "NAT"),
    line("", "-20", "Credits", category="Credit"),
    line("", "15", "Tax", category="Tax"),
    line("", "5", "Commitment", commitment="Unused"),
]
G11_USAGE = [used("acme", "600"), used("globex", "300"), used("hooli", "99"), used("ghost", "1")]
G11_CUSTOMERS = [
    Customer("acme", "Acme", "pro", Decimal(500)),
    Customer("globex", "Globex", "pro", Decimal(60)),
    Customer("hooli", "Hooli", "free", Decimal(0)),
]
G11_RULES = [
    SharedRule(SharedMatch(service="DB", untagged=True), "driver:requests"),
    SharedRule(SharedMatch(service="NAT", untagged=True), "even"),
    SharedRule(SharedMatch(category="Credit"), "direct-proportional"),
    SharedRule(SharedMatch(category="Tax"), "direct-proportional"),
    SharedRule(SharedMatch(commitment="Unused"), "keep"),
]


def reckon(
    lines: Sequence[LedgerLine],
    *,
    usage: Sequence[UsagePoint] = (),
    customers: Sequence[Customer] = (),
    rules: Sequence[SharedRule] = (),
    window: Window = OCTOBER,
    options: RowOptions | None = None,
) -> tuple[dict[str, CustomerRow], CustomerTotals]:
    """Rows by id, or by `id CURRENCY` where they are in another currency than the totals."""
    rows, totals = customer_rows(lines, usage, customers, rules, window, options)
    return {row.id if row.currency == totals.currency else f"{row.id} {row.currency}": row for row in rows}, totals


def g11() -> tuple[dict[str, CustomerRow], CustomerTotals]:
    return reckon(G11_LINES, usage=G11_USAGE, customers=G11_CUSTOMERS, rules=G11_RULES, options=RowOptions(free_plans=["free"]))
