"""Which resources drifted in a world: the story's, cut or extended to the world's scale."""

import json
from dataclasses import dataclass
from typing import Any

from costtui.sources.demo.calendar import Scenario
from costtui.sources.demo.company import Function, story_text

UNKNOWN = 1
"""The stack whose detection failed: a record of its own beside those that are reported as drift."""


@dataclass(frozen=True)
class DriftStory:
    """What each source reports. `functions` are generated functions that drifted in their stacks, `generated` numbers resources
    that drifted in Terraform besides the story's."""

    cloudformation: list[dict[str, Any]]
    terraform: list[dict[str, Any]]
    in_sync: list[dict[str, Any]]
    functions: set[str]
    generated: int

    @property
    def reported(self) -> int:
        return len(self.cloudformation) + len(self.terraform) + len(self.functions) + self.generated


def drift_story(scale: int, scenario: Scenario, functions: list[Function], own: set[str]) -> DriftStory:
    """The story at `scale` records (0: all of the story's own). `own` names the functions that the story tells of."""
    terraform = json.loads(story_text("terraform.json"))
    told = json.loads(story_text("cloudformation.json"))["drifts"]
    planned = [drift for drift in terraform["drifts"] if drift.get("scenario", scenario) == scenario]
    if not scale:
        return DriftStory(told, planned, terraform["in_sync"], set(), 0)
    wanted = max(0, scale - UNKNOWN)
    kept = told[:wanted]
    also = planned[: wanted - len(kept)]
    missing = wanted - len(kept) - len(also)
    drifted = [function.name for function in functions[1::2] if function.name not in own][:missing]
    return DriftStory(kept, also, terraform["in_sync"], set(drifted), missing - len(drifted))
