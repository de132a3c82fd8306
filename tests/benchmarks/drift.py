"""`python -m tests.benchmarks.drift [--megabytes N] [--records N]`: a plan in which everything drifted, beside its bare JSON parse; and the
rows of many drifts, a fifth of them with 50 differences each.

Each reading is a process of its own, whose peak memory the kernel tells. Exit 1 when a bar is missed.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from costtui.config import parse
from costtui.domain.datasets import DriftReport
from costtui.domain.drift.records import Difference, DriftCoverage, DriftFinding, DriftRow, DriftTotals
from costtui.domain.loaded import PaneData
from costtui.domain.period import resolve
from costtui.panes import pane
from costtui.panes.drift.detail import detail
from costtui.panes.inputs import Inputs
from costtui.sources.terraform import read
from costtui.ui.view import TableView
from tests.benchmarks.drifted_plan import write_plan

Line = tuple[str, float, float, str]
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MANY, EVERY = 50, 5
"""Differences of a row in so many; the others have one."""
Data = PaneData[DriftRow, DriftTotals]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.drift", description=__doc__)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--alone", nargs=2, metavar=("WHAT", "PATH"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        return _alone(*options.alone)
    missed = 0
    for what, value, bar, unit in (*_plan(options.megabytes, options.runs), *_rows(options.records)):
        missed += value > bar
        sys.stdout.write(f"{'MISSED' if value > bar else 'ok':6}  {what:64}{value:10,.2f} {unit:3}  bar {bar:,}\n")
    return int(missed > 0)


def _plan(megabytes: int, runs: int) -> Iterator[Line]:
    with tempfile.TemporaryDirectory(prefix="costtui-benchmarks-") as folder:
        path = Path(folder) / "plan.json"
        resources = write_plan(path, megabytes * 1_000_000)
        size = path.stat().st_size
        pairs = [[_apart(what, path) for what in ("parse", "read")] for _ in range(runs)]
    parsed, seconds = (median(pair[which]["seconds"] for pair in pairs) for which in (0, 1))
    ratio = median(reading["seconds"] / parse["seconds"] for parse, reading in pairs)
    yield f"plan of {size / 1e6:.0f} MB, {resources:,} drifts ({seconds:.1f} s) / its JSON parse ({parsed:.1f} s)", ratio, 6, "×"
    yield "peak memory of reading it / its size", max(reading["peak"] for _, reading in pairs) / size, 4, "×"


def _apart(what: str, path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.drift", "--alone", what, str(path)]
    told: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return told


def _alone(what: str, path: str) -> int:
    """CPU seconds and peak bytes of one reading."""
    work: Callable[[Path], Any] = read if what == "read" else lambda file: json.loads(file.read_bytes())
    began = time.process_time()
    work(Path(path))
    seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    sys.stdout.write(json.dumps({"seconds": seconds, "peak": peak}))
    return 0


def _rows(records: int) -> Iterator[Line]:
    spec = pane("drift")
    report = DriftReport([_finding(number) for number in range(records)], DriftCoverage("plan.json", records, 0))
    inputs = Inputs(resolve("7d", NOW), NOW, parse("", name="config.toml", base=Path()), {"terraform-drift": [report]}, [], [])
    stored = msgspec.msgpack.encode(spec.build(inputs))
    decoder = msgspec.msgpack.Decoder(Data)
    yield f"{records:,} rows in the store", len(stored) / 1e6, 10, "MB"
    yield "read them", _median_ms(lambda: decoder.decode(stored)), 100, "ms"
    data = decoder.decode(stored)
    view = TableView(spec)
    yield "open", _median_ms(lambda: view.show(data)), 150, "ms"
    for column in spec.columns:
        yield f"sort by {column.title}", _median_ms(partial(view.sort_by, column, reverse=True)), 150, "ms"
    yield "first filter", _median_ms(lambda: view.filter_by("10.7.3"), runs=1), 150, "ms"
    yield "filter", _median_ms(lambda: view.filter_by("10.7")), 150, "ms"
    yield f"detail of {MANY} differences", _median_ms(lambda: detail(data.rows[0], data)), 150, "ms"


def _finding(number: int) -> DriftFinding:
    count = 1 if number % EVERY else MANY
    differences = [Difference(f"/ingress/{index}", None, _rule(index, number), "add") for index in range(count)]
    return DriftFinding(
        "terraform",
        "plan.json",
        f"aws_security_group.r{number:05}",
        "aws_security_group",
        f"sg-{number:017x}",
        "111122223333",
        "us-east-1",
        "drifted",
        differences,
        tags={"team": "search"},
    )


def _rule(index: int, number: int) -> str:
    rule = {"protocol": "tcp", "from_port": index, "to_port": index, "description": "", "self": False}
    return json.dumps({**rule, "cidr_blocks": [f"10.{index}.{number % 250}.0/24"], "ipv6_cidr_blocks": [], "security_groups": []})


def _median_ms(work: Callable[[], object], runs: int = 5) -> float:
    found = []
    for _ in range(runs):
        began = time.process_time()
        work()
        found.append((time.process_time() - began) * 1000)
    return median(found)


if __name__ == "__main__":
    sys.exit(main())
