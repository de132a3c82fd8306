"""A customer as documents hold it (JSON, TOML, CSV)."""

from costtui.domain.customers.records import CustomerRow, CustomerTotals
from costtui.domain.money import plain, plain_or_none
from costtui.panes.spec import Json


def document_row(row: CustomerRow) -> Json:
    return {
        "id": row.id,
        "name": row.name,
        "plan": row.plan,
        "segment": row.segment,
        "owner_team": row.owner_team,
        "direct": plain(row.direct),
        "shared": plain(row.shared),
        "total": plain(row.total),
        "currency": row.currency,
        "revenue": plain_or_none(row.revenue),
        "margin": plain_or_none(row.margin),
        "margin_pct": plain_or_none(row.margin_pct),
        "usage": {metric: plain(value) for metric, value in sorted(row.usage.items())},
        "unit_cost": plain_or_none(row.unit_cost),
        "trend_pct": plain_or_none(row.trend_pct),
        "share_pct": plain_or_none(row.share_pct),
        "estimated": row.estimated,
        "flags": list(row.flags),
    }


def document_totals(totals: CustomerTotals) -> Json:
    return {
        "billed": plain_or_none(totals.billed),
        "rows": plain_or_none(totals.rows),
        "invoiced": plain_or_none(totals.invoiced),
        "residual": plain_or_none(totals.residual),
        "currency": totals.currency,
    }
