"""Which account a profile belongs to: STS GetCallerIdentity, which is free and needs no permission."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from costtui.domain.datasets import Account, Batch, Scope
from costtui.domain.problems import Problem
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.port import Request

TOLERATED = timedelta(minutes=2)


class Accounts:
    """The account behind each profile, known by the profile's name."""

    name = "aws.sts"
    dataset = "accounts"
    after: tuple[str, ...] = ()
    local = False
    paid = False
    unconfigured = "no AWS profile is configured"

    def __init__(self, cloud: AwsCloud) -> None:
        self._cloud = cloud

    def scopes(self) -> Sequence[Scope]:
        return self._cloud.accounts_scopes()

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        answer = self._cloud.call(self.name, request.scope, "sts", "get_caller_identity")
        number = answer["Account"]
        yield Batch([Account(number, request.scope.profile or number)])
        if (skew := _skew(answer)) and abs(skew) > TOLERATED:
            how = f"{abs(skew).seconds // 60} min {'ahead of' if skew > timedelta(0) else 'behind'} AWS's"
            yield Problem("warning", self.name, f"this machine's clock is {how}", "set it: AWS refuses requests from 5 minutes on")


def _skew(answer: Mapping[str, Any]) -> timedelta | None:
    """How far this machine's clock is ahead of AWS's; None where the answer has no date."""
    date = answer["ResponseMetadata"].get("HTTPHeaders", {}).get("date")
    return datetime.now(UTC) - parsedate_to_datetime(date) if date else None
