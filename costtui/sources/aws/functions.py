"""Lambda functions: ListFunctions, 50 a page whatever is asked for (Lambda API reference, ListFunctions)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from costtui.domain.datasets import Batch, Scope
from costtui.domain.functions.records import Function, Kind
from costtui.domain.problems import Problem
from costtui.sources.aws.cloud import AwsCloud, moment
from costtui.sources.port import Request

EDGE_REPLICA = "us-east-1."
"""Replicas of Lambda@Edge functions bear the region of their function before its name, where no other name may have a dot."""


class Functions:
    """Every function of an account and region."""

    name = "aws.lambda"
    dataset = "functions"
    after: tuple[str, ...] = ()
    local = False
    paid = False
    unconfigured = "no AWS profile is configured"

    def __init__(self, cloud: AwsCloud) -> None:
        self._cloud = cloud

    def scopes(self) -> Sequence[Scope]:
        return self._cloud.scopes(self.name)

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        pages = self._cloud.pages(self.name, request.scope, "lambda", "list_functions", ask="Marker", given="NextMarker")
        listed = 0
        for page in pages:
            records = [_function(item) for item in page.get("Functions", ())]
            listed += len(records)
            request.progress(f"listing functions of {request.scope.words}", listed, 0)
            yield Batch(records)


def _function(item: Mapping[str, Any]) -> Function:
    arn = item["FunctionArn"]
    _, _, _, region, account, *_ = arn.split(":")
    return Function(
        arn=arn,
        name=item["FunctionName"],
        account=account,
        region=region,
        runtime=item.get("Runtime"),
        architecture=(item.get("Architectures") or ["x86_64"])[0],
        memory_mb=item["MemorySize"],
        ephemeral_mb=item.get("EphemeralStorage", {}).get("Size", 512),
        package_type=item.get("PackageType", "Zip"),
        last_modified=moment(item.get("LastModified")),
        kind=_kind(item),
        snap_start=item.get("SnapStart", {}).get("ApplyOn") == "PublishedVersions",
        log_group=item.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{item['FunctionName']}",
    )


def _kind(item: Mapping[str, Any]) -> Kind:
    """Which meters bill it, by the settings that only such functions have."""
    if item.get("CapacityProviderConfig"):
        return "managed-instances"
    if item.get("DurableConfig"):
        return "durable"
    if item.get("TenancyConfig"):
        return "tenant-isolated"
    return "edge" if item.get("MasterArn") or item["FunctionName"].startswith(EDGE_REPLICA) else "standard"
