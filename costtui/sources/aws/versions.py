"""Versions, aliases and provisioned concurrency of functions: Lambda's control plane, and CloudWatch for what they were used for.

All calls are free: Lambda's own (within the 15 a second that an account has for its whole control plane, of which the pacer takes 5), and
CloudWatch's GetMetricStatistics and ListMetrics within the million requests a month that are free (CloudWatch pricing).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from costtui.domain.asking import Price
from costtui.domain.datasets import Batch, Scope
from costtui.domain.functions.bill_records import Alias, FunctionVersions, ProvisionedSetting, QualifierUse, Version
from costtui.domain.functions.records import Function
from costtui.domain.functions.versions import pays_snapshots
from costtui.domain.money import ZERO
from costtui.domain.prices.price_book import price_book
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.cloud import AwsCloud, moment
from costtui.sources.aws.usage import DAY_SECONDS, exact, midnight
from costtui.sources.bridge import RATES
from costtui.sources.port import Request

SEEN = "ProvisionedConcurrencyUtilization"
"""CloudWatch lists this metric for what had provisioned concurrency in the last two weeks."""
SERVED = "ProvisionedConcurrencyInvocations"
CALLS_EACH = 3
"""Of the control plane, for a function whose lists fit on a page."""
NAMED = 3


class _Versions:
    """What both sources share: one function's lists, and the use of what is not as large as the function."""

    after: tuple[str, ...] = ("functions",)
    local = False
    paid = False
    unconfigured = "no AWS profile is configured"
    name = ""

    def __init__(self, cloud: AwsCloud) -> None:
        self._cloud = cloud

    def scopes(self) -> Sequence[Scope]:
        return self._cloud.scopes(self.name)

    def _each(self, request: Request, functions: Sequence[Function], doing: str) -> Iterator[Batch | Problem]:
        """One record a function. What is refused once is refused for all, and is not asked again for the next."""
        unknown: list[str] = []
        problem: Problem | None = None
        for number, function in enumerate(functions, 1):
            if request.cancelled():
                return
            if problem is not None and problem.kind == "denied":
                record = FunctionVersions(function.arn, reason=problem.what)
            else:
                try:
                    record = self._ask(request, function)
                except SourceError as error:
                    problem = error.problem
                    if problem.kind not in ("denied", "failed", "malformed"):
                        raise
                    record = FunctionVersions(function.arn, reason=problem.what)
            unknown += [function.name] * bool(record.reason)
            request.progress(f"{doing} of {request.scope.words}", number, len(functions))
            yield Batch([record])
        if problem is not None:
            names = ", ".join(unknown[:NAMED]) + (" …" if len(unknown) > NAMED else "")
            what = f"versions of {len(unknown)} functions are not known ({names}): {problem.what}"
            yield Problem(problem.kind, self.name, what, problem.action, request.scope.words)

    def _ask(self, request: Request, function: Function) -> FunctionVersions:
        versions = [_version(item) for item in self._pages(request, "list_versions_by_function", function, "Versions")]
        aliases = [_alias(item) for item in self._pages(request, "list_aliases", function, "Aliases")]
        configured = self._pages(request, "list_provisioned_concurrency_configs", function, "ProvisionedConcurrencyConfigs")
        settings = [_setting(item) for item in configured]
        known = FunctionVersions(function.arn, versions, aliases, settings)
        served = self._sum(request, function, SERVED)[1] if settings else None
        uses = [self._use(request, function, alias) for alias in aliases if _other_size(known.version_of(alias.name), function)]
        return FunctionVersions(function.arn, versions, aliases, settings, uses, served if served is None else round(served))

    def _pages(self, request: Request, operation: str, function: Function, field: str) -> Iterator[Mapping[str, Any]]:
        pages = self._cloud.pages(
            self.name, request.scope, "lambda", operation, ask="Marker", given="NextMarker", FunctionName=function.name
        )
        for page in pages:
            yield from page.get(field, ())

    def _use(self, request: Request, function: Function, alias: Alias) -> QualifierUse:
        count, lasted = self._sum(request, function, "Duration", f"{function.name}:{alias.name}")
        return QualifierUse(alias.name, round(count), exact(lasted) or ZERO)

    def _sum(self, request: Request, function: Function, metric: str, resource: str = "") -> tuple[float, float]:
        """Samples and sum of a metric over the window. Resource is "function:alias", without it all of the function counts."""
        dimensions = [{"Name": "FunctionName", "Value": function.name}]
        answer = self._cloud.call(
            self.name,
            request.scope,
            "cloudwatch",
            "get_metric_statistics",
            usd=price_book().api_call("cloudwatch:GetMetricStatistics"),
            covered=True,
            Namespace="AWS/Lambda",
            MetricName=metric,
            Dimensions=dimensions + ([{"Name": "Resource", "Value": resource}] if resource else []),
            StartTime=midnight(request.days[0]),
            EndTime=midnight(request.days[-1] + timedelta(1)),
            Period=DAY_SECONDS,
            Statistics=["Sum", "SampleCount"],
        )
        points = answer.get("Datapoints", ())
        return sum(point["SampleCount"] for point in points), float(sum(Decimal(repr(point["Sum"])) for point in points))


class Versions(_Versions):
    """Versions of the functions that somebody asks about."""

    name = "aws.lambda.versions"
    dataset = "function-versions"

    def price(self, request: Request) -> Price:
        functions = self._asked(request)
        calls = CALLS_EACH * len(functions)
        words = f"versions and aliases of {len(functions)} functions of {request.scope.words}"
        return Price(self.name, calls, ZERO, round(calls / RATES["lambda"]), words)

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        yield from self._each(request, self._asked(request), "versions")

    def _asked(self, request: Request) -> list[Function]:
        wanted = set(request.subjects)
        return [function for function in request.inputs.get("functions", ()) if function.arn in wanted]


class ProvisionedConcurrency(_Versions):
    """Every function whose versions are billed by themselves: one free question finds those that CloudWatch saw with provisioned
    concurrency, and their configuration tells those with SnapStart. So a cost does not depend on what somebody looked at."""

    name = "aws.lambda.provisioned"
    dataset = "function-provisioned"

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        listed: Sequence[Function] = request.inputs["functions"]
        if listed:
            seen = self._seen(request)
            found = [function for function in listed if function.name in seen or (function.snap_start and pays_snapshots(function.runtime))]
            yield from self._each(request, found, "provisioned concurrency and snapshots")

    def _seen(self, request: Request) -> set[str]:
        pages = self._cloud.pages(
            self.name,
            request.scope,
            "cloudwatch",
            "list_metrics",
            ask="NextToken",
            given="NextToken",
            Namespace="AWS/Lambda",
            MetricName=SEEN,
        )
        dimensions = (one for page in pages for metric in page.get("Metrics", ()) for one in metric.get("Dimensions", ()))
        return {one["Value"] for one in dimensions if one["Name"] == "FunctionName"}


def _other_size(version: Version | None, function: Function) -> bool:
    return version is not None and (version.memory_mb, version.ephemeral_mb) != (function.memory_mb, function.ephemeral_mb)


def _version(item: Mapping[str, Any]) -> Version:
    return Version(
        number=item["Version"],
        memory_mb=item["MemorySize"],
        ephemeral_mb=item.get("EphemeralStorage", {}).get("Size", 512),
        architecture=(item.get("Architectures") or ["x86_64"])[0],
        runtime=item.get("Runtime"),
        published=moment(item.get("LastModified")),
        snap_start=item.get("SnapStart", {}).get("OptimizationStatus") == "On",
    )


def _alias(item: Mapping[str, Any]) -> Alias:
    return Alias(item["Name"], item["FunctionVersion"], dict(item.get("RoutingConfig", {}).get("AdditionalVersionWeights") or {}))


def _setting(item: Mapping[str, Any]) -> ProvisionedSetting:
    return ProvisionedSetting(
        qualifier=item["FunctionArn"].rpartition(":")[2],
        requested=item.get("RequestedProvisionedConcurrentExecutions", 0),
        allocated=item.get("AllocatedProvisionedConcurrentExecutions", 0),
        status=item.get("Status", ""),
        since=moment(item.get("LastModified")),
    )
