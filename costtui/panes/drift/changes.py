"""A drift in a few words: what a cell has room for."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from costtui.domain.drift.noise import MEANINGS
from costtui.domain.drift.records import IGNORED, Difference, DriftRow

if TYPE_CHECKING:
    from costtui.domain.drift.network import NetworkRule

NOTHING = "–"
EQUAL = "equal"
SECRET = "secret, changed"
_RULES = {"SecurityGroupIngress": "ingress", "SecurityGroupEgress": "egress"}
"""CloudFormation's words, as short as Terraform's."""


def what(row: DriftRow) -> str:
    """As the row says it already, else found now."""
    return row.what or in_words(row)


def in_words(row: DriftRow) -> str:
    """The change, the worst one first, and how many more there are; of an explained or ignored one, why it is no drift."""
    if row.tier == "noise":
        return why_not(row)
    if row.status in ("deleted", "unmanaged"):
        return row.status
    if row.status == "noncompliant":
        return row.reason or f"does not comply with {row.scope}"
    if row.status == "unknown":
        return f"not known: {row.reason}" if row.reason else "not known"
    if row.told.first is None:
        return row.reason or row.status
    more = f" +{row.told.more} more" if row.told.more else ""
    return _change(row.told.first) + more


def same_change(row: DriftRow) -> str:
    """Alike for rows of one type that changed in the same way, whatever their names: "aws_instance, instance_type m5.large → m5.xlarge". Of
    several properties all count, also those that no cell has room for."""
    if row.tier == "noise":
        return why_not(row)
    if row.status != "drifted" or not row.told.more:
        return f"{row.type}, {what(row)}"
    told = [one for one in row.differences if one.class_ != "noise"]
    return f"{row.type}, {'; '.join(map(_change, told))}"


def alike(row: DriftRow, rows: Iterable[DriftRow]) -> list[DriftRow]:
    """Those of `rows` with the same `same_change`. Most of thousands differ in what a cell shows already."""
    shown, change = what(row), same_change(row)
    found = [other for other in rows if other.id != row.id and other.type == row.type and what(other) == shown]
    return [other for other in found if other.told == row.told or same_change(other) == change]


def why_not(row: DriftRow) -> str:
    """ "N3 the same IAM policy, written differently", "ignored until 2027-06-30: reason", "moved from a.b"."""
    rules = rules_of(row)
    if not rules or IGNORED in rules or row.reason.startswith(IGNORED):
        return row.reason or row.status
    more = f" +{' '.join(rules[1:])}" if len(rules) > 1 else ""
    name = "" if rules[0] == EQUAL else f"{rules[0]} "
    return f"{name}{meaning(rules[0])}{more}"


def rules_of(row: DriftRow) -> list[str]:
    """The noise rules that explain the row, each once."""
    return row.told.rules


def meaning(rule: str) -> str:
    return MEANINGS.get(rule, "")


def side(one: Difference, text: str | None) -> str:
    """One side of a difference: bare text, JSON where it is a structure, a word where it is secret or absent."""
    if text is None:
        return SECRET if one.redacted else NOTHING
    value = _value(text)
    return value if isinstance(value, str) else text


def _change(one: Difference) -> str:
    name = one.path.removeprefix("/")
    if one.redacted:
        return f"{name} changed (secret)"
    if one.op == "change":
        return f"{name} {side(one, one.expected)} → {side(one, one.actual)}"
    sign, text = ("+", one.actual) if one.op == "add" else ("−", one.expected)
    parent = name.rpartition("/")[0] if name.rpartition("/")[2].isdigit() else name
    return f"{_RULES.get(parent, parent)} {sign} {told_shortly(_value(text or '')) or side(one, text)}"


def told_shortly(value: Any) -> str:
    """A security group rule as people say it, a tag as key=value; "" for anything else."""
    if not isinstance(value, dict):
        return ""
    if value.keys() == {"Key", "Value"}:
        return f"{value['Key']}={value['Value']}"
    from costtui.domain.drift.network import network_rules  # with the noise rules behind it: not for the first frame

    rules = network_rules(value)
    if not rules:
        return ""
    more = f" and {len(rules) - 1} more" if len(rules) > 1 else ""
    return f"{rules[0].source} {_traffic(rules[0])}{more}"


def _traffic(rule: "NetworkRule") -> str:
    if rule.protocol == "-1":
        return "all traffic"
    if rule.from_port is None:
        return rule.protocol
    return f"{rule.protocol} {rule.from_port}" if rule.from_port == rule.to_port else f"{rule.protocol} {rule.from_port}-{rule.to_port}"


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
