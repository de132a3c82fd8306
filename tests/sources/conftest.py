"""One served account for a module; each test starts with a fresh meter, and without faults."""

from collections.abc import Iterator

import pytest

from costtui.sources.demo import World
from tests.fakes.aws_account import Here
from tests.fakes.demo import PROD, function
from tests.fakes.http_cloud import HttpCloud, served


@pytest.fixture(scope="module")
def server() -> Iterator[HttpCloud]:
    world = World(extra_functions=tuple(function(f"extra-{number:03}") for number in range(120)))
    with served(world, PROD) as running:
        yield running


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, server: HttpCloud) -> Here:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.0)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    server.world.faults.clear()
    server.calls.clear()
    return Here(server, monkeypatch)
