"""What a file answered."""

from datetime import datetime
from typing import Literal

import msgspec

from costtui.domain.drift.records import DriftCoverage, DriftFinding, Inventory, Owned


class TerraformReading(msgspec.Struct, frozen=True):
    """`taken_at` is UTC: the plan's own timestamp, else the file's modification time. A state has coverage only."""

    findings: list[DriftFinding]
    coverage: DriftCoverage
    terraform_version: str | None
    kind: Literal["refresh-only", "plan", "state"]
    taken_at: datetime
    owned: list[Owned] = []
    partial: str = ""
    """Why the plan does not cover everything; empty when it does."""
    blocks: dict[str, int] = {}
    """How many resources each block of the code has."""

    def inventory(self, folder: str) -> Inventory:
        """`folder` is where the file lies."""
        return Inventory(folder, self.kind == "state", self.blocks)
