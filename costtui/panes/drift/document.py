"""A drift as documents hold it (JSON, TOML, CSV)."""

from costtui.domain.drift.records import Difference, DriftRow, DriftTotals
from costtui.domain.money import plain_or_none
from costtui.panes.spec import Json


def document_row(row: DriftRow) -> Json:
    return {
        "id": row.id,
        "source": row.source,
        "scope": row.scope,
        "address": row.address,
        "type": row.type,
        "physical_id": row.physical_id,
        "account": row.account,
        "account_name": row.account_name,
        "team": row.team,
        "environment": row.environment,
        "region": row.region,
        "status": row.status,
        "tier": row.tier,
        "severity": row.severity,
        "differences": [_difference(one) for one in row.differences],
        "monthly_delta": plain_or_none(row.monthly_delta),
        "price_basis": row.price_basis,
        "changed_by": row.changed_by,
        "changed_at": row.changed_at,
        "changed_via": row.changed_via,
        "last_checked": row.last_checked,
        "reason": row.reason or None,
        "changed_event": row.changed_event or None,
        "construct": row.construct or None,
        "secrets": {one.path: one.fingerprint for one in row.differences if one.fingerprint},
        "history": [
            {"at": change.at, "what": change.words, "differences": [_difference(one) for one in change.differences]}
            for change in row.history
        ],
        "history_note": row.history_note or None,
        "price_terms": [
            {"side": "actual" if term.actual else "declared", "words": term.words, "monthly": plain_or_none(term.monthly)}
            for term in row.price_terms
        ],
    }


def _difference(one: Difference) -> Json:
    return {
        "path": one.path,
        "expected": one.expected,
        "actual": one.actual,
        "op": one.op,
        "class": one.class_,
        "rule": one.rule,
        "redacted": one.redacted,
    }


def document_totals(totals: DriftTotals) -> Json:
    return {
        "reported": totals.reported,
        "real": totals.real,
        "explained": totals.explained,
        "ignored": totals.ignored,
        "checked": totals.checked,
        "unchecked": totals.unchecked,
        "monthly_delta": plain_or_none(totals.monthly_delta),
        "currency": totals.currency,
        "critical": totals.critical,
        "unsupported": totals.unsupported,
        "guardrails": {
            "checked": totals.guardrails.checked,
            "unchecked": totals.guardrails.unchecked,
            "unsupported": totals.guardrails.unsupported,
        },
        "assumed_remediation_usd_per_resource": plain_or_none(totals.remediation_usd_per_resource),
        "assumed_remediation_usd": plain_or_none(totals.remediation_usd),
    }
