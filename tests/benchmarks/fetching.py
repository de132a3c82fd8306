"""`python -m tests.benchmarks.fetching [--functions N] [--runs N]`: a first fetch of many functions, 50 ms away from their account.

Whatever is in the way of the pages is seen beside the bare chain of pages, asked of the same server just before. Exit 1 when a bar is
missed.
"""

import argparse
import contextlib
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import NamedTuple

import pytest

from costtui.domain.datasets import Batch
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.aws.functions import Functions
from costtui.sources.aws.usage import FunctionUsage
from costtui.sources.bridge import Pacer
from costtui.sources.port import Request
from tests.benchmarks.measure import Keys, keys_of
from tests.benchmarks.slow_cloud import LATENCY
from tests.e2e.terminal import Terminal
from tests.fakes.aws_account import Meter

LIST = "/2015-03-31/functions"
KEYS = 30
METRICS_PER_CALL = 500
CALLS = 10
CONFIG = """
[aws]
profiles = [""]
regions = ["us-east-1"]
[budget]
paid_calls_usd_per_day = "100"
"""

Line = tuple[str, float, float, str]


class Logged(NamedTuple):
    """One line of the server's log."""

    came: float
    operation: str
    size: int
    points: int


class Fetched(NamedTuple):
    """One start from an empty cache in the explorer, and a second one."""

    floor: float
    whole: float
    """Seconds from the first page's request to the last answer of CloudWatch's daily sums."""
    first_row: float
    """Seconds from the first page's request to a row on the screen."""
    keys: Keys
    idle: Keys
    again: list[Logged]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.fetching", description=__doc__)
    parser.add_argument("--functions", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    runs = [_run(options.functions) for _ in range(options.runs)]
    missed = 0
    sys.stdout.write(f"{options.functions:,} functions × 4 metrics × 30 days, {LATENCY * 1000:.0f} ms away, {options.runs} runs\n")
    for what, value, bar, unit in _lines(runs):
        missed += value > bar
        sys.stdout.write(f"{'MISSED' if value > bar else 'ok':6}  {what:64}{value:10,.2f} {unit:3}  bar {bar:,}\n")
    return int(missed > 0)


def _lines(runs: list[Fetched]) -> Iterator[Line]:
    floor = median(run.floor for run in runs)
    whole = median(run.whole for run in runs)
    yield (
        f"pages and metrics ({whole:.1f} s) / chain of pages alone ({floor:.1f} s)",
        median(run.whole / run.floor for run in runs),
        1.4,
        "×",
    )
    yield "first row on the screen, after the first page was asked for", median(run.first_row for run in runs) / LATENCY, 3, "lat"
    idle, busy = (median(keys.p95_ms for keys in found) for found in ([run.idle for run in runs], [run.keys for run in runs]))
    yield f"cursor key while fetching, p95 ({busy:.1f} ms) / idle ({idle:.1f} ms)", busy / idle, 3, "×"
    points = max((request.points for run in runs for request in run.again if request.operation == "GetMetricData"), default=0)
    yield "days that a second start asks CloudWatch for", points, 1, "d"
    with _served(METRICS_PER_CALL // 4) as port:
        for days in (1, 30):
            yield f"CPU of a call of {METRICS_PER_CALL} metrics, {days} points each", _call_ms(port, days), 30, "ms"


def _run(functions: int) -> Fetched:
    with _served(functions) as port, tempfile.TemporaryDirectory(prefix="costtui-benchmarks-") as folder:
        config = Path(folder) / "config.toml"
        config.write_text(CONFIG, encoding="utf-8")
        environment = _environment(port)
        command = [sys.executable, "-m", "costtui", "--config", str(config), "--cache-dir", folder]
        floor = _chain(port)
        began = len(_log(port))
        with Terminal(command, env=environment) as terminal:
            terminal.wait("Functions")
            while "▸1" not in terminal.text:  # a key before the first frame is nobody's
                terminal.press("1")
            seen = terminal.wait(r"function-\d{5}")
            row = time.time() - (time.perf_counter() - terminal.started - seen)
            keys = keys_of([terminal.press("down") for _ in range(KEYS)])
            terminal.wait("fetching", gone=True, seconds=120)
            idle = keys_of([terminal.press("up") for _ in range(KEYS)])
            terminal.send("q")
            terminal.exit_code(5)
        requests = _log(port)[began:]
        pages = [request for request in requests if request.operation == LIST]
        metrics = [request for request in requests if request.operation == "GetMetricData" and request.points > 1]
        assert sum(request.size for request in metrics) == 4 * functions
        whole = max(request.came for request in metrics) + LATENCY - pages[0].came
        with Terminal(command, env=environment) as terminal:
            terminal.wait("fetching", gone=True, seconds=60)
            terminal.send("q")
            terminal.exit_code(5)
        return Fetched(floor, whole, row - pages[0].came, keys, idle, _log(port)[began + len(requests) :])


def _environment(port: int) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def _call_ms(port: int, days: int) -> float:
    """CPU of this process for one full call of CloudWatch, and for making records of its answer; the best of some."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in _environment(port).items():
            patch.setenv(name, value)
        cloud = AwsCloud(Meter(), Pacer(), profiles=[""], regions=["us-east-1"], prompt=lambda _: "")
        listed, usage = Functions(cloud), FunctionUsage(cloud)
        (scope,) = usage.scopes()
        functions = [
            record for item in listed.fetch(Request(scope, datetime.now(UTC))) if isinstance(item, Batch) for record in item.records
        ]
        asked = [datetime.now(UTC).date() - timedelta(number) for number in range(days, 0, -1)]
        request = Request(scope, datetime.now(UTC), asked, {"functions": functions})
        spent = []
        for _ in range(CALLS):
            before = time.process_time()
            assert sum(len(item.records) for item in usage.fetch(request) if isinstance(item, Batch)) == days * len(functions)
            spent.append(time.process_time() - before)
        return min(spent) * 1000


@contextlib.contextmanager
def _served(functions: int) -> Iterator[int]:
    """The port of an account that is 50 ms away."""
    command = [sys.executable, "-m", "tests.benchmarks.slow_cloud", str(functions)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.terminate()


def _chain(port: int) -> float:
    """Seconds that the pages take one after another, without anything else."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    began = time.perf_counter()
    marker: str | None = ""
    while marker is not None:
        connection.request("GET", f"{LIST}?Marker={marker}" if marker else LIST)
        found = re.search(rb'"NextMarker": "(\d+)"', connection.getresponse().read())
        marker = found[1].decode() if found else None
    return time.perf_counter() - began


def _log(port: int) -> list[Logged]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/log")
    return [Logged(*line) for line in json.loads(connection.getresponse().read())]


if __name__ == "__main__":
    sys.exit(main())
