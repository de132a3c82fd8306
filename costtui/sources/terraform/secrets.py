"""Everything a plan marks as sensitive, gathered before anything is shown."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from costtui.domain.drift.masks import masked, merged
from costtui.domain.drift.redaction import Secrets, holds_a_parameter, may_name_a_secret
from costtui.sources.terraform.configuration import Configuration
from costtui.sources.terraform.files import Entry, Plan, decode
from costtui.sources.terraform.resources import Resource, Values, everything

Masks = dict[str, Any]
"""By address, what any part of the plan calls sensitive in a resource that drifted."""
Each = Callable[[str, Sequence[Any]], Iterator[Any]]
"""Goes through what it is given, tells how far it is, and stops on demand."""


def masks_of(plan: Plan, states: Iterable[Values]) -> Masks:
    """A value that is secret before, after, in the state or in what is planned is secret on both sides of the difference."""
    found: Masks = {entry.full_address: None for entry in plan.resource_drift or []}
    for entry in [*(plan.resource_drift or []), *(plan.resource_changes or [])]:
        for mask in (entry.change.before_sensitive, entry.change.after_sensitive):
            _note(found, entry.full_address, mask)
    for state in states:
        for resource in everything(state.root_module):
            _note(found, resource.address, resource.sensitive_values)
    return found


def _note(masks: Masks, address: str, mask: msgspec.Raw) -> None:
    if address in masks and b"true" in bytes(mask):
        masks[address] = merged(masks[address], decode(mask))


def secrets_of(plan: Plan, states: Iterable[Values], configuration: Configuration, masks: Masks, each: Each, key: bytes = b"") -> Secrets:
    """Masked leaves of every resource and output, the values of sensitive variables, and what stands under a name that says secret in
    a resource that drifted, in the code, or (as before Terraform 0.15) in a state without masks. What HCP took out has no
    fingerprint: it is always the same."""
    secrets = Secrets(configuration.secret_constants(), b"" if plan.plan_format_version is not None else key)
    for entry in each("looking for secrets in what drifted", plan.resource_drift or []):
        _take_drift(secrets, entry, masks.get(entry.full_address))
    deferred = [one.resource_change for one in plan.deferred_changes or [] if one.resource_change]
    for entry in each("looking for secrets in what is planned", [*(plan.resource_changes or []), *deferred]):
        _take(secrets, entry.change.before, entry.change.before_sensitive)
        _take(secrets, entry.change.after, entry.change.after_sensitive)
    for state in states:
        for resource in each("looking for secrets in the state", list(everything(state.root_module))):
            _take_resource(secrets, resource)
        for output in state.outputs.values():
            if output.sensitive:
                secrets.add(output.value)
    sensitive = configuration.sensitive_variables()
    for name, variable in (plan.variables or {}).items():
        if name in sensitive and variable is not None:
            secrets.add(variable.value)
    for change in (decode(plan.output_changes) or {}).values():
        mask = merged(change.get("before_sensitive"), change.get("after_sensitive"))
        secrets.add([list(masked(change.get(side), mask)) for side in ("before", "after")])
    return secrets


def _take_drift(secrets: Secrets, entry: Entry, mask: Any) -> None:
    """Decodes a side only where there may be something to find."""
    for side in (entry.change.before, entry.change.after):
        named = may_name_a_secret(bytes(side)) or holds_a_parameter(entry.kind)
        if mask is None and not named:
            continue
        value = decode(side)
        secrets.add(list(masked(value, mask)))
        if named:
            secrets.add_named(value, entry.kind)
            secrets.add_labelled(value)


def _take_resource(secrets: Secrets, resource: Resource) -> None:
    if resource.has_mask:
        _take(secrets, resource.values, resource.sensitive_values)
    elif may_name_a_secret(bytes(resource.values)) or holds_a_parameter(resource.type):
        secrets.add_named(decode(resource.values), resource.type)


def _take(secrets: Secrets, values: msgspec.Raw, mask: msgspec.Raw) -> None:
    """Decodes the values only where the mask holds a true at all: most resources have none, and plans are large."""
    if b"true" in bytes(mask):
        for value in masked(decode(values), decode(mask)):
            secrets.add(value)
