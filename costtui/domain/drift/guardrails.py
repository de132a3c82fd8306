"""Which layer could have stopped a drift, and whether it is there. The checks are data, each under its real identifier.

Layers: a service control policy that denies the call, an AWS Config rule that finds it, a tag rule, a policy-as-code check before that.
"""

from collections.abc import Collection, Iterator
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from costtui.domain.drift.network import NetworkRule, network_rules
from costtui.domain.drift.noise.values import parse
from costtui.domain.drift.records import DriftRow, GuardrailCoverage, Present
from costtui.domain.drift.service_control import OrganizationGuardrails, denying, narrowing
from costtui.domain.drift.vocabulary import canonical_type

ALL_TRAFFIC = -1
Layer = Literal["service-control-policy", "config-rule", "required-tag", "policy-as-code"]
Presence = Literal["present", "partly", "absent", "unchecked"]


class Guardrail(msgspec.Struct, frozen=True):
    """One check that could have stopped or found the drift."""

    layer: Layer
    check: str
    tool: str
    presence: Presence
    by: str = ""
    """What puts it in place, where that has a name of its own (a policy)."""


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`rules` are severity rules. Without `rules`, `types` or `sources` the entry holds for all of them.

    With `ports` it holds only where one of them was opened to the world; -1 stands for all traffic.
    """

    rules: list[str] = []
    types: list[str] = []
    sources: list[str] = []
    ports: list[int] = []
    config: list[str] = []
    deny: list[str] = []
    checkov: list[str] = []
    guard: list[str] = []

    def holds(self, row: DriftRow, rules: set[str], opened: list[NetworkRule]) -> bool:
        known = (not self.rules or rules.intersection(self.rules)) and (not self.types or canonical_type(row.type) in self.types)
        if not known or (self.sources and row.source not in self.sources):
            return False
        return not self.ports or any(_covers(rule, port) for rule in opened for port in self.ports)


def _covers(rule: NetworkRule, port: int) -> bool:
    return rule.protocol == "-1" if port == ALL_TRAFFIC else rule.covers(port)


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
    opened = list(_opened(row))
    found: dict[tuple[str, str], Guardrail] = {}
    for entry in catalogue().guardrails:
        if entry.holds(row, rules, opened):
            found.update(((guardrail.layer, guardrail.check), guardrail) for guardrail in _of(entry, row, present))
    if row.source == "aws-config":
        found.setdefault(("config-rule", row.scope), Guardrail("config-rule", row.scope, "AWS Config", "present"))
    return list(found.values())


def _opened(row: DriftRow) -> Iterator[NetworkRule]:
    """What the world reaches by this drift, as far as the difference shows the whole rule."""
    for one in row.differences:
        if one.rule == "open-to-the-world":
            value = parse(one.actual)
            for element in value if isinstance(value, list) else [value]:
                yield from (rule for rule in network_rules(element) if rule.open_to_world)


def _of(entry: Entry, row: DriftRow, present: Present) -> list[Guardrail]:
    """The entry's checks. AWS's own layers see nothing of other clouds, and those of cfn-guard read CloudFormation's templates only."""
    rows: list[Guardrail] = []
    aws = row.source != "azure-policy" and row.type.startswith(("aws_", "AWS::"))
    if aws:
        rows += [_control_policy(action, row.account, present.organization) for action in entry.deny]
    for rule in entry.config:
        if rule == "REQUIRED_TAGS":
            state: Presence = "unchecked" if present.required_tags is None else "present" if present.required_tags else "absent"
            rows.append(Guardrail("required-tag", "drift.required_tags", "costtui", state))
        if aws:
            rows.append(Guardrail("config-rule", rule, "AWS Config", _presence(rule, present.config_rules)))
    rows += [Guardrail("policy-as-code", check, "checkov", "unchecked") for check in entry.checkov]
    if row.source == "cloudformation":
        rows += [Guardrail("policy-as-code", check, "cfn-guard", "unchecked") for check in entry.guard]
    return rows


def _control_policy(action: str, account: str | None, read: list[OrganizationGuardrails] | None) -> Guardrail:
    """Whether a policy denies the action in the resource's account, always or in some cases only."""
    told = [one for one in read or [] if not one.note]
    whole, part = denying(told, account, action), narrowing(told, account, action)
    state: Presence = "present" if whole else "partly" if part else "absent" if told else "unchecked"
    return Guardrail("service-control-policy", action, "Organizations", state, ", ".join(policy.name for policy in whole or part))


def _presence(check: str, known: Collection[str] | None) -> Presence:
    if known is None:
        return "unchecked"
    return "present" if check in known else "absent"


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
