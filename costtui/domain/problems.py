"""What can go wrong between costtui and a source, as data: what happened, where, and what to do about it."""

from typing import Literal

import msgspec

Kind = Literal[
    "denied",  # the identity may not do this; retrying does not help
    "expired",  # the session ended; signing in again helps
    "no-credentials",
    "throttled",
    "offline",  # the network or the endpoint did not answer
    "malformed",  # an answer or a file that cannot be read
    "not-enabled",  # the service is off for this account or region
    "needs-consent",  # a paid call without a budget
    "over-budget",
    "clock-skew",
    "stopped",  # the user had enough
    "failed",  # anything else
    "warning",  # worth knowing, nothing is missing because of it
]


class Problem(msgspec.Struct, frozen=True):
    """One thing that went wrong. `what` and `action` are sentences for the user, without secrets."""

    kind: Kind
    source: str
    what: str
    action: str
    where: str = ""
    """Account, region or file that it is limited to; empty when it concerns the whole source."""

    @property
    def sentence(self) -> str:
        place = f" ({self.where})" if self.where else ""
        return f"{self.source}{place}: {self.what}: {self.action}"


class SourceError(Exception):
    """Raised by a source that cannot go on; carries the typed problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.sentence)
        self.problem = problem
