"""What the demo's functions write to their log groups: a REPORT line a call, with INIT where the start was cold."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import fsum
from typing import Any

from costtui.sources.demo.calendar import ALL_DAYS
from costtui.sources.demo.company import Function, story_text
from costtui.sources.demo.seed import unit
from costtui.sources.demo.world import World

KEPT_DAYS = {"report-nightly": 14}
"""Log groups that throw away; the others keep everything."""
ROUNDED_UP_MS = 0.5
"""What rounding up to a whole millisecond adds to a call, on average."""


@dataclass(frozen=True)
class Written:
    """REPORT lines of some days at one memory size, added up."""

    memory_mb: int
    calls: int
    inits: int
    duration_ms: float
    billed_ms: int
    init_ms: float
    p95_ms: float
    used_mb: int


@cache
def bytes_a_call(function: Function) -> int:
    """START, END and REPORT, and what the function says itself."""
    return 310 + int(900 * unit("log", function.name) ** 3)


def written_bytes(world: World, function: Function, first: int, last: int) -> int:
    """What its calls of these days of the calendar (both included) wrote."""
    return bytes_a_call(function) * sum(world.series(function).calls[first : last + 1])


def written(world: World, function: Function, first: int, last: int) -> Iterator[Written]:
    """What the days from `first` to `last` of the calendar say, by the size in force."""
    change = world.company.memory_changes.get(function.name)
    cut = last + 1 if change is None else min(last + 1, max(first, (change.day - ALL_DAYS[0]).days))
    if change is not None and first < cut:
        yield from _at_size(world, function, change.memory_mb, first, cut - 1)
    yield from _at_size(world, function, function.memory_mb, first if change is None else cut, last)


def _at_size(world: World, function: Function, memory_mb: int, first: int, last: int) -> Iterator[Written]:
    series = world.series(function)
    calls = sum(series.calls[first : last + 1])
    if not calls:
        return
    inits = int(calls * function.cold_share)
    init_ms = round(inits * _init_ms(function), 2)
    duration = fsum(series.duration_ms[first : last + 1])
    billed = int(duration + calls * ROUNDED_UP_MS + init_ms)
    change = world.company.memory_changes.get(function.name)
    smallest = min(function.memory_mb, change.memory_mb) if change else function.memory_mb
    used = min(memory_mb, int(_told(function, "used_mb", smallest * (0.35 + 0.4 * unit("used", function.name)))))
    yield Written(memory_mb, calls, inits, round(duration, 3), billed, init_ms, round(duration / calls * function.p95_factor, 3), used)


def _init_ms(function: Function) -> float:
    """As its tuning runs tell it; else by its runtime, Java slowest."""
    slow = 900.0 if function.runtime.startswith("java") else 60.0 if function.runtime.startswith("provided") else 220.0
    return _told(function, "init_ms", round(slow * (0.6 + 0.8 * unit("init", function.name)), 2))


def _told(function: Function, field: str, otherwise: float) -> float:
    """What a tuning run of the function says, where one does."""
    return next((float(run[field]) for run in _runs() if run["file"].startswith(f"{function.name}.") and field in run), otherwise)


@cache
def _runs() -> list[dict[str, Any]]:
    story: dict[str, list[dict[str, Any]]] = tomllib.loads(story_text("tuning.toml"))
    return [run for runs in story.values() for run in runs]
