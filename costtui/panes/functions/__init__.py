"""The functions pane: what each Lambda function costs, and which memory size would be cheaper."""

from collections.abc import Sequence
from decimal import Decimal

from costtui.domain.functions.records import NOT_ENOUGH, FunctionRow, FunctionTotals
from costtui.domain.money import known_total
from costtui.panes.spec import Action, Column, PaneSpec, Tone, later
from costtui.panes.words import NOT_APPLICABLE, UNKNOWN, count, money, number, percent, shape, signed

SHORT_ARCHITECTURE = {"x86_64": "x86", "arm64": "arm"}


def _trend(row: FunctionRow) -> str:
    return shape(row.daily_duration_ms.values)  # at one size and rate, cost moves as duration does


def _cold(row: FunctionRow) -> str:
    return UNKNOWN if row.cold_start_share is None else percent(row.cold_start_share * 100)


def _verdict(row: FunctionRow) -> str:
    return row.recommendation.words if row.recommendation else NOT_ENOUGH


def _saving_value(row: FunctionRow) -> Decimal | None:
    return row.recommendation.monthly_saving if row.recommendation else None


def _saving(row: FunctionRow) -> str:
    """What a month would change by: a saving is less, so it has a minus."""
    saving = _saving_value(row)
    if saving is None:
        return UNKNOWN
    return signed(-saving) if saving else NOT_APPLICABLE


def _verdict_tone(row: FunctionRow) -> Tone:
    return "good" if _saving_value(row) else "dim"


def _headline(totals: FunctionTotals) -> str:
    return money(totals.cost)


def _footer(totals: FunctionTotals, rows: Sequence[FunctionRow]) -> str:
    shown = f"{len(rows):,} functions  {money(known_total(row.cost.total for row in rows))} $"
    saving = known_total(_saving_value(row) for row in rows)
    less = f"  {signed(-saving)} $/mo measured" if saving else ""
    whole = len(rows) == totals.functions and totals.billed is not None
    bill = f"  bill {money(totals.billed)} ({signed(totals.residual)})" if whole else ""
    unknown = f"  ({totals.unpriced:,} without a known cost are left out)" if totals.unpriced else ""
    told = sum(row.cost.basis == "billed" for row in rows)
    billed = f"  {told:,} as AWS billed them" if told else ""
    return shown + less + billed + bill + unknown


COLUMNS: tuple[Column[FunctionRow], ...] = (
    Column("name", "Function", 24, lambda row: row.name, lambda row: row.name, grows=True),
    Column("account_name", "Account", 10, lambda row: row.account_name, lambda row: row.account_name, from_width=146),
    Column("team", "Team", 10, lambda row: row.team or "?", lambda row: row.team, from_width=180),
    Column("region", "Region", 12, lambda row: row.region, lambda row: row.region, from_width=134),
    Column("runtime", "Runtime", 12, lambda row: row.runtime or row.package_type, lambda row: row.runtime, from_width=192),
    Column("memory_mb", "MB", 5, lambda row: str(row.memory_mb), lambda row: row.memory_mb, align="right"),
    Column(
        "architecture",
        "Arch",
        4,
        lambda row: SHORT_ARCHITECTURE.get(row.architecture, row.architecture),
        lambda row: row.architecture,
    ),
    Column("invocations", "Calls", 9, lambda row: count(row.invocations), lambda row: row.invocations, align="right"),
    Column("errors", "Errors", 8, lambda row: count(row.errors), lambda row: row.errors, align="right", from_width=200),
    Column("throttles", "Throttled", 9, lambda row: count(row.throttles), lambda row: row.throttles, align="right", from_width=212),
    Column("duration_avg_ms", "Mean ms", 9, lambda row: number(row.duration_avg_ms), lambda row: row.duration_avg_ms, "right", 157),
    Column("duration_p95_ms", "p95 ms", 9, lambda row: number(row.duration_p95_ms), lambda row: row.duration_p95_ms, "right", 168),
    Column("billed_gb_seconds", "GB-s", 9, lambda row: count(row.billed_gb_seconds), lambda row: row.billed_gb_seconds, "right", 90),
    Column("cost", "Cost $", 10, lambda row: money(row.cost.total), lambda row: row.cost.total, align="right"),
    Column("trend", "Trend", 8, _trend, lambda _row: None, drawn=True),
    Column("cold_start_share", "Cold", 6, _cold, lambda row: row.cold_start_share, "right", 98),
    Column("verdict", "Verdict", 24, _verdict, _verdict, from_width=120, tone=_verdict_tone),
    Column("monthly_saving", "Saving $/mo", 11, _saving, _saving_value, align="right", tone=_verdict_tone),
    Column("stack", "Stack", 16, lambda row: row.stack or "–", lambda row: row.stack, from_width=228),
)

ACTIONS: tuple[Action[FunctionRow], ...] = (
    Action("reports", "read REPORT lines (Logs Insights)", "function-reports", lambda row: row.arn, "there is no function here"),
    Action("versions", "list versions, aliases, provisioned calls", "function-versions", lambda row: row.arn, "there is no function here"),
    Action("history", "bring its last 60 days", "function-history", lambda row: row.arn, "there is no function here"),
)
STATISTICS: Action[FunctionRow] = Action(
    "statistics",
    "bring calls within CloudWatch's free requests",
    "function-statistics",
    lambda row: row.arn if row.lacks_usage else None,
    "CloudWatch has told of these functions",
)

PANE: PaneSpec[FunctionRow, FunctionTotals] = PaneSpec(
    id="functions",
    title="Functions",
    key="1",
    noun="functions",
    row_type=FunctionRow,
    totals_type=FunctionTotals,
    needs=(
        "accounts",
        "functions",
        "resource-tags",
        "function-usage",
        "function-window",
        "function-statistics",
        "function-history",
        "function-reports",
        "function-provisioned",
        "function-versions",
        "function-billed",
        "lambda-bill",
        "tuning-runs",
        "optimizer-advice",
    ),
    build=later("costtui.panes.functions.rows", "build"),
    columns=COLUMNS,
    sort="-cost",
    row_id=lambda row: row.arn,
    tags=lambda row: row.tags,
    money=lambda row: row.cost.total,
    groups={
        "account": lambda row: row.account_name,
        "region": lambda row: row.region,
        "team": lambda row: row.team,
        "environment": lambda row: row.environment,
        "stack": lambda row: row.stack,
    },
    headline=_headline,
    footer=_footer,
    basis="list price, from metrics; without INIT, discounts, Savings Plans and tax: not your invoice, "
    "unless an export with resource ids says what a function was billed, or REPORT lines what it ran",
    detail=later("costtui.panes.functions.detail", "detail"),
    id_key="arn",
    money_key="cost.total",
    total_key="cost",
    explain=later("costtui.panes.functions.explain", "explain"),
    document_row=later("costtui.panes.functions.document", "document_row"),
    document_totals=later("costtui.panes.functions.document", "document_totals"),
    actions=ACTIONS,
    on_screen=(STATISTICS,),
)
