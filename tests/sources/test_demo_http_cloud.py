"""The same answers over the wire as in process, and what only the wire shows: retries, timeouts, unreadable answers."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError

from costtui.sources.demo import World
from costtui.sources.demo.faults import Malformed, Offline, Slow, Throttled
from tests.fakes.demo import PROD, client
from tests.fakes.http_cloud import HttpCloud, served

START, END = datetime(2026, 11, 1), datetime(2026, 11, 20)  # noqa: DTZ001 (botocore reads naive times as UTC)
BILL = {"TimePeriod": {"Start": "2026-11-01", "End": "2026-11-20"}, "Granularity": "DAILY", "Metrics": ["AmortizedCost", "UnblendedCost"]}
QUERY = {
    "Id": "a",
    "MetricStat": {
        "Metric": {
            "Namespace": "AWS/Lambda",
            "MetricName": "Duration",
            "Dimensions": [{"Name": "FunctionName", "Value": "thumbnail-render"}],
        },
        "Period": 86400,
        "Stat": "Sum",
    },
}
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("sts", "get_caller_identity", {}),
    ("lambda", "list_functions", {}),
    ("cloudwatch", "get_metric_data", {"MetricDataQueries": [QUERY], "StartTime": START, "EndTime": END}),
    ("cloudwatch", "list_metrics", {"Namespace": "AWS/Lambda"}),
    ("resourcegroupstaggingapi", "get_resources", {"ResourceTypeFilters": ["lambda:function"]}),
    ("cloudformation", "list_stacks", {}),
    ("cloudformation", "describe_stacks", {}),
    ("cloudformation", "list_stack_resources", {"StackName": "checkout-prod"}),
    ("cloudformation", "describe_stack_resource_drifts", {"StackName": "checkout-prod", "MaxResults": 100}),
    ("ce", "get_cost_and_usage", {**BILL, "GroupBy": [{"Type": "TAG", "Key": "customer"}, {"Type": "DIMENSION", "Key": "RECORD_TYPE"}]}),
    ("ce", "list_cost_allocation_tags", {"Status": "Active"}),
    ("ce", "get_tags", {"TimePeriod": BILL["TimePeriod"], "TagKey": "customer"}),
    ("organizations", "list_accounts", {}),
    ("organizations", "describe_organization", {}),
    ("ec2", "describe_regions", {}),
    ("cloudtrail", "lookup_events", {"LookupAttributes": [{"AttributeKey": "ResourceName", "AttributeValue": "checkout-authorize"}]}),
    ("compute-optimizer", "get_enrollment_status", {}),
]


@pytest.fixture
def cloud() -> Iterator[HttpCloud]:
    with served(World(), PROD) as running:
        yield running


def wire_client(cloud: HttpCloud, service: str, **config: Any) -> Any:
    settings = Config(**{"retries": {"mode": "standard", "total_max_attempts": 4}, "connect_timeout": 2, "read_timeout": 10, **config})
    session = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1")
    return session.client(service, endpoint_url=cloud.url, config=settings)


def without_metadata(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def test_every_operation_says_the_same_over_http_as_in_process(cloud: HttpCloud) -> None:
    for service, operation, params in CALLS:
        over_http = getattr(wire_client(cloud, service), operation)(**params)
        in_process = getattr(client(World(), service), operation)(**params)
        expected = without_metadata(in_process)
        seen = without_metadata(over_http)
        # moto writes an absent optional list as empty, and no empty list in the ec2 and query protocols: compare what carries values
        assert {k: v for k, v in seen.items() if v not in ([], "")} == {k: v for k, v in expected.items() if v not in ([], "")}, operation
    assert len(cloud.calls) == len(CALLS)


def test_throttling_is_retried_until_it_ends(cloud: HttpCloud) -> None:
    cloud.world.faults["lambda", "ListFunctions"] = Throttled(times=2)
    answer = wire_client(cloud, "lambda").list_functions()
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert cloud.calls == [("lambda", "ListFunctions")] * 3
    assert answer["Functions"]


def test_cost_explorers_own_throttle_is_retried_in_standard_mode(cloud: HttpCloud) -> None:
    cloud.world.faults["ce", "GetCostAndUsage"] = Throttled(times=1)
    assert wire_client(cloud, "ce").get_cost_and_usage(**BILL)["ResultsByTime"]
    assert len(cloud.calls) == 2


def test_throttling_that_does_not_end_is_an_error_after_the_last_attempt(cloud: HttpCloud) -> None:
    cloud.world.faults["lambda", "ListFunctions"] = Throttled(times=99)
    with pytest.raises(ClientError) as caught:
        wire_client(cloud, "lambda", retries={"mode": "standard", "total_max_attempts": 2}).list_functions()
    assert caught.value.response["Error"]["Code"] == "ThrottlingException"
    assert len(cloud.calls) == 2


def test_a_slow_answer_runs_into_the_read_timeout(cloud: HttpCloud) -> None:
    cloud.world.faults["sts", "GetCallerIdentity"] = Slow(seconds=1.0)
    with pytest.raises(ReadTimeoutError):
        wire_client(cloud, "sts", read_timeout=0.2, retries={"total_max_attempts": 1}).get_caller_identity()


def test_a_slow_answer_is_asked_again(cloud: HttpCloud) -> None:
    cloud.world.faults["sts", "GetCallerIdentity"] = Slow(seconds=1.0, times=1)
    assert wire_client(cloud, "sts", read_timeout=0.4).get_caller_identity()["Account"] == PROD


def test_a_dropped_connection_is_an_error_of_the_network(cloud: HttpCloud) -> None:
    cloud.world.faults["lambda", "ListFunctions"] = Offline()
    with pytest.raises(Exception, match=r"(?i)connection"):
        wire_client(cloud, "lambda", retries={"total_max_attempts": 1}).list_functions()


def test_a_proxys_page_is_no_answer(cloud: HttpCloud) -> None:
    cloud.world.faults["cloudformation", "DescribeStacks"] = Malformed()
    with pytest.raises(Exception, match=r"(?i)pars|html"):
        wire_client(cloud, "cloudformation", retries={"total_max_attempts": 1}).describe_stacks()


def test_typed_errors_arrive_typed(cloud: HttpCloud) -> None:
    optimizer = wire_client(cloud, "compute-optimizer")
    with pytest.raises(optimizer.exceptions.OptInRequiredException):
        optimizer.get_lambda_function_recommendations()
