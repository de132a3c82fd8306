"""A row together with its pane and everything that was stored with it."""

from typing import Any, NamedTuple

from costtui.ui.model import Data, Model, Spec


class Subject(NamedTuple):
    """A row with its pane and everything that was stored with it."""

    spec: Spec
    row: Any
    data: Data


def subject(model: Model, pane: str, row_id: str) -> Subject | None:
    """The row as it is stored now; None when it is gone."""
    spec = next(each for each in model.panes if each.id == pane)
    data = model.data if spec is model.spec and model.data is not None and not model.data.more else model.backend.stored(spec, model.window)
    row = next((row for row in data.rows if spec.row_id(row) == row_id), None) if data is not None else None
    return None if row is None or data is None else Subject(spec, row, data)
