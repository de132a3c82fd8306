"""The customers pane: what each customer costs to serve, and what is left of what they pay."""

from collections.abc import Sequence

from costtui.domain.customers.allocation import places
from costtui.domain.customers.records import NOBODY, CustomerRow, CustomerTotals
from costtui.domain.money import total
from costtui.panes.customers.cents import cents
from costtui.panes.spec import Column, PaneSpec, Tone, later
from costtui.panes.words import NOT_APPLICABLE, money, number, percent, signed, spark


def _name(row: CustomerRow) -> str:
    return f"‹{row.name}›" if row.id in NOBODY else row.name


def _direct(row: CustomerRow) -> str:
    return cents(row.shown.direct, row.currency)


def _shared(row: CustomerRow) -> str:
    return cents(row.shown.shared, row.currency)


def _total(row: CustomerRow) -> str:
    return cents(row.shown.total, row.currency)


def _revenue(row: CustomerRow) -> str:
    return NOT_APPLICABLE if row.revenue is None else cents(row.revenue, row.currency)


def _margin(row: CustomerRow) -> str:
    if row.margin is None:
        return NOT_APPLICABLE
    return "n/a" if row.margin_pct is None else f"{signed(row.margin_pct, 1)}%"


def _margin_tone(row: CustomerRow) -> Tone:
    if row.margin is None:
        return "dim"
    return "bad" if row.margin < 0 else "good"


def _flags(row: CustomerRow) -> str:
    return " ".join(row.flags)


def _flag_tone(row: CustomerRow) -> Tone:
    return "warn" if {"negative-margin", "free-hog", "spike"} & set(row.flags) else "dim"


def _trend(row: CustomerRow) -> str:
    return spark([float(day) for day in row.daily])


def _headline(totals: CustomerTotals) -> str:
    return NOT_APPLICABLE if totals.billed is None else money(totals.billed)


def _footer(totals: CustomerTotals, rows: Sequence[CustomerRow]) -> str:
    if totals.billed is None:
        return "no bill"
    shown = total(row.shown.total for row in rows if row.currency == totals.currency)
    customers = sum(row.id not in NOBODY for row in rows)
    basis = "" if totals.basis == "amortized" else f" ({totals.basis.replace('-', ' ')})"
    currency, estimated = totals.currency, "~" if totals.estimated_days else ""
    words = [f"{customers:,} customers  {cents(shown, currency)} {currency}", f"bill{basis} {estimated}{cents(totals.billed, currency)}"]
    words.append(f"residual {money(totals.residual)}")
    words += [f"{other.pool} {signed(other.amount, places(currency))}{', ' + other.how if other.how else ''}" for other in totals.others]
    return " · ".join(words)


COLUMNS: tuple[Column[CustomerRow], ...] = (
    Column("name", "Customer", 18, _name, lambda row: row.name, grows=True),
    Column("plan", "Plan", 8, lambda row: row.plan or NOT_APPLICABLE, lambda row: row.plan, from_width=100),
    Column("owner_team", "Owner", 10, lambda row: row.owner_team or NOT_APPLICABLE, lambda row: row.owner_team, from_width=130),
    Column("segment", "Segment", 10, lambda row: row.segment or NOT_APPLICABLE, lambda row: row.segment, from_width=150),
    Column("direct", "Direct", 11, _direct, lambda row: row.direct, align="right", from_width=100),
    Column("shared", "Shared", 11, _shared, lambda row: row.shared, align="right", from_width=100),
    Column("total", "Total", 11, _total, lambda row: row.total, align="right"),
    Column("currency", "Cur", 3, lambda row: row.currency, lambda row: row.currency),
    Column("share_pct", "Share", 7, lambda row: percent(row.share_pct), lambda row: row.share_pct, align="right"),
    Column("revenue", "Revenue", 11, _revenue, lambda row: row.revenue, align="right", from_width=90),
    Column("margin_pct", "Margin", 8, _margin, lambda row: row.margin_pct, align="right", tone=_margin_tone),
    Column("trend", "Trend", 8, _trend, lambda row: row.trend_pct),
    Column("unit_cost", "Unit cost", 10, lambda row: number(row.unit_cost, 6), lambda row: row.unit_cost, align="right", from_width=160),
    Column("flags", "Flags", 15, _flags, _flags, tone=_flag_tone),
)

PANE: PaneSpec[CustomerRow, CustomerTotals] = PaneSpec(
    id="customers",
    title="Customers",
    key="3",
    noun="customers",
    row_type=CustomerRow,
    totals_type=CustomerTotals,
    needs=("bill", "customer-usage", "directory"),
    build=later("costtui.panes.customers.rows", "build"),
    columns=COLUMNS,
    sort="-total",
    row_id=lambda row: f"{row.id} {row.currency}",
    tags=lambda _row: {},
    money=lambda row: row.total,
    groups={"plan": lambda row: row.plan, "segment": lambda row: row.segment, "team": lambda row: row.owner_team},
    headline=_headline,
    footer=_footer,
    basis="billed, amortized, UTC; shared cost is allocated",
    detail=later("costtui.panes.customers.detail", "detail"),
    document_row=later("costtui.panes.customers.document", "document_row"),
    document_totals=later("costtui.panes.customers.document", "document_totals"),
    by_basis=True,
)
