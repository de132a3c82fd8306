"""The company's tuning runs as files: outputs and URLs of aws-lambda-power-tuning, a CSV, REPORT logs."""

import base64
import json
import os
import struct
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from costtui.sources.demo.company import story_text
from costtui.sources.demo.seed import hexadecimal
from costtui.sources.demo.world import World

SITE = "https://lambda-power-tuning.show/#"
TOOL_RATE = 2.1e-9
"""What the tool takes for 128 MB and a millisecond on x86_64."""
WOBBLE = (-4, -3, -2, -1, 0, 0, 1, 2, 3, 4)
"""Thousandths by which the calls of a log differ from their mean."""


def tuning_files(world: World) -> dict[str, bytes]:
    """Content by file name, of the functions that this world has."""
    names = {function.name for function in world.functions}
    story: dict[str, list[dict[str, Any]]] = tomllib.loads(story_text("tuning.toml"))
    return {
        run["file"]: WRITERS[kind](run).encode() for kind, runs in story.items() for run in runs if run["file"].partition(".")[0] in names
    }


def write_tuning_files(world: World, folder: Path) -> None:
    """Write them once, all or none: another run may be doing the same."""
    if folder.exists():
        return
    half = folder.with_suffix(f".{os.getpid()}")
    half.mkdir(mode=0o700, parents=True)
    for name, content in tuning_files(world).items():
        (half / name).write_bytes(content)
    try:
        half.replace(folder)
    except OSError:  # the other run was faster
        for file in half.iterdir():
            file.unlink()
        half.rmdir()


def _sizes(run: dict[str, Any]) -> list[tuple[int, int]]:
    return [(int(size), ms) for size, ms in run["ms"].items()]


def _output(run: dict[str, Any]) -> str:
    stats = [{"value": size, "averagePrice": ms * TOOL_RATE * size / 128, "averageDuration": ms} for size, ms in _sizes(run)]
    best = min(stats, key=lambda one: one["averagePrice"])
    return json.dumps({"power": best["value"], "cost": best["averagePrice"], "duration": best["averageDuration"], "stats": stats}, indent=1)


def _url(run: dict[str, Any]) -> str:
    sizes = _sizes(run)
    parts = (
        ("h", [size for size, _ in sizes]),
        ("f", [ms for _, ms in sizes]),
        ("f", [ms * run["tool_rate"] * size / 128 for size, ms in sizes]),
    )
    packed = (base64.b64encode(struct.pack(f"<{len(sizes)}{code}", *values)).decode() for code, values in parts)
    return f"[InternetShortcut]\nURL={SITE}{';'.join(packed)}\n"


def _csv(run: dict[str, Any]) -> str:
    return "memory_mb,duration_ms,init_ms\n" + "".join(f"{size},{ms},{run['init_ms']}\n" for size, ms in _sizes(run))


def _log(run: dict[str, Any]) -> str:
    return "\n".join(_lines(run)) + "\n"


def _lines(run: dict[str, Any]) -> Iterator[str]:
    for size, mean in _sizes(run):
        for call in range(run["calls"]):
            ms = mean * (1000 + WOBBLE[call % len(WOBBLE)]) // 1000
            request = hexadecimal(32, run["file"], size, call)
            # Cold starts are spread over the log, as they are over a night.
            cold = call * run["cold"] // run["calls"] != (call + 1) * run["cold"] // run["calls"]
            init = f"\tInit Duration: {run['init_ms']}.00 ms" if cold else ""
            billed = ms + (run["init_ms"] if cold else 0)
            memory = f"Memory Size: {size} MB\tMax Memory Used: {run['used_mb'] - call % 7} MB"
            yield f"START RequestId: {request} Version: $LATEST"
            yield f"REPORT RequestId: {request}\tDuration: {ms}.00 ms\tBilled Duration: {billed} ms\t{memory}{init}"


WRITERS: dict[str, Callable[[dict[str, Any]], str]] = {"output": _output, "url": _url, "csv": _csv, "log": _log}
