"""What a pane is built from: the datasets it needs, for one window."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from costtui.config import Settings
from costtui.domain.customers.records import Basis
from costtui.domain.loaded import SourceState
from costtui.domain.period import Window
from costtui.domain.problems import Problem


@dataclass(frozen=True)
class Inputs:
    """Records by dataset name, and what the sources said of themselves. A dataset that nobody could bring is an empty list
    with a source state that says why."""

    window: Window
    now: datetime
    settings: Settings
    records: Mapping[str, Sequence[Any]]
    sources: Sequence[SourceState]
    problems: Sequence[Problem]
    basis: Basis = "amortized"
    """The cost basis of the view."""

    def of(self, dataset: str) -> Sequence[Any]:
        return self.records.get(dataset, ())

    def answered(self, source: str) -> bool:
        """Whether the source has any answer, fresh or old, for this pane."""
        return any(state.name == source and state.as_of is not None for state in self.sources)
