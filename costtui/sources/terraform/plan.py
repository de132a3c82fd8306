"""A plan, refresh-only or normal, as findings and coverage."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

import msgspec

from costtui.domain.drift.noise.values import dump
from costtui.domain.drift.records import DriftCoverage, DriftFinding, Owned
from costtui.domain.drift.related.across import is_of_interest
from costtui.domain.drift.related.relations import Managed, Relations
from costtui.sources.terraform.configuration import Configuration
from costtui.sources.terraform.files import Entry, Origin, Plan, block_address, decode
from costtui.sources.terraform.findings import Surroundings, finding
from costtui.sources.terraform.placement import placement
from costtui.sources.terraform.reading import TerraformReading
from costtui.sources.terraform.resources import Resource, instances, prior_values, values
from costtui.sources.terraform.secrets import masks_of, secrets_of
from costtui.sources.terraform.watching import Watch

_RELATED = (
    "aws_appautoscaling_target",
    "aws_autoscaling_policy",
    "aws_ebs_volume",
    "aws_iam_role_policy",
    "aws_iam_role_policy_attachment",
    "aws_lambda_function",
    "aws_launch_configuration",
    "aws_launch_template",
    "aws_route",
    "aws_s3_bucket_",
    "aws_security_group_rule",
    "aws_volume_attachment",
    "aws_vpc_security_group_",
    "azurerm_subnet",
)
"""The types that noise and price look at from another resource; only these are decoded from the state."""

WITHOUT_DRIFT = "0.1"
"""The format before `resource_drift`: what it leaves out is not known, not in sync."""
BEFORE_DRIFT = "Terraform before 0.15.4 wrote the plan, which does not report drift"


class Covered(NamedTuple):
    """What a plan looked at, why that is not everything, and the blocks of the code that its resources are of."""

    coverage: DriftCoverage
    gap: str
    blocks: dict[str, int]


def read_drift(path: Origin, plan: Plan, taken_at: datetime, watch: Watch, key: bytes = b"") -> TerraformReading:
    watch.check(path)
    around, now, (coverage, gap, blocks) = _surroundings(path, plan, taken_at, watch, key)
    drift = [entry for entry in plan.resource_drift or [] if entry.managed]
    return TerraformReading(
        findings=_told_apart([finding(entry, around) for entry in watch.entries("comparing drifted resources", drift, path)]),
        coverage=coverage,
        terraform_version=plan.terraform_version,
        kind="plan" if around.planned else "refresh-only",
        taken_at=taken_at,
        owned=list(_owned(now, around)),
        partial=gap,
        blocks=blocks,
    )


def _surroundings(path: Origin, plan: Plan, taken_at: datetime, watch: Watch, key: bytes) -> tuple[Surroundings, list[Managed], Covered]:
    """What all findings are judged by, and what the plan covers. The states are let go with it: they are large."""
    prior, planned = prior_values(plan.prior_state), values(plan.planned_values)
    there = list(instances(prior.root_module))
    configuration = Configuration(plan.configuration)
    drift = [entry for entry in plan.resource_drift or [] if entry.managed]
    changes = {entry.full_address: entry for entry in plan.resource_changes or [] if entry.managed}
    masks = masks_of(plan, (prior, planned))
    now = _now(there, changes.values())
    around = Surroundings(
        scope=path.name,
        taken_at=taken_at,
        variables={name: variable.value for name, variable in (plan.variables or {}).items() if variable is not None},
        masks=masks,
        secrets=secrets_of(plan, (prior, planned), configuration, masks, partial(watch.entries, where=path), key),
        relations=Relations(now, _was(drift)),
        configuration=configuration,
        planned=changes,
        redacted_plan=plan.plan_format_version is not None,
    )
    return around, now, _coverage(path.name, plan, there, drift, changes)


def _owned(now: Iterable[Managed], around: Surroundings) -> Iterator[Owned]:
    """Without secrets: it leaves the reader."""
    for one in now:
        if is_of_interest(one.type):
            where = placement(one.type, one.values, around.configuration.region(one.address, around.variables))
            cleaned = around.secrets.clean(one.values, one.type)
            yield Owned(one.type, dump(cleaned), where.account, where.region)


def _told_apart(findings: list[DriftFinding]) -> list[DriftFinding]:
    """Addresses that are alike once their secrets are taken out, numbered: each finding keeps a name of its own."""
    seen: Counter[str] = Counter()
    result = []
    for one in findings:
        seen[one.address] += 1
        again = seen[one.address]
        result.append(one if again == 1 else msgspec.structs.replace(one, address=f"{one.address} ({again})"))
    return result


def _now(there: Iterable[Resource], changes: Iterable[Entry]) -> list[Managed]:
    """From the refreshed state; a plan without one shows the actual side of its changes."""
    found = {resource.address: (resource.type, resource.values) for resource in there if resource.type.startswith(_RELATED)}
    for entry in changes:
        if entry.kind.startswith(_RELATED):
            found.setdefault(entry.full_address, (entry.kind, entry.change.before))
    decoded = {address: (type_, decode(raw)) for address, (type_, raw) in found.items()}
    return [Managed(address, type_, known) for address, (type_, known) in decoded.items() if isinstance(known, dict)]


def _was(drift: Iterable[Entry]) -> list[Managed]:
    before: list[tuple[Entry, Any]] = [(entry, decode(entry.change.before)) for entry in drift if entry.kind.startswith(_RELATED)]
    return [Managed(entry.full_address, entry.kind, known) for entry, known in before if isinstance(known, dict)]


def _coverage(scope: str, plan: Plan, there: Iterable[Resource], drift: Iterable[Entry], changes: dict[str, Entry]) -> Covered:
    """What the plan looked at. A targeted or failed plan names only what it got to; the rest of its state is unchecked."""
    known = {resource.address for resource in there}
    drifted = {entry.full_address for entry in drift}
    existing = {address for address, entry in changes.items() if entry.actions != ["create"]}
    everything = known | drifted | existing
    blocks = dict(Counter(map(block_address, everything)))
    if plan.format_version == WITHOUT_DRIFT and plan.resource_drift is None:
        return Covered(
            DriftCoverage(scope, 0, len(everything)), "Terraform before 0.15.4 wrote the plan, which does not report drift", blocks
        )
    unchecked = known - drifted - existing if changes else set()
    partial = "the plan ended with errors" if plan.errored else "the plan is not complete" if plan.complete is False else ""
    if unchecked and not partial:
        partial = f"the plan covers {len(everything) - len(unchecked)} of {len(everything)} resources"
    return Covered(DriftCoverage(scope, len(everything) - len(unchecked), len(unchecked)), partial, blocks)
