"""Usage from access logs: who asked, how much, and lines that say nothing clear are named."""

import gzip
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from costtui.config import parse
from costtui.domain.customers.records import UsagePoint
from costtui.domain.datasets import Batch
from costtui.domain.problems import SourceError
from costtui.sources.access_log import LogFormat, read
from costtui.sources.customer_data import CustomerUsage
from costtui.sources.port import Request

DAYS = [date(2026, 10, 5), date(2026, 10, 6)]
PATTERN = r'"\S+ /t/(?P<tenant>[^/ ]+)/(?P<resource>\w+)\S* [^"]*" \d+ (?P<value>\S+)'
COMBINED = LogFormat("combined", PATTERN)
JSON = LogFormat("json", tenant="requestMetadata.tenant", value=["input.tokens", "output.tokens"], resource="modelId")


def hit(tenant: str, size: str, at: str = "05/Oct/2026:13:55:36 +0000", part: str = "api") -> str:
    return f'10.0.0.1 - - [{at}] "GET /t/{tenant}/{part}?x=1 HTTP/1.1" 200 {size} "-" "curl"'


def call(tenant: str, read: str, wrote: str, at: str = '"2026-10-05T01:00:00Z"') -> str:
    fields = f'"input": {{"tokens": {read}}}, "output": {{"tokens": {wrote}}}, "modelId": "m"'
    return f'{{"timestamp": {at}, "requestMetadata": {{"tenant": "{tenant}"}}, {fields}}}'


def points(folder: Path, form: LogFormat, *lines: str) -> list[tuple[str, str, Decimal, str]]:
    (folder / "a.log").write_text("\n".join(lines) + "\n")
    return told(read([folder / "a.log"], form, DAYS, metric="m"))


def told(found: Sequence[UsagePoint]) -> list[tuple[str, str, Decimal, str]]:
    return [(str(point.day), point.tenant, point.value, point.resource) for point in found]


def test_a_combined_log_is_summed_by_tenant_day_and_what_served_it(tmp_path: Path) -> None:
    lines = [
        hit("acme", "10"),
        hit("acme", "5"),
        hit("acme", "7", part="web"),
        hit("globex", "-"),
        hit("acme", "1", "07/Oct/2026:00:00:00 +0000"),
    ]
    assert points(tmp_path, COMBINED, *lines, '- - - [05/Oct/2026:13:55:36 +0000] "GET /health HTTP/1.1" 200 3', "") == [
        ("2026-10-05", "acme", Decimal(15), "api"),
        ("2026-10-05", "acme", Decimal(7), "web"),
        ("2026-10-05", "globex", Decimal(0), "api"),
    ]


def test_without_a_value_each_line_counts_one(tmp_path: Path) -> None:
    form = LogFormat("combined", r"/t/(?P<tenant>[^/]+)/")
    assert points(tmp_path, form, *[hit("acme", "10")] * 3) == [("2026-10-05", "acme", Decimal(3), "")]


def test_a_day_is_a_utc_day(tmp_path: Path) -> None:
    lines = [hit("acme", "1", "05/Oct/2026:23:30:00 -0700"), call("b", "1", "0", '"2026-10-05T23:30:00-07:00"')]
    assert points(tmp_path, COMBINED, lines[0])[0][0] == points(tmp_path, JSON, lines[1])[0][0] == "2026-10-06"


@pytest.mark.parametrize("at", ['"2026-10-05T01:00:00.123Z"', "1791162000", "1791162000123", '"2026-10-05 01:00:00"'])
def test_tokens_of_json_lines_are_added_up(tmp_path: Path, at: str) -> None:
    lines = [call("acme", "100", "20", at), call("acme", "0.5", "1e2", at), '{"timestamp": "2026-10-05T01:00:00Z", "modelId": "m"}']
    assert points(tmp_path, JSON, *lines) == [("2026-10-05", "acme", Decimal("220.5"), "m")]


def test_packed_logs_are_read_and_several_add_up(tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / f"{number}.log.gz").write_bytes(gzip.compress(hit("acme", "10").encode()))
    assert told(read(sorted(tmp_path.iterdir()), COMBINED, DAYS, metric="m")) == [("2026-10-05", "acme", Decimal(20), "api")]


BAD = [
    (COMBINED, hit("acme", "-5"), "the value of tenant 'acme' on 2026-10-05 is '-5'"),
    (COMBINED, hit("acme", "nan"), "the value of tenant 'acme' on 2026-10-05 is 'nan'"),
    (COMBINED, hit("acme", "inf"), "the value of tenant 'acme' on 2026-10-05 is 'inf'"),
    (COMBINED, "no time here", "line 2 cannot be read (it has no time"),
    (JSON, call("acme", "-1", "500"), "the value of tenant 'acme' on 2026-10-05 is '-1'"),
    (JSON, call("acme", "NaN", "5"), "the value of tenant 'acme' on 2026-10-05 is 'nan'"),
    (JSON, call("acme", '"many"', "5"), "the value of tenant 'acme' on 2026-10-05 is 'many'"),
    (JSON, call("acme", "1", "5", '"yesterday"'), "line 2 cannot be read (Invalid isoformat string: 'yesterday')"),
    (JSON, "[1]", "line 2 cannot be read (it is no JSON object)"),
    (JSON, "{", "line 2 cannot be read (Expecting property name"),
]


@pytest.mark.parametrize(("form", "line", "what"), BAD)
def test_a_line_that_cannot_be_a_weight_is_named(tmp_path: Path, form: LogFormat, line: str, what: str) -> None:
    good = hit("globex", "1") if form is COMBINED else call("globex", "1", "1")
    with pytest.raises(SourceError) as caught:
        points(tmp_path, form, good, line)
    problem = caught.value.problem
    assert problem.kind == "malformed" and problem.what.startswith(what)
    assert problem.where.startswith(str(tmp_path / "a.log"))


def test_a_log_that_is_cut_off_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.log.gz").write_bytes(gzip.compress(hit("acme", "10").encode())[:-4])
    with pytest.raises(SourceError, match="cannot be read"):
        read([tmp_path / "a.log.gz"], COMBINED, DAYS, metric="m")


def test_as_a_usage_driver_it_is_read_again_only_when_a_log_has_changed(tmp_path: Path) -> None:
    text = f"[[customers.usage]]\nname = 'bytes'\nsource = 'access-log'\npath = 'logs/*.log*'\npattern = '''{PATTERN}'''"
    settings = parse(text, name="config.toml", base=tmp_path)
    source = CustomerUsage(settings, settings.customers.usage[0], None)
    with pytest.raises(SourceError, match="no such file"):
        source.scopes()
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "a.log").write_text(hit("acme", "10") + "\n")
    (scope,) = source.scopes()
    assert source.scopes() == [scope] and source.local
    batches = [item for item in source.fetch(Request(scope, datetime(2026, 10, 7, tzinfo=UTC), DAYS)) if isinstance(item, Batch)]
    assert [(batch.day, told(batch.records)) for batch in batches] == [
        (DAYS[0], [("2026-10-05", "acme", Decimal(10), "api")]),
        (DAYS[1], []),
    ]
    (tmp_path / "logs" / "b.log").write_text(hit("acme", "1") + "\n")
    assert source.scopes()[0].version != scope.version
