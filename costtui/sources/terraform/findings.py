"""One entry of `resource_drift` as a finding: compared, explained by other resources, and without secrets."""

from datetime import datetime
from sys import intern
from typing import Any

import msgspec

from costtui.domain.drift import pointer
from costtui.domain.drift.compare import Change, compare
from costtui.domain.drift.masks import mask_at, mask_root
from costtui.domain.drift.noise.rules import explain
from costtui.domain.drift.noise.values import parse, same
from costtui.domain.drift.price_inputs import inputs
from costtui.domain.drift.records import Difference, DriftFinding, Status
from costtui.domain.drift.redacted_difference import difference
from costtui.domain.drift.redaction import Secrets
from costtui.domain.drift.related import group_rules, sidecars
from costtui.domain.drift.related.delegated import is_delegated
from costtui.domain.drift.related.relations import Drifted, Relations
from costtui.sources.terraform.configuration import Configuration
from costtui.sources.terraform.files import Entry, decode
from costtui.sources.terraform.placement import placement
from costtui.sources.terraform.secrets import Masks


class Surroundings(msgspec.Struct, frozen=True):
    """What the rest of the plan says that one drifted resource is judged by."""

    scope: str
    taken_at: datetime
    variables: dict[str, Any]
    masks: Masks
    secrets: Secrets
    relations: Relations
    configuration: Configuration
    planned: dict[str, Entry]
    """`resource_changes` by address: what the next apply would do; empty in a refresh-only plan."""
    redacted_plan: bool
    """True when HCP took values out, so that two equal sides prove nothing."""


def finding(entry: Entry, around: Surroundings) -> DriftFinding:
    before, after = decode(entry.change.before), decode(entry.change.after)
    status = _status(entry, before, after)
    planned = around.planned.get(entry.full_address)
    differences, undeclared = [], []
    if status == "drifted" and isinstance(before, dict) and isinstance(after, dict):
        changes = _changes(entry, before, after, around.relations)
        undeclared = _undeclared(entry, changes, after, planned, around.configuration)
        differences = _differences(entry, changes, around)
        if not changes and not (around.redacted_plan and b"true" in bytes(entry.change.after_sensitive)):
            differences = [Difference("", None, None, "change", "noise", "equal")]
    known = after if isinstance(after, dict) else before if isinstance(before, dict) else {}
    where = placement(entry.kind, known, around.configuration.region(entry.full_address, around.variables))
    clean, named = around.secrets.clean_text, around.secrets.clean_name
    tags, context = _tags(entry, known, around), _context(entry, known, around)
    return DriftFinding(
        source="terraform",
        scope=around.scope,
        address=named(entry.full_address),
        type=intern(entry.kind),
        physical_id=clean(where.physical_id) if where.physical_id else None,
        account=intern(clean(where.account)) if where.account else None,
        region=intern(clean(where.region)) if where.region else None,
        status=status,
        differences=differences,
        reason=named(_reason(entry, status, planned, differences, undeclared)),
        tags=tags,
        last_checked=around.taken_at,
        context=context,
        undeclared=[named(path) for path in undeclared],
    )


def _tags(entry: Entry, known: dict[str, Any], around: Surroundings) -> dict[str, str]:
    """With the provider's default tags, where the resource tells them."""
    name = "tags_all" if known.get("tags_all") else "tags"
    path = pointer.join("", name)
    cleaned = around.secrets.clean(known.get(name), entry.kind, path, mask_at(around.masks.get(entry.full_address), path))
    return {str(key): value for key, value in cleaned.items() if isinstance(value, str)} if isinstance(cleaned, dict) else {}


def _context(entry: Entry, known: dict[str, Any], around: Surroundings) -> dict[str, str]:
    """What price and severity are read from: of all that the resource is, only this and its tags leave the reader with its drift."""
    mask = around.masks.get(entry.full_address)
    context = {}
    for path, text in inputs(entry.kind, known, around.relations).items():
        value = parse(text)
        if around.secrets.clean(value, entry.kind, path, mask_at(mask, path)) is value:
            context[path] = text
    return context


def _status(entry: Entry, before: Any, after: Any) -> Status:
    if entry.actions == ["no-op"] and entry.previous_address:
        return "moved"
    gone = "delete" in entry.actions or (not entry.actions and before is not None)
    return "deleted" if gone and after is None else "drifted"


def _changes(entry: Entry, before: dict[str, Any], after: dict[str, Any], relations: Relations) -> list[Change]:
    identity = after.get("id", before.get("id"))
    drifted = Drifted(entry.kind, identity if isinstance(identity, str) else "", before, after)
    changes = group_rules.echoes(drifted, list(compare(entry.kind, before, after)), relations)
    return [change if change.rule else msgspec.structs.replace(change, rule=_related(drifted, change, relations)) for change in changes]


def _related(drifted: Drifted, change: Change, relations: Relations) -> str:
    if sidecars.is_echo(drifted, change, relations):
        return "N8"
    return "N9" if is_delegated(drifted, change, relations) else ""


def _differences(entry: Entry, changes: list[Change], around: Surroundings) -> list[Difference]:
    arguments = around.configuration.arguments(entry.full_address) or set()
    mask = around.masks.get(entry.full_address)
    together: dict[str, list[Change]] = {}
    told: list[tuple[Change, bool]] = []
    for change in changes:
        root = mask_root(mask, change.path)
        if root == change.path:
            told.append((change, _top(root) in arguments))
        else:
            together.setdefault(root, []).append(change)
    told += [(_as_one(entry.kind, root, found, arguments), _top(root) in arguments) for root, found in together.items()]
    return [
        difference(
            entry.kind,
            change,
            around.secrets,
            declared=declared,
            expected_mask=mask,
            actual_mask=mask,
            place=entry.full_address,
        )
        for change, declared in told
    ]


def _as_one(type_: str, root: str, changes: list[Change], arguments: set[str]) -> Change:
    """Changes below a place that is secret as a whole are one change of that place, since the names in it are secret too; it is
    explained only when all of them are."""
    rules = [
        change.rule or explain(type_, change.path, change.expected, change.actual, op=change.op, declared=_top(change.path) in arguments)
        for change in changes
    ]
    expected, actual = {one.path: one.expected for one in changes}, {one.path: one.actual for one in changes}
    return Change(root, expected, actual, "change", " ".join(sorted({*" ".join(rules).split()})) if all(rules) else "")


def _top(path: str) -> str:
    return next(iter(pointer.segments(path)), "")


def _undeclared(
    entry: Entry, changes: list[Change], actual: dict[str, Any], planned: Entry | None, configuration: Configuration
) -> list[str]:
    """The properties that the next apply leaves as they are; without a plan for it, those that the block does not set."""
    names = sorted({_top(change.path) for change in changes})
    if planned is not None:
        desired = actual if planned.actions == ["no-op"] else decode(planned.change.after)
        if not isinstance(desired, dict):
            return []
        kept = [name for name in names if name in desired and same(desired[name], actual.get(name))]
        return [pointer.join("", name) for name in kept]
    arguments = configuration.arguments(entry.full_address)
    return [] if arguments is None else [pointer.join("", name) for name in names if name not in arguments]


def _reason(entry: Entry, status: Status, planned: Entry | None, differences: list[Difference], undeclared: list[str]) -> str:
    moved = f"moved from {entry.previous_address}" if entry.previous_address else ""
    if status == "moved":
        return moved
    return "; ".join(part for part in (moved, _apply(status, planned, differences, undeclared)) if part)


def _apply(status: Status, planned: Entry | None, differences: list[Difference], undeclared: list[str]) -> str:
    if status == "drifted" and not differences:
        return "the plan does not show the values"
    if planned is None or [one.rule for one in differences] == ["equal"]:
        return ""
    actions = planned.actions
    if status == "deleted":
        return "apply will create it again" if "create" in actions else "apply will not create it again"
    reverted = {_top(one.path) for one in differences} - {_top(path) for path in undeclared}
    if not reverted:
        return "apply will not revert it: not in the code, or under ignore_changes"
    return "apply will revert it by replacing the resource" if "delete" in actions else "apply will revert it"
