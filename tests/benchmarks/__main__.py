"""`python -m tests.benchmarks [--scale N] [--runs N]`: the explorer on a warm store, beside a minimal Textual app in the same minutes.

Times move by a factor of two with what else the machine does; ratios and bytes hold still. Exit 1 when a bar is missed.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import mean, median

from tests.benchmarks.measure import Measured, first_paint_of_minimal_ms, walk

Line = tuple[str, float, float, str]
"""What, measured, its bar, the unit."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--scale", type=int, default=10_000, help="rows a pane")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # compiling Textual at every start takes three times as long as starting it
    with tempfile.TemporaryDirectory(prefix="costtui-benchmarks-") as folder:
        command = [sys.executable, "-m", "costtui", "--demo", "--scale", str(options.scale), "--cache-dir", folder]
        subprocess.run([*command, "snapshot", "-o", str(Path(folder) / "all.toml")], check=True)
        walk(command)
        baselines, runs = [], []
        for _ in range(options.runs):
            baselines.append(first_paint_of_minimal_ms())
            runs.append(walk(command))
    missed = 0
    sys.stdout.write(f"{options.scale:,} rows, 120×40, {options.runs} runs\n")
    for what, value, bar, unit in _lines(median(baselines), runs):
        missed += value > bar
        sys.stdout.write(f"{'MISSED' if value > bar else 'ok':6}  {what:44}{value:10,.2f} {unit:3}  bar {bar:,}\n")
    return int(missed > 0)


def _lines(baseline: float, runs: list[Measured]) -> Iterator[Line]:
    first = median(run.first_row_ms for run in runs)
    yield f"first row ({first:.0f} ms) / minimal ({baseline:.0f} ms)", first / baseline, 1.5, "×"
    yield "cursor key inside the page, p95", median(run.in_page.p95_ms for run in runs), 50, "ms"
    yield "cursor key inside the page, median", median(size for run in runs for size in run.in_page.sizes), 600, "B"
    yield "cursor key with scrolling, p95", median(run.scrolling.p95_ms for run in runs), 50, "ms"
    yield "cursor key with scrolling, mean", mean(size for run in runs for size in run.scrolling.sizes), 1200, "B"
    yield "sort, median", median(time for run in runs for time in run.sort_ms), 150, "ms"
    yield "sort, slowest", max(time for run in runs for time in run.sort_ms), 150, "ms"
    yield "filter, median", median(time for run in runs for time in run.filter_ms), 150, "ms"
    yield "filter, slowest", max(time for run in runs for time in run.filter_ms), 150, "ms"
    yield "idle", median(run.idle_bytes for run in runs), 0, "B"
    yield "peak memory of the explorer", max(run.peak_mb for run in runs), 90, "MB"
    yield "quit", median(run.quit_ms for run in runs), 1000, "ms"


if __name__ == "__main__":
    sys.exit(main())
