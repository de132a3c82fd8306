"""N8 for security groups: an inline rule that a rule resource owns.

AWS merges the sources of equal ports into one inline block, so the comparison is made source by source, and only the sources that match
are taken out (terraform-provider-aws#29142, cloudformation-coverage-roadmap#1198).
"""

from collections.abc import Iterator
from typing import Any

from costtui.domain.drift import pointer
from costtui.domain.drift.compare import Change
from costtui.domain.drift.network import NetworkRule, network_rules, only_sources
from costtui.domain.drift.noise.rules import explain
from costtui.domain.drift.records import Op
from costtui.domain.drift.related.relations import Drifted, Relations
from costtui.domain.drift.vocabulary import canonical_path, canonical_type

TYPES = ("aws_security_group", "aws_default_security_group")


def rule_types(direction: str) -> tuple[str, str]:
    return "aws_security_group_rule", f"aws_vpc_security_group_{direction}_rule"


def echoes(drifted: Drifted, changes: list[Change], relations: Relations) -> list[Change]:
    """`changes` with those under ingress and egress told again, source by source."""
    if canonical_type(drifted.type) not in TYPES:
        return changes
    result = list(changes)
    for name in sorted(drifted.before.keys() | drifted.after.keys()):
        path = pointer.join("", name)
        direction = canonical_path(drifted.type, path)[1:]
        touched = [change for change in changes if pointer.within(change.path, path)]
        if direction not in ("ingress", "egress") or not touched:
            continue
        result = [change for change in result if change not in touched]
        result += _retold(drifted, name, direction, touched, relations)
    return result


def _retold(drifted: Drifted, name: str, direction: str, touched: list[Change], relations: Relations) -> list[Change]:
    before, after = _blocks(drifted.before.get(name)), _blocks(drifted.after.get(name))
    if (
        before is None
        or after is None
        or all(explain(drifted.type, change.path, change.expected, change.actual, op=change.op) for change in touched)
    ):
        return touched
    path = pointer.join("", name)
    there, here = _rules(before, drifted.id), _rules(after, drifted.id)
    owned_before = owned_rules(drifted.id, direction, relations, left=True)
    owned_now = owned_rules(drifted.id, direction, relations)
    found = [
        *_elements(before, there - here, owned_before, path, "remove", drifted.id),
        *_elements(after, here - there, owned_now, path, "add", drifted.id),
    ]
    return found or [Change(path, before, after, "change", "N4")]


def _blocks(value: Any) -> list[dict[str, Any]] | None:
    """The inline blocks; None when one of them cannot be read as a rule, so that nothing is concluded from it."""
    blocks = [] if value is None or value == "" else value
    if not isinstance(blocks, list) or not all(network_rules(block) for block in blocks):
        return None
    return blocks


def _rules(blocks: list[dict[str, Any]], own_group: str) -> set[NetworkRule]:
    return {rule for block in blocks for rule in network_rules(block, own_group)}


def owned_rules(group: str, direction: str, relations: Relations, *, left: bool = False) -> set[NetworkRule]:
    """The rules of a group that are resources of their own, or that were until they `left`."""
    found: set[NetworkRule] = set()
    for type_ in rule_types(direction):
        by_group = [values for values in relations.naming(type_, "group_id", group, left=left) if "security_group_id" not in values]
        for values in (*relations.naming(type_, "security_group_id", group, left=left), *by_group):
            if group and values.get("type", direction) == direction:
                found.update(network_rules(values, group))
    return found


def _elements(
    blocks: list[dict[str, Any]], different: set[NetworkRule], owned: set[NetworkRule], path: str, op: Op, group: str
) -> Iterator[Change]:
    for index, block in enumerate(blocks):
        mine = different.intersection(network_rules(block, group))
        for part, rule in ((mine & owned, "N8"), (mine - owned, "")):
            if part:
                element = only_sources(block, part, group)
                expected, actual = (element, None) if op == "remove" else (None, element)
                yield Change(pointer.join(path, index), expected, actual, op, rule)
