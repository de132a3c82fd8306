"""A drift in a few words: what a cell has room for."""

import json
from typing import TYPE_CHECKING, Any

from costtui.domain.drift.records import Difference, DriftRow

if TYPE_CHECKING:
    from costtui.domain.drift.network import NetworkRule

NOTHING = "–"
SECRET = "secret, changed"


def what(row: DriftRow) -> str:
    """The change, the worst one first, and how many more there are."""
    if row.status in ("deleted", "moved", "unmanaged"):
        return row.status
    if row.status == "unknown":
        return f"not known: {row.reason}" if row.reason else "not known"
    told = [one for one in row.differences if one.class_ != "noise"] or row.differences
    if not told:
        return row.reason or row.status
    more = f" +{len(told) - 1} more" if len(told) > 1 else ""
    return _change(told[0]) + more


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
    return f"{parent} {sign} {_short(text) or side(one, text)}"


def _short(text: str | None) -> str:
    """A security group rule as people say it, a tag as key=value; "" for anything else."""
    value = _value(text or "")
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
