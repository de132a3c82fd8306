"""How a run of the demo company is set up: its settings, its folder, its clock. Imports no client library."""

from datetime import datetime
from pathlib import Path

from costtui import __version__
from costtui.config import Settings, parse
from costtui.sources.demo.calendar import Scenario, clock
from costtui.sources.demo.config import config


def demo_settings(cache_dir: Path, *, scale: int, scenario: Scenario) -> Settings:
    """The demo's own configuration; its files lie in the cache directory, apart by scale and scenario."""
    base = cache_dir / "demo" / f"{__version__}-{scenario}-{scale}"
    return parse(config(), name="demo configuration", base=base)


def demo_clock(scenario: Scenario) -> datetime:
    """The moment at which the demo's clock stands still."""
    return clock(scenario)
