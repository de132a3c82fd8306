"""AWS Config's rules and what does not comply with them: DescribeConfigRules, GetComplianceDetailsByConfigRule. Both are free;
the recorder behind them is not (https://aws.amazon.com/config/pricing/), and costtui never switches it on.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from costtui.domain.datasets import Batch, DriftReport, Scope
from costtui.domain.drift.records import ConfigRule, DriftCoverage, DriftFinding
from costtui.domain.drift.redaction import Secrets
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.cloud import AwsCloud, moment
from costtui.sources.port import Request

OFF = "AWS Config is off here, so no rule is checked"


class ConfigRules:
    """The active rules of an account and region: a layer that could have found a drift."""

    name = "aws.config"
    dataset = "config-rules"
    after: tuple[str, ...] = ()
    local = False
    paid = False

    def __init__(self, cloud: AwsCloud, *, wanted: bool) -> None:
        self._cloud, self._wanted = cloud, wanted
        self.unconfigured = "no AWS profile is configured" if wanted else "switched off in [drift]"

    def scopes(self) -> Sequence[Scope]:
        return self._cloud.scopes(self.name) if self._wanted else []

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        pages = self._cloud.pages(self.name, request.scope, "config", "describe_config_rules", ask="NextToken", given="NextToken")
        try:
            for page in pages:
                yield Batch([_rule(rule, request.scope) for rule in page.get("ConfigRules", ()) if rule.get("ConfigRuleState") == "ACTIVE"])
        except SourceError as error:
            yield from _off(error)


class ConfigCompliance:
    """The resources that do not comply with a rule."""

    name = "aws.config.compliance"
    dataset = "config-drift"
    after: tuple[str, ...] = ("config-rules",)
    local = False
    paid = False

    def __init__(self, cloud: AwsCloud, *, wanted: bool) -> None:
        self._cloud, self._wanted = cloud, wanted
        self.unconfigured = "no AWS profile is configured" if wanted else "switched off in [drift]"

    def scopes(self) -> Sequence[Scope]:
        return self._cloud.scopes(self.name) if self._wanted else []

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        rules: Sequence[ConfigRule] = request.inputs["config-rules"]
        for number, rule in enumerate(rules, 1):
            request.progress(f"reading Config rules of {request.scope.words}", number, len(rules))
            try:
                found = [_finding(rule, result) for page in self._pages(request, rule) for result in page.get("EvaluationResults", ())]
            except SourceError as error:
                yield from _off(error)
                return
            yield Batch([DriftReport(found, DriftCoverage(rule.name, 0, 0))])

    def _pages(self, request: Request, rule: ConfigRule) -> Iterator[dict[str, Any]]:
        return self._cloud.pages(
            self.name,
            request.scope,
            "config",
            "get_compliance_details_by_config_rule",
            ask="NextToken",
            given="NextToken",
            ConfigRuleName=rule.name,
            ComplianceTypes=["NON_COMPLIANT"],
            Limit=100,
        )


def _off(error: SourceError) -> Iterator[Batch | Problem]:
    """An account without a recorder is no failure: there is nothing to read, and that is said once."""
    problem = error.problem
    if problem.kind != "not-enabled":
        raise error
    yield Batch([])
    yield Problem("warning", problem.source, OFF, "turn its recorder on, or set [drift] config_rules = false", problem.where)


def _rule(rule: Mapping[str, Any], scope: Scope) -> ConfigRule:
    source, arn = rule.get("Source", {}), rule.get("ConfigRuleArn", "").split(":")
    managed = source.get("SourceIdentifier", "") if source.get("Owner") == "AWS" else ""
    return ConfigRule(rule["ConfigRuleName"], managed, arn[4] if len(arn) > 4 else "", scope.region)


def _finding(rule: ConfigRule, result: Mapping[str, Any]) -> DriftFinding:
    qualifier = result["EvaluationResultIdentifier"]["EvaluationResultQualifier"]
    return DriftFinding(
        source="aws-config",
        scope=rule.name,
        address=qualifier["ResourceId"],
        type=qualifier["ResourceType"],
        physical_id=qualifier["ResourceId"],
        account=rule.account or None,
        region=rule.region,
        status="noncompliant",
        reason=Secrets().clean_text(result.get("Annotation", "")),
        last_checked=moment(result.get("ResultRecordedTime")),
    )
