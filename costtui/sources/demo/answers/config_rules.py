"""AWS Config: DescribeConfigRules 25 a page, GetComplianceDetailsByConfigRule 100, and the recorded history of a few resources."""

import json
from datetime import datetime, timedelta
from typing import Any

from costtui.sources.demo.answers.call import Answer, Call, Table, page, page_size
from costtui.sources.demo.company import story_text
from costtui.sources.demo.faults import CloudError
from costtui.sources.demo.world import World

RULES_PAGE, DETAILS_PAGE, HISTORY_PAGE = 25, 100, 10


def _rules(call: Call) -> list[dict[str, Any]]:
    story: dict[str, Any] = json.loads(story_text("config_rules.json"))
    rules: list[dict[str, Any]] = story["rules"]
    return rules if (story["account"], story["region"]) == (call.account, call.region) else []


def describe_config_rules(_: World, call: Call) -> Answer:
    listed, token = page(_rules(call), call.params.get("NextToken"), RULES_PAGE, error="InvalidNextTokenException")
    answer: Answer = {"ConfigRules": [_rule(rule, number, call) for number, rule in enumerate(listed, 1)]}
    return answer if token is None else {**answer, "NextToken": token}


def _rule(rule: dict[str, Any], number: int, call: Call) -> Answer:
    return {
        "ConfigRuleName": rule["name"],
        "ConfigRuleArn": f"arn:aws:config:{call.region}:{call.account}:config-rule/config-rule-{number:06d}",
        "ConfigRuleId": f"config-rule-{number:06d}",
        "Source": {"Owner": "AWS", "SourceIdentifier": rule["identifier"]},
        "InputParameters": rule.get("parameters", "{}"),
        "ConfigRuleState": "ACTIVE",
    }


def get_compliance_details_by_config_rule(world: World, call: Call) -> Answer:
    name = call.params["ConfigRuleName"]
    if name not in {rule["name"] for rule in _rules(call)}:
        raise CloudError("NoSuchConfigRuleException", f"The ConfigRule '{name}' provided in the request is invalid.")
    wanted = call.params.get("ComplianceTypes") or ["NON_COMPLIANT"]
    found = [entry for entry in world.drift.noncompliant if entry["rule"] == name and "NON_COMPLIANT" in wanted]
    size = page_size(call.params.get("Limit"), DETAILS_PAGE)
    listed, token = page(found, call.params.get("NextToken"), size, error="InvalidNextTokenException")
    answer: Answer = {"EvaluationResults": [_result(world, entry) for entry in listed]}
    return answer if token is None else {**answer, "NextToken": token}


def _result(world: World, entry: dict[str, Any]) -> Answer:
    recorded = world.now - timedelta(hours=3, minutes=12)
    qualifier = {"ConfigRuleName": entry["rule"], "ResourceType": entry["type"], "ResourceId": entry["resource"]}
    result: Answer = {
        "EvaluationResultIdentifier": {"EvaluationResultQualifier": qualifier, "OrderingTimestamp": recorded},
        "ComplianceType": "NON_COMPLIANT",
        "ResultRecordedTime": recorded,
        "ConfigRuleInvokedTime": recorded,
    }
    return {**result, "Annotation": entry["annotation"]} if entry["annotation"] else result


def get_resource_config_history(world: World, call: Call) -> Answer:
    """Newest first, whatever order is asked for: costtui asks for no other."""
    asked = call.params["resourceType"], call.params["resourceId"]
    found = [one for one in _history(world, call) if (one["type"], one["resource"]) == asked]
    if not found:
        raise CloudError(
            "ResourceNotDiscoveredException", f"Resource {asked[1]} of resourceType:{asked[0]} is unknown or has not been discovered"
        )
    items = [_item(call, found[0], state) for state in found[0]["states"]]
    return {"configurationItems": items[: call.params.get("limit") or HISTORY_PAGE]}


def list_discovered_resources(world: World, call: Call) -> Answer:
    type_, name = call.params["resourceType"], call.params.get("resourceName")
    found = [one for one in _history(world, call) if one["type"] == type_ and one["name"] in (name, None)]
    return {"resourceIdentifiers": [{"resourceType": type_, "resourceId": one["resource"], "resourceName": one["name"]} for one in found]}


def _history(world: World, call: Call) -> list[dict[str, Any]]:
    story: dict[str, Any] = json.loads(story_text("config_rules.json"))
    here = (story["account"], story["region"]) == (call.account, call.region)
    return [one for one in story["history"] if here and one.get("scenario", world.scenario) == world.scenario]


def _item(call: Call, resource: dict[str, Any], state: dict[str, Any]) -> Answer:
    return {
        "version": "1.3",
        "accountId": call.account,
        "awsRegion": call.region,
        "resourceType": resource["type"],
        "resourceId": resource["resource"],
        "resourceName": resource["name"],
        "configurationItemCaptureTime": datetime.fromisoformat(state["at"]),
        "configurationItemStatus": state.get("status", "OK"),
        "configuration": json.dumps(state["configuration"]),
        "supplementaryConfiguration": {},
        "tags": state.get("tags", {}),
    }


HANDLERS: Table = {
    ("config", "DescribeConfigRules"): describe_config_rules,
    ("config", "GetComplianceDetailsByConfigRule"): get_compliance_details_by_config_rule,
    ("config", "GetResourceConfigHistory"): get_resource_config_history,
    ("config", "ListDiscoveredResources"): list_discovered_resources,
}
