"""Billing exports in a bucket of moto's server: priced, fetched within consent, kept by ETag, read as files are."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.command import answer, document, run, states
from tests.e2e.test_moto import Moto

BUCKET = "bills"
HEADER = (
    "BilledCost,EffectiveCost,ListCost,BillingCurrency,ChargeCategory,ChargePeriodStart,BillingPeriodStart,BillingPeriodEnd,"
    "ServiceName,Tags"
)
CONFIG = """
[customers]
tag = "customer"
[customers.billing]
source = "files"
paths = ["s3://bills/exports/"]
"""
EXPORT = "exports/focus"
PERIOD = "BILLING_PERIOD=2026-09"


class Bucket:
    """An export that keeps every delivery, as Data Exports does with CREATE_NEW_REPORT."""

    def __init__(self, moto: Moto, folder: Path) -> None:
        self.environment = moto.environment
        self._s3 = moto.client("s3")
        self._folder = folder
        (folder / "config.toml").write_text(CONFIG)
        self._s3.create_bucket(Bucket=BUCKET)

    def deliver(self, execution: str, *pieces: tuple[str, ...], manifest: bool = True) -> None:
        keys = []
        for number, charges in enumerate(pieces, 1):
            rows = [
                f'{cost},{cost},{cost},USD,Usage,2026-09-0{day},2026-09-01,2026-10-01,Web,"{{""customer"":""{who}""}}"'
                for day, charge in enumerate(charges, 1)
                for who, cost in [charge.split("=")]
            ]
            keys.append(f"{EXPORT}/data/{PERIOD}/{execution}/focus-0000{number}.csv")
            self._s3.put_object(Bucket=BUCKET, Key=keys[-1], Body="\n".join([HEADER, *rows]).encode())
        if manifest:
            body = json.dumps({"dataFiles": [f"s3://{BUCKET}/{key}" for key in keys]}).encode()
            self._s3.put_object(Bucket=BUCKET, Key=f"{EXPORT}/metadata/{PERIOD}/{execution}/focus-Manifest.json", Body=body)

    def show(self, *arguments: str) -> dict[str, Any]:
        config = ("--config", str(self._folder / "config.toml"))
        return document("show", "customers", *config, *arguments, cache=self._folder / "cache", env=self.environment)

    def refuses(self, *arguments: str) -> str:
        config = ("--config", str(self._folder / "config.toml"))
        done = run("show", "customers", *config, *arguments, cache=self._folder / "cache", env=self.environment)
        assert (done.returncode, done.stdout) == (1, "")
        return done.stderr

    @property
    def paid(self) -> int:
        """Paid requests of today, by costtui's own ledger."""
        words = answer("info", cache=self._folder / "cache").split("paid calls")[1].split()
        return int(words[0])

    @property
    def copies(self) -> set[str]:
        return {file.name for file in (self._folder / "cache" / "exports").rglob("*.csv")}

    def lose(self, name: str) -> None:
        self._s3.delete_object(Bucket=BUCKET, Key=f"{EXPORT}/data/{PERIOD}/{name}")

    def empty(self) -> None:
        for entry in self._s3.list_objects_v2(Bucket=BUCKET).get("Contents", ()):
            self._s3.delete_object(Bucket=BUCKET, Key=entry["Key"])
        self._s3.delete_bucket(Bucket=BUCKET)


@pytest.fixture(scope="module")
def moto() -> Iterator[Moto]:
    server = Moto()
    yield server
    server.stop()


@pytest.fixture
def bucket(moto: Moto, tmp_path: Path) -> Iterator[Bucket]:
    bucket = Bucket(moto, tmp_path)
    yield bucket
    bucket.empty()


def totals(shown: dict[str, Any]) -> dict[str, str]:
    return {row["id"]: row["total"] for row in shown["rows"]}


def detail(shown: dict[str, Any]) -> str:
    return next(str(source["detail"]) for source in shown["sources"] if source["name"] == "files")


def test_nothing_is_fetched_without_consent_and_the_price_is_said(bucket: Bucket) -> None:
    bucket.deliver("20260930-a", ("acme=1", "acme=2"))
    said = bucket.refuses()
    price = "fetching 1 billing file from S3, 0.1 MB (transfer is free inside the bucket's region), costs about $0.0000005"
    assert said.startswith(f"costtui: customers: files: {price}, and no budget is set: allow it with --budget")
    assert bucket.copies == set()


def test_the_newest_delivery_is_the_bill_fetched_once_and_kept(bucket: Bucket) -> None:
    bucket.deliver("20260929-a", ("acme=100", "acme=200"))
    bucket.deliver("20260930-b", ("acme=1", "globex=2"), ("acme=4",))
    shown = bucket.show("--budget", "0.01")
    assert totals(shown) == {"acme": "5", "globex": "2"}
    assert (shown["totals"]["residual"], shown["paid_calls"]["count"], bucket.paid) == ("0", 2, 2)
    assert shown["window"] == {"start": "2026-09-01", "end": "2026-10-01"}
    assert detail(shown).startswith(f"s3://bills/{EXPORT}/data/{PERIOD}/20260930-b/focus-00001.csv, FOCUS 1.0")
    again = bucket.show()
    assert (totals(again), again["paid_calls"]["count"], states(again)["files"]) == (totals(shown), 0, "fresh")
    assert totals(bucket.show("--offline")) == totals(shown)

    bucket.deliver("20261001-c", ("acme=8",), ("acme=4",))
    kept = bucket.show()
    assert (totals(kept), states(kept)["files"]) == (totals(shown), "stale")
    newer = bucket.show("--budget", "0.01")
    assert (totals(newer), bucket.paid) == ({"acme": "12"}, 4)
    assert bucket.copies == {"focus-00001.csv", "focus-00002.csv"}


def test_a_delivery_that_is_not_whole_yet_is_no_bill(bucket: Bucket) -> None:
    bucket.deliver("20260930-a", ("acme=1",), ("acme=2",))
    bucket.lose("20260930-a/focus-00002.csv")
    assert f"its newest manifest of {PERIOD} names 20260930-a/focus-00002.csv, which is not there" in bucket.refuses("--budget", "0.01")


def test_without_manifests_the_newest_folder_counts(bucket: Bucket) -> None:
    bucket.deliver("20260929-a", ("acme=100",), manifest=False)
    bucket.deliver("20260930-b", ("acme=1",), manifest=False)
    assert totals(bucket.show("--budget", "0.01")) == {"acme": "1"}
