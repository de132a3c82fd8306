"""A real Prometheus over blocks of fixed past days: the query of the documentation gives the counts that went in."""

import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from costtui.domain.problems import SourceError
from costtui.sources import prometheus

needed = [name for name in ("prometheus", "promtool") if shutil.which(name) is None]
pytestmark = pytest.mark.skipif(bool(needed), reason=f"no {' and no '.join(needed)} here (Debian: apt-get install prometheus)")

FIRST = datetime(2026, 10, 5, tzinfo=UTC)
DAYS = [date(2026, 10, 5), date(2026, 10, 6)]
AN_HOUR = {("acme", "checkout"): 600, ("acme", "render"): 25, ("globex", "checkout"): 300, ("", "checkout"): 12}
QUERY = "sum by (tenant)(increase(tenant_requests_total[1d]))"


def samples() -> str:
    """Counters that grow evenly, one sample an hour over the two days; globex stops after the first."""
    lines = ["# TYPE tenant_requests counter"]
    for (tenant, function), rate in AN_HOUR.items():
        labels = f'function="{function}"' + (f',tenant="{tenant}"' if tenant else "")
        for hour in range(49):
            total = rate * min(hour, 24 if tenant == "globex" else 48)
            lines.append(f"tenant_requests_total{{{labels}}} {total} {int((FIRST + timedelta(hours=hour)).timestamp())}")
    return "\n".join([*lines, "# EOF"]) + "\n"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("prometheus")
    (folder / "samples.txt").write_text(samples())
    (folder / "prometheus.yml").write_text("")
    blocks = ["promtool", "tsdb", "create-blocks-from", "openmetrics", str(folder / "samples.txt"), str(folder / "data")]
    subprocess.run(blocks, check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        "prometheus",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        "--storage.tsdb.retention.time=100y",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with (folder / "log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        try:
            _ready(f"http://127.0.0.1:{port}/-/ready", folder / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def _ready(url: str, log: Path) -> None:
    for _ in range(150):
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"Prometheus did not start: {log.read_text()[-400:]}")


def test_each_day_has_the_counts_that_went_in(url: str) -> None:
    points = prometheus.read(url, QUERY, DAYS, metric="requests", label="tenant")
    assert [(point.day, point.tenant, point.value) for point in points] == [
        (DAYS[0], "", Decimal(12 * 24)),
        (DAYS[0], "acme", Decimal(625 * 24)),
        (DAYS[0], "globex", Decimal(300 * 24)),
        (DAYS[1], "", Decimal(12 * 24)),
        (DAYS[1], "acme", Decimal(625 * 24)),
        (DAYS[1], "globex", Decimal(0)),
    ]


def test_a_second_label_says_what_served_it(url: str) -> None:
    query = QUERY.replace("(tenant)", "(tenant, function)")
    points = prometheus.read(url, query, DAYS[:1], metric="requests", label="tenant", resource_label="function")
    assert [(point.tenant, point.resource, point.value) for point in points][1:3] == [
        ("acme", "checkout", Decimal(14_400)),
        ("acme", "render", Decimal(600)),
    ]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("sum by (tenant)(increase(tenant_requests_total[1d])", "Prometheus refused the query"),
        ("tenant_requests_total[1d]", "the query gives a matrix"),
        ("sum by (tenant)(increase(tenant_requests_total[1d])) / 0", "tenant '' on 2026-10-05 is"),
        ("- sum by (tenant)(increase(tenant_requests_total[1d]))", "a finite number of 0 or more is expected"),
        ("sum by (function)(increase(tenant_requests_total[1d]))", r"no series carries the label 'tenant' \(labels: function\)"),
    ],
)
def test_what_cannot_be_a_weight_is_refused_in_a_sentence(url: str, query: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        prometheus.read(url, query, DAYS[:1], metric="requests", label="tenant")
