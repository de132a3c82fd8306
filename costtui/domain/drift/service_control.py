"""Service control policies of an organization: what they deny, and to whom.

Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec


class ServiceControlPolicy(msgspec.Struct, frozen=True):
    """One policy of the organization. Action patterns are in small letters, as in "s3:put*"."""

    id: str
    name: str
    accounts: list[str] = []
    """Of the accounts that costtui looks at, those that it holds for. The management account is never among them: SCPs spare it."""
    denies: list[str] = []
    """Denied whatever the resource, and for everybody."""
    narrowed: list[str] = []
    """Denied under a condition, or for some resources only."""
    allows_only: list[str] = []
    """Without a Deny, the actions that an allow list leaves; [] where it is none, or leaves everything."""

    def denies_action(self, action: str) -> bool:
        """Whether `action` ("s3:PutBucketPolicy") is denied without an exception."""
        if _any_matches(self.denies, action):
            return True
        return bool(self.allows_only) and not _any_matches(self.allows_only, action)

    def narrows_action(self, action: str) -> bool:
        """Whether it is denied in some cases only."""
        return not self.denies_action(action) and _any_matches(self.narrowed, action)


class OrganizationGuardrails(msgspec.Struct, frozen=True):
    """What one profile could read of its organization's policies."""

    profile: str
    policies: list[ServiceControlPolicy] = []
    note: str = ""
    """Why nothing could be read, in one sentence; "" when it was read, even where the organization has no policy."""


def denying(read: Collection[OrganizationGuardrails], account: str | None, action: str) -> list[ServiceControlPolicy]:
    """The policies that deny `action` in `account`; without an account, in any that costtui looks at."""
    return [policy for policy in _holding(read, account) if policy.denies_action(action)]


def narrowing(read: Collection[OrganizationGuardrails], account: str | None, action: str) -> list[ServiceControlPolicy]:
    """Those that deny it there in some cases only."""
    return [policy for policy in _holding(read, account) if policy.narrows_action(action)]


def _holding(read: Collection[OrganizationGuardrails], account: str | None) -> Iterator[ServiceControlPolicy]:
    for one in read:
        yield from (policy for policy in one.policies if policy.accounts and account in (None, *policy.accounts))


def read_policy(policy_id: str, name: str, content: str, accounts: Collection[str]) -> ServiceControlPolicy:
    """A policy from its document. Raises ValueError for one that is no JSON object.

    `NotAction` denies all but what it names: it counts as narrowed, since no list of patterns says it."""
    document = json.loads(content)
    if not isinstance(document, dict):
        raise ValueError("the policy is no JSON object")
    statements = _several(document.get("Statement"))
    denies, narrowed, allowed = set[str](), set[str](), set[str]()
    for statement in statements:
        if not isinstance(statement, Mapping):
            raise ValueError("a statement of the policy is no JSON object")
        actions = {str(action).lower() for action in _several(statement.get("Action"))}
        if statement.get("Effect") == "Allow":
            allowed |= actions
        elif statement.get("Condition") or "NotAction" in statement or not _everything(statement.get("Resource", "*")):
            narrowed |= actions or {"*"}
        else:
            denies |= actions
    only = sorted(allowed) if allowed and "*" not in allowed else []
    return ServiceControlPolicy(policy_id, name, sorted(accounts), sorted(denies), sorted(narrowed), only)


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _everything(resource: Any) -> bool:
    return "*" in _several(resource)


def _any_matches(patterns: Collection[str], action: str) -> bool:
    return any(_matches(pattern, action.lower()) for pattern in patterns)


def _matches(pattern: str, action: str) -> bool:
    """`*` is any text and `?` one character, in the pattern only."""
    words = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(words, action) is not None
