"""From what the sources report to what the pane shows: noise named, ignored counted, the rest weighed and priced."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from costtui.domain.drift import pointer
from costtui.domain.drift.classify import classify
from costtui.domain.drift.ignore import IgnoreList
from costtui.domain.drift.price_delta import Price, price_delta
from costtui.domain.drift.price_terms import Usage
from costtui.domain.drift.records import SEVERITIES, Difference, Differences, DriftFinding, DriftRow, Ignore, Severity, Tier
from costtui.domain.drift.severity import of_delta, of_difference, of_status
from costtui.domain.problems import Problem

UNCHECKED = ("in-sync", "unknown")


class Judgement(msgspec.Struct, frozen=True):
    """Every finding as a row, in the order given, and how they are counted: `reported` = `real` + `explained` + `ignored`."""

    rows: list[DriftRow]
    reported: int
    real: int
    explained: int
    ignored: int
    problems: list[Problem] = []


class Weight(NamedTuple):
    """How bad one thing makes a finding; `by` is what `DriftRow.weighed_by` says."""

    severity: Severity
    by: str


class Outcome(msgspec.Struct, frozen=True):
    row: DriftRow
    counted_as: str
    """`real`, `explained`, `ignored`, or "" for what the source does not call drift."""


def judge(
    findings: Sequence[DriftFinding],
    *,
    ignores: Sequence[Ignore] = (),
    today: date,
    usage: Mapping[str, Usage] | None = None,
    required_tags: Collection[str] = (),
    assumed_region: str = "us-east-1",
) -> Judgement:
    """Judge every finding. `usage` is by finding id; owner and actor of the rows are left to the pane."""
    ignore_list = IgnoreList(ignores, today)
    outcomes = [
        _outcome(
            finding,
            ignore_list,
            required_tags,
            (usage or {}).get(finding.id),
            assumed_region,
        )
        for finding in findings
    ]
    counts = [outcome.counted_as for outcome in outcomes]
    return Judgement(
        rows=[outcome.row for outcome in outcomes],
        reported=len(counts) - counts.count(""),
        real=counts.count("real"),
        explained=counts.count("explained"),
        ignored=counts.count("ignored"),
        problems=ignore_list.warnings(),
    )


def _outcome(
    finding: DriftFinding,
    ignores: IgnoreList,
    required_tags: Collection[str],
    usage: Usage | None,
    assumed_region: str,
) -> Outcome:
    classified = classify(finding, ignores)
    real = classified.real and finding.status not in UNCHECKED
    price, differences = Price(None, None), classified.differences
    weight = Weight("none", "")
    if real:
        left = [difference for difference in differences if difference.class_ != "noise"]
        price = price_delta(finding, left, usage=usage, assumed_region=assumed_region)
        differences, weight = _weighed(finding, differences, price, required_tags)
    elif any(difference.rule == "N9" and "engine_version" not in difference.path for difference in differences):
        price = Price(None, "autoscaled")
    row = _row(finding, differences, _tier(finding, differences, real=real), weight, price, classified.reason)
    if not finding.counted:
        return Outcome(row, "")
    return Outcome(row, "real" if real else "ignored" if classified.ignored else "explained")


def _weighed(
    finding: DriftFinding, differences: list[Difference], price: Price, required_tags: Collection[str]
) -> tuple[list[Difference], Weight]:
    """The differences with class and rule, and the worst severity among them, the status and the money.

    A cost property whose price is known weighs what it costs; only without a price does it count as a declared or undeclared change.
    """
    weighed: list[Difference] = []
    undeclared = frozenset(finding.undeclared)
    weights: list[Weight] = []
    for difference in differences:
        if difference.class_ == "noise":
            weighed.append(difference)
            continue
        declared = not pointer.within_any(difference.path, undeclared)
        verdict = of_difference(finding, difference, declared=declared, required_tags=required_tags)
        weighed.append(msgspec.structs.replace(difference, class_=verdict.class_, rule=verdict.rule))
        if finding.status != "deleted":
            priced = verdict.class_ == "cost" and price.monthly is not None
            weights.append(Weight("low" if priced else verdict.severity, difference.path))
    weights += [Weight(of_status(finding), "status"), Weight(of_delta(price.monthly), "money")]
    if finding.status == "drifted" and not differences:
        weights.append(Weight("medium", "status"))
    return weighed, min(weights, key=lambda weight: SEVERITIES.index(weight.severity))


def _tier(finding: DriftFinding, differences: Sequence[Difference], *, real: bool) -> Tier:
    if finding.status in UNCHECKED:
        return "declared"
    if not real:
        return "noise"
    if finding.status == "unmanaged":
        return "undeclared"
    left = [difference.path for difference in differences if difference.class_ != "noise"]
    undeclared = frozenset(finding.undeclared)
    return "undeclared" if left and all(pointer.within_any(path, undeclared) for path in left) else "declared"


def _row(
    finding: DriftFinding,
    differences: list[Difference],
    tier: Tier,
    weight: Weight,
    price: Price,
    reason: str,
) -> DriftRow:
    return DriftRow(
        id=finding.id,
        source=finding.source,
        scope=finding.scope,
        address=finding.address,
        type=finding.type,
        physical_id=finding.physical_id,
        account=finding.account,
        account_name=None,
        team=None,
        environment=None,
        region=finding.region,
        status=finding.status,
        tier=tier,
        severity=weight.severity,
        told=Differences.of(differences),
        monthly_delta=price.monthly,
        price_basis=price.basis,
        changed_by=None,
        changed_at=None,
        changed_via=None,
        last_checked=finding.last_checked,
        reason=reason,
        weighed_by=weight.by,
        price_terms=price.terms,
        construct=finding.construct,
    )
