"""Prices in CloudFormation's words: its numbers and flags are often text, its context comes with the finding."""

from typing import Any

import pytest

from costtui.domain.drift.price_inputs import inputs
from costtui.domain.money import plain_or_none
from tests.unit.drift.drift_findings import row

DATABASE = {"DBInstanceClass": "db.t3.large", "Engine": "mysql", "MultiAZ": "false", "MasterUserPassword": "x", "AllocatedStorage": "20"}
VOLUME = {"VolumeType": "gp3", "Size": "40", "Iops": 3000, "Throughput": 125}

CASES: list[tuple[str, dict[str, Any], tuple[str, Any, Any], str | None]] = [
    ("AWS::EC2::Instance", {"InstanceType": "m5.4xlarge"}, ("/InstanceType", "m5.large", "m5.4xlarge"), "490.56"),
    ("AWS::EC2::Instance", {"Tenancy": "dedicated"}, ("/InstanceType", "m5.large", "m5.4xlarge"), None),
    ("AWS::RDS::DBInstance", DATABASE, ("/MultiAZ", "false", "true"), "99.28"),
    ("AWS::RDS::DBInstance", DATABASE, ("/DBInstanceClass", "db.t3.large", "db.t3.xlarge"), "99.28"),
    ("AWS::RDS::DBInstance", DATABASE, ("/AllocatedStorage", "20", "40"), None),
    ("AWS::EC2::Volume", VOLUME, ("/Size", "40", "140"), "8"),
    ("AWS::EC2::Volume", {}, ("/Iops", 3000, 4000), None),
    ("AWS::AutoScaling::AutoScalingGroup", {}, ("/DesiredCapacity", "2", "6"), None),
    ("AWS::DynamoDB::Table", {}, ("/BillingMode", "PAY_PER_REQUEST", "PROVISIONED"), None),
]


@pytest.mark.parametrize(("type_", "values", "change", "delta"), CASES)
def test_both_sides_are_priced(type_: str, values: dict[str, Any], change: tuple[str, Any, Any], delta: str | None) -> None:
    judged = row(type_, change, context=inputs(type_, values))
    assert plain_or_none(judged.monthly_delta) == delta
    assert judged.differences[0].class_ == "cost"
    assert (judged.price_basis or "").startswith("unpriced: ") == (delta is None)


def test_the_basis_names_both_sides() -> None:
    judged = row("AWS::EC2::Instance", ("/InstanceType", "m5.large", "m5.4xlarge"), context=inputs("AWS::EC2::Instance", {}))
    assert (judged.price_basis or "").startswith("70.08 → 560.64, on-demand list price, us-east-1, ")
    gone = row("AWS::EC2::Instance", status="deleted", context=inputs("AWS::EC2::Instance", {"InstanceType": "m5.large"}))
    assert (plain_or_none(gone.monthly_delta), (gone.price_basis or "")[:12]) == ("-70.08", "70.08 → 0.00")


def test_noise_and_ignored_differences_cost_nothing() -> None:
    judged = row(
        "AWS::EC2::Volume", ("/Size", "40", 40), ("/Tags/0", None, {"Key": "a", "Value": "b"}), context=inputs("AWS::EC2::Volume", VOLUME)
    )
    assert (judged.monthly_delta, judged.price_basis, judged.severity) == (None, None, "low")


def test_an_unmanaged_gateway_costs_its_hours() -> None:
    judged = row("AWS::EC2::NatGateway", status="unmanaged")
    assert (plain_or_none(judged.monthly_delta), judged.severity, judged.tier) == ("32.85", "medium", "undeclared")


def test_price_inputs_hold_no_secret() -> None:
    assert set(inputs("AWS::RDS::DBInstance", DATABASE)) == {"/DBInstanceClass", "/Engine", "/MultiAZ", "/AllocatedStorage"}
