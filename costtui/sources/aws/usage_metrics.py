"""Usage of customers from CloudWatch: a metric of the user's own, published with a dimension that names the tenant.

ListMetrics finds the tenants (it knows those with points in the last two weeks), GetMetricData their daily sums: each metric asked
for is billed. No SEARCH(): its answer is silently cut at 500 metrics.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from costtui.config import Usage
from costtui.domain.asking import Price
from costtui.domain.customers.records import UsagePoint
from costtui.domain.datasets import Batch, Scope
from costtui.domain.money import EXACT, ZERO
from costtui.domain.prices.price_book import price_book
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.cloud import AwsCloud, moment
from costtui.sources.aws.usage import DAY_SECONDS, POINTS_PER_CALL, QUERIES_PER_CALL, midnight
from costtui.sources.customer_data import about
from costtui.sources.port import Request
from costtui.sources.usage_files import weight

Dimensions = dict[str, str]
Sums = dict[date, dict[tuple[str, str], Decimal]]
"""By day, by tenant and what served it."""


class TenantMetrics:
    """One usage driver in every profile and region; what a tenant used in several of them adds up."""

    dataset = "customer-usage"
    after: tuple[str, ...] = ()
    local = False
    paid = True
    unconfigured = "no AWS profile is configured"

    def __init__(self, cloud: AwsCloud, usage: Usage) -> None:
        self._cloud, self._usage = cloud, usage
        self.name = f"usage:{usage.name}"

    def scopes(self) -> Sequence[Scope]:
        return [msgspec.structs.replace(scope, about=about(self._usage)) for scope in self._cloud.scopes(self.name)]

    def price(self, request: Request) -> Price:
        """Finding the metrics is free."""
        metrics = len(self._metrics(request))
        size = _metrics_per_call(request.days)
        usd = metrics * price_book().api_call("cloudwatch:GetMetricData")
        return Price(self.name, -(-metrics // size), usd, 0, f"{len(request.days)} days of usage from {metrics} metrics of CloudWatch")

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        metrics = self._metrics(request)
        size = _metrics_per_call(request.days)
        rate = price_book().api_call("cloudwatch:GetMetricData")
        if metrics:
            self._cloud.afford(self.name, rate * len(metrics), f"usage of {len(metrics)} metrics")
        sums: Sums = {day: {} for day in request.days}
        for start in range(0, len(metrics), size):
            self._ask(request, metrics[start : start + size], rate, sums)
            request.progress(f"usage {self._usage.name}", min(start + size, len(metrics)), len(metrics))
        for day, found in sums.items():
            points = [UsagePoint(day, tenant, self._usage.name, value, resource) for (tenant, resource), value in sorted(found.items())]
            yield Batch(points, day=day, detail=self._usage.source)

    def _metrics(self, request: Request) -> list[Dimensions]:
        """The dimension sets to add up. The same usage may be published under several: only those with the fewest dimensions count."""
        usage = self._usage
        wanted = [name for name in (usage.dimension, usage.resource_label) if name]
        found = [
            {dimension["Name"]: dimension["Value"] for dimension in metric["Dimensions"]}
            for page in self._cloud.pages(
                self.name,
                request.scope,
                "cloudwatch",
                "list_metrics",
                ask="NextToken",
                given="NextToken",
                Namespace=usage.namespace,
                MetricName=usage.metric,
                Dimensions=[{"Name": name} for name in wanted],
            )
            for metric in page["Metrics"]
        ]
        fewest = min(map(len, found), default=0)
        sets = {tuple(sorted(one)) for one in found if len(one) == fewest}
        if len(sets) > 1:
            told = " and ".join(", ".join(names) for names in sorted(sets))
            raise self._problem(f"metric {usage.metric} comes with {told}, and adding both would count usage twice", request.scope)
        return sorted((one for one in found if len(one) == fewest), key=lambda one: sorted(one.items()))

    def _ask(self, request: Request, metrics: Sequence[Dimensions], rate: Decimal, sums: Sums) -> None:
        pages = self._cloud.pages(
            self.name,
            request.scope,
            "cloudwatch",
            "get_metric_data",
            ask="NextToken",
            given="NextToken",
            usd=rate * len(metrics),
            MetricDataQueries=[self._query(number, dimensions) for number, dimensions in enumerate(metrics)],
            StartTime=midnight(request.days[0]),
            EndTime=midnight(request.days[-1] + timedelta(1)),
            MaxDatapoints=POINTS_PER_CALL,
        )
        for page in pages:
            for result in page["MetricDataResults"]:
                self._add(metrics[int(result["Id"][1:])], result, request.scope, sums)

    def _add(self, dimensions: Dimensions, result: dict[str, Any], scope: Scope, sums: Sums) -> None:
        tenant = dimensions[self._usage.dimension or ""]
        key = (tenant, dimensions.get(self._usage.resource_label or "", ""))
        for at, value in zip(result["Timestamps"], result["Values"], strict=True):
            day = (moment(at) or datetime.min.replace(tzinfo=UTC)).date()
            if day in sums:  # days between two missing ones come along and are known already
                amount = weight(repr(value), tenant, day, source=self.name, where=scope.words)
                sums[day][key] = EXACT.add(sums[day].get(key, ZERO), amount)

    def _query(self, number: int, dimensions: Dimensions) -> dict[str, Any]:
        named = [{"Name": name, "Value": value} for name, value in sorted(dimensions.items())]
        metric = {"Namespace": self._usage.namespace, "MetricName": self._usage.metric, "Dimensions": named}
        return {"Id": f"m{number}", "MetricStat": {"Metric": metric, "Period": DAY_SECONDS, "Stat": "Sum"}, "ReturnData": True}

    def _problem(self, what: str, scope: Scope) -> SourceError:
        return SourceError(Problem("malformed", self.name, what, "name the second dimension as resource_label", scope.words))


def _metrics_per_call(days: Sequence[date]) -> int:
    span = (days[-1] - days[0]).days + 1
    return max(1, min(QUERIES_PER_CALL, POINTS_PER_CALL // span))
