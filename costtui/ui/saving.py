"""What goes into a snapshot taken from the screen, and what its file may be called."""

from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import Any, Protocol

from costtui.panes.spec import PaneSpec
from costtui.ui.model import Data, Model

SavedPane = tuple[PaneSpec[Any, Any], Data, Sequence[Any]]


class SaveSnapshot(Protocol):
    """Writes panes with the given rows, in their order, as one file. Raises OSError."""

    def __call__(self, path: Path, *, panes: Sequence[SavedPane]) -> None: ...


def default_name(model: Model, *, everything: bool) -> str:
    day = model.backend.now().astimezone(UTC).date()
    return f"costtui-{day}.toml" if everything else f"costtui-{model.spec.id}-{day}.toml"


def path_of(answer: str) -> Path:
    return Path(answer).expanduser().absolute()


def doubt(answer: str) -> str | None:
    """Why the name cannot be used, or not without asking; None when it can."""
    if not answer:
        return "type a file name, or leave with Esc"
    path = path_of(answer)
    if path.is_dir():
        return f"{path.name} is a folder: add a file name"
    if not path.parent.is_dir():
        return f"no folder {path.parent}: choose another"
    return f"{path.name} exists: Enter again overwrites it" if path.exists() else None


def confirmable(answer: str) -> bool:
    """Whether giving the same name again is a yes."""
    return path_of(answer).is_file()


def panes_to_save(model: Model, *, everything: bool) -> list[SavedPane]:
    """The view as filtered and sorted, or all rows of every pane that holds any answer."""
    if not everything:
        return [] if model.data is None else [(model.spec, model.data, model.view.visible)]
    stored = [(spec, model.backend.stored(spec, model.window)) for spec in model.panes]
    return [(spec, data, data.rows) for spec, data in stored if data is not None]
