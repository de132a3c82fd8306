"""The accounts of an organization, each looked into through a role: Organizations ListAccounts, free, 20 a page.

It is asked with the first profile, which must belong to the management account or a delegated administrator
(https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html).
"""

from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from typing import Any, Protocol

import msgspec

from costtui.config import Aws
from costtui.domain.datasets import Scope
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.errors import problem_of

NAME = "aws.organizations"
SESSION_NAME = "costtui"
STS_REGION = "us-east-1"
"""Credentials of one region's STS are good everywhere."""


class Asking(Protocol):
    """The part of AwsCloud that is needed here; it needs this module in turn."""

    def call(self, source: str, scope: Scope, service: str, operation: str) -> dict[str, Any]: ...

    def pages(self, source: str, scope: Scope, service: str, operation: str, *, ask: str, given: str) -> Iterator[dict[str, Any]]: ...


class Member(msgspec.Struct, frozen=True):
    """An active account, the name that its scope goes by, and the role that opens it."""

    account: str
    name: str
    role: str


class Memory:
    """What was found last, for runs that may not ask: `recall` gives it, `remember` keeps it."""

    def __init__(self, recall: Callable[[], list[Member] | None], remember: Callable[[list[Member]], None], *, offline: bool) -> None:
        self.recall, self.remember, self.offline = recall, remember, offline


def members(cloud: Asking, settings: Aws, memory: Memory, here: Scope) -> list[Member]:
    """Every active account but the one that asks and the excluded ones, by name. Raises SourceError.

    Once a run, and offline what is remembered; where the organization cannot be asked now, that too."""
    if memory.offline:
        return memory.recall() or []
    try:
        found = list(_members(cloud, settings, here))
    except SourceError:
        if (known := memory.recall()) is not None:
            return known
        raise
    memory.remember(found)
    return found


def _members(cloud: Asking, settings: Aws, here: Scope) -> Iterator[Member]:
    own = cloud.call(NAME, here, "sts", "get_caller_identity")["Account"]
    pages = cloud.pages(NAME, here, "organizations", "list_accounts", ask="NextToken", given="NextToken")
    accounts = [account for page in pages for account in page["Accounts"]]
    active = [account for account in accounts if account.get("State", account.get("Status")) == "ACTIVE" and account["Id"] != own]
    names = [account.get("Name", "") for account in active]
    for account in sorted(active, key=lambda account: account["Id"]):
        number, name = account["Id"], account.get("Name", "")
        if any(fnmatch(number, pattern) or fnmatch(name.casefold(), pattern.casefold()) for pattern in settings.exclude_accounts):
            continue
        unique = name if name and names.count(name) == 1 else f"{name} {number}".strip()
        yield Member(number, unique, (settings.role or "").format(account=number))


def assumed(base: Any, profile: str | None, member: Member) -> Any:
    """A botocore session with the member's role, taken with the credentials of the session `base` and renewed when they end.

    Raises SourceError where `base` has none."""
    import botocore.session
    from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials

    credentials = base.get_credentials()
    if credentials is None:
        action = "sign in (aws sso login), or set AWS_PROFILE"
        raise SourceError(Problem("no-credentials", NAME, f"no credentials to take the role {member.role} with", action, member.name))

    def client(service: str, **keys: Any) -> Any:
        return base.create_client(service, region_name=STS_REGION, **keys)

    fetcher = AssumeRoleCredentialFetcher(client, credentials, member.role, extra_args={"RoleSessionName": SESSION_NAME})

    def fetch() -> Any:
        try:
            return fetcher.fetch_credentials()
        except Exception as error:
            found = problem_of(error, source=NAME, where=member.name, profile=profile or "")
            what = f"the role {member.role} could not be taken ({found.what})"
            raise SourceError(Problem(found.kind, NAME, what, found.action, member.name)) from error

    session = botocore.session.Session(profile=profile)
    session._credentials = DeferredRefreshableCredentials(fetch, "assume-role")
    return session
