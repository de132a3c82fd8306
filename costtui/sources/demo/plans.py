"""The demo company's Terraform plan, handed over in memory: its invented password is in no file."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from costtui import __version__
from costtui.domain.datasets import Batch, Scope
from costtui.domain.problems import Problem
from costtui.sources import terraform
from costtui.sources.demo.config import PLAN
from costtui.sources.demo.files import terraform_plan
from costtui.sources.demo.world import World
from costtui.sources.files import plan_batch
from costtui.sources.port import Request


class DemoPlan:
    """Stands for the file that the demo's configuration names; of one world, it is read once."""

    dataset = "terraform-drift"
    after: tuple[str, ...] = ()
    local = True
    paid = False
    name = f"terraform:{PLAN}"
    unconfigured = "the demo cloud has a plan"

    def __init__(self, world: World) -> None:
        self._world = world

    def scopes(self) -> Sequence[Scope]:
        world = self._world
        return [Scope(PLAN, version=f"{world.scale}:{world.scenario}:{world.now}:{__version__}")]

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        watch = terraform.Watch(request.progress, request.cancelled)
        yield plan_batch(terraform.read_content(Path(PLAN), terraform_plan(self._world), self._world.now, watch, request.key), PLAN)
