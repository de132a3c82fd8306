"""Panes as the parts of one document, joined with each other."""

from collections.abc import Sequence
from typing import Any

from costtui.domain.loaded import PaneData
from costtui.export.document import Part
from costtui.panes.join import World, with_drift_ids
from costtui.panes.spec import PaneSpec


def joined_parts(specs: Sequence[PaneSpec[Any, Any]], panes: Sequence[PaneData[Any, Any]]) -> list[Part]:
    """Every row of every pane; functions name their drift."""
    world = World({spec.id: (spec, data) for spec, data in zip(specs, panes, strict=True)})
    joined = [(spec, with_drift_ids(data, world)) for spec, data in world.panes.values()]
    return [Part(spec, data, data.rows) for spec, data in joined]
