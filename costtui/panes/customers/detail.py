"""What Enter shows of a customer: where each cent came from, day by day and service by service."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

from costtui.domain.customers.records import CustomerRow, CustomerTotals, Placement
from costtui.domain.loaded import PaneData
from costtui.domain.money import plain
from costtui.panes.spec import Detail, Line, Section
from costtui.panes.words import NOT_APPLICABLE, count, money, number, percent, signed


def detail(row: CustomerRow, data: PaneData[CustomerRow, CustomerTotals]) -> Detail:
    revenue = NOT_APPLICABLE if row.revenue is None else f"{money(row.revenue)} {row.currency}, prorated to {len(data.window)} days"
    margin = NOT_APPLICABLE if row.margin is None else f"{signed(row.margin)} {row.currency} ({percent(row.margin_pct)})"
    facts = [
        ("Id", row.id),
        ("Plan", f"{row.plan or NOT_APPLICABLE}, segment {row.segment or NOT_APPLICABLE}, owner {row.owner_team or NOT_APPLICABLE}"),
        ("Total", f"{money(row.total)} {row.currency}, {percent(row.share_pct)} of the bill"),
        ("Revenue", revenue),
        ("Margin", margin),
        ("Unit cost", f"{number(row.unit_cost, 6)} {row.currency} each" if row.unit_cost is not None else NOT_APPLICABLE),
    ]
    if row.estimated:
        facts.append(("Estimated", "a part is still estimated by the provider"))
    if row.flags:
        facts.append(("Flags", ", ".join(row.flags)))
    sections = (
        _placed("Direct, by service", row.services, row.direct),
        _placed("Shared, by pool", row.placements, row.shared),
        _usage(row),
        _days(row, data),
    )
    return Detail(row.name, tuple(facts), sections)


def _placed(title: str, parts: list[Placement], whole: Decimal) -> Section:
    lines = [Line((part.pool or "all services", money(part.amount), part.how), behind=partial(_cent, part)) for part in parts]
    lines.append(Line(("Total", money(whole), ""), "good"))
    return Section(title, tuple(lines), head=("From", "Amount", "How"), widths=(30, 14, 0), right=frozenset({1}))


def _cent(part: Placement) -> Detail:
    return Detail(part.pool or "all services", (("Amount, exact", plain(part.amount)), ("How", part.how)))


def _usage(row: CustomerRow) -> Section:
    lines = tuple(Line((metric, count(value))) for metric, value in sorted(row.usage.items()))
    return Section("Usage", lines, widths=(30, 14), right=frozenset({1}), note="" if lines else "no usage is known")


def _days(row: CustomerRow, data: PaneData[CustomerRow, CustomerTotals]) -> Section:
    start = data.window.start
    lines = [Line((str(start + timedelta(number)), money(amount))) for number, amount in enumerate(row.daily)]
    return Section("Days, newest first", tuple(reversed(lines)), head=("Day, UTC", "Cost"), widths=(12, 14), right=frozenset({1}))
