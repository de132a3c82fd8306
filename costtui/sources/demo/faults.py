"""What can go wrong in the demo cloud, on request: each fault behaves as the cloud or the network does."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field


class CloudError(Exception):
    """An answer with an error code. `headers` reach the client over HTTP only."""

    def __init__(self, code: str, message: str, status: int = 400, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.status, self.headers = code, message, status, dict(headers or {})


class Unreadable(Exception):
    """Stands for an answer that is no answer of the service at all (a proxy's page)."""


class Unreachable(Exception):
    """Stands for a connection that could not be made."""


@dataclass
class Fault:
    """Strikes a call before it is answered. With `region`, only there."""

    region: str = field(default="", kw_only=True)

    def strike(self, service: str, operation: str, /) -> None:
        """Raise what the client is to see, or wait; returning lets the call go on."""
        raise NotImplementedError


@dataclass
class Throttled(Fault):
    """The first `times` calls are throttled. Cost Explorer says LimitExceededException, CloudFormation and CloudWatch Throttling."""

    times: int = 1
    code: str = ""
    retry_after: str = ""

    def strike(self, service: str, _: str, /) -> None:
        if self.times <= 0:
            return
        self.times -= 1
        code = self.code or {"ce": "LimitExceededException", "cloudformation": "Throttling", "cloudwatch": "Throttling"}.get(
            service, "ThrottlingException"
        )
        raise CloudError(code, "Rate exceeded", 400, {"Retry-After": self.retry_after} if self.retry_after else None)


@dataclass
class Denied(Fault):
    """The identity lacks `action`; by default, the called one."""

    action: str = ""

    def strike(self, service: str, operation: str, /) -> None:
        action = self.action or f"{_IAM_PREFIX.get(service, service)}:{operation}"
        code = {"ec2": "UnauthorizedOperation", "cloudformation": "AccessDenied", "sts": "AccessDenied"}.get(
            service, "AccessDeniedException"
        )
        who = "arn:aws:iam::111122223333:user/reader"
        raise CloudError(code, f"User: {who} is not authorized to perform: {action} because no identity-based policy allows it", 403)


_IAM_PREFIX = {"resourcegroupstaggingapi": "tag"}


@dataclass
class Expired(Fault):
    """The session token ended."""

    def strike(self, service: str, _: str, /) -> None:
        code = "ExpiredToken" if service in ("sts", "cloudformation") else "ExpiredTokenException"
        raise CloudError(code, "The security token included in the request is expired", 403)


@dataclass
class NotEnabled(Fault):
    """The service is off for this account."""

    code: str = "OptInRequiredException"
    message: str = "The account is not registered for this service"

    def strike(self, _: str, __: str, /) -> None:
        raise CloudError(self.code, self.message, 400)


@dataclass
class Slow(Fault):
    """Every answer takes this long; the first `times` only, when it is not negative."""

    seconds: float = 1.0
    times: int = -1

    def strike(self, _: str, __: str, /) -> None:
        if self.times != 0:
            self.times -= 1
            time.sleep(self.seconds)


@dataclass
class Malformed(Fault):
    """Something between here and the cloud answers with a page of its own."""

    def strike(self, _: str, __: str, /) -> None:
        raise Unreadable("<html><meta charset=utf-8><title>Sign in to the network</title>")


@dataclass
class Offline(Fault):
    """The host cannot be reached."""

    def strike(self, service: str, _: str, /) -> None:
        raise Unreachable(f"{service}.demo.invalid")
