"""The drift pane: what runs differently from what the code declares."""

from collections.abc import Sequence

from costtui.domain.drift.records import NO_EVENT, NO_RECENT_CHANGE, SEVERITIES, DriftRow, DriftTotals
from costtui.domain.money import known_total
from costtui.panes.drift.changes import same_change, what
from costtui.panes.spec import Action, Column, Fold, PaneSpec, Tone, later
from costtui.panes.words import signed

SILENT = {NO_EVENT: "no event 90 d", NO_RECENT_CHANGE: "no change 14 d"}
TONES: dict[str, Tone] = {"critical": "worst", "high": "bad", "medium": "warn", "low": "", "none": "dim"}


def _severity(row: DriftRow) -> str:
    if row.status == "unknown":
        return "unknown"
    return "explained" if row.tier == "noise" else row.severity


def _delta(row: DriftRow) -> str:
    """Without cents from a thousand on, so that eight cells hold it; the detail has them."""
    if row.monthly_delta is not None:
        return signed(row.monthly_delta, 0 if abs(row.monthly_delta) >= 1_000 else 2)
    return "?" if row.status == "unknown" or row.price_basis else "–"


def _who(row: DriftRow) -> str:
    if row.changed_by is None:
        return SILENT.get(row.changed_note, "?")
    return f"{row.changed_by}, {row.changed_via}" if row.changed_via else row.changed_by


def _when(row: DriftRow) -> str:
    """The trail holds 90 days: a day needs no year."""
    return "" if row.changed_at is None else f"{row.changed_at:%d %b}"


def _headline(totals: DriftTotals) -> str:
    worst = f", {totals.critical} critical" if totals.critical else ""
    delta = "" if totals.monthly_delta is None else f", {signed(totals.monthly_delta, 0)}/mo"
    return f"{totals.real} real{worst}{delta}"


def _footer(totals: DriftTotals, rows: Sequence[DriftRow]) -> str:
    delta = known_total(row.monthly_delta for row in rows)
    rails = totals.guardrails
    parts = (
        f"{totals.reported} reported → {totals.real} real ({totals.explained} explained)",
        f"{totals.ignored} ignored",
        f"{totals.checked} of {totals.checked + totals.unchecked} checked",
        "" if delta is None else f"{signed(delta)} $/mo",
        f"{totals.unsupported} unsupported",
        f"guardrails {rails.checked} checked, {rails.unchecked} unchecked, {rails.unsupported} unsupported" if totals.real else "",
    )
    return " · ".join(part for part in parts if part)


COLUMNS: tuple[Column[DriftRow], ...] = (
    Column("severity", "Severity", 9, _severity, lambda row: -SEVERITIES.index(row.severity), tone=lambda row: TONES[row.severity]),
    Column("address", "Resource", 26, lambda row: row.address, lambda row: row.address, grows=True),
    Column("type", "Type", 28, lambda row: row.type, lambda row: row.type, from_width=185),
    Column("scope", "Where", 14, lambda row: row.scope, lambda row: row.scope, from_width=100),
    Column("status", "Status", 10, lambda row: row.status, lambda row: row.status, from_width=230),
    Column("what", "What", 30, what, what),
    Column("monthly_delta", "$/mo", 8, _delta, lambda row: row.monthly_delta, align="right"),
    Column("changed_by", "Who", 14, _who, lambda row: row.changed_by, from_width=110),
    Column("changed_at", "When", 6, _when, lambda row: row.changed_at, from_width=112),
    Column("team", "Team", 10, lambda row: row.team or "?", lambda row: row.team, from_width=165),
    Column("region", "Region", 12, lambda row: row.region or "?", lambda row: row.region, from_width=215),
    Column("source", "Source", 14, lambda row: row.source, lambda row: row.source, from_width=245),
)

ACTOR: Action[DriftRow] = Action(
    "find-actor",
    "find out who changed it",
    "row-attributions",
    later("costtui.panes.drift.asking", "actor"),
    "who changed these rows was looked up already, or no trail of AWS knows them",
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
        "stack-detections",
        "cloudformation-drift",
        "terraform-drift",
        "config-rules",
        "config-drift",
        "config-history",
        "azure-drift",
        "attributions",
        "row-attributions",
        "organization-guardrails",
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
        "change": same_change,
    },
    headline=_headline,
    footer=_footer,
    basis="list price a month of what runs minus what is declared; unpriced is not zero",
    detail=later("costtui.panes.drift.detail", "detail"),
    id_key="id",
    money_key="monthly_delta",
    total_key="monthly_delta",
    explain=later("costtui.panes.drift.explain", "explain"),
    document_row=later("costtui.panes.drift.document", "document_row"),
    document_totals=later("costtui.panes.drift.document", "document_totals"),
    actions=(
        Action(
            "detect-stack",
            "detect drift of the stack now",
            "stack-detections",
            later("costtui.panes.drift.asking", "stack"),
            "only CloudFormation can be asked to detect: these rows are from elsewhere",
        ),
        Action(
            "detect-resource",
            "detect drift of this resource now",
            "stack-detections",
            later("costtui.panes.drift.asking", "resource"),
            "only one resource of a CloudFormation stack can be checked alone",
        ),
        ACTOR,
        Action(
            "config-history",
            "read its recorded history from AWS Config",
            "config-history",
            later("costtui.panes.drift.asking", "recorded"),
            "AWS Config cannot know these rows: they have no id, account, region or type of AWS",
        ),
    ),
    on_screen=(ACTOR,),
    hidden=lambda row: row.tier == "noise",
    fold=Fold(lambda row: row.kin, later("costtui.panes.drift.folding", "together")),
)
