"""A state file tells what is managed, and nothing of drift: every instance in it is unchecked."""

from collections import Counter
from datetime import datetime

import msgspec

from costtui.domain.drift.records import DriftCoverage
from costtui.sources.terraform.files import Origin, Plan, block_address, refuse
from costtui.sources.terraform.reading import TerraformReading
from costtui.sources.terraform.resources import instances, values


class StateResource(msgspec.Struct, frozen=True):
    module: str | None = None
    mode: str = "managed"
    type: str = ""
    name: str = ""
    instances: list[msgspec.Raw] = []


def read_state(path: Origin, plan: Plan, taken_at: datetime) -> TerraformReading:
    """State version 4, or `show -json` of a state. Attribute values are not even decoded."""
    if plan.version is None:
        blocks = Counter(block_address(resource.address) for resource in instances(values(plan.values).root_module))
    else:
        try:
            resources = msgspec.json.decode(plan.resources, type=list[StateResource] | None) or []
        except msgspec.DecodeError as error:
            refuse(path, f"the state cannot be read ({error})", "write it again with: terraform state pull > state.json")
        blocks = Counter()
        for resource in resources:
            if resource.mode == "managed":
                blocks[_block(resource)] += len(resource.instances)
    return TerraformReading([], DriftCoverage(path.name, 0, blocks.total()), plan.terraform_version, "state", taken_at, blocks=dict(blocks))


def _block(resource: StateResource) -> str:
    module = f"{block_address(resource.module)}." if resource.module else ""
    return f"{module}{resource.type}.{resource.name}"
