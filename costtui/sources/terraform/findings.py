"""One entry of `resource_drift` as a finding: compared, explained by other resources, and without secrets."""

from datetime import datetime
from typing import Any

import msgspec

from costtui.domain.drift import pointer
from costtui.domain.drift.compare import Change, compare
from costtui.domain.drift.noise.values import same
from costtui.domain.drift.price_inputs import inputs
from costtui.domain.drift.records import Difference, DriftFinding, Status
from costtui.domain.drift.redacted_difference import difference
from costtui.domain.drift.redaction import Secrets
from costtui.domain.drift.related import group_rules, sidecars
from costtui.domain.drift.related.delegated import is_delegated
from costtui.domain.drift.related.relations import Drifted, Relations
from costtui.sources.terraform.files import Entry, decode
from costtui.sources.terraform.placement import placement
from costtui.sources.terraform.resources import Configuration


class Surroundings(msgspec.Struct, frozen=True):
    """What the rest of the plan says that one drifted resource is judged by."""

    scope: str
    taken_at: datetime
    region: str | None
    secrets: Secrets
    relations: Relations
    configuration: Configuration
    planned: dict[str, Entry]
    """`resource_changes` by address: what the next apply would do; empty in a refresh-only plan."""
    redacted_plan: bool
    """True when HCP took values out, so that two equal sides prove nothing."""


def finding(entry: Entry, around: Surroundings) -> DriftFinding:
    before, after = decode(entry.change.before), decode(entry.change.after)
    status = _status(entry, after)
    planned = around.planned.get(entry.full_address)
    differences, undeclared = [], []
    if status == "drifted" and isinstance(before, dict) and isinstance(after, dict):
        changes = _changes(entry, before, after, around.relations)
        undeclared = _undeclared(entry, changes, after, planned, around.configuration)
        differences = _differences(entry, changes, around)
        if same(before, after) and not (around.redacted_plan and b"true" in bytes(entry.change.after_sensitive)):
            differences = [Difference("", None, None, "change", "noise", "equal")]
    known = after if isinstance(after, dict) else before if isinstance(before, dict) else {}
    where = placement(entry.type, known, around.region)
    mask = decode(entry.change.after_sensitive if known is after else entry.change.before_sensitive)
    clean = around.secrets.clean_text
    shown = around.secrets.clean(known, entry.type, "", mask)
    return DriftFinding(
        source="terraform",
        scope=around.scope,
        address=clean(entry.full_address),
        type=entry.type,
        physical_id=clean(where.physical_id) if where.physical_id else None,
        account=clean(where.account) if where.account else None,
        region=clean(where.region) if where.region else None,
        status=status,
        differences=differences,
        reason=clean(_reason(entry, status, planned, differences, undeclared)),
        tags=placement(entry.type, shown, None).tags if isinstance(shown, dict) else {},
        last_checked=around.taken_at,
        context=inputs(entry.type, shown, around.relations) if isinstance(shown, dict) else {},
        undeclared=[clean(path) for path in undeclared],
    )


def _status(entry: Entry, after: Any) -> Status:
    actions = entry.change.actions
    if actions == ["no-op"] and entry.previous_address:
        return "moved"
    return "deleted" if "delete" in actions and after is None else "drifted"


def _changes(entry: Entry, before: dict[str, Any], after: dict[str, Any], relations: Relations) -> list[Change]:
    identity = after.get("id", before.get("id"))
    drifted = Drifted(entry.type, identity if isinstance(identity, str) else "", before, after)
    changes = group_rules.echoes(drifted, list(compare(entry.type, before, after)), relations)
    return [change if change.rule else msgspec.structs.replace(change, rule=_related(drifted, change, relations)) for change in changes]


def _related(drifted: Drifted, change: Change, relations: Relations) -> str:
    if sidecars.is_echo(drifted, change, relations):
        return "N8"
    return "N9" if is_delegated(drifted, change, relations) else ""


def _differences(entry: Entry, changes: list[Change], around: Surroundings) -> list[Difference]:
    arguments = around.configuration.arguments(entry.full_address) or set()
    masks = decode(entry.change.before_sensitive), decode(entry.change.after_sensitive)
    return [
        difference(
            entry.type,
            change,
            around.secrets,
            declared=_top(change.path) in arguments,
            expected_mask=masks[0],
            actual_mask=masks[1],
        )
        for change in changes
    ]


def _top(path: str) -> str:
    return next(iter(pointer.segments(path)), "")


def _undeclared(
    entry: Entry, changes: list[Change], actual: dict[str, Any], planned: Entry | None, configuration: Configuration
) -> list[str]:
    """The properties that the next apply leaves as they are; without a plan for it, those that the block does not set."""
    names = sorted({_top(change.path) for change in changes})
    if planned is not None:
        desired = actual if planned.change.actions == ["no-op"] else decode(planned.change.after)
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
    actions = planned.change.actions
    if status == "deleted":
        return "apply will create it again" if "create" in actions else "apply will not create it again"
    reverted = {_top(one.path) for one in differences} - {_top(path) for path in undeclared}
    if not reverted:
        return "apply will not revert it: not in the code, or under ignore_changes"
    return "apply will revert it by replacing the resource" if "delete" in actions else "apply will revert it"
