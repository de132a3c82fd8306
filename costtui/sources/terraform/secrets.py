"""Everything a plan marks as sensitive, gathered before anything is shown."""

from collections.abc import Iterable

import msgspec

from costtui.domain.drift.redaction import Secrets, masked
from costtui.sources.terraform.files import Entry, Plan, decode
from costtui.sources.terraform.resources import Configuration, Values, instances


def secrets_of(plan: Plan, states: Iterable[Values], configuration: Configuration) -> Secrets:
    """Masked leaves of every resource and output, and the values of sensitive variables."""
    secrets = Secrets()
    for entry in [*(plan.resource_drift or []), *(plan.resource_changes or [])]:
        _take_change(secrets, entry)
    for entry in plan.resource_drift or []:
        secrets.add_labelled([decode(entry.change.before), decode(entry.change.after)])
    for state in states:
        _take_state(secrets, state)
    sensitive = configuration.sensitive_variables()
    for name, variable in (plan.variables or {}).items():
        if name in sensitive:
            secrets.add(variable.value)
    for change in (decode(plan.output_changes) or {}).values():
        for side in ("before", "after"):
            secrets.add(list(masked(change.get(side), change.get(f"{side}_sensitive"))))
    return secrets


def _take_state(secrets: Secrets, state: Values) -> None:
    for resource in instances(state.root_module):
        _take(secrets, resource.values, resource.sensitive_values)
    for output in state.outputs.values():
        if output.sensitive:
            secrets.add(output.value)


def _take_change(secrets: Secrets, entry: Entry) -> None:
    _take(secrets, entry.change.before, entry.change.before_sensitive)
    _take(secrets, entry.change.after, entry.change.after_sensitive)


def _take(secrets: Secrets, values: msgspec.Raw, mask: msgspec.Raw) -> None:
    """Decodes the values only where the mask holds a true at all: most resources have none, and plans are large."""
    if b"true" in bytes(mask):
        for value in masked(decode(values), decode(mask)):
            secrets.add(value)
