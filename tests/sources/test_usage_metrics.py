"""A CloudWatch metric with a tenant dimension as usage: who is found, what is added up, what it costs."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from costtui.config import parse
from costtui.domain.datasets import Batch
from costtui.domain.problems import SourceError
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.aws.usage_metrics import TenantMetrics
from costtui.sources.bridge import Pacer
from costtui.sources.demo import DEMO_NOW, World
from costtui.sources.port import Request
from tests.fakes import http_cloud
from tests.fakes.aws_account import Meter
from tests.fakes.demo import PROD
from tests.fakes.http_cloud import HttpCloud, served

DAYS = [date(2026, 11, 10), date(2026, 11, 12)]
DRIVER = """
[[customers.usage]]
name = "exports"
source = "cloudwatch"
namespace = "App"
metric = "Exports"
dimension = "Tenant"
"""
Sets = list[dict[str, str]]


class Metrics:
    """CloudWatch with `sets` of dimensions; each has 1 on the 10th, 10 on the 11th and 100 on the 12th, times `values`."""

    def __init__(self, sets: Sets, *, page: int = 500) -> None:
        self.sets, self.page = sets, page
        self.values = dict.fromkeys(range(len(sets)), 1.0)
        self.asked: list[dict[str, Any]] = []
        self.meter = Meter()

    def __call__(self, _world: World, service: str, operation: str, call: Any) -> Any:
        assert service == "cloudwatch"
        params = call.params
        if operation == "ListMetrics":
            assert (params["Namespace"], params["MetricName"]) == ("App", "Exports")
            names = [one["Name"] for one in params["Dimensions"]]
            known = [{"Dimensions": named(one)} for one in self.sets if all(name in one for name in names)]
            start = int(params.get("NextToken") or 0)
            more = {"NextToken": str(start + self.page)} if start + self.page < len(known) else {}
            return {"Metrics": known[start : start + self.page], **more}
        self.asked.append(params)
        return {"MetricDataResults": [self._result(query) for query in params["MetricDataQueries"]]}

    def _result(self, query: dict[str, Any]) -> dict[str, Any]:
        assert (query["MetricStat"]["Stat"], query["MetricStat"]["Period"]) == ("Sum", 86_400)
        number = self.sets.index({one["Name"]: one["Value"] for one in query["MetricStat"]["Metric"]["Dimensions"]})
        times = [datetime(2026, 11, day, tzinfo=UTC) for day in (10, 11, 12)]
        values = [self.values[number] * 10**power for power in range(3)]
        return {"Id": query["Id"], "StatusCode": "Complete", "Timestamps": times, "Values": values}

    def read(self, toml: str = DRIVER) -> list[tuple[date, str, str, str]]:
        cloud = AwsCloud(self.meter, Pacer(unlimited=True), profiles=[""], regions=["us-east-1"], prompt=lambda _: "")
        source = TenantMetrics(cloud, parse(toml, name="config.toml", base=Path()).customers.usage[0])
        request = Request(source.scopes()[0], DEMO_NOW, DAYS)
        price = source.price(request)
        assert self.meter.paid == 0, "telling the price is free"
        batches = [item for item in source.fetch(request) if isinstance(item, Batch)]
        assert (self.meter.paid, len(self.asked)) == (price.usd, price.calls)
        assert [batch.day for batch in batches] == DAYS
        points = [point for batch in batches for point in batch.records]
        assert {point.metric for point in points} <= {"exports"}
        return [(point.day, point.tenant, point.resource, str(point.value.normalize())) for point in points]


def named(one: dict[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in one.items()]


@pytest.fixture(scope="module")
def server() -> Iterator[HttpCloud]:
    with served(World(), PROD) as running:
        yield running


@pytest.fixture
def served_by(monkeypatch: pytest.MonkeyPatch, server: HttpCloud) -> Any:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)

    def use(metrics: Metrics) -> Metrics:
        monkeypatch.setattr(http_cloud, "answer", metrics)
        return metrics

    return use


def test_every_tenant_has_its_daily_sums_and_known_days_in_between_stay_out(served_by: Any) -> None:
    metrics = served_by(Metrics([{"Tenant": name} for name in ("globex", "acme", "hooli")], page=2))
    assert metrics.read() == [
        (DAYS[0], "acme", "", "1"),
        (DAYS[0], "globex", "", "1"),
        (DAYS[0], "hooli", "", "1"),
        (DAYS[1], "acme", "", "1E+2"),
        (DAYS[1], "globex", "", "1E+2"),
        (DAYS[1], "hooli", "", "1E+2"),
    ]
    (asked,) = metrics.asked
    assert [asked[name].replace(tzinfo=UTC).day for name in ("StartTime", "EndTime")] == [10, 13]
    assert metrics.meter.paid == Decimal("0.00003")
    assert metrics.meter.afforded == [(Decimal("0.00003"), "usage of 3 metrics")]


def test_usage_that_is_published_twice_counts_once(served_by: Any) -> None:
    twice: Sets = [{"Tenant": "acme"}, {"Tenant": "acme", "Fn": "a"}, {"Tenant": "acme", "Fn": "b"}]
    assert served_by(Metrics(twice)).read()[0] == (DAYS[0], "acme", "", "1")
    assert served_by(Metrics(twice[1:])).read()[0] == (DAYS[0], "acme", "", "2")
    by_function = DRIVER + 'resource_label = "Fn"\n'
    assert served_by(Metrics(twice)).read(by_function)[:2] == [(DAYS[0], "acme", "a", "1"), (DAYS[0], "acme", "b", "1")]
    with pytest.raises(SourceError, match="comes with Fn, Tenant and Host, Tenant, and adding both would count usage twice"):
        served_by(Metrics([{"Tenant": "acme", "Fn": "a"}, {"Tenant": "acme", "Host": "h"}])).read()


def test_a_negative_sum_is_refused_by_the_tenants_name(served_by: Any) -> None:
    metrics = served_by(Metrics([{"Tenant": "acme"}, {"Tenant": "globex"}]))
    metrics.values[1] = -1.0
    with pytest.raises(SourceError, match=r"'globex' on 2026-11-10 is '-1\.0'"):
        metrics.read()


def test_nobody_is_asked_about_nothing(served_by: Any) -> None:
    metrics = served_by(Metrics([]))
    assert metrics.read() == []
    assert (metrics.asked, metrics.meter.afforded) == ([], [])


def test_more_metrics_than_a_call_takes(served_by: Any) -> None:
    metrics = served_by(Metrics([{"Tenant": f"t{number:04}"} for number in range(501)]))
    assert len(metrics.read()) == 2 * 501
    assert [len(asked["MetricDataQueries"]) for asked in metrics.asked] == [500, 1]
