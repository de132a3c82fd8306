"""The embedded demo cloud: one invented company behind real boto3 and httpx clients, in process, without a port.

The company is imported when it is first used: the explorer's own process needs nothing but `setting`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from costtui.sources.demo.hook import install
    from costtui.sources.demo.world import DEMO_NOW, World

__all__ = ["DEMO_NOW", "World", "install"]

_HOMES = {"DEMO_NOW": "world", "World": "world", "install": "hook"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
