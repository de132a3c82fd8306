"""Plans in S3, over real boto3 and a local server that speaks S3's XML."""

import hashlib
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from costtui.config import parse
from costtui.domain.datasets import Batch, DriftReport
from costtui.domain.problems import Problem, SourceError
from costtui.fetcher import assembly
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.aws.stored_plans import StoredPlans
from costtui.sources.bridge import Pacer
from costtui.sources.files import TerraformPlans
from costtui.sources.port import Request

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


def plan(address: str, **more: Any) -> bytes:
    entry = {"address": address, "mode": "managed", "type": "aws_x", "name": "y", "change": {"actions": ["delete"], "before": {"id": "1"}}}
    return json.dumps({"format_version": "1.2", "resource_drift": [entry], **more}).encode()


class Bucket:
    """Objects by key, one a page of the list."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                url = urlsplit(self.path)
                query = parse_qs(url.query)
                status, body = (200, outer.listed(query)) if "list-type" in query else outer.got(unquote(url.path).split("/", 2)[2])
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def listed(self, query: dict[str, list[str]]) -> bytes:
        keys = sorted(key for key in self.objects if key.startswith(query.get("prefix", [""])[0]))
        at = int(query.get("continuation-token", ["0"])[0])
        contents = "".join(
            f"<Contents><Key>{key}</Key><LastModified>2026-11-19T08:00:00.000Z</LastModified>"
            f'<ETag>"{hashlib.md5(self.objects[key]).hexdigest()}"</ETag><Size>{len(self.objects[key])}</Size></Contents>'
            for key in keys[at : at + 1]
        )
        more = f"<NextContinuationToken>{at + 1}</NextContinuationToken>" if at + 1 < len(keys) else ""
        return f'<?xml version="1.0"?><ListBucketResult xmlns="{NAMESPACE}">{contents}{more}</ListBucketResult>'.encode()

    def got(self, key: str) -> tuple[int, bytes]:
        if key in self.objects:
            return 200, self.objects[key]
        return 403, b'<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>'


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    made = Bucket()
    for name, value in (
        ("ENDPOINT_URL", f"http://127.0.0.1:{made.server.server_port}"),
        ("ACCESS_KEY_ID", "k"),
        ("SECRET_ACCESS_KEY", "s"),
    ):
        monkeypatch.setenv(f"AWS_{name}", value)
    yield made
    made.server.shutdown()
    made.server.server_close()


class Meter:
    def afford(self, source: str, usd: Any, what: str) -> None: ...

    def charge(self, source: str, operation: str, usd: Any) -> None: ...

    settle = covered = charge


def cloud() -> AwsCloud:
    return AwsCloud(Meter(), Pacer(unlimited=True), profiles=[""], regions=["us-east-1"], prompt=lambda _question: "")


def ask(pattern: str, **more: Any) -> tuple[list[Batch], list[Problem]]:
    source = StoredPlans(cloud(), pattern)
    items = list(source.fetch(Request(source.scopes()[0], NOW, **more)))
    return [item for item in items if isinstance(item, Batch)], [item for item in items if isinstance(item, Problem)]


def addresses(batches: list[Batch]) -> list[tuple[str, str]]:
    reports = [record for batch in batches for record in batch.records if isinstance(record, DriftReport)]
    return [(report.coverage.scope, finding.address) for report in reports for finding in report.findings]


def test_every_object_that_the_pattern_names_is_read_and_no_other(bucket: Bucket) -> None:
    for key in ("plans/prod/a.json", "plans/prod/b.json", "plans/prod/b.txt", "other/c.json"):
        bucket.objects[key] = plan(f"aws_x.{key[-6]}")
    batches, problems = ask("s3://pipeline/plans/*.json")
    assert (addresses(batches), problems) == ([("a.json", "aws_x.a"), ("b.json", "aws_x.b")], [])
    assert not any("b.txt" in path or "other" in path for path in bucket.asked if "list-type" not in path)


def test_plans_of_one_name_are_told_apart_by_their_folders(bucket: Bucket) -> None:
    for key in ("plans/x/prod/p.json", "plans/y/prod/p.json", "plans/stage/p.json", "plans/own.json"):
        bucket.objects[key] = plan("aws_x.a")
    batches, problems = ask("s3://pipeline/plans/*.json")
    names = sorted(scope for scope, _ in addresses(batches))
    assert (names, problems) == (["own.json", "stage/p.json", "x/prod/p.json", "y/prod/p.json"], [])


def test_a_plan_is_as_old_as_it_says_or_as_its_object(bucket: Bucket) -> None:
    bucket.objects = {"a.json": plan("aws_x.a", timestamp="2026-11-18T07:00:00Z"), "b.json": plan("aws_x.b")}
    batches, _ = ask("s3://pipeline/*.json")
    assert [batch.as_of for batch in batches] == [datetime(2026, 11, 18, 7, tzinfo=UTC), datetime(2026, 11, 19, 8, tzinfo=UTC)]


def test_one_that_cannot_be_read_is_named_and_the_others_are_shown(bucket: Bucket) -> None:
    bucket.objects = {"a.json": b"PK", "b.json": plan("aws_x.b")}
    batches, problems = ask("s3://pipeline/*.json")
    assert addresses(batches) == [("b.json", "aws_x.b")]
    assert [(problem.where, problem.what) for problem in problems] == [("s3://pipeline/a.json", "this is a binary plan")]


def test_an_object_without_permission_says_which(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket.objects = {"a.json": plan("aws_x.a")}
    monkeypatch.setattr(bucket, "got", lambda _key: Bucket.got(bucket, "nothing"))
    batches, problems = ask("s3://pipeline/a.json")
    assert (batches, [problem.kind for problem in problems]) == ([], ["denied"])


def test_a_pattern_that_names_nothing_is_an_error(bucket: Bucket) -> None:
    bucket.objects = {"a.json": plan("aws_x.a")}
    with pytest.raises(SourceError, match=r"\(s3://pipeline/b.json\): no such object"):
        ask("s3://pipeline/b.json")


def test_a_pattern_of_the_configuration_is_a_path_or_a_bucket() -> None:
    settings = parse("[drift]\nterraform = ['s3://b/p.json', 'infra/p.json']", name="config.toml", base=Path())
    plans = [assembly._plans(cloud(), settings, pattern) for pattern in settings.drift.terraform]
    assert [type(source) for source in plans] == [StoredPlans, TerraformPlans]
    assert plans[0].name == "terraform:s3://b/p.json"


def test_a_plan_of_the_same_etag_is_not_fetched_again(bucket: Bucket) -> None:
    bucket.objects = {"a.json": plan("aws_x.a"), "b.json": plan("aws_x.b", timestamp="2026-11-18T07:00:00Z")}
    first, _ = ask("s3://pipeline/*.json")
    stored = [record for batch in first for record in batch.records]
    bucket.objects["a.json"] = plan("aws_x.new")
    bucket.asked.clear()
    again, _ = ask("s3://pipeline/*.json", known=lambda: stored)
    assert addresses(again) == [("a.json", "aws_x.new"), ("b.json", "aws_x.b")]
    assert again[1].as_of == datetime(2026, 11, 18, 7, tzinfo=UTC)
    assert [path for path in bucket.asked if "list-type" not in path] == ["/pipeline/a.json"]


def test_a_plan_that_is_not_complete_says_so_each_time(bucket: Bucket) -> None:
    bucket.objects = {"a.json": plan("aws_x.a", complete=False)}
    first, (problem,) = ask("s3://pipeline/a.json")
    stored = [record for batch in first for record in batch.records]
    assert ask("s3://pipeline/a.json", known=lambda: stored)[1] == [problem]


def test_a_large_plan_says_how_far_it_is_and_stops_on_esc(bucket: Bucket) -> None:
    bucket.objects = {"a.json": plan("aws_x.a", padding="x" * 30_000_000)}
    told: list[tuple[str, int, int]] = []
    ask("s3://pipeline/a.json", progress=lambda *what: told.append(what))
    assert [what for what in told if "MB" in what[0]] == [("reading a.json, in MB", done, 30) for done in (8, 16, 25, 30)]
    told.clear()
    batches, problems = ask("s3://pipeline/a.json", progress=lambda *what: told.append(what), cancelled=lambda: bool(told))
    assert (batches, [problem.kind for problem in problems]) == ([], ["stopped"])
    assert len(told) == 1
