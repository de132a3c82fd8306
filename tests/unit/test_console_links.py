"""Console links: the right host for each partition, and nothing of a hostile name gets out of its place."""

import pytest

from costtui.domain.drift.records import Differences, DriftRow
from costtui.domain.functions.records import FunctionCost, FunctionRow
from costtui.panes.console import console_link


def function(name: str, region: str) -> FunctionRow:
    cost = FunctionCost(None, None, None, None, None, None, None)
    return FunctionRow(
        "arn:x", name, "111122223333", "prod", None, None, region, None, "arm64", 128, 512, "Zip", "standard", None,
        None, None, None, None, None, None, None, None, cost, None, None,
    )  # fmt: skip


def drift(source: str, physical_id: str | None, region: str | None) -> DriftRow:
    return DriftRow(
        id="i", source=source, scope="checkout prod", address="a", type="AWS::EC2::SecurityGroup", physical_id=physical_id,  # type: ignore[arg-type]
        account=None, account_name=None, team=None, environment=None, region=region, status="drifted", tier="declared", severity="low",
        told=Differences(), monthly_delta=None, price_basis=None, changed_by=None, changed_at=None, changed_via=None, last_checked=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "link"),
    [
        (function("a", "eu-west-1"), "https://eu-west-1.console.aws.amazon.com/lambda/home?region=eu-west-1#/functions/a"),
        (function("a", "cn-north-1"), "https://cn-north-1.console.amazonaws.cn/lambda/home?region=cn-north-1#/functions/a"),
        (
            function("a", "us-gov-west-1"),
            "https://us-gov-west-1.console.amazonaws-us-gov.com/lambda/home?region=us-gov-west-1#/functions/a",
        ),
        (
            function("a/../b?x#\x1b", "eu-west-1"),
            "https://eu-west-1.console.aws.amazon.com/lambda/home?region=eu-west-1#/functions/a%2F..%2Fb%3Fx%23%1B",
        ),
        (
            drift("cloudformation", "sg-1", "eu-west-1"),
            "https://eu-west-1.console.aws.amazon.com/cloudformation/home?region=eu-west-1#/stacks?filteringText=checkout%20prod",
        ),
        (
            drift("aws-config", "sg-1", "eu-west-1"),
            "https://eu-west-1.console.aws.amazon.com/config/home?region=eu-west-1#/resources/timeline?resourceId=sg-1&resourceType=AWS%3A%3AEC2%3A%3ASecurityGroup",
        ),
        (drift("azure-policy", "/subscriptions/1/x y", None), "https://portal.azure.com/#@/resource/subscriptions/1/x%20y"),
        (drift("terraform", "sg-1", "eu-west-1"), None),
        (drift("azure-policy", None, None), None),
        (object(), None),
    ],
)
def test_links(row: object, link: str | None) -> None:
    assert console_link(row) == link
