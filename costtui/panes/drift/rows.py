"""Rows of the drift pane: every source's findings judged by one measure."""

from collections.abc import Mapping

import msgspec

from costtui.config import Settings
from costtui.domain.datasets import DriftReport
from costtui.domain.drift.config_history import ConfigHistory
from costtui.domain.drift.guardrails import coverage
from costtui.domain.drift.judge import judge
from costtui.domain.drift.records import SEVERITIES, DriftFinding, DriftRow, DriftTotals, Present
from costtui.domain.drift.related.across import explained
from costtui.domain.loaded import PaneData
from costtui.domain.money import ZERO, known_total
from costtui.domain.ownership import first_present
from costtui.panes.drift.actors import Actors
from costtui.panes.drift.asking import recorded
from costtui.panes.drift.changes import in_words, why_not
from costtui.panes.drift.folding import kin
from costtui.panes.drift.unchecked import unchecked
from costtui.panes.drift.usage import usage_by_finding
from costtui.panes.inputs import Inputs


def build(inputs: Inputs) -> PaneData[DriftRow, DriftTotals]:
    """One row a finding, worst first, then dearest; explained noise last."""
    reports: list[DriftReport] = [
        report for name in ("cloudformation-drift", "terraform-drift", "config-drift", "azure-drift") for report in inputs.of(name)
    ]
    reported = [finding for report in reports for finding in report.findings]
    findings = explained(reported, (one for report in reports for one in report.owned))
    settings = inputs.settings
    judged = judge(
        findings,
        ignores=settings.drift.ignore,
        today=inputs.now.date(),
        usage=usage_by_finding(findings, inputs),
        required_tags=settings.drift.required_tags,
    )
    names = {account.id: account.name for account in inputs.of("accounts")}
    looked_up = [*inputs.of("attributions"), *inputs.of("row-attributions")]
    actors = Actors(sorted(looked_up, key=lambda entry: entry.looked_up, reverse=True))
    pairs = zip(judged.rows, findings, strict=True)
    rows = [_owned(actors.named(row, finding), finding, names, settings) for row, finding in pairs]
    rows = _recorded(rows, {one.subject: one for one in inputs.of("config-history")})
    rows.sort(key=_worst_first)
    present = _present(inputs)
    totals = DriftTotals(
        reported=judged.reported,
        real=judged.real,
        explained=judged.explained,
        ignored=judged.ignored,
        checked=sum(report.coverage.checked for report in reports),
        unchecked=unchecked(reports),
        monthly_delta=known_total(row.monthly_delta for row in rows),
        unsupported=sum(report.coverage.unsupported for report in reports),
        present=present,
        critical=sum(row.severity == "critical" for row in rows),
        guardrails=coverage(rows, present),
        remediation_usd_per_resource=settings.drift.remediation_usd_per_resource,
    )
    return PaneData("drift", inputs.window, rows, totals, list(inputs.sources), [*inputs.problems, *judged.problems])


def _present(inputs: Inputs) -> Present:
    """Which guardrails are there; None where nobody could look."""
    rules = {rule.identifier for rule in inputs.of("config-rules") if rule.identifier}
    return Present(
        config_rules=sorted(rules) if inputs.answered("aws.config") else None,
        organization=list(inputs.of("organization-guardrails")) or None,
        required_tags=list(inputs.settings.drift.required_tags),
    )


def _owned(row: DriftRow, finding: DriftFinding, names: Mapping[str, str], settings: Settings) -> DriftRow:
    account_name = names.get(finding.account, finding.account) if finding.account else None
    return msgspec.structs.replace(
        row,
        what=in_words(row),
        kin=kin(row),
        account_name=account_name,
        team=first_present(settings.ownership.team, finding.tags, account_name),
        environment=first_present(settings.ownership.environment, finding.tags, account_name),
    )


def _recorded(rows: list[DriftRow], histories: Mapping[str, ConfigHistory]) -> list[DriftRow]:
    """With what AWS Config has recorded of those that somebody asked about."""
    if not histories:
        return rows
    found = [(row, histories.get(recorded(row) or "")) for row in rows]
    return [row if one is None else msgspec.structs.replace(row, history=one.changes, history_note=one.note) for row, one in found]


def _worst_first(row: DriftRow) -> tuple[object, ...]:
    """Explained ones come last, one rule after the other."""
    why = why_not(row) if row.tier == "noise" else ""
    return row.tier == "noise", why, SEVERITIES.index(row.severity), row.status != "unknown", -abs(row.monthly_delta or ZERO), row.id
