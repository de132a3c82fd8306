"""Who may do what: policy documents, trust, attached policies."""

import re
from collections.abc import Iterator
from typing import Any

from costtui.domain.drift.noise import policy
from costtui.domain.drift.noise.values import dump, is_empty
from costtui.domain.drift.severity.verdict import Case, Verdict

_ACCOUNT = re.compile(r"(?:^|:)(\d{12})(?::|$)")
_HARMLESS = ("tags", "tags_all", "description", "path", "name", "max_session_duration", "timeouts")
_ADMINISTRATOR = re.compile(r":policy/AdministratorAccess$")


def judge(case: Case) -> Verdict | None:
    if case.names[:1] and case.names[0] in _HARMLESS:
        return None
    iam = case.kind.startswith(("aws_iam_", "AWS::IAM::"))
    in_policy = policy.document_depth(case.path) is not None and _has_statements(case)
    if not (iam or in_policy):
        public = case.kind == "aws_lambda_permission" and case.last == "principal" and case.actual == "*"
        return Verdict("critical", "security", "public-principal") if public else None
    if rule := _worst_grant(case):
        return Verdict("critical", "security", rule)
    if _is_tightening(case):
        return Verdict("low", "security", "access-tightened")
    return Verdict("high", "security", "access")


def _has_statements(case: Case) -> bool:
    """A TLS or lifecycle policy is none that grants access."""
    return "statement" in case.names or any(True for side in (case.expected, case.actual) for _ in find_statements(side))


def _worst_grant(case: Case) -> str:
    """The name of a grant that the actual side has and the expected side has not."""
    before, after = list(_allowed(case.expected)), list(_allowed(case.actual))
    known = {dump(entry) for entry in before}
    fresh = [entry for entry in after if dump(entry) not in known]
    if any(_is_public(entry) for entry in fresh) and not all(_is_public(entry) for entry in before or [{}]):
        return "public-principal"
    if any(_is_administrator(entry) for entry in fresh) and not any(map(_is_administrator, before)):
        return "administrator"
    if any(_ADMINISTRATOR.search(arn) for arn in _texts(case.actual)) and not any(
        _ADMINISTRATOR.search(arn) for arn in _texts(case.expected)
    ):
        return "administrator"
    inside = case.last in ("principal", "aws") and not after
    principals_now = _names(case.actual) if inside else {name for entry in fresh for name in _names(entry.get("Principal"))}
    principals_then = _names(case.expected) if inside else {name for entry in before for name in _names(entry.get("Principal"))}
    came = principals_now - principals_then
    if "*" in came and inside:
        return "public-principal"
    own = {case.finding.account} | {account for name in principals_then for account in _ACCOUNT.findall(name)}
    foreign = {account for name in came for account in _ACCOUNT.findall(name)} - own
    return "foreign-account" if foreign else ""


def _allowed(value: Any) -> Iterator[dict[str, Any]]:
    return (entry for entry in find_statements(value) if entry.get("Effect") == "Allow")


def find_statements(value: Any) -> Iterator[dict[str, Any]]:
    """Every policy statement in a value, also inside JSON text and inline policies, in canonical form."""
    opened = policy.canonical(value) if isinstance(value, str) else value
    if isinstance(opened, list):
        for entry in opened:
            yield from find_statements(entry)
    elif isinstance(opened, dict):
        found = policy.statements(opened)
        yield from found
        if not found:
            for entry in opened.values():
                yield from find_statements(entry)


def _is_public(statement: dict[str, Any]) -> bool:
    if statement.get("Condition"):
        return False
    return "NotPrincipal" in statement or "*" in _names(statement.get("Principal"))


def _is_administrator(statement: dict[str, Any]) -> bool:
    return bool({"*", "*:*"} & set(_texts(statement.get("Action")))) and "*" in list(_texts(statement.get("Resource")))


def _names(principal: Any) -> set[str]:
    """The principals of a statement; service names are not accounts and carry no digits."""
    return set(_texts(principal))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for entry in value:
            yield from _texts(entry)
    elif isinstance(value, dict):
        for entry in value.values():
            yield from _texts(entry)


def _is_tightening(case: Case) -> bool:
    """Only permissions that were allowed are gone, or only denials came."""
    if case.last == "permissions_boundary":
        return is_empty(case.expected)
    before = {dump(entry): entry for entry in find_statements(case.expected)}
    after = {dump(entry): entry for entry in find_statements(case.actual)}
    if before or after:
        gone = [entry for key, entry in before.items() if key not in after]
        came = [entry for key, entry in after.items() if key not in before]
        return all(entry.get("Effect") == "Allow" for entry in gone) and all(entry.get("Effect") == "Deny" for entry in came)
    return case.last.endswith("policy_arns") and case.difference.op == "remove"
