"""The functions pane against a cloud that is not ours: moto's server on 127.0.0.1, found by AWS_ENDPOINT_URL as by every AWS tool."""

import io
import json
import re
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.e2e.command import answer, document, run, states

FUNCTIONS = 120
CALLS, AVERAGE_MS, MEMORY_MB = 1_000_000, 200, 512
"""Of one function on one day."""
BUDGET = ("--budget", "0.10")


class Moto:
    """A server in a process of its own."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("moto's server did not start")

    @property
    def environment(self) -> dict[str, str]:
        keys = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
        return {"AWS_ENDPOINT_URL": self.url, "AWS_REGION": "us-east-1", **keys}

    def client(self, service: str) -> Any:
        keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        return boto3.client(service, region_name="us-east-1", endpoint_url=self.url, **keys)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


def _seed(moto: Moto) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as code:
        code.writestr("main.py", "def handler(event, context): pass")
    role = moto.client("iam").create_role(RoleName="worker", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    functions = moto.client("lambda")
    for number in range(FUNCTIONS):
        functions.create_function(
            FunctionName=f"worker-{number:03}",
            Runtime="python3.12",
            Role=role,
            Handler="main.handler",
            Code={"ZipFile": archive.getvalue()},
            MemorySize=MEMORY_MB,
            Tags={"team": "search", "env": "prod"},
        )
    yesterday = datetime.now(UTC) - timedelta(1)
    sums = {"Invocations": CALLS, "Duration": CALLS * AVERAGE_MS, "Errors": 0, "Throttles": 0}
    points = [
        {"MetricName": name, "Dimensions": [{"Name": "FunctionName", "Value": "worker-007"}], "Timestamp": yesterday, "Value": value}
        for name, value in sums.items()
    ]
    moto.client("cloudwatch").put_metric_data(Namespace="AWS/Lambda", MetricData=points)


@pytest.fixture(scope="module")
def moto() -> Iterator[Moto]:
    server = Moto()
    _seed(server)
    yield server
    server.stop()


def names(shown: dict[str, Any]) -> set[str]:
    return {row["name"] for row in shown["rows"]}


ALL = {f"worker-{number:03}" for number in range(FUNCTIONS)}


def test_without_a_budget_the_list_is_there_without_costs_and_says_why(moto: Moto, tmp_path: Path) -> None:
    shown = document("show", "functions", cache=tmp_path, env=moto.environment)
    assert (len(shown["rows"]), names(shown)) == (FUNCTIONS, ALL)
    assert {row["cost"]["total"] for row in shown["rows"]} == {None}
    assert shown["totals"]["cost"] is None
    assert shown["paid_calls"] == {"count": 0, "usd": "0"}
    told = next(source for source in shown["sources"] if source["name"] == "aws.cloudwatch")
    assert told["state"] == "failed"
    assert re.fullmatch(r"30 days of 120 functions costs about \$0\.\d+, and no budget is set: allow it with --budget .*", told["detail"])


def test_with_a_budget_what_cloudwatch_knows_is_priced_and_the_rest_stays_unknown(moto: Moto, tmp_path: Path) -> None:
    shown = document("show", "functions", *BUDGET, cache=tmp_path, env=moto.environment)
    assert (len(shown["rows"]), names(shown)) == (FUNCTIONS, ALL)
    assert set(states(shown).values()) <= {"fresh", "not-configured"}
    assert shown["paid_calls"]["count"] > 0
    busy, *idle = sorted(shown["rows"], key=lambda row: row["name"] != "worker-007")
    assert (busy["invocations"], busy["duration_avg_ms"], busy["team"], busy["environment"]) == (CALLS, str(AVERAGE_MS), "search", "prod")
    assert busy["billed_gb_seconds"] == "100000"
    assert busy["cost"]["requests"] == "0.2"
    assert busy["cost"]["duration"] == "1.66667"
    assert {(row["invocations"], row["cost"]["total"]) for row in idle} == {(None, None)}


def test_a_budget_that_is_too_small_is_not_spent(moto: Moto, tmp_path: Path) -> None:
    shown = document("show", "functions", "--budget", "0.0001", cache=tmp_path, env=moto.environment)
    assert len(shown["rows"]) == FUNCTIONS
    assert shown["paid_calls"] == {"count": 0, "usd": "0"}
    assert states(shown)["aws.cloudwatch"] == "failed"


@pytest.fixture(scope="module")
def cut_off(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str], dict[str, Any]]:
    """A cache that was filled, the environment that it was filled from, and what was shown then. The server is gone."""
    cache = tmp_path_factory.mktemp("cut-off")
    server = Moto()
    try:
        _seed(server)
        before = document("show", "functions", *BUDGET, cache=cache, env=server.environment)
    finally:
        server.stop()
    return cache, server.environment, before


def test_offline_shows_the_same_rows_and_calls_every_source_stale(cut_off: tuple[Path, dict[str, str], dict[str, Any]]) -> None:
    cache, environment, before = cut_off
    after = document("--offline", "show", "functions", cache=cache, env=environment)
    assert after["rows"] == before["rows"]
    asked = {name for name, state in states(before).items() if state == "fresh"}
    assert len(asked) >= 4
    assert {states(after)[name] for name in asked} == {"stale"}
    assert [source["as_of"] for source in after["sources"]] == [source["as_of"] for source in before["sources"]]
    assert after["paid_calls"] == {"count": 0, "usd": "0"}


def test_a_refresh_that_fails_keeps_the_rows(cut_off: tuple[Path, dict[str, str], dict[str, Any]]) -> None:
    cache, environment, before = cut_off
    after = json.loads(run("show", "functions", "--refresh", "--format", "json", cache=cache, env=environment).stdout)
    assert names(after) == names(before) == ALL
    assert states(after)["aws.lambda"] == "stale"


@pytest.mark.parametrize("words", [("show", "functions"), ("show", "functions", "--format", "table"), ("--offline", "show", "functions")])
def test_neither_cache_nor_server_is_one_line_and_exit_1(words: tuple[str, ...], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    environment = {"AWS_ENDPOINT_URL": url, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    done = run(*words, cache=tmp_path, env=environment)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"costtui: functions: aws\.lambda: [^\n]+\n", done.stderr)


def test_the_table_says_the_reason_below_itself(moto: Moto, tmp_path: Path) -> None:
    table = answer("show", "functions", "--format", "table", cache=tmp_path, env=moto.environment).splitlines()
    assert sum(line.startswith("worker-") for line in table) == FUNCTIONS
    assert table[-2].startswith("aws.cloudwatch: 30 days of 120 functions costs about $")
    assert table[-1].startswith("aws.cost-explorer.lambda: Lambda's bill of 30 days by usage type costs about $0.01")
