"""One stack's DescribeStackResourceDrifts as findings: explained by the stack's other resources, and without secrets."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from costtui.domain.drift import pointer
from costtui.domain.drift.compare import Change
from costtui.domain.drift.noise.values import dump
from costtui.domain.drift.price_inputs import inputs
from costtui.domain.drift.records import Difference, DriftFinding, Op, Owned, Status
from costtui.domain.drift.redacted_difference import difference
from costtui.domain.drift.redaction import Secrets
from costtui.domain.drift.related import group_rules
from costtui.domain.drift.related.across import is_of_interest
from costtui.domain.drift.related.delegated import is_delegated
from costtui.domain.drift.related.relations import Drifted, Managed, Relations
from costtui.sources.aws.cloud import moment
from costtui.sources.aws.stack_template import INGRESS

Drift = Mapping[str, Any]
Stack = Mapping[str, Any]

STATUSES: dict[str, Status] = {"MODIFIED": "drifted", "DELETED": "deleted", "IN_SYNC": "in-sync", "UNKNOWN": "unknown"}
OPS: dict[str, Op] = {"ADD": "add", "REMOVE": "remove", "NOT_EQUAL": "change"}
LONGEST_NUMBER = 10
"""Digits: no numeric property is longer, and ids are."""


class Beside(msgspec.Struct, frozen=True):
    """What is known of a stack's resources from elsewhere, by logical id."""

    constructs: Mapping[str, str] = {}
    """CDK's path."""
    undeclared: frozenset[str] = frozenset()
    """Those whose drift is in properties that the template does not declare; their reason says so."""
    ignored: Mapping[str, Mapping[str, str]] = {}
    """The rule of each property path that AWS itself leaves out."""


def findings(stack: Stack, drifts: Sequence[Drift], beside: Beside | None = None, key: bytes = b"") -> list[DriftFinding]:
    """Everything in `drifts` that is not in sync. Resources in sync are read too: what repeats one of them is no drift. `key` tells changed
    secrets apart."""
    secrets, relations = _secrets(drifts, key), _relations(drifts)
    reported = [drift for drift in drifts if STATUSES.get(drift["StackResourceDriftStatus"], "in-sync") != "in-sync"]
    return [_finding(stack, drift, secrets, relations, beside or Beside()) for drift in reported]


def owned(stack: Stack, drifts: Sequence[Drift]) -> list[Owned]:
    """What is there of the stack that the drift of other stacks and plans may only repeat, without secrets."""
    there = [drift for drift in drifts if drift["StackResourceDriftStatus"] != "DELETED" and is_of_interest(drift["ResourceType"])]
    secrets = _secrets(drifts) if there else Secrets()
    account, region = arn_part(stack, 4), arn_part(stack, 3)
    return [Owned(one.type, dump(secrets.clean(one.values, one.type)), account, region) for one in _managed(there, "ActualProperties")]


def tags_of(stack: Stack) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in stack.get("Tags", ())}


def arn_part(stack: Stack, index: int) -> str | None:
    parts = stack["StackId"].split(":")
    return parts[index] if len(parts) > index else None


def _secrets(drifts: Sequence[Drift], key: bytes = b"") -> Secrets:
    """CloudFormation masks nothing: what a name calls secret anywhere in the stack is secret wherever it was copied to."""
    secrets = Secrets(key=key)
    for drift in drifts:
        type_ = drift["ResourceType"]
        for side in ("ExpectedProperties", "ActualProperties"):
            properties = _parsed(drift.get(side))
            secrets.add_named(properties, type_)
            secrets.add_labelled(properties)
        for item in drift.get("PropertyDifferences", ()):
            for side in ("ExpectedValue", "ActualValue"):
                secrets.add_named(_parsed(item.get(side)), type_, item["PropertyPath"])
    return secrets


def _relations(drifts: Sequence[Drift]) -> Relations:
    there = [drift for drift in drifts if drift["StackResourceDriftStatus"] != "DELETED"]
    drifted = [drift for drift in drifts if drift["StackResourceDriftStatus"] in ("MODIFIED", "DELETED")]
    return Relations(_managed(there, "ActualProperties"), _managed(drifted, "ExpectedProperties"))


def _managed(drifts: Sequence[Drift], side: str) -> list[Managed]:
    parsed = [(drift, _parsed(drift.get(side))) for drift in drifts]
    return [Managed(drift["LogicalResourceId"], drift["ResourceType"], values) for drift, values in parsed if isinstance(values, dict)]


def _finding(stack: Stack, drift: Drift, secrets: Secrets, relations: Relations, beside: Beside) -> DriftFinding:
    status = STATUSES[drift["StackResourceDriftStatus"]]
    type_ = drift["ResourceType"]
    actual = _parsed(drift.get("ActualProperties") or drift.get("ExpectedProperties"))
    shown = secrets.clean(actual, type_)
    return DriftFinding(
        source="cloudformation",
        scope=stack["StackName"],
        address=drift["LogicalResourceId"],
        type=type_,
        physical_id=drift.get("PhysicalResourceId"),
        account=arn_part(stack, 4),
        region=arn_part(stack, 3),
        status=status,
        differences=_differences(stack, drift, secrets, relations, beside.ignored.get(drift["LogicalResourceId"], {})),
        reason=secrets.clean_text(drift.get("DriftStatusReason", "")),
        tags=tags_of(stack),
        last_checked=moment(drift.get("Timestamp")),
        counted=status in ("drifted", "deleted"),
        context=inputs(type_, shown, relations) if isinstance(shown, dict) else {},
        undeclared=[f"/{INGRESS}"] if drift["LogicalResourceId"] in beside.undeclared else [],
        construct=secrets.clean_name(beside.constructs.get(drift["LogicalResourceId"], "")),
    )


def _differences(stack: Stack, drift: Drift, secrets: Secrets, relations: Relations, ignored: Mapping[str, str]) -> list[Difference]:
    changes = [_change(item) for item in drift.get("PropertyDifferences", ())]
    before, after = _parsed(drift.get("ExpectedProperties")), _parsed(drift.get("ActualProperties"))
    if isinstance(before, dict) and isinstance(after, dict):
        drifted = Drifted(drift["ResourceType"], drift.get("PhysicalResourceId") or "", before, after)
        changes = [_delegated(drifted, change, relations) for change in _echoes(drifted, changes, relations)]
    changes = [_left_out(change, ignored) for change in changes]
    place = f"{stack['StackName']}/{drift['LogicalResourceId']}"
    return [difference(drift["ResourceType"], change, secrets, declared=True, place=place) for change in changes]


def _left_out(change: Change, ignored: Mapping[str, str]) -> Change:
    """AWS leaves out a property with all that is below it."""
    rule = next((rule for path, rule in ignored.items() if pointer.within(change.path, path)), "")
    return msgspec.structs.replace(change, rule=rule) if rule and not change.rule else change


def _echoes(drifted: Drifted, changes: list[Change], relations: Relations) -> list[Change]:
    """Told rule by rule only where the stack has rules of its own as resources: elsewhere CloudFormation's paths stay."""
    types = (*group_rules.rule_types("ingress"), *group_rules.rule_types("egress"))
    return group_rules.echoes(drifted, changes, relations) if relations.now(*types) or relations.was(*types) else changes


def _delegated(drifted: Drifted, change: Change, relations: Relations) -> Change:
    return msgspec.structs.replace(change, rule="N9") if not change.rule and is_delegated(drifted, change, relations) else change


def _change(item: Mapping[str, Any]) -> Change:
    op = OPS.get(item.get("DifferenceType", ""), "change")
    return Change(item["PropertyPath"], _parsed(item.get("ExpectedValue")), _parsed(item.get("ActualValue")), op)


def _parsed(text: str | None) -> Any:
    """CloudFormation writes structures as JSON and plain values bare: an account id is no number, and the version 5.10 is not 5.1."""
    if text is None:
        return None
    try:
        value = json.loads(text, parse_constant=str)  # NaN is a word
    except (ValueError, RecursionError):
        return text
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return text if is_number and (len(text) > LONGEST_NUMBER or json.dumps(value) != text) else value
