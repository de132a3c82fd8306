"""Which account a profile belongs to: STS GetCallerIdentity, which is free and needs no permission."""

from collections.abc import Iterator, Sequence

from costtui.domain.datasets import Account, Batch, Scope
from costtui.domain.problems import Problem
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.port import Request


class Accounts:
    """The account behind each profile, known by the profile's name."""

    name = "aws.sts"
    dataset = "accounts"
    after: tuple[str, ...] = ()
    local = False
    unconfigured = "no AWS profile is configured"

    def __init__(self, cloud: AwsCloud) -> None:
        self._cloud = cloud

    def scopes(self) -> Sequence[Scope]:
        return self._cloud.accounts_scopes()

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        number = self._cloud.call(self.name, request.scope, "sts", "get_caller_identity")["Account"]
        yield Batch([Account(number, request.scope.profile or number)])
