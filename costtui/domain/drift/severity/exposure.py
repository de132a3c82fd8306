"""Reachable from the internet: security group rules, public buckets, public databases."""

from typing import Any

from costtui.domain.drift.network import WORLD, NetworkRule, network_rules
from costtui.domain.drift.records import Severity
from costtui.domain.drift.redaction import REDACTED
from costtui.domain.drift.severity.verdict import Case, Verdict, is_on

ADMIN_PORTS = (22, 3389, 3306, 5432, 1433, 6379, 9200, 27017, 2375)
WEB_PORTS = (80, 443)
RULE_TYPES = ("aws_security_group_rule", "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule")
_PUBLIC_BLOCKS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
_ACLS = ("acl", "access_control")
_OUTBOUND = ("egress", "route", "routes", "destination", "destination_addresses", "destination_cidr_block")


def judge(case: Case) -> Verdict | None:
    if case.last in _PUBLIC_BLOCKS and is_on(case.expected) != is_on(case.actual):
        return _toward("public-access-block", worse=not is_on(case.actual))
    if case.last in _ACLS:
        was, is_ = (str(side or "").lower().startswith("public") for side in (case.expected, case.actual))
        return _toward("public-acl", worse=is_) if was != is_ or is_ else None
    if case.last == "publicly_accessible" and is_on(case.expected) != is_on(case.actual):
        return _toward("publicly-accessible", worse=is_on(case.actual))
    return _network(case)


def _toward(rule: str, *, worse: bool) -> Verdict:
    return Verdict("critical" if worse else "low", "security", rule)


def open_severity(rule: NetworkRule) -> Severity:
    """How bad it is that the whole world reaches this protocol and these ports."""
    if rule.protocol == "-1" or any(rule.covers(port) for port in ADMIN_PORTS):
        return "critical"
    if rule.from_port == rule.to_port and rule.from_port in WEB_PORTS:
        return "medium"
    return "high"


def _network(case: Case) -> Verdict | None:
    if any(name in _OUTBOUND for name in case.names):
        return Verdict("medium", "security", "egress") if "egress" in case.names else None
    before, after = _sides(case)
    opened = [rule for rule in after if rule.open_to_world and not _already_open(rule, before)]
    if opened:
        severity = min((open_severity(rule) for rule in opened), key=("critical", "high", "medium").index)
        return Verdict(severity, "security", "open-to-the-world")
    if before and not set(after) - set(before):
        return Verdict("low", "security", "ingress-tightened")
    if before or after:
        return Verdict("medium", "security", "ingress")
    return _bare_source(case)


def _already_open(rule: NetworkRule, before: list[NetworkRule]) -> bool:
    """The same ports were open to the same world; a description alone opens nothing."""
    return any(rule[:5] == other[:5] for other in before)


def _sides(case: Case) -> tuple[list[NetworkRule], list[NetworkRule]]:
    """Both sides as rules: the inline element, or the rule resource put together from its unchanged properties."""
    if case.kind == "aws_vpc_security_group_egress_rule" or (case.kind in RULE_TYPES and case.context.get("/type") == "egress"):
        return [], []
    if case.kind in RULE_TYPES or (case.names[:1] == ["ingress"] and len(case.names) == 2):
        top = "" if case.kind in RULE_TYPES else "/".join(case.path.split("/")[:3])
        return _rebuilt(case, top, case.expected), _rebuilt(case, top, case.actual)
    return _rules(case.expected), _rules(case.actual)


def _rules(value: Any) -> list[NetworkRule]:
    elements = value if isinstance(value, list) else [value]
    return [rule for element in elements for rule in network_rules(element)]


def _rebuilt(case: Case, top: str, value: Any) -> list[NetworkRule]:
    """The rule at `top` with `value` at the place that differs; [] when the protocol or the source is not known."""
    fields: dict[str, Any] = {}
    for path, known in case.context.items():
        if path.startswith(top + "/"):
            fields.setdefault(path[len(top) + 1 :].split("/")[0], []).append(known)
    single = {name: values[0] if len(values) == 1 else values for name, values in fields.items()}
    name = case.path[len(top) + 1 :].split("/")[0]
    return [rule for rule in network_rules({**single, name: value}) if rule.source or rule.kind]


def _bare_source(case: Case) -> Verdict | None:
    """`0.0.0.0/0` put where the rest of the rule cannot be seen."""
    listed = case.actual if isinstance(case.actual, list) else [case.actual]
    was = case.expected if isinstance(case.expected, list) else [case.expected]
    if any(source in WORLD and source not in was for source in listed):
        return Verdict("high", "security", "open-to-the-world")
    if any(source in WORLD and source not in listed for source in was) and REDACTED not in listed:
        return Verdict("low", "security", "ingress-tightened")
    return None
