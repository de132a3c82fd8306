"""From a raw change to the difference that may be shown and stored."""

from typing import Any

from costtui.domain.drift.compare import Change
from costtui.domain.drift.masks import mask_at
from costtui.domain.drift.noise.rules import explain
from costtui.domain.drift.noise.values import dump
from costtui.domain.drift.records import Difference
from costtui.domain.drift.redaction import REDACTED, Secrets


def difference(
    type_: str,
    change: Change,
    secrets: Secrets,
    *,
    declared: bool,
    expected_mask: Any = None,
    actual_mask: Any = None,
    place: str = "",
) -> Difference:
    """`change` without its secrets. The noise rule is looked for now, because what is taken out cannot be compared later.

    `place` names the resource: two that have the same secret get two fingerprints, which do not tell that."""
    expected = secrets.clean(change.expected, type_, change.path, mask_at(expected_mask, change.path))
    actual = secrets.clean(change.actual, type_, change.path, mask_at(actual_mask, change.path))
    redacted = expected is not change.expected or actual is not change.actual
    rule = change.rule or explain(type_, change.path, change.expected, change.actual, op=change.op, declared=declared)
    return Difference(
        path=secrets.clean_name(change.path),
        expected=None if change.op == "add" or expected == REDACTED else dump(expected),
        actual=None if change.op == "remove" or actual == REDACTED else dump(actual),
        op=change.op,
        class_="noise" if rule else "config",
        rule=rule,
        redacted=redacted,
        fingerprint=secrets.fingerprint(place, change.path, change.expected, change.actual) if redacted and not rule else "",
    )
