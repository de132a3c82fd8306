"""The panes: every module or package here that exposes `PANE` is one."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from costtui.panes.spec import PaneSpec


@cache
def panes() -> tuple[PaneSpec[Any, Any], ...]:
    """All panes, in the order of their keys."""
    modules = (import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))
    return tuple(sorted((module.PANE for module in modules if hasattr(module, "PANE")), key=lambda pane: pane.key))


def pane(pane_id: str) -> PaneSpec[Any, Any]:
    """The pane of that id. Raises KeyError."""
    for spec in panes():
        if spec.id == pane_id:
            return spec
    raise KeyError(pane_id)
