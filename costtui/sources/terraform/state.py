"""A state file tells what is managed, and nothing of drift: every instance in it is unchecked."""

from datetime import datetime

import msgspec

from costtui.domain.drift.records import DriftCoverage
from costtui.sources.terraform.files import Origin, Plan, refuse
from costtui.sources.terraform.reading import TerraformReading
from costtui.sources.terraform.resources import instances, values


class StateResource(msgspec.Struct, frozen=True):
    mode: str = "managed"
    instances: list[msgspec.Raw] = []


def read_state(path: Origin, plan: Plan, taken_at: datetime) -> TerraformReading:
    """State version 4, or `show -json` of a state. Attribute values are not even decoded."""
    if plan.version is None:
        count = sum(1 for _ in instances(values(plan.values).root_module))
    else:
        try:
            resources = msgspec.json.decode(plan.resources, type=list[StateResource] | None) or []
        except msgspec.DecodeError as error:
            refuse(path, f"the state cannot be read ({error})", "write it again with: terraform state pull > state.json")
        count = sum(len(resource.instances) for resource in resources if resource.mode == "managed")
    return TerraformReading([], DriftCoverage(path.name, 0, count), plan.terraform_version, "state", taken_at)
