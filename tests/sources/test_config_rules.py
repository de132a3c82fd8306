"""AWS Config's rules over the demo cloud: which are there, what does not comply, and what it means when Config is off."""

from collections.abc import Sequence
from typing import Any

import pytest

from costtui.domain.datasets import Batch, DriftReport, Scope
from costtui.domain.drift.records import ConfigRule
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.aws.config_rules import OFF, ConfigCompliance, ConfigRules
from costtui.sources.bridge import Pacer
from costtui.sources.demo import DEMO_NOW, World, install
from costtui.sources.demo.answers.call import Call
from costtui.sources.demo.answers.table import HANDLERS
from costtui.sources.demo.faults import Denied, NotEnabled
from costtui.sources.port import Request, Source
from tests.fakes.demo import PROD

US = Scope("aws", "prod", "us-east-1")
RECORDER = NotEnabled(code="NoAvailableConfigurationRecorderException", message="no recorder")


class Meter:
    def afford(self, source: str, usd: Any, what: str) -> None: ...

    def charge(self, source: str, operation: str, usd: Any) -> None: ...

    settle = covered = charge


def cloud(world: World) -> AwsCloud:
    return AwsCloud(
        Meter(),
        Pacer(unlimited=True),
        profiles=["prod"],
        regions=["us-east-1", "eu-west-1"],
        prompt=lambda _question: "",
        install=lambda session, profile: install(session, world, profile=profile),
    )


def ask(source: Source, scope: Scope = US, rules: Sequence[ConfigRule] = ()) -> tuple[list[Any], list[Problem]]:
    items = list(source.fetch(Request(scope, DEMO_NOW, inputs={"config-rules": rules})))
    records = [record for item in items if isinstance(item, Batch) for record in item.records]
    return records, [item for item in items if isinstance(item, Problem)]


def rules(world: World) -> list[ConfigRule]:
    return ask(ConfigRules(cloud(world), wanted=True))[0]


def test_managed_rules_are_known_by_their_identifier() -> None:
    assert ConfigRule("encrypted-volumes", "ENCRYPTED_VOLUMES", PROD, "us-east-1") in rules(World())
    assert ask(ConfigRules(cloud(World()), wanted=True), Scope("aws", "prod", "eu-west-1")) == ([], [])


def test_only_active_rules_count_and_own_ones_have_no_identifier(monkeypatch: pytest.MonkeyPatch) -> None:
    def describe(_: World, call: Call) -> dict[str, Any]:
        def rule(name: str, owner: str, state: str) -> dict[str, Any]:
            return {"ConfigRuleName": name, "Source": {"Owner": owner, "SourceIdentifier": "X"}, "ConfigRuleState": state}

        if not call.params.get("NextToken"):
            return {"ConfigRules": [rule("going", "AWS", "DELETING"), rule("own", "CUSTOM_LAMBDA", "ACTIVE")], "NextToken": "2"}
        return {"ConfigRules": [rule("last", "AWS", "ACTIVE")]}

    monkeypatch.setitem(HANDLERS, ("config", "DescribeConfigRules"), describe)
    assert [(rule.name, rule.identifier) for rule in rules(World())] == [("own", ""), ("last", "X")]


def test_what_does_not_comply_is_a_finding_with_its_reason() -> None:
    world = World()
    reports, problems = ask(ConfigCompliance(cloud(world), wanted=True), rules=rules(world))
    found = [finding for report in reports if isinstance(report, DriftReport) for finding in report.findings]
    assert [(one.scope, one.physical_id, one.status) for one in found] == [
        ("required-tags", "lumen-exports", "noncompliant"),
        ("restricted-common-ports", "sg-0db5432a1b2c3d4e5", "noncompliant"),
        ("s3-bucket-versioning-enabled", "lumen-assets", "noncompliant"),
    ]
    assert (found[1].reason, found[1].account, found[1].region) == ("tcp 5432 is open to 0.0.0.0/0", PROD, "us-east-1")
    assert problems == []


@pytest.mark.parametrize(
    ("kind", "operation"), [(ConfigRules, "DescribeConfigRules"), (ConfigCompliance, "GetComplianceDetailsByConfigRule")]
)
def test_an_account_without_a_recorder_is_no_failure(kind: Any, operation: str) -> None:
    world = World()
    there = rules(world)
    world.faults["config", operation] = RECORDER
    records, problems = ask(kind(cloud(world), wanted=True), rules=there)
    assert records == []
    assert [(problem.kind, problem.what) for problem in problems] == [("warning", OFF)]


def test_a_refusal_is_not_taken_for_compliance() -> None:
    world = World()
    there = rules(world)
    world.faults["config", "GetComplianceDetailsByConfigRule"] = Denied()
    with pytest.raises(SourceError) as caught:
        ask(ConfigCompliance(cloud(world), wanted=True), rules=there)
    assert caught.value.problem.kind == "denied"


def test_switched_off_asks_nothing_and_says_so() -> None:
    for kind in (ConfigRules, ConfigCompliance):
        source = kind(cloud(World()), wanted=False)
        assert (source.scopes(), source.unconfigured) == ([], "switched off in [drift]")
