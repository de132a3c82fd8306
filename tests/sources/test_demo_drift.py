"""What drifted in the demo company: CloudFormation's last answers, the Terraform plan, and who did it."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from costtui.sources import terraform
from costtui.sources.demo import World
from costtui.sources.demo.differences import property_differences
from costtui.sources.demo.files import terraform_plan
from tests.fakes.demo import client, pages

PLACES = [(profile, region) for profile in ("prod", "stage") for region in ("us-east-1", "eu-west-1")]


def resources(world: World) -> list[dict[str, Any]]:
    """Every resource of every stack, with the name of its stack."""
    found = []
    for profile, region in PLACES:
        cloudformation = client(world, "cloudformation", region, profile=profile)
        for stacks in pages(cloudformation.describe_stacks, "NextToken", "NextToken"):
            for stack in stacks["Stacks"]:
                for answer in pages(cloudformation.list_stack_resources, "NextToken", "NextToken", StackName=stack["StackId"]):
                    found += [{**one, "stack": stack["StackName"]} for one in answer["StackResourceSummaries"]]
    return found


def statuses(world: World) -> list[str]:
    return [one["DriftInformation"]["StackResourceDriftStatus"] for one in resources(world)]


def drift_of(world: World, stack: str, region: str = "us-east-1") -> dict[str, dict[str, Any]]:
    answer = client(world, "cloudformation", region).describe_stack_resource_drifts(StackName=stack)
    return {one["LogicalResourceId"]: one for one in answer["StackResourceDrifts"]}


def noncompliant(world: World) -> list[str]:
    """The resources that AWS Config objects to, rule by rule."""
    config = client(world, "config")
    found = []
    for answer in pages(config.describe_config_rules, "NextToken", "NextToken"):
        for rule in answer["ConfigRules"]:
            details = config.get_compliance_details_by_config_rule(ConfigRuleName=rule["ConfigRuleName"], ComplianceTypes=["NON_COMPLIANT"])
            found += [one["EvaluationResultIdentifier"]["EvaluationResultQualifier"]["ResourceId"] for one in details["EvaluationResults"]]
    return found


def plan(world: World) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(terraform_plan(world))
    return decoded


def addresses(world: World) -> set[str]:
    return {entry["address"] for entry in plan(world)["resource_drift"]}


def test_thirty_nine_are_reported_of_two_hundred_and_forty_one_and_twenty_eight_are_unchecked() -> None:
    found, planned = statuses(World()), plan(World())
    state = planned["prior_state"]["values"]["root_module"]["resources"]
    deleted = [entry for entry in planned["resource_drift"] if entry["change"]["actions"] == ["delete"]]
    assert len(found) + len(state) + len(deleted) == 241
    assert found.count("MODIFIED") + found.count("DELETED") + len(planned["resource_drift"]) == 39
    assert sum(status in ("NOT_CHECKED", "UNKNOWN", "UNSUPPORTED") for status in found) == 28


def test_memory_that_was_raised_by_hand() -> None:
    raised = drift_of(World(), "checkout-prod")["CheckoutFn"]
    assert raised["PhysicalResourceId"] == "checkout-authorize"
    assert raised["PropertyDifferences"] == [
        {"PropertyPath": "/MemorySize", "ExpectedValue": "512", "ActualValue": "3008", "DifferenceType": "NOT_EQUAL"}
    ]


def test_an_alarm_that_was_deleted_has_no_actual_side() -> None:
    alarm = drift_of(World(), "checkout-prod")["Alarm5xx"]
    assert (alarm["PhysicalResourceId"], alarm["StackResourceDriftStatus"]) == ("alarm-5xx", "DELETED")
    assert "ActualProperties" not in alarm


def test_a_detection_that_failed_says_why_and_leaves_the_rest_unchecked() -> None:
    found = drift_of(World(), "billing-prod", "eu-west-1")
    reasons = [one["DriftStatusReason"] for one in found.values() if one["StackResourceDriftStatus"] == "UNKNOWN"]
    assert reasons == ["Rate exceeded"]
    assert {one["StackResourceDriftStatus"] for one in found.values()} == {"UNKNOWN", "NOT_CHECKED"}


def test_a_stack_that_was_never_checked_has_no_drifts_to_give() -> None:
    stacks = client(World(), "cloudformation", "eu-west-1").list_stacks()["StackSummaries"]
    growth = next(one for one in stacks if one["StackName"] == "growth-prod")
    assert growth["DriftInformation"] == {"StackDriftStatus": "NOT_CHECKED"}
    with pytest.raises(ClientError, match="has not been run"):
        drift_of(World(), "growth-prod", "eu-west-1")


def test_a_nested_stack_names_its_parent() -> None:
    stacks = client(World(), "cloudformation").list_stacks()["StackSummaries"]
    by_name = {one["StackName"]: one for one in stacks}
    assert by_name["search-prod-index"]["ParentId"] == by_name["search-prod"]["StackId"]
    assert "ParentId" not in by_name["search-prod"]


def test_drifts_are_filtered_and_paged() -> None:
    cloudformation = client(World(), "cloudformation")
    ask = {"StackName": "checkout-prod", "StackResourceDriftStatusFilters": ["MODIFIED", "DELETED"]}
    answers = pages(cloudformation.describe_stack_resource_drifts, "NextToken", "NextToken", MaxResults=1, **ask)
    assert [[one["LogicalResourceId"] for one in answer["StackResourceDrifts"]] for answer in answers] == [["CheckoutFn"], ["Alarm5xx"]]


def test_a_stack_that_does_not_exist_is_said_to_not_exist() -> None:
    with pytest.raises(ClientError, match="Stack with id nobody does not exist"):
        drift_of(World(), "nobody")


def test_differences_are_leaves_as_text() -> None:
    found = list(property_differences({"a": {"b": 1, "c": True}, "l": [1, 2]}, {"a": {"b": 2, "c": True}, "l": [1, 2, {"x": 3}]}))
    assert found == [
        {"PropertyPath": "/a/b", "ExpectedValue": "1", "ActualValue": "2", "DifferenceType": "NOT_EQUAL"},
        {"PropertyPath": "/l/2", "ExpectedValue": "null", "ActualValue": '{"x":3}', "DifferenceType": "ADD"},
    ]
    assert list(property_differences({"a": True}, {"a": 1}))  # equal in Python, not in JSON
    assert not list(property_differences({"a": [1]}, {"a": [1]}))


def test_the_security_group_is_open_to_the_world() -> None:
    (group,) = [entry for entry in plan(World())["resource_drift"] if entry["address"] == "aws_security_group.db"]
    added = [rule for rule in group["change"]["after"]["ingress"] if rule not in group["change"]["before"]["ingress"]]
    assert [(rule["protocol"], rule["from_port"], rule["cidr_blocks"]) for rule in added] == [("tcp", 5432, ["0.0.0.0/0"])]


def test_the_plan_is_one_that_the_product_reads(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(terraform_plan(World()))
    reading = terraform.read(path)
    assert (reading.kind, reading.terraform_version, reading.partial) == ("refresh-only", "1.11.4", "")
    assert len(reading.findings) == 29
    assert (reading.coverage.checked, reading.coverage.unchecked) == (90, 0)
    assert reading.taken_at < World().now


def test_the_plans_password_is_marked_as_sensitive() -> None:
    state = plan(World())["prior_state"]["values"]["root_module"]["resources"]
    with_password = [resource for resource in state if "password" in resource["values"]]
    assert with_password
    assert all(resource["sensitive_values"]["password"] is True for resource in with_password)


def test_a_week_later_the_group_is_closed_and_a_bucket_is_public() -> None:
    before, after = addresses(World()), addresses(World(scenario="after"))
    assert (before - after, after - before) == ({"aws_security_group.db"}, {"aws_s3_bucket_public_access_block.exports"})
    assert drift_of(World(scenario="after"), "checkout-prod")["CheckoutFn"]["StackResourceDriftStatus"] == "MODIFIED"


@pytest.mark.parametrize("scale", [1, 5, 30, 45, 60, 61, 300])
def test_a_scale_is_the_number_of_drift_records(scale: int) -> None:
    """The stack whose detection failed is one of them, and the one that was never checked, and the group that only EC2 tells about."""
    world = World(scale)
    found = statuses(world)
    reported = found.count("MODIFIED") + found.count("DELETED") + len(plan(world)["resource_drift"])
    stacks = {one["stack"] for one in resources(world)}
    besides = len({"growth-prod", "platform-prod"} & stacks)
    assert reported + len(noncompliant(world)) + found.count("UNKNOWN") + besides == scale


def test_three_resources_do_not_comply_and_one_fewer_a_week_later() -> None:
    assert noncompliant(World()) == ["lumen-exports", "sg-0db5432a1b2c3d4e5", "lumen-assets"]
    assert noncompliant(World(scenario="after")) == ["lumen-exports", "lumen-assets"]


def test_a_rule_that_does_not_exist_is_said_to_not_exist() -> None:
    with pytest.raises(ClientError, match="NoSuchConfigRule"):
        client(World(), "config").get_compliance_details_by_config_rule(ConfigRuleName="nobody")


def test_who_raised_the_memory_and_how() -> None:
    trail = client(World(), "cloudtrail")
    answer = trail.lookup_events(LookupAttributes=[{"AttributeKey": "ResourceName", "AttributeValue": "checkout-authorize"}])
    latest = answer["Events"][0]
    record = json.loads(latest["CloudTrailEvent"])
    assert (latest["Username"], latest["ReadOnly"], latest["EventTime"].isoformat()) == ("maria", "false", "2026-11-12T09:41:07+00:00")
    assert record["sessionCredentialFromConsole"] == "true"
    assert record["requestParameters"]["memorySize"] == 3008
    nobody = trail.lookup_events(LookupAttributes=[{"AttributeKey": "ResourceName", "AttributeValue": "alarm-5xx"}])
    assert nobody["Events"] == []


def test_events_are_paged_newest_first_and_end_at_now() -> None:
    answers = pages(client(World(), "cloudtrail").lookup_events, "NextToken", "NextToken", MaxResults=2)
    times = [event["EventTime"] for answer in answers for event in answer["Events"]]
    assert len(answers) > 2
    assert times == sorted(times, reverse=True)
    assert max(times) <= World().now
    later = client(World(scenario="after"), "cloudtrail").lookup_events()["Events"]
    assert len(later) == len(times) + 1
