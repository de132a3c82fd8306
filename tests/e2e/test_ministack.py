"""Drift that a cloud really finds: ministack compares a stack's queues with its template, as CloudFormation does.

It lives in a virtual environment of its own, since it pins botocore; `COSTTUI_MINISTACK` names its executable where there is one already.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from costtui.domain.datasets import Batch
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.aws.stack_detection import StackDetections
from costtui.sources.bridge import Pacer
from costtui.sources.port import Request
from tests.e2e.command import document
from tests.fakes.aws_account import Meter
from tests.fakes.own_venv import installed

VERSION = "1.5.33"
KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1"}
QUEUES = {"Orders": "orders", "Quiet": "quiet", "Gone": "gone"}
TEMPLATE = {
    "Resources": {
        name: {
            "Type": "AWS::SQS::Queue",
            "Properties": {"QueueName": queue, "VisibilityTimeout": 30},
            "Metadata": {"aws:cdk:path": f"Shop/{name}/Resource"},
        }
        for name, queue in QUEUES.items()
    }
}


def _executable(folder: Path) -> str:
    """Installed into `folder`, or skipped with the reason."""
    if known := os.environ.get("COSTTUI_MINISTACK"):
        return known
    return str(installed(folder, f"ministack=={VERSION}") / "ministack")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if sys.platform == "win32":
        pytest.skip("ministack runs on POSIX systems")
    executable = _executable(tmp_path_factory.mktemp("ministack"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    here = {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "IOT_MTLS_ENABLED": "0"}
    process = subprocess.Popen([executable], env={**os.environ, **here}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    for _ in range(300):
        if process.poll() is not None:
            pytest.fail(f"ministack ended with status {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("ministack did not answer within 30 seconds")


def client(url: str, service: str) -> Any:
    return boto3.client(service, region_name="us-east-1", endpoint_url=url, aws_access_key_id="testing", aws_secret_access_key="testing")


def alter(url: str) -> None:
    """Behind CloudFormation's back: one queue changed, one deleted, one left alone."""
    sqs = client(url, "sqs")
    orders = sqs.get_queue_url(QueueName="orders")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=orders, Attributes={"VisibilityTimeout": "300"})
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName="gone")["QueueUrl"])


def detect(subject: str) -> list[str]:
    cloud = AwsCloud(Meter(), Pacer(unlimited=True), profiles=[""], regions=["us-east-1"], prompt=lambda _question: "")
    source = StackDetections(cloud, wanted=True)
    request = Request(source.scopes()[0], datetime.now(UTC), subjects=(subject,))
    assert source.price(request).words == "drift of 1 stack with 3 resources"
    return [record.outcome for item in source.fetch(request) if isinstance(item, Batch) for record in item.records]


def test_what_was_altered_behind_the_template_is_shown_and_nothing_else(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {**KEYS, "AWS_ENDPOINT_URL": url}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    client(url, "cloudformation").create_stack(StackName="shop", TemplateBody=json.dumps(TEMPLATE))
    client(url, "cloudformation").get_waiter("stack_create_complete").wait(StackName="shop", WaiterConfig={"Delay": 1})
    before = document("show", "drift", cache=tmp_path / "before", env=environment)
    assert [(row["address"], row["status"]) for row in before["rows"]] == [("shop", "unknown")]
    assert (before["totals"]["checked"], before["totals"]["unchecked"]) == (0, 3)

    alter(url)
    assert detect("000000000000/us-east-1/shop") == ["complete"]

    after = document("show", "drift", cache=tmp_path / "after", env=environment)
    assert {row["address"]: row["status"] for row in after["rows"]} == {"Orders": "drifted", "Gone": "deleted"}
    (orders,) = (row for row in after["rows"] if row["address"] == "Orders")
    assert [(one["path"], one["expected"], one["actual"]) for one in orders["differences"]] == [("/VisibilityTimeout", "30", "300")]
    assert orders["construct"] == "Shop/Orders/Resource"
    assert (after["totals"]["reported"], after["totals"]["real"], after["totals"]["checked"], after["totals"]["unchecked"]) == (2, 2, 3, 0)
