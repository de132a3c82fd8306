"""How many resources nobody looked at: each once, whatever files name it."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from costtui.domain.datasets import DriftReport


def unchecked(reports: Sequence[DriftReport]) -> int:
    """Of the states of a folder, only what no plan beside them knows: the plan has counted the others, checked or not."""
    planned: dict[str, Counter[str]] = defaultdict(Counter)
    states: dict[str, Counter[str]] = defaultdict(Counter)
    count = 0
    for report in reports:
        inventory = report.inventory
        if inventory is None or not inventory.state:
            count += report.coverage.unchecked
        if inventory is not None:
            known = states if inventory.state else planned
            known[inventory.folder] |= Counter(inventory.blocks)
    return count + sum((blocks - planned[folder]).total() for folder, blocks in states.items())
