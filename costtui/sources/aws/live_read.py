"""What CloudFormation does not see: rules of a security group whose template declares an empty list of them.

CloudFormation calls such a group in sync whatever is opened by hand (aws-cloudformation/cloudformation-coverage-roadmap#2091), so EC2
itself is asked: DescribeSecurityGroupRules, free. A rule that another stack manages as a resource of its own is none of that:
DescribeStackResources tells by its id.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from costtui.domain.problems import SourceError
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.aws.stack_template import INGRESS, SECURITY_GROUP
from costtui.sources.port import Request

REASON = "read from EC2: the template declares no ingress, and CloudFormation does not compare an empty list"
Drift = Mapping[str, Any]


def unseen(drift: Drift) -> bool:
    """Whether CloudFormation may have overlooked rules here: a group that it looked at, without any ingress on the declared side."""
    if drift["ResourceType"] != SECURITY_GROUP or drift["StackResourceDriftStatus"] not in ("IN_SYNC", "MODIFIED"):
        return False
    told = any(item["PropertyPath"].startswith(f"/{INGRESS}") for item in drift.get("PropertyDifferences", ()))
    return not told and not _properties(drift.get("ExpectedProperties")).get(INGRESS)


def _closed(drift: Drift) -> bool:
    """Where CloudFormation itself repeats the empty list, the template need not be read."""
    return bool(_properties(drift.get("ExpectedProperties")).get(INGRESS) == [])


class LiveGroups:
    """Asks EC2 about security groups of one scope."""

    def __init__(self, cloud: AwsCloud, source: str, request: Request) -> None:
        self._cloud, self._source, self._request = cloud, source, request

    def amended(self, drifts: Sequence[Drift], closed: frozenset[str]) -> list[Drift]:
        """`drifts` with the rules that EC2 has and the template does not declare, of the groups in `closed` (logical ids).

        Raises SourceError where EC2 cannot be asked."""
        asked = {
            drift["PhysicalResourceId"]: drift
            for drift in drifts
            if unseen(drift) and (drift["LogicalResourceId"] in closed or _closed(drift))
        }
        if not asked:
            return list(drifts)
        found: dict[str, list[dict[str, Any]]] = {}
        for rule in self._rules(list(asked)):
            if not rule.get("IsEgress") and not self._managed_elsewhere(rule, drifts):
                found.setdefault(rule["GroupId"], []).append(_declared_as(rule))
        return [_with(drift, found.get(drift.get("PhysicalResourceId", ""), [])) if drift in asked.values() else drift for drift in drifts]

    def _rules(self, groups: list[str]) -> Iterator[Mapping[str, Any]]:
        pages = self._cloud.pages(
            self._source,
            self._request.scope,
            "ec2",
            "describe_security_group_rules",
            ask="NextToken",
            given="NextToken",
            Filters=[{"Name": "group-id", "Values": groups}],
        )
        for page in pages:
            yield from page.get("SecurityGroupRules", ())

    def _managed_elsewhere(self, rule: Mapping[str, Any], drifts: Sequence[Drift]) -> bool:
        """By any stack. The stack's own rules are left in, where they count as echoes, which are shown and explained."""
        own = {drift.get("PhysicalResourceId") for drift in drifts}
        if rule["SecurityGroupRuleId"] in own:
            return False
        try:
            answer = self._cloud.call(
                self._source,
                self._request.scope,
                "cloudformation",
                "describe_stack_resources",
                PhysicalResourceId=rule["SecurityGroupRuleId"],
            )
        except SourceError as error:
            if error.problem.kind != "failed":  # "failed" is AWS's ValidationError: it is in no stack
                raise
            return False
        return bool(answer.get("StackResources"))


def _declared_as(rule: Mapping[str, Any]) -> dict[str, Any]:
    """An EC2 rule as a template would declare it."""
    referenced = rule.get("ReferencedGroupInfo", {})
    told = {
        "IpProtocol": rule["IpProtocol"],
        "FromPort": rule.get("FromPort"),
        "ToPort": rule.get("ToPort"),
        "CidrIp": rule.get("CidrIpv4"),
        "CidrIpv6": rule.get("CidrIpv6"),
        "SourcePrefixListId": rule.get("PrefixListId"),
        "SourceSecurityGroupId": referenced.get("GroupId"),
        "SourceSecurityGroupOwnerId": referenced.get("UserId"),
        "Description": rule.get("Description"),
    }
    anywhere = rule["IpProtocol"] == "-1"  # EC2 writes -1 to -1 for the ports of all traffic, a template nothing
    return {name: value for name, value in told.items() if value is not None and not (anywhere and name.endswith("Port"))}


def _with(drift: Drift, rules: list[dict[str, Any]]) -> Drift:
    if not rules:
        return drift
    expected = {**_properties(drift.get("ExpectedProperties")), INGRESS: []}
    actual = {**_properties(drift.get("ActualProperties")), INGRESS: rules}
    added = [
        {"PropertyPath": f"/{INGRESS}/{index}", "ExpectedValue": "null", "ActualValue": json.dumps(rule), "DifferenceType": "ADD"}
        for index, rule in enumerate(rules)
    ]
    return {
        **drift,
        "StackResourceDriftStatus": "MODIFIED",
        "DriftStatusReason": REASON,
        "ExpectedProperties": json.dumps(expected),
        "ActualProperties": json.dumps(actual),
        "PropertyDifferences": [*drift.get("PropertyDifferences", ()), *added],
    }


def _properties(text: str | None) -> dict[str, Any]:
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
