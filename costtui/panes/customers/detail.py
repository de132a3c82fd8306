"""What Enter shows of a customer: where each cent came from, who belongs to it, day by day and service by service."""

from collections.abc import Iterator
from functools import partial

from costtui.domain.customers.records import NOBODY, CustomerRow, CustomerTotals, Forecast
from costtui.domain.customers.rollup import RolledUp, rolled_up
from costtui.domain.customers.shown import cents_of
from costtui.domain.customers.signals import LEAST_TREND_DAYS, month_end
from costtui.domain.loaded import PaneData
from costtui.panes.customers.cents import cents
from costtui.panes.customers.explain import explain, standing
from costtui.panes.customers.judged import estimated_words, judged, moves_of, spike_day
from costtui.panes.customers.models import models
from costtui.panes.customers.strip import rest_of_bill
from costtui.panes.customers.traces import placed_lines
from costtui.panes.customers.unit_costs import spread_words, unit_cost_words
from costtui.panes.day_plot import DayPlot
from costtui.panes.spec import Detail, Line, Section
from costtui.panes.words import NOT_APPLICABLE, count, percent, signed

Customers = PaneData[CustomerRow, CustomerTotals]


def detail(row: CustomerRow, data: Customers) -> Detail:
    sections = (
        *_family(row, data),
        *_signals(row, data),
        _placed("Direct, by service", row, data, shared=False),
        _placed("Shared, by pool", row, data, shared=True),
        *models(row.parts.models, row),
        *_days(row, data),
        _usage(row, data),
        *rest_of_bill(data.totals),
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
        yield "Unit cost", unit_cost_words(row, data)
    if row.id not in NOBODY:
        yield "Month end", _month_end(row, data)
        yield "Standing", standing(row, data)
    if row.estimated:
        yield "Estimated", estimated_words(row, data)
    if spellings := row.parts.spellings:
        yield "Written as", ", ".join(map(repr, spellings))
    if row.flags:
        yield "Flags", ", ".join(row.flags)


def _month_end(row: CustomerRow, data: Customers) -> str:
    totals, daily = data.totals, row.daily
    found = daily and month_end(data.window, daily, set(totals.complete_days), set(totals.estimated_days))
    return forecast_words(found, row.currency) if found else NOT_APPLICABLE


def forecast_words(found: Forecast, currency: str) -> str:
    low, middle, high = (cents(amount, currency) for amount in (found.low, found.middle, found.high))
    left = f"{found.remaining_days} days at the quartiles of {found.complete_days} complete ones"
    return f"{low} to {high} {currency}, middle {middle}: {cents(found.so_far, currency)} so far and {left}"


def _family(row: CustomerRow, data: Customers) -> Iterator[Section]:
    """Whoever belongs to the customer, unfolded, and all of them with it; nothing where nobody does."""
    family = rolled_up(row, data.rows)
    if not family.members:
        return
    lines = [line for member in family.members for line in _members(member, data, 0)]
    lines.append(Line((f"{row.name} itself", *_figures(RolledUp(row, (), row.shown.total, row.revenue))), "dim"))
    lines.append(Line(("Together", *_figures(family)), "good"))
    note = "revenue and margin count those whose revenue is known" if any(one.revenue is None for one in family.members) else ""
    yield Section("Customers of it", tuple(lines), ("Customer", "Cost", "Revenue", "Margin"), (30, 14, 14, 0), frozenset({1, 2}), note)


def _members(member: RolledUp, data: Customers, depth: int) -> Iterator[Line]:
    """A member with everybody below it; its own figures count those too."""
    why = partial(explain, member.row, "total", data)
    yield Line((f"{'  ' * depth}{member.row.name}", *_figures(member)), behind=partial(detail, member.row, data), why=why)
    for below in member.members:
        yield from _members(below, data, depth + 1)


def _figures(family: RolledUp) -> tuple[str, str, str]:
    currency, earned = family.row.currency, family.revenue
    if earned is None:
        return cents(family.cost, currency), NOT_APPLICABLE, NOT_APPLICABLE
    return cents(family.cost, currency), cents(earned, currency), signed(earned - family.cost)


def _signals(row: CustomerRow, data: Customers) -> Iterator[Section]:
    why = partial(explain, row, "flags", data)
    lines = tuple(Line(words, "warn", behind=why, why=why) for words in judged(row, data))
    if lines:
        yield Section("Why it stands out", lines, widths=(16, 0))


def _placed(title: str, row: CustomerRow, data: Customers, *, shared: bool) -> Section:
    lines = placed_lines(row.placements if shared else row.services, row, data, shared=shared)
    column, whole = ("shared", row.shown.shared) if shared else ("direct", row.shown.direct)
    lines.append(Line(("Total", cents(whole, row.currency), ""), "good", why=partial(explain, row, column, data)))
    return Section(title, tuple(lines), head=("From", "Amount", "How"), widths=(30, 14, 0), right=frozenset({1}))


def _usage(row: CustomerRow, data: Customers) -> Section:
    why = partial(explain, row, "unit_cost", data)
    lines = [Line((metric, count(value)), why=why) for metric, value in sorted(row.usage.items())]
    words = spread_words(row, data)
    note = f"per 1,000 {data.totals.unit_metric}: {words}" if words else "" if lines else "no usage is known"
    return Section("Usage", tuple(lines), widths=(30, 14), right=frozenset({1}), note=note)


def _days(row: CustomerRow, data: Customers) -> Iterator[Section]:
    """Nothing where only the sum is known, as in a snapshot."""
    estimated = set(data.totals.estimated_days)
    daily = row.daily
    if not daily:
        return
    amounts = cents_of(daily, row.currency, row.shown.total)
    lines = [
        Line((str(day), ("~" if day in estimated else "") + cents(amount, row.currency)))
        for day, amount in reversed(list(zip(data.window.days, amounts, strict=True)))
    ]
    found = spike_day(row, data)
    marked = {move.day for move in moves_of(row, data)} | ({found.day} if found else set())
    plot = DayPlot(f"{row.currency} a day", data.window.days, [float(day) for day in daily], frozenset(estimated), frozenset(marked))
    note = "~ and dotted: estimated by the provider, may still change" if estimated else ""
    marks = "; ▲ spike or moved cost" if marked else ""
    few = f"; no trend with fewer than {LEAST_TREND_DAYS} complete days" if len(data.totals.complete_days) < LEAST_TREND_DAYS else ""
    words = f"{note}{marks}{few}".removeprefix("; ")
    yield Section("By day", (), note=words, plots=(plot,))
    yield Section("Days, newest first", tuple(lines), ("Day, UTC", "Cost"), (12, 14), frozenset({1}))
