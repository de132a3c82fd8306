"""The customers pane: what each customer costs to serve, and what is left of what they pay."""

from collections.abc import Sequence

from costtui.domain.customers.records import NOBODY, CustomerRow, CustomerTotals
from costtui.domain.money import rounded, total
from costtui.panes.customers.cents import cents
from costtui.panes.customers.strip import strip_words
from costtui.panes.day_plot import BLOCKS
from costtui.panes.spec import Action, Column, PaneSpec, Tone, later
from costtui.panes.words import NOT_APPLICABLE, money, percent, signed, spark

SHARE_CELLS = 12
"""Cells of the whole bill in a share's bar."""


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
    """Short words first: where the column is cut, more than one is seen."""
    return " ".join(sorted([*row.flags, *(["retagged"] if row.moved else [])], key=len))


def _flag_tone(row: CustomerRow) -> Tone:
    return "warn" if row.moved or {"negative-margin", "free-hog", "spike"} & set(row.flags) else "dim"


def _trend(row: CustomerRow) -> str:
    return spark([float(day) for day in row.daily])


def _trend_pct(row: CustomerRow) -> str:
    return NOT_APPLICABLE if row.trend_pct is None else f"{signed(row.trend_pct, 1)}%"


def _share_bar(row: CustomerRow) -> str:
    """In eighths of a cell: half of the bill fills half of the width."""
    whole, eighths = divmod(int(max(0, row.share_pct or 0) * SHARE_CELLS * 8 / 100), 8)
    return (BLOCKS[8] * whole + BLOCKS[eighths].strip()) or (BLOCKS[1] if row.share_pct and row.share_pct > 0 else "")


def _unit_cost(row: CustomerRow) -> str:
    """Three significant digits: unit costs are fractions of a cent."""
    cost = row.unit_cost
    return NOT_APPLICABLE if cost is None else f"{rounded(cost, min(12, max(2, 2 - cost.adjusted())) if cost else 2):,f}"


def _headline(totals: CustomerTotals) -> str:
    if totals.billed is None:
        return NOT_APPLICABLE
    return money(totals.billed) + (f", {totals.below_margin:,} below margin" if totals.below_margin else "")


def _footer(totals: CustomerTotals, rows: Sequence[CustomerRow]) -> str:
    if totals.billed is None:
        return "no bill"
    currency, estimated = totals.currency, "~" if totals.estimated_days else ""
    shown = total(row.shown.total for row in rows if row.currency == currency)
    customers = sum(row.id not in NOBODY and row.currency == currency for row in rows)
    basis = "" if totals.basis == "amortized" else f" ({totals.basis.replace('-', ' ')})"
    words = [f"{customers:,} customers  {cents(shown, currency)} {currency}", f"bill{basis} {estimated}{cents(totals.billed, currency)}"]
    words.append(f"residual {money(totals.residual)}")
    if apart := sorted({row.currency for row in rows} - {currency}):
        words.append(f"{', '.join(apart)} below, without a rate and not added up")
    if (most := totals.concentration) is not None and most.customers > most.top:
        words.append(f"top {most.top} have {percent(most.share_pct, 0)}")
    if (end := totals.forecast) is not None:
        words.append(f"month end {money(end.low, 0)} to {money(end.high, 0)}")
    return " · ".join([*words, *strip_words(totals)])


COLUMNS: tuple[Column[CustomerRow], ...] = (
    Column("name", "Customer", 18, _name, lambda row: row.name, grows=True),
    Column("plan", "Plan", 8, lambda row: row.plan or NOT_APPLICABLE, lambda row: row.plan, from_width=127),
    Column("owner_team", "Owner", 10, lambda row: row.owner_team or NOT_APPLICABLE, lambda row: row.owner_team, from_width=130),
    Column("segment", "Segment", 10, lambda row: row.segment or NOT_APPLICABLE, lambda row: row.segment, from_width=150),
    Column("direct", "Direct", 10, _direct, lambda row: row.direct, align="right", from_width=100),
    Column("shared", "Shared", 10, _shared, lambda row: row.shared, align="right", from_width=100),
    Column("total", "Total", 11, _total, lambda row: row.total, align="right"),
    Column("currency", "Cur", 3, lambda row: row.currency, lambda row: row.currency),
    Column("share", "", 6, _share_bar, lambda row: row.share_pct, from_width=118, drawn=True),
    Column("share_pct", "Share", 7, lambda row: percent(row.share_pct), lambda row: row.share_pct, align="right"),
    Column("revenue", "Revenue", 10, _revenue, lambda row: row.revenue, align="right", from_width=90),
    Column("margin_pct", "Margin", 8, _margin, lambda row: row.margin_pct, align="right", tone=_margin_tone),
    Column("trend", "Trend", 8, _trend, lambda row: row.trend_pct, drawn=True),
    Column("trend_pct", "Trend %", 8, _trend_pct, lambda row: row.trend_pct, align="right", from_width=150),
    Column("unit_cost", "Unit cost", 10, _unit_cost, lambda row: row.unit_cost, align="right", from_width=140),
    Column("flags", "Flags", 15, _flags, _flags, tone=_flag_tone),
)


def _untold(row: CustomerRow) -> str | None:
    """A customer whose services the bill does not tell apart."""
    asks = row.id not in NOBODY and any(not part.pool for part in row.services)
    return row.id if asks else None


SERVICES: Action[CustomerRow] = Action(
    "services",
    "bring its services and AI models (Cost Explorer)",
    "customer-services",
    _untold,
    "nobody's, or the bill already tells its services apart",
)

PANE: PaneSpec[CustomerRow, CustomerTotals] = PaneSpec(
    id="customers",
    title="Customers",
    key="3",
    noun="customers",
    row_type=CustomerRow,
    totals_type=CustomerTotals,
    needs=("bill", "customer-services", "customer-usage", "directory"),
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
    id_key="id",
    money_key="total",
    total_key="rows",
    explain=later("costtui.panes.customers.explain", "explain"),
    document_row=later("costtui.panes.customers.document", "document_row"),
    document_totals=later("costtui.panes.customers.document", "document_totals"),
    apart=lambda row: row.apart,
    actions=(SERVICES,),
    cents=lambda row: row.shown.total,
    by_basis=True,
)
