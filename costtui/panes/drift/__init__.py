"""The drift pane: what runs differently from what the code declares."""

from collections.abc import Sequence

from costtui.domain.drift.records import NO_EVENT, NO_RECENT_CHANGE, SEVERITIES, DriftRow, DriftTotals
from costtui.domain.money import known_total
from costtui.panes.drift.changes import what
from costtui.panes.spec import Column, PaneSpec, Tone, later
from costtui.panes.words import signed

SILENT = {NO_EVENT: "no event 90 d", NO_RECENT_CHANGE: "no change 14 d"}
TONES: dict[str, Tone] = {"critical": "worst", "high": "bad", "medium": "warn", "low": "", "none": "dim"}


def _severity(row: DriftRow) -> str:
    if row.status == "unknown":
        return "unknown"
    return "explained" if row.tier == "noise" else row.severity


def _delta(row: DriftRow) -> str:
    if row.monthly_delta is not None:
        return signed(row.monthly_delta)
    return "?" if row.status == "unknown" or row.price_basis else "–"


def _who(row: DriftRow) -> str:
    if row.changed_by is None:
        return SILENT.get(row.changed_note, "?")
    return f"{row.changed_by}, {row.changed_via}" if row.changed_via else row.changed_by


def _when(row: DriftRow) -> str:
    return "" if row.changed_at is None else row.changed_at.date().isoformat()


def _headline(totals: DriftTotals) -> str:
    delta = "" if totals.monthly_delta is None else f", {signed(totals.monthly_delta, 0)}/mo"
    return f"{totals.real} real{delta}"


def _footer(totals: DriftTotals, rows: Sequence[DriftRow]) -> str:
    delta = known_total(row.monthly_delta for row in rows)
    money = "" if delta is None else f"  {signed(delta)} $/mo"
    return (
        f"{totals.reported} reported → {totals.real} real · {totals.explained} explained · {totals.ignored} ignored"
        f"{money} · {totals.checked} of {totals.checked + totals.unchecked} checked, {totals.unsupported} unsupported"
    )


COLUMNS: tuple[Column[DriftRow], ...] = (
    Column("severity", "Severity", 9, _severity, lambda row: -SEVERITIES.index(row.severity), tone=lambda row: TONES[row.severity]),
    Column("address", "Resource", 24, lambda row: row.address, lambda row: row.address, grows=True),
    Column("type", "Type", 28, lambda row: row.type, lambda row: row.type, from_width=150),
    Column("scope", "Where", 16, lambda row: row.scope, lambda row: row.scope, from_width=100),
    Column("status", "Status", 10, lambda row: row.status, lambda row: row.status, from_width=170),
    Column("what", "What", 30, what, what),
    Column("monthly_delta", "$/mo", 10, _delta, lambda row: row.monthly_delta, align="right"),
    Column("changed_by", "Who", 14, _who, lambda row: row.changed_by, from_width=110),
    Column("changed_at", "When", 10, _when, lambda row: row.changed_at, from_width=125),
    Column("source", "Source", 14, lambda row: row.source, lambda row: row.source, from_width=200),
    Column("region", "Region", 12, lambda row: row.region or "?", lambda row: row.region, from_width=185),
    Column("team", "Team", 10, lambda row: row.team or "?", lambda row: row.team, from_width=210),
)

PANE: PaneSpec[DriftRow, DriftTotals] = PaneSpec(
    id="drift",
    title="Drift",
    key="2",
    noun="resources",
    row_type=DriftRow,
    totals_type=DriftTotals,
    needs=(
        "accounts",
        "cloudformation-drift",
        "terraform-drift",
        "config-rules",
        "config-drift",
        "azure-drift",
        "attributions",
        "functions",
        "function-usage",
    ),
    build=later("costtui.panes.drift.rows", "build"),
    columns=COLUMNS,
    sort="-severity",
    row_id=lambda row: row.id,
    tags=lambda _row: {},
    money=lambda row: row.monthly_delta,
    groups={
        "account": lambda row: row.account_name,
        "region": lambda row: row.region,
        "team": lambda row: row.team,
        "environment": lambda row: row.environment,
        "stack": lambda row: row.scope,
    },
    headline=_headline,
    footer=_footer,
    basis="list price a month of what runs minus what is declared; unpriced is not zero",
    detail=later("costtui.panes.drift.detail", "detail"),
    document_row=later("costtui.panes.drift.document", "document_row"),
    document_totals=later("costtui.panes.drift.document", "document_totals"),
    hidden=lambda row: row.tier == "noise",
)
