"""Usage from Prometheus, over HTTP on this machine."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from costtui.domain.customers.records import UsagePoint
from costtui.domain.problems import SourceError
from costtui.sources import prometheus

QUERY = "sum by (tenant)(increase(tenant_requests_total[1d]))"
DAYS = [date(2026, 10, 5), date(2026, 10, 6)]


class Fake(HTTPServer):
    """Answers `/api/v1/query` with what the test put under the asked second."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, tuple[int, Any]] = {}
        self.asked: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def at(self, second: int, *series: tuple[dict[str, str], str]) -> None:
        result = [{"metric": labels, "value": [second, value]} for labels, value in series]
        self.answers[str(second)] = 200, {"status": "success", "data": {"resultType": "vector", "result": result}}


class _Handler(BaseHTTPRequestHandler):
    server: Fake

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.server.asked.append((parts.path, asked["query"]))
        status, body = self.server.answers[asked["time"]]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body.encode() if isinstance(body, str) else json.dumps(body).encode())

    def log_message(self, *_: object) -> None:
        """Silence: the test says what went wrong."""


@pytest.fixture
def server() -> Iterator[Fake]:
    with Fake() as fake:
        thread = Thread(target=fake.serve_forever, args=(0.02,))
        thread.start()
        yield fake
        fake.shutdown()
        thread.join()


FIRST, SECOND = 1791244800, 1791331200
"""Midnight UTC that ends 5 and 6 October 2026."""


def read(server: Fake, resource_label: str | None = None) -> list[UsagePoint]:
    return prometheus.read(server.url, QUERY, DAYS, metric="requests", label="tenant", resource_label=resource_label)


def test_each_day_is_asked_at_its_end(server: Fake) -> None:
    server.at(FIRST, ({"tenant": "globex"}, "300"), ({"tenant": "acme"}, "14400.25"))
    server.at(SECOND, ({"tenant": "acme"}, "0"))
    assert read(server) == [
        UsagePoint(DAYS[0], "acme", "requests", Decimal("14400.25")),
        UsagePoint(DAYS[0], "globex", "requests", Decimal(300)),
        UsagePoint(DAYS[1], "acme", "requests", Decimal(0)),
    ]
    assert server.asked == [("/api/v1/query", QUERY)] * 2


def test_a_resource_label_tells_who_served_it_and_series_that_share_both_add_up(server: Fake) -> None:
    server.at(FIRST, ({"tenant": "acme", "function": "pay", "pod": "1"}, "1"), ({"tenant": "acme", "function": "pay", "pod": "2"}, "2"))
    server.at(SECOND, ({"tenant": "acme"}, "4"), ({"function": "pay"}, "8"))
    assert read(server, resource_label="function") == [
        UsagePoint(DAYS[0], "acme", "requests", Decimal(3), "pay"),
        UsagePoint(DAYS[1], "", "requests", Decimal(8), "pay"),
        UsagePoint(DAYS[1], "acme", "requests", Decimal(4)),
    ]


def test_a_day_without_series_is_a_day_without_usage(server: Fake) -> None:
    server.at(FIRST)
    server.at(SECOND)
    assert read(server) == []


@pytest.mark.parametrize("value", ["NaN", "+Inf", "-Inf", "-0.5"])
def test_what_is_no_weight_is_refused_by_name(server: Fake, value: str) -> None:
    server.at(FIRST, ({"tenant": "acme"}, value))
    with pytest.raises(SourceError, match="tenant 'acme' on 2026-10-05 is") as caught:
        read(server)
    assert value in str(caught.value) and caught.value.problem.source == "usage:requests"


def test_a_wrong_label_is_told_from_no_usage(server: Fake) -> None:
    server.at(FIRST, ({"customer": "acme", "job": "api"}, "1"))
    with pytest.raises(SourceError, match=r"no series carries the label 'tenant' \(labels: customer, job\)"):
        read(server)


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (400, {"status": "error", "errorType": "bad_data", "error": "1:5: parse error"}, "refused the query .1:5: parse error."),
        (502, "<html>", "answer 502 is not JSON"),
        (200, {"status": "success", "data": {"resultType": "matrix", "result": []}}, "the query gives a matrix"),
        (503, [], "refused the query .503."),
    ],
)
def test_an_answer_that_cannot_be_used_is_said(server: Fake, status: int, body: object, sentence: str) -> None:
    server.answers[str(FIRST)] = status, body
    with pytest.raises(SourceError, match=sentence):
        read(server)


def test_a_server_that_is_not_there_is_offline() -> None:
    with pytest.raises(SourceError) as caught:
        prometheus.read("http://127.0.0.1:9", QUERY, DAYS, metric="requests", label="tenant")
    assert caught.value.problem.kind == "offline"
