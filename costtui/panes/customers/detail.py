"""What Enter shows of a customer: where each cent came from, who belongs to it, day by day and service by service."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial

from costtui.domain.customers.records import CustomerRow, CustomerTotals, Placement
from costtui.domain.customers.rollup import RolledUp, rolled_up
from costtui.domain.customers.shown import part_cents
from costtui.domain.loaded import PaneData
from costtui.domain.money import plain
from costtui.panes.customers.cents import cents
from costtui.panes.spec import Detail, Line, Section
from costtui.panes.words import NOT_APPLICABLE, count, number, percent, signed

BAR, BAR_CELLS = "▇", 40

Customers = PaneData[CustomerRow, CustomerTotals]


def detail(row: CustomerRow, data: Customers) -> Detail:
    sections = (
        *_family(row, data),
        _placed("Direct, by service", row.services, row.shown.direct, row.currency),
        _placed("Shared, by pool", row.placements, row.shown.shared, row.currency),
        _usage(row),
        _days(row, data),
    )
    return Detail(row.name, tuple(_facts(row, data)), sections)


def _facts(row: CustomerRow, data: Customers) -> Iterator[tuple[str, str]]:
    yield "Id", row.id
    yield "Plan", f"{row.plan or NOT_APPLICABLE}, segment {row.segment or NOT_APPLICABLE}, owner {row.owner_team or NOT_APPLICABLE}"
    if row.parent is not None:
        yield "Belongs to", next((one.name for one in data.rows if one.id == row.parent), row.parent)
    basis = data.totals.basis.replace("-", " ")
    yield "Total", f"{cents(row.shown.total, row.currency)} {row.currency} {basis}, {percent(row.share_pct)} of the bill"
    earned = f"{cents(row.revenue, row.currency)} {row.currency}, prorated to {len(data.window)} days"
    yield "Revenue", NOT_APPLICABLE if row.revenue is None else earned
    yield "Margin", NOT_APPLICABLE if row.margin is None else f"{signed(row.margin)} {row.currency} ({percent(row.margin_pct)})"
    if row.unit_cost is not None:
        yield "Unit cost", f"{number(1_000 * row.unit_cost, 6)} {row.currency} per 1,000 {data.totals.unit_metric}"
    if row.estimated:
        yield "Estimated", _estimated(row, data)
    if spellings := row.parts.spellings:
        yield "Written as", ", ".join(map(repr, spellings))
    if row.flags:
        yield "Flags", ", ".join(row.flags)


def _estimated(row: CustomerRow, data: Customers) -> str:
    daily = row.daily
    by_day = {day: daily[(day - data.window.start).days] for day in data.totals.estimated_days}
    told = [f"{day:%d %b} ~{cents(amount, row.currency)}" for day, amount in by_day.items() if amount]
    return f"{', '.join(told[-2:])}: in the total, out of trend and flags" + (f" ({len(told)} days)" if len(told) > 2 else "")


def _family(row: CustomerRow, data: Customers) -> Iterator[Section]:
    """Whoever belongs to the customer, and all of them with it; nothing where nobody does."""
    family = rolled_up(row, data.rows)
    if not family.members:
        return
    lines = [_member(member, data) for member in family.members]
    lines.append(Line((f"{row.name} itself", *_figures(RolledUp(row, (), row.shown.total, row.revenue))), "dim"))
    lines.append(Line(("Together", *_figures(family)), "good"))
    note = "revenue and margin count those whose revenue is known" if any(one.revenue is None for one in family.members) else ""
    yield Section("Customers of it", tuple(lines), ("Customer", "Cost", "Revenue", "Margin"), (30, 14, 14, 0), frozenset({1, 2}), note)


def _member(member: RolledUp, data: Customers) -> Line:
    return Line((member.row.name, *_figures(member)), behind=partial(detail, member.row, data))


def _figures(family: RolledUp) -> tuple[str, str, str]:
    currency, earned = family.row.currency, family.revenue
    if earned is None:
        return cents(family.cost, currency), NOT_APPLICABLE, NOT_APPLICABLE
    return cents(family.cost, currency), cents(earned, currency), signed(earned - family.cost)


def _placed(title: str, parts: list[Placement], whole: Decimal, currency: str) -> Section:
    amounts = part_cents(parts, currency, whole) if parts else []
    lines = [
        Line((part.pool or "all services", cents(amount, currency), part.how), behind=partial(_cent, part))
        for part, amount in zip(parts, amounts, strict=True)
    ]
    lines.append(Line(("Total", cents(whole, currency), ""), "good"))
    return Section(title, tuple(lines), head=("From", "Amount", "How"), widths=(30, 14, 0), right=frozenset({1}))


def _cent(part: Placement) -> Detail:
    return Detail(part.pool or "all services", (("Amount, exact", plain(part.amount)), ("How", part.how)))


def _usage(row: CustomerRow) -> Section:
    lines = tuple(Line((metric, count(value))) for metric, value in sorted(row.usage.items()))
    return Section("Usage", lines, widths=(30, 14), right=frozenset({1}), note="" if lines else "no usage is known")


def _days(row: CustomerRow, data: Customers) -> Section:
    estimated = set(data.totals.estimated_days)
    daily = row.daily
    days = [(data.window.start + timedelta(number), amount) for number, amount in enumerate(daily)]
    most = max(daily, default=Decimal(0))
    lines = [
        Line((str(day), ("~" if day in estimated else "") + cents(amount, row.currency), BAR * _cells(amount, most)))
        for day, amount in reversed(days)
    ]
    note = "~ is estimated by the provider and may still change" if estimated else ""
    return Section("Days, newest first", tuple(lines), ("Day, UTC", "Cost", ""), (12, 14, 0), frozenset({1}), note)


def _cells(amount: Decimal, most: Decimal) -> int:
    return int(amount * BAR_CELLS / most) if amount > 0 else 0
