"""The demo's plan never touches the disk, and reads as the file would."""

from pathlib import Path

from msgspec.structs import replace

from costtui.config import parse
from costtui.domain.datasets import Batch
from costtui.sources.demo import DEMO_NOW, World
from costtui.sources.demo.files import terraform_plan
from costtui.sources.demo.plans import DemoPlan
from costtui.sources.files import TerraformPlans
from costtui.sources.port import Request, Source

PASSWORD = b"demo-only-not-a-secret"


def batches(source: Source) -> list[Batch]:
    """What it reads, but for the folder that a file lies in."""
    found = [item for item in source.fetch(Request(source.scopes()[0], DEMO_NOW)) if isinstance(item, Batch)]
    for batch in found:
        reports = [replace(report, inventory=replace(report.inventory, folder="")) for report in batch.records]
        batch.records[:] = reports
    return found


def test_it_reads_as_a_file_of_the_same_content_would(tmp_path: Path) -> None:
    world = World()
    (tmp_path / "plan.json").write_bytes(terraform_plan(world))
    settings = parse('[drift]\nterraform = ["plan.json"]', name="config.toml", base=tmp_path)
    from_disk, in_memory = batches(TerraformPlans(settings, "plan.json")), batches(DemoPlan(world))
    assert in_memory == from_disk
    assert PASSWORD.decode() not in repr(in_memory)
    assert PASSWORD in terraform_plan(world), "there is something to hide"
