"""A function as documents hold it (JSON, TOML, CSV)."""

from costtui.domain.functions.bill_records import PayerMonth, Reconciled
from costtui.domain.functions.records import FunctionCost, FunctionRow, FunctionTotals
from costtui.domain.money import plain, plain_or_none
from costtui.panes.spec import Json


def document_row(row: FunctionRow) -> Json:
    advice = row.recommendation
    return {
        "arn": row.arn,
        "name": row.name,
        "account": row.account,
        "account_name": row.account_name,
        "team": row.team,
        "environment": row.environment,
        "region": row.region,
        "runtime": row.runtime,
        "architecture": row.architecture,
        "memory_mb": row.memory_mb,
        "ephemeral_mb": row.ephemeral_mb,
        "package_type": row.package_type,
        "last_modified": row.last_modified,
        "invocations": row.invocations,
        "errors": row.errors,
        "throttles": row.throttles,
        "duration_avg_ms": plain_or_none(row.duration_avg_ms),
        "duration_p95_ms": plain_or_none(row.duration_p95_ms),
        "billed_gb_seconds": plain_or_none(row.billed_gb_seconds),
        "cold_start_share": plain_or_none(row.cold_start_share),
        "max_memory_used_mb": row.max_memory_used_mb,
        "cost": _cost(row.cost),
        "recommendation": None
        if advice is None
        else {
            "memory_mb": advice.memory_mb,
            "architecture": advice.architecture,
            "monthly_saving": plain_or_none(advice.monthly_saving),
            "confidence": advice.confidence,
            "method": advice.method,
            "reason": advice.reason,
        },
        "stack": row.stack,
        "drift_ids": list(row.drift_ids),
        "tags": dict(row.tags),
    }


def _cost(cost: FunctionCost) -> Json:
    return {
        "requests": plain_or_none(cost.requests),
        "duration": plain_or_none(cost.duration),
        "init": plain_or_none(cost.init),
        "ephemeral": plain_or_none(cost.ephemeral),
        "provisioned": plain_or_none(cost.provisioned),
        "other": plain_or_none(cost.other),
        "total": plain_or_none(cost.total),
        "currency": cost.currency,
        "basis": cost.basis,
    }


def document_totals(totals: FunctionTotals) -> Json:
    return {
        "functions": totals.functions,
        "cost": plain_or_none(totals.cost),
        "monthly_saving": plain_or_none(totals.monthly_saving),
        "unpriced": totals.unpriced,
        "currency": totals.currency,
        "free_tier": plain_or_none(totals.free_tier),
        "modelled": plain_or_none(totals.modelled),
        "billed": plain_or_none(totals.billed),
        "residual": plain_or_none(totals.residual),
        "reconciliation": [_reconciled(line) for line in totals.reconciled],
        "tiers": [_month(month) for month in totals.payer_months],
    }


def _reconciled(line: Reconciled) -> Json:
    """The model beside the bill for one meter; without an architecture where its usage types do not tell one."""
    return {
        "region": line.region,
        "architecture": line.architecture or None,
        "meter": line.meter,
        "usage_types": list(line.usage_types),
        "modelled": plain_or_none(line.modelled),
        "billed": plain(line.billed),
        "residual": plain_or_none(line.residual),
    }


def _month(month: PayerMonth) -> Json:
    return {
        "payer": month.payer or "organization",
        "region": month.region,
        "architecture": month.architecture,
        "month": f"{month.month:%Y-%m}",
        "gb_seconds": plain(month.gb_seconds),
        "gb_seconds_before": plain(month.before),
        "tiers": [{"tier": part.tier, "gb_seconds": plain(part.gb_seconds), "rate": plain_or_none(part.rate)} for part in month.parts],
    }
