"""The organization's policies, 20 a page: ListPolicies, DescribePolicy, ListTargetsForPolicy, ListParents, for those who may read them."""

import json
from functools import cache
from typing import Any

from costtui.sources.demo.answers.call import Answer, Call, Table, page, page_size
from costtui.sources.demo.company import story_text
from costtui.sources.demo.faults import CloudError
from costtui.sources.demo.world import World

PAGE = 20
_AWS_OWN = {"id": "p-FullAWSAccess", "name": "FullAWSAccess", "targets": ["r-lumn"], "statements": []}


@cache
def organization() -> dict[str, Any]:
    story: dict[str, Any] = json.loads(story_text("organization.json"))
    return story


def list_policies(world: World, call: Call) -> Answer:
    _only_for_administrators(call, "ListPolicies")
    listed, token = _page([_AWS_OWN, *organization()["policies"]], call)
    return _paged("Policies", [_summary(world, policy) for policy in listed], token)


def describe_policy(world: World, call: Call) -> Answer:
    _only_for_administrators(call, "DescribePolicy")
    policy = _named(call)
    content = json.dumps({"Version": "2012-10-17", "Statement": policy["statements"]})
    return {"Policy": {"PolicySummary": _summary(world, policy), "Content": content}}


def list_targets_for_policy(_: World, call: Call) -> Answer:
    _only_for_administrators(call, "ListTargetsForPolicy")
    listed, token = _page(_named(call)["targets"], call)
    kinds = {"r": "ROOT", "o": "ORGANIZATIONAL_UNIT"}
    return _paged("Targets", [{"TargetId": one, "Name": one, "Type": kinds.get(one[0], "ACCOUNT")} for one in listed], token)


def list_parents(_: World, call: Call) -> Answer:
    _only_for_administrators(call, "ListParents")
    story, child = organization(), call.params["ChildId"]
    parent = {**story["accounts"], **story["units"]}.get(child)
    if parent is None:
        raise CloudError("ChildNotFoundException", f"You specified an OU or account that does not exist: {child}")
    return {"Parents": [{"Id": parent, "Type": "ROOT" if parent == story["root"] else "ORGANIZATIONAL_UNIT"}]}


def _only_for_administrators(call: Call, operation: str) -> None:
    if call.account not in (organization()["management"], *organization()["administrators"]):
        who = f"arn:aws:iam::{call.account}:user/costtui-reader"
        raise CloudError("AccessDeniedException", f"User: {who} is not authorized to perform: organizations:{operation}", 400)


def _named(call: Call) -> dict[str, Any]:
    known: dict[str, dict[str, Any]] = {policy["id"]: policy for policy in (_AWS_OWN, *organization()["policies"])}
    if call.params["PolicyId"] not in known:
        raise CloudError("PolicyNotFoundException", "You specified a policy that does not exist.")
    return known[call.params["PolicyId"]]


def _summary(world: World, policy: dict[str, Any]) -> Answer:
    arn = f"arn:aws:organizations::{organization()['management']}:policy/{world.company.organization}/service_control_policy/{policy['id']}"
    return {
        "Id": policy["id"],
        "Arn": arn,
        "Name": policy["name"],
        "Type": "SERVICE_CONTROL_POLICY",
        "AwsManaged": policy is _AWS_OWN,
    }


def _page(items: list[Any], call: Call) -> tuple[Any, str | None]:
    return page(items, call.params.get("NextToken"), page_size(call.params.get("MaxResults"), PAGE), error="InvalidInputException")


def _paged(name: str, items: list[Answer], token: str | None) -> Answer:
    return {name: items} if token is None else {name: items, "NextToken": token}


HANDLERS: Table = {
    ("organizations", "ListPolicies"): list_policies,
    ("organizations", "DescribePolicy"): describe_policy,
    ("organizations", "ListTargetsForPolicy"): list_targets_for_policy,
    ("organizations", "ListParents"): list_parents,
}
