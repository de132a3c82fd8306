"""How bad a drift is, by property and direction: opening is critical, tightening is low at most."""

from collections.abc import Collection
from decimal import Decimal

from costtui.domain.drift.noise import policy
from costtui.domain.drift.price_inputs import is_cost_path
from costtui.domain.drift.records import Difference, DriftFinding, Severity
from costtui.domain.drift.severity import access, exposure, safeguards
from costtui.domain.drift.severity.verdict import Case, Verdict
from costtui.domain.drift.vocabulary import canonical_type

_TAGS = ("tags", "tags_all", "tag")
_LOST_PROTECTION = ("aws_s3_bucket_public_access_block", "aws_s3_account_public_access_block")


def of_difference(finding: DriftFinding, difference: Difference, *, declared: bool, required_tags: Collection[str] = ()) -> Verdict:
    """The first rule that knows the property; what no rule knows is medium when the code declares it and low when it does not."""
    case = Case(finding, difference)
    severity: Severity = "medium" if declared else "low"
    if _is_hidden_access(case):
        return Verdict("high", "security", "hidden")
    for judge in (exposure.judge, access.judge, safeguards.judge):
        verdict = judge(case)
        if verdict is not None:
            return verdict
    if case.names and case.names[0] in _TAGS:
        return _tag(case, required_tags)
    if is_cost_path(finding.type, difference.path):
        return Verdict(severity, "cost", "cost")
    if difference.redacted:
        return Verdict(severity, "security", "secret-changed")
    return Verdict(severity, "config", "declared" if declared else "undeclared")


def _is_hidden_access(case: Case) -> bool:
    """Sets are masked as a whole where one element is secret: what cannot be seen is not taken to be harmless."""
    one = case.difference
    if not one.redacted or one.expected is not None or one.actual is not None:
        return False
    return policy.document_depth(case.path) is not None or (case.names[:1] == ["ingress"]) or case.kind in exposure.RULE_TYPES


def _tag(case: Case, required_tags: Collection[str]) -> Verdict:
    """A required tag that came is no loss; one that went or changed is."""
    required = {tag.casefold() for tag in required_tags}
    lost = case.difference.op != "add" and bool(required & {name.casefold() for name in _tag_names(case)})
    return Verdict("medium", "tag", "required-tag") if lost else Verdict("low", "tag", "tag")


def _tag_names(case: Case) -> set[str]:
    """By path (a map of tags) or by value (a list of Key and Value)."""
    names = set(case.difference.path.split("/")[2:3])
    for side in (case.expected, case.actual):
        for entry in side if isinstance(side, list) else [side]:
            if isinstance(entry, dict):
                key = entry.get("Key", entry.get("key"))
                names |= {str(key)} if key is not None else {str(name) for name in entry}
    return names


def of_delta(delta: Decimal | None) -> Severity:
    """By monthly USD, up or down: from 100 high, from 10 medium, below low; unpriced says nothing."""
    if delta is None or not delta:
        return "none"
    if abs(delta) >= 100:
        return "high"
    return "medium" if abs(delta) >= 10 else "low"


def of_status(finding: DriftFinding) -> Severity:
    """What the status alone says, whatever the properties."""
    if finding.status == "deleted":
        return "critical" if canonical_type(finding.type) in _LOST_PROTECTION else "high"
    if finding.status == "noncompliant":
        return "medium"
    return "low" if finding.status == "unmanaged" else "none"
