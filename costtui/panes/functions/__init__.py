"""The functions pane: what each Lambda function costs."""

from collections.abc import Sequence

from costtui.domain.functions.records import FunctionRow, FunctionTotals
from costtui.domain.money import known_total
from costtui.panes.functions.detail import detail
from costtui.panes.functions.document import document_row, document_totals
from costtui.panes.functions.rows import build
from costtui.panes.spec import Column, PaneSpec
from costtui.panes.words import count, money, number, spark

SHORT_ARCHITECTURE = {"x86_64": "x86", "arm64": "arm"}


def _trend(row: FunctionRow) -> str:
    return spark(row.daily_duration_ms.values)  # at one size and rate, cost moves as duration does


def _headline(totals: FunctionTotals) -> str:
    return money(totals.cost)


def _footer(totals: FunctionTotals, rows: Sequence[FunctionRow]) -> str:
    shown = f"{len(rows):,} functions  {money(known_total(row.cost.total for row in rows))} $"
    unknown = f"  ({totals.unpriced:,} without a known cost are left out)" if totals.unpriced else ""
    return shown + unknown


COLUMNS: tuple[Column[FunctionRow], ...] = (
    Column("name", "Function", 24, lambda row: row.name, lambda row: row.name, grows=True),
    Column("account_name", "Account", 10, lambda row: row.account_name, lambda row: row.account_name, from_width=100),
    Column("team", "Team", 10, lambda row: row.team or "?", lambda row: row.team, from_width=140),
    Column("region", "Region", 12, lambda row: row.region, lambda row: row.region, from_width=100),
    Column("runtime", "Runtime", 12, lambda row: row.runtime or row.package_type, lambda row: row.runtime, from_width=150),
    Column("memory_mb", "MB", 6, lambda row: str(row.memory_mb), lambda row: row.memory_mb, align="right"),
    Column(
        "architecture",
        "Arch",
        4,
        lambda row: SHORT_ARCHITECTURE.get(row.architecture, row.architecture),
        lambda row: row.architecture,
    ),
    Column("invocations", "Calls", 9, lambda row: count(row.invocations), lambda row: row.invocations, align="right"),
    Column("errors", "Errors", 8, lambda row: count(row.errors), lambda row: row.errors, align="right", from_width=160),
    Column("throttles", "Throttled", 9, lambda row: count(row.throttles), lambda row: row.throttles, align="right", from_width=170),
    Column(
        "duration_avg_ms",
        "Mean ms",
        9,
        lambda row: number(row.duration_avg_ms, 1),
        lambda row: row.duration_avg_ms,
        align="right",
        from_width=110,
    ),
    Column("billed_gb_seconds", "GB-s", 9, lambda row: count(row.billed_gb_seconds), lambda row: row.billed_gb_seconds, align="right"),
    Column("cost", "Cost $", 10, lambda row: money(row.cost.total), lambda row: row.cost.total, align="right"),
    Column("trend", "Trend", 8, _trend, lambda _row: None),
    Column("stack", "Stack", 16, lambda row: row.stack or "–", lambda row: row.stack, from_width=180),
)

PANE: PaneSpec[FunctionRow, FunctionTotals] = PaneSpec(
    id="functions",
    title="Functions",
    key="1",
    noun="functions",
    row_type=FunctionRow,
    totals_type=FunctionTotals,
    needs=("accounts", "functions", "resource-tags", "function-usage"),
    build=build,
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
    basis="list price, from metrics; without INIT, discounts, Savings Plans and tax: not your invoice",
    detail=detail,
    document_row=document_row,
    document_totals=document_totals,
)
