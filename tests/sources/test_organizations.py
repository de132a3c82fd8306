"""Service control policies: what they deny, to which accounts, and a quiet word from where they cannot be read."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from costtui.domain.datasets import Account, Batch
from costtui.domain.drift.service_control import (
    OrganizationGuardrails,
    ServiceControlPolicy,
    denying,
    narrowing,
    read_policy,
)
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.organizations import FROM_ELSEWHERE
from costtui.sources.demo import DEMO_NOW
from costtui.sources.demo.faults import CloudError
from costtui.sources.port import Request
from tests.fakes.aws_account import Here
from tests.fakes.demo import PROD

STAGE = "444455556666"
pytestmark = pytest.mark.filterwarnings("ignore:.*does not match an error shape")


def ask(here: Here, *accounts: str) -> tuple[list[OrganizationGuardrails], list[str], list[Problem]]:
    source = here.sources["organization-guardrails"]
    inputs = {"accounts": [Account(one, one) for one in accounts or (PROD, STAGE)]}
    items = list(source.fetch(Request(source.scopes()[0], DEMO_NOW, inputs=inputs)))
    batches = [item for item in items if isinstance(item, Batch)]
    problems = [item for item in items if isinstance(item, Problem)]
    return [record for batch in batches for record in batch.records], [batch.detail for batch in batches], problems


def test_policies_hold_for_the_accounts_below_their_targets(here: Here) -> None:
    (read,), details, problems = ask(here)
    assert problems == []
    assert details == ["3 service control policies"]
    held = {policy.name: policy.accounts for policy in read.policies}
    assert held == {
        "keep-trails-and-encryption": [PROD, STAGE],
        "functions-through-the-pipeline": [PROD],
        "no-open-ports-in-stage": [STAGE],
    }
    ingress = "ec2:AuthorizeSecurityGroupIngress"
    assert [one.name for one in denying([read], STAGE, ingress)] == ["no-open-ports-in-stage"]
    assert denying([read], PROD, ingress) == []
    assert [one.name for one in narrowing([read], PROD, "lambda:UpdateFunctionConfiguration")] == ["functions-through-the-pipeline"]


def test_the_management_account_is_spared(here: Here) -> None:
    (read,), _, _ = ask(here, "777788889999")
    assert [policy.accounts for policy in read.policies] == [[], [], []]
    assert denying([read], "777788889999", "cloudtrail:StopLogging") == []
    assert denying([read], None, "cloudtrail:StopLogging") == [], "it holds for no account that is looked at"


@pytest.mark.parametrize(
    ("operation", "code", "note"),
    [
        ("ListPolicies", "AccessDeniedException", FROM_ELSEWHERE),
        ("DescribeOrganization", "AccessDeniedException", FROM_ELSEWHERE),
        ("DescribeOrganization", "AWSOrganizationsNotInUseException", "unsupported: the account is in no organization"),
    ],
)
def test_from_elsewhere_it_is_unsupported_in_one_sentence_and_no_problem(here: Here, operation: str, code: str, note: str) -> None:
    def refuse(_: dict[str, Any]) -> dict[str, Any]:
        raise CloudError(code, "You do not have permissions to access this resource.")

    here.say("organizations", operation, refuse)
    assert ask(here) == ([OrganizationGuardrails("", note=note)], [note], [])


def test_throttling_is_a_problem_and_no_empty_answer(here: Here) -> None:
    def refuse(_: dict[str, Any]) -> dict[str, Any]:
        raise CloudError("TooManyRequestsException", "slow down")

    here.say("organizations", "DescribePolicy", refuse)
    with pytest.raises(SourceError) as caught:
        ask(here)
    assert caught.value.problem.kind == "throttled"


def policy(*statements: dict[str, Any], accounts: Sequence[str] = ("1",)) -> ServiceControlPolicy:
    return read_policy("p", "n", json.dumps({"Statement": list(statements)}), accounts)


DENY = {"Effect": "Deny", "Resource": "*"}


@pytest.mark.parametrize(
    ("statement", "whole", "part"),
    [
        ({**DENY, "Action": "s3:PutBucketAcl"}, True, False),
        ({**DENY, "Action": ["S3:putbucket*"]}, True, False),
        ({**DENY, "Action": "*"}, True, False),
        ({**DENY, "Action": "s3:PutBucketAc?"}, True, False),
        ({**DENY, "Action": "s3:PutBucket"}, False, False),
        ({**DENY, "Action": "s3:Get*"}, False, False),
        ({**DENY, "Action": "s3.*"}, False, False),
        ({**DENY, "Action": "s3:*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}}, False, True),
        ({**DENY, "Action": "s3:*", "Resource": "arn:aws:s3:::logs"}, False, True),
        ({**DENY, "NotAction": ["iam:*"]}, False, True),
        ({"Effect": "Allow", "Action": ["ec2:*"], "Resource": "*"}, True, False),
        ({"Effect": "Allow", "Action": ["*"], "Resource": "*"}, False, False),
    ],
)
def test_what_a_statement_denies(statement: dict[str, Any], whole: bool, part: bool) -> None:
    read = policy(statement)
    assert (read.denies_action("s3:PutBucketAcl"), read.narrows_action("s3:PutBucketAcl")) == (whole, part)


@pytest.mark.parametrize("content", ["", "[]", '{"Statement": ["x"]}'])
def test_a_document_that_is_no_policy_is_refused(content: str) -> None:
    with pytest.raises(ValueError, match=r"policy|Expecting"):
        read_policy("p", "n", content, [])
