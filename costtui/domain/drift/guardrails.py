"""Which layer could have stopped a drift, and whether it is there. The checks are data, each under its real identifier.

Layers: a service control policy that denies the call, an AWS Config rule that finds it, a tag rule, a policy-as-code check before that.
"""

from collections.abc import Collection
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from costtui.domain.drift.records import DriftRow, Present
from costtui.domain.drift.vocabulary import canonical_type

Layer = Literal["service-control-policy", "config-rule", "required-tag", "policy-as-code"]
Presence = Literal["present", "absent", "unchecked"]


class Guardrail(msgspec.Struct, frozen=True):
    """One check that could have stopped or found the drift."""

    layer: Layer
    check: str
    tool: str
    presence: Presence


class Entry(msgspec.Struct, frozen=True):
    """`rules` are severity rules; without `types` the entry holds for every type."""

    rules: list[str]
    types: list[str]
    config: list[str]
    deny: list[str]
    checkov: list[str]
    guard: list[str]


class Catalogue(msgspec.Struct, frozen=True):
    as_of: str
    source: str
    guardrails: list[Entry]


@cache
def catalogue() -> Catalogue:
    """The catalogue that costtui ships with."""
    return msgspec.json.decode(files(__package__).joinpath("guardrails.json").read_bytes(), type=Catalogue)


def guardrails_for(row: DriftRow, present: Present) -> list[Guardrail]:
    """Every known check for what is real in `row`, in a stable order; [] means none is known for it (unsupported)."""
    rules = {difference.rule for difference in row.differences if difference.class_ != "noise"}
    if row.status == "deleted":
        rules.add("deleted")
    kind = canonical_type(row.type)
    found: dict[tuple[str, str], Guardrail] = {}
    for entry in catalogue().guardrails:
        if rules.intersection(entry.rules) and (not entry.types or kind in entry.types):
            found.update(((guardrail.layer, guardrail.check), guardrail) for guardrail in _of(entry, present))
    return list(found.values())


def _of(entry: Entry, present: Present) -> list[Guardrail]:
    rows: list[Guardrail] = [
        Guardrail("service-control-policy", action, "Organizations", _presence(action, present.denied_actions)) for action in entry.deny
    ]
    for rule in entry.config:
        if rule == "REQUIRED_TAGS":
            state: Presence = "unchecked" if present.required_tags is None else "present" if present.required_tags else "absent"
            rows.append(Guardrail("required-tag", "drift.required_tags", "costtui", state))
        rows.append(Guardrail("config-rule", rule, "AWS Config", _presence(rule, present.config_rules)))
    rows += [Guardrail("policy-as-code", check, "checkov", _presence(check, present.checks)) for check in entry.checkov]
    rows += [Guardrail("policy-as-code", check, "cfn-guard", _presence(check, present.checks)) for check in entry.guard]
    return rows


def _presence(check: str, known: Collection[str] | None) -> Presence:
    if known is None:
        return "unchecked"
    return "present" if check in known else "absent"


class GuardrailCoverage(msgspec.Struct, frozen=True):
    """Real drifts by what is known of their guardrails; `unsupported` have none in the catalogue."""

    checked: int
    unchecked: int
    unsupported: int


def coverage(rows: Collection[DriftRow], present: Present) -> GuardrailCoverage:
    """Parts the real drifts: checked as soon as one of their checks was looked for."""
    checked = unchecked = unsupported = 0
    for row in rows:
        if row.severity == "none":
            continue
        known = guardrails_for(row, present)
        if not known:
            unsupported += 1
        elif any(guardrail.presence != "unchecked" for guardrail in known):
            checked += 1
        else:
            unchecked += 1
    return GuardrailCoverage(checked, unchecked, unsupported)
