"""The accounts of an organization, over real boto3 and moto's own server: names, exclusions, roles, and what is remembered."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import boto3
import httpx
import pytest
from moto.server import ThreadedMotoServer

from costtui.config import Aws
from costtui.domain.problems import SourceError
from costtui.sources.aws.accounts import Accounts
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.aws.members import Member, Memory
from costtui.sources.bridge import Pacer
from costtui.sources.port import Request
from tests.conftest import NOW

ROLE = "arn:aws:iam::{account}:role/costtui-read-only"


class Meter:
    """Nothing here costs anything."""

    def afford(self, source: str, usd: Decimal, what: str) -> None:
        raise AssertionError((source, usd, what))

    def charge(self, source: str, operation: str, usd: Decimal) -> None:
        assert not usd, (source, operation)

    def covered(self, source: str, operation: str, usd: Decimal) -> None:
        raise AssertionError((source, operation, usd))

    def settle(self, source: str, operation: str, usd: Decimal) -> None:
        raise AssertionError((source, operation, usd))


@pytest.fixture
def organization(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Account numbers by name of an organization on a server of its own."""
    server = ThreadedMotoServer("127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in (
        ("ENDPOINT_URL", f"http://{host}:{port}"),
        ("ACCESS_KEY_ID", "x"),
        ("SECRET_ACCESS_KEY", "x"),
        ("REGION", "us-east-1"),
    ):
        monkeypatch.setenv(f"AWS_{name}", value)
    httpx.post(f"http://{host}:{port}/moto-api/reset")  # what moto knows belongs to the process, not to the server
    client = boto3.client("organizations", region_name="us-east-1")
    client.create_organization(FeatureSet="ALL")
    numbers = {}
    for name in ("shop", "sandbox-maria", "data", "shop-two"):
        status = client.create_account(AccountName=name, Email=f"{name}@example.com")["CreateAccountStatus"]
        numbers[name] = status["AccountId"]
    yield numbers
    server.stop()


def cloud(kept: list[list[Member]], *, offline: bool = False, **settings: Any) -> AwsCloud:
    def recall() -> list[Member] | None:
        return kept[-1] if kept else None

    memory = Memory(recall, kept.append, offline=offline)
    aws = Aws(organization=True, role=ROLE, **settings)
    return AwsCloud(Meter(), Pacer(), profiles=[""], regions=["us-east-1"], prompt=str, organization=(aws, memory))


def test_every_active_account_is_looked_into_but_the_excluded(organization: dict[str, str]) -> None:
    kept: list[list[Member]] = []
    everywhere = cloud(kept, exclude_accounts=["sandbox-*", organization["data"]])
    assert sorted(everywhere.profiles) == ["", "shop", "shop-two"]
    assert [member.role for member in kept[0] if member.name == "shop"] == [ROLE.format(account=organization["shop"])]


def test_each_account_answers_for_itself(organization: dict[str, str]) -> None:
    source = Accounts(cloud([]))
    found = {scope.profile: next(iter(source.fetch(Request(scope, NOW)))) for scope in source.scopes()}
    names = {batch.records[0].name: batch.records[0].id for batch in found.values()}  # type: ignore[union-attr]
    assert {name: names[name] for name in organization} == organization


@pytest.mark.usefixtures("organization")
def test_offline_the_accounts_are_those_that_were_seen_last() -> None:
    kept: list[list[Member]] = []
    online = cloud(kept).profiles
    assert cloud(kept, offline=True).profiles == online
    assert cloud([], offline=True).profiles == [""]


def test_an_organization_that_does_not_answer_is_said_so_or_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with pytest.raises(SourceError):
        _ = cloud([]).profiles
    assert cloud([[Member("1", "shop", "r")]]).profiles == ["", "shop"]
