"""Which resources drifted in a world: the story's, cut or extended to the world's scale."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from costtui.sources.demo.calendar import Scenario
from costtui.sources.demo.company import Function, story_text
from costtui.sources.demo.stacks import FAILED, NEVER_CHECKED, stacks

ALWAYS = {FAILED, NEVER_CHECKED, "platform-prod"}
"""Stacks with one record more than what CloudFormation reports as drifted."""


@dataclass(frozen=True)
class DriftStory:
    """What each source reports. `functions` are generated functions that drifted in their stacks, `generated` numbers resources
    that drifted in Terraform besides the story's."""

    cloudformation: list[dict[str, Any]]
    terraform: list[dict[str, Any]]
    in_sync: list[dict[str, Any]]
    noncompliant: list[dict[str, Any]]
    functions: set[str]
    generated: int


def drift_story(scale: int, scenario: Scenario, functions: Sequence[Function], own: Sequence[Function]) -> DriftStory:
    """The story at `scale` records (0: all of the story's own), among which are the stack whose detection failed, the one that was never
    checked, and the group that was opened without CloudFormation seeing it, as far as they exist.

    `own` are the functions that the story tells of."""
    terraform = json.loads(story_text("terraform.json"))
    told = json.loads(story_text("cloudformation.json"))["drifts"]
    planned = [drift for drift in terraform["drifts"] if drift.get("scenario", scenario) == scenario]
    rules = json.loads(story_text("config_rules.json"))["noncompliant"]
    noncompliant = [entry for entry in rules if entry.get("scenario", scenario) == scenario]
    if not scale:
        return DriftStory(told, planned, terraform["in_sync"], noncompliant, set(), 0)
    if scale < len(own):
        there = {(stack.name, resource.logical_id) for stack in stacks(functions, [], set()) for resource in stack.resources}
        told = [drift for drift in told if (drift["stack"], drift["resource"]) in there]
    wanted = scale - len(ALWAYS.intersection(function.stack for function in functions))
    kept = told[:wanted]
    also = planned[: wanted - len(kept)]
    last = noncompliant[: wanted - len(kept) - len(also)]
    missing = wanted - len(kept) - len(also) - len(last)
    named = {function.name for function in own}
    drifted = [function.name for function in functions[1::2] if function.name not in named][:missing]
    return DriftStory(kept, also, terraform["in_sync"], last, set(drifted), missing - len(drifted))
