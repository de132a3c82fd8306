"""A network that answers every request with a page of its own, which botocore takes for an empty answer."""

from pathlib import Path

import pytest

from costtui.sources.demo import World
from costtui.sources.demo.faults import Malformed
from tests.e2e.command import run
from tests.fakes.http_cloud import served

KEYS = {"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}


@pytest.mark.parametrize("form", ["json", "table"])
def test_it_is_told_from_an_account_without_functions(form: str, tmp_path: Path) -> None:
    with served(World()) as cloud:
        cloud.world.faults["lambda", "ListFunctions"] = Malformed()
        environment = {"AWS_ENDPOINT_URL": cloud.url, **KEYS}
        done = run("show", "functions", "--format", form, cache=tmp_path, env=environment)
    assert (done.returncode, done.stdout) == (1, "")
    sentence = "the answer is not from AWS: a proxy or a sign-in page may stand in between: check HTTPS_PROXY and the endpoint"
    assert done.stderr == f"costtui: functions: aws.lambda: us-east-1: {sentence}\n"
