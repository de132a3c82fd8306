"""Service control policies of the organization: ListPolicies, DescribePolicy, ListTargetsForPolicy and ListParents. Free and read-only.

Only the management account and delegated administrators may read them; from elsewhere they are unsupported, which is said in one
sentence and is no failure (https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListPolicies.html).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from costtui.domain.datasets import Account, Batch, Scope
from costtui.domain.drift.service_control import OrganizationGuardrails, ServiceControlPolicy, read_policy
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.port import Request

KIND = "SERVICE_CONTROL_POLICY"
ALLOWS_EVERYTHING = "p-FullAWSAccess"
"""AWS's own policy, attached everywhere, which denies nothing."""
FROM_ELSEWHERE = "unsupported: only the organization's management account, or a delegated administrator, may read its policies"


class Organizations:
    """The policies that hold for the configured accounts."""

    name = "aws.organizations"
    dataset = "organization-guardrails"
    after: tuple[str, ...] = ()
    across: tuple[str, ...] = ("accounts",)
    local = False
    paid = False

    def __init__(self, cloud: AwsCloud, *, wanted: bool) -> None:
        self._cloud, self._wanted = cloud, wanted
        self.unconfigured = "no AWS profile is configured" if wanted else "switched off in [drift]"

    def scopes(self) -> Sequence[Scope]:
        return self._cloud.accounts_scopes() if self._wanted else []

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        accounts: Sequence[Account] = request.inputs.get("accounts", ())
        try:
            organization = self._call(request, "describe_organization")["Organization"]
            policies = list(self._policies(request, organization["MasterAccountId"], [account.id for account in accounts]))
        except SourceError as error:
            if error.problem.kind not in ("denied", "not-enabled"):
                raise
            note = FROM_ELSEWHERE if error.problem.kind == "denied" else f"unsupported: {error.problem.what}"
            yield Batch([OrganizationGuardrails(request.scope.profile, note=note)], detail=_said(request, note))
            return
        told = _said(request, f"{len(policies)} service control policies")
        yield Batch([OrganizationGuardrails(request.scope.profile, policies)], detail=told)

    def _policies(self, request: Request, management: str, accounts: Sequence[str]) -> Iterator[ServiceControlPolicy]:
        listed = [one for page in self._pages(request, "list_policies", Filter=KIND) for one in page.get("Policies", ())]
        listed = [one for one in listed if one["Id"] != ALLOWS_EVERYTHING]
        above = {account: self._above(request, account) for account in accounts if account != management} if listed else {}
        for number, policy in enumerate(listed, 1):
            request.progress("reading the organization's policies", number, len(listed))
            targets = self._targets(request, policy["Id"])
            held = [account for account, places in above.items() if not places.isdisjoint(targets)]
            yield self._read(request, policy, held)

    def _above(self, request: Request, account: str) -> set[str]:
        """The account itself, and the ids of all that is above it."""
        found, place = {account}, account
        while True:
            parents = self._call(request, "list_parents", ChildId=place).get("Parents", ())
            parent = next(iter(parents), None)
            if parent is None or parent["Id"] in found:
                return found
            place = parent["Id"]
            found.add(place)
            if parent["Type"] == "ROOT":
                return found

    def _targets(self, request: Request, policy: str) -> set[str]:
        pages = self._pages(request, "list_targets_for_policy", PolicyId=policy)
        return {target["TargetId"] for page in pages for target in page.get("Targets", ())}

    def _read(self, request: Request, policy: Mapping[str, Any], accounts: Sequence[str]) -> ServiceControlPolicy:
        content = self._call(request, "describe_policy", PolicyId=policy["Id"])["Policy"]["Content"]
        try:
            return read_policy(policy["Id"], policy.get("Name", ""), content, accounts)
        except ValueError as error:
            what = f"the policy {policy.get('Name', policy['Id'])} cannot be read ({error})"
            raise SourceError(Problem("malformed", self.name, what, "look at it in the console", request.scope.words)) from error

    def _call(self, request: Request, operation: str, **params: Any) -> dict[str, Any]:
        return self._cloud.call(self.name, request.scope, "organizations", operation, **params)

    def _pages(self, request: Request, operation: str, **params: Any) -> Iterator[dict[str, Any]]:
        return self._cloud.pages(self.name, request.scope, "organizations", operation, ask="NextToken", given="NextToken", **params)


def _said(request: Request, words: str) -> str:
    """With the profile, where there may be several."""
    return f"{request.scope.profile}: {words}" if request.scope.profile else words
