"""How a number of a customer came about: the formula with its figures, where they are from, and what was rounded."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from costtui.domain.customers.records import NOBODY, CustomerRow, CustomerTotals
from costtui.domain.customers.signals import LEAST_TREND_DAYS, median, theil_sen
from costtui.domain.loaded import PaneData
from costtui.domain.money import plain
from costtui.panes.customers.cents import cents
from costtui.panes.customers.judged import estimated_words, judged
from costtui.panes.customers.strip import rest_of_bill
from costtui.panes.customers.traces import placed_lines, sources
from costtui.panes.customers.unit_costs import spread_words, unit_cost_words
from costtui.panes.spec import Detail, Line, Section
from costtui.panes.words import NOT_APPLICABLE, percent, signed

Customers = PaneData[CustomerRow, CustomerTotals]
Facts = Iterator[tuple[str, str]]
DIRECTORY = "the customer list"


def explain(row: CustomerRow, column: str, data: Customers) -> Detail:
    """The value of `column`, which is a column's id of this pane."""
    title, facts, sections = _COLUMNS.get(column, _COLUMNS["name"])
    found = [*facts(row, data), *((("Estimated", estimated_words(row, data)),) if row.estimated and sections else ()), *sources(data)]
    return Detail(f"{title} of {row.name}", tuple(found), tuple(sections(row, data) if sections else ()))


def standing(row: CustomerRow, data: Customers) -> str:
    """Where the customer stands among all, and how much the dearest have."""
    most = data.totals.concentration
    ahead = sum(other.apart == row.apart and other.total > row.total for other in data.rows)
    if most is None or row.apart:
        return NOT_APPLICABLE
    named = f"the {most.top} dearest of {most.customers:,} have {percent(most.share_pct)} of what customers cost"
    return f"number {ahead + 1:,} by cost; {named}; Gini {plain(round(most.gini, 2))} (0 all alike, 1 one has all)"


def _exact(amount: Decimal, shown: Decimal, row: CustomerRow) -> str:
    rounding = "shown with all rows by largest remainder, so that the cents add up to the bill as well"
    return f"{plain(amount)} {row.currency}, shown as {cents(shown, row.currency)}: {rounding}"


def _total(row: CustomerRow, data: Customers) -> Facts:
    direct, shared = cents(row.shown.direct, row.currency), cents(row.shown.shared, row.currency)
    yield "Formula", f"direct {direct} + shared {shared} = {cents(row.shown.total, row.currency)} {row.currency}"
    yield "Exact", _exact(row.total, row.shown.total, row)
    yield "Basis", f"{data.totals.basis.replace('-', ' ')}: direct is measured, shared is allocated"


def _direct(row: CustomerRow, data: Customers) -> Facts:
    what = "charges that no key and no rule places" if row.id in NOBODY else "charges that the bill itself names this customer for"
    yield "Formula", f"the sum of {what}, and that no rule of customers.shared takes"
    yield "Exact", _exact(row.direct, row.shown.direct, row)
    yield "Basis", f"{data.totals.basis.replace('-', ' ')}, measured"


def _shared(row: CustomerRow, data: Customers) -> Facts:
    yield "Formula", "for every pool and day: pool × weight ÷ all weights of the day, in whole units by largest remainder, then summed"
    yield "Exact", _exact(row.shared, row.shown.shared, row)
    yield (
        "Basis",
        f"{data.totals.basis.replace('-', ' ')}, allocated: the first rule that takes a charge decides, and no pool feeds another",
    )


def _share(row: CustomerRow, data: Customers) -> Facts:
    totals = data.totals
    if row.share_pct is None or row.currency != totals.currency:
        yield "Formula", f"total ÷ all that is billed in {row.currency}; currencies are never added up"
        return
    billed = plain(totals.billed or Decimal(0))
    yield "Formula", f"total {plain(row.total)} ÷ bill {billed} {row.currency} = {plain(row.share_pct)} %"
    yield "Standing", standing(row, data)


def _revenue(row: CustomerRow, data: Customers) -> Facts:
    pays = row.parts.pays
    if row.id in NOBODY:
        yield "Formula", "none: nobody pays for this row, so it has no margin either"
        return
    if row.revenue is None:
        yield "Formula", f"unknown: {DIRECTORY} gives no MRR for {row.id}, or a day of the window has no rate in [fx]; unknown is not zero"
        return
    if pays is None:
        yield "Formula", f"0 {row.currency}: on a free plan, {DIRECTORY} names no MRR"
        return
    since = f", customer since {pays.since}" if pays.since else ""
    until = f", until {pays.until} (not included)" if pays.until else ""
    monthly = f"MRR {plain(pays.mrr)} {pays.currency} ÷ days of each calendar month"
    days = f"{len(data.window)} days of the window{since}{until}"
    yield "Formula", f"{monthly}, for the {days} = {plain(row.revenue)} {row.currency}"
    if pays.currency != row.currency:
        yield "Currency", f"{pays.currency} to {row.currency} by the rate of [fx] that holds on each day"
    yield "Basis", f"assumed from {DIRECTORY}: no invoice is read"


def _margin(row: CustomerRow, data: Customers) -> Facts:
    if row.margin is not None:
        pct = f"; ÷ revenue = {plain(row.margin_pct)} %" if row.margin_pct is not None else "; no percentage of a revenue of 0"
        yield "Formula", f"revenue {plain(row.revenue or Decimal(0))} − total {plain(row.total)} = {plain(row.margin)} {row.currency}{pct}"
    if row.settled_total is not None and row.settled_revenue is not None:
        yield "For alerts", f"without the estimated days: revenue {plain(row.settled_revenue)}, cost {plain(row.settled_total)}"
    yield from (("Revenue" if name == "Formula" else name, words) for name, words in _revenue(row, data))


def _trend(row: CustomerRow, data: Customers) -> Facts:
    numbered = {day: number for number, day in enumerate(data.window.days)}
    daily = row.daily
    complete = [(numbered[day], daily[numbered[day]]) for day in data.totals.complete_days if daily]
    slope = theil_sen(complete)
    if row.trend_pct is None or slope is None:
        yield (
            "Formula",
            f"none: it takes {LEAST_TREND_DAYS} complete days with a median above 0, and there are {len(complete)} complete days",
        )
        return
    middle = median([amount for _, amount in complete])
    span = complete[-1][0] - complete[0][0]
    slope_words = f"{signed(slope, 6)} {row.currency} a day (Theil-Sen: the median of the slopes between any two days)"
    yield "Formula", f"{slope_words} × {span} days ÷ median day {plain(round(middle, 6))} = {signed(row.trend_pct, 1)} %"
    yield "Days", f"{len(complete)} complete days; the bars show all of them, estimated ones too"


def _unit_cost(row: CustomerRow, data: Customers) -> Facts:
    metric = data.totals.unit_metric
    quantity = row.usage.get(metric) if metric else None
    if row.unit_cost is None or quantity is None:
        yield "Formula", f"total ÷ {metric or 'usage'}: no usage is known, which is not a unit cost of 0"
        return
    yield (
        "Formula",
        f"total {plain(row.total)} ÷ {plain(quantity)} {metric} = {plain(row.unit_cost)} {row.currency}, half-even at twelve decimals",
    )
    yield "Going", unit_cost_words(row, data)
    if words := spread_words(row, data):
        yield "By day", f"per 1,000: {words}"


def _flags(row: CustomerRow, data: Customers) -> Facts:
    found = list(judged(row, data))
    yield from found or [("Flags", "none: nothing about this row is remarkable")]


def _currency(row: CustomerRow, data: Customers) -> Facts:
    if row.currency == data.totals.currency:
        rate = "by the newest rate of [fx] that is not after the day"
        yield (
            "Formula",
            f"charges in other currencies are converted to {row.currency} line by line, {rate}",
        )
    else:
        yield "Formula", f"[fx] has no rate for {row.currency} that is old enough: a section of its own, added to nothing else"


def _known(row: CustomerRow, _: Customers) -> Facts:
    if row.id in NOBODY:
        yield "Row", "nobody's: cost that belongs to no customer, always inside the total and never ranked"
        return
    yield "Id", f"{row.id}: the key's value in Unicode NFC, trimmed, without regard to case, aliases resolved"
    if spellings := row.parts.spellings:
        yield "Written as", ", ".join(map(repr, spellings))
    where = f"{DIRECTORY} does not know it" if "no-crm" in row.flags else f"from {DIRECTORY}"
    plan = f"plan {row.plan or NOT_APPLICABLE}, segment {row.segment or NOT_APPLICABLE}, owner {row.owner_team or NOT_APPLICABLE}"
    yield "Name", f"{row.name}; {plan}, {where}"


def _parts(row: CustomerRow, data: Customers) -> Iterator[Section]:
    yield from _section("Direct", row, data, shared=False)
    yield from _section("Shared", row, data, shared=True)
    yield from rest_of_bill(data.totals)


def _section(title: str, row: CustomerRow, data: Customers, *, shared: bool) -> Iterator[Section]:
    lines = placed_lines(row.placements if shared else row.services, row, data, shared=shared)
    if lines:
        whole = cents(row.shown.shared if shared else row.shown.direct, row.currency)
        total = Line(("Together", whole, ""), "good")
        yield Section(title, (*lines, total), ("From", "Amount", "How"), (30, 14, 0), frozenset({1}))


Sections = Callable[[CustomerRow, Customers], Iterator[Section]]

_COLUMNS: dict[str, tuple[str, Callable[[CustomerRow, Customers], Facts], Sections | None]] = {
    "name": ("Name", _known, None),
    "plan": ("Plan", _known, None),
    "owner_team": ("Owner", _known, None),
    "segment": ("Segment", _known, None),
    "direct": ("Direct cost", _direct, lambda row, data: _section("Direct", row, data, shared=False)),
    "shared": ("Shared cost", _shared, lambda row, data: _section("Shared", row, data, shared=True)),
    "total": ("Total", _total, _parts),
    "currency": ("Currency", _currency, None),
    "share": ("Share", _share, None),
    "share_pct": ("Share", _share, None),
    "revenue": ("Revenue", _revenue, None),
    "margin_pct": ("Margin", _margin, None),
    "trend": ("Trend", _trend, None),
    "trend_pct": ("Trend", _trend, None),
    "unit_cost": ("Unit cost", _unit_cost, None),
    "flags": ("Flags", _flags, None),
}
