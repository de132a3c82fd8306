"""What became of a drift detection that somebody asked for."""

from datetime import datetime
from typing import Literal

import msgspec

Outcome = Literal["complete", "partial", "refused", "stopped"]
"""`partial`: AWS could not check every resource. `refused`: it did not start. `stopped`: nobody waited for its end, it goes on at AWS."""


class StackDetection(msgspec.Struct, frozen=True):
    """One detection of a stack, or of one resource of it."""

    subject: str
    """`account/region/stack`, or `account/region/stack/LogicalId`."""
    asked_at: datetime
    outcome: Outcome
    note: str = ""
    """Why it is not complete, in AWS's words where AWS said so."""
    failures: dict[str, str] = {}
    """By logical id, why a resource could not be checked."""


class Subject(msgspec.Struct, frozen=True):
    """What is asked about: a stack by name, which is unique among the living ones of an account and region, or one resource of it."""

    account: str
    region: str
    stack: str
    resource: str = ""

    def __str__(self) -> str:
        return "/".join(part for part in (self.account, self.region, self.stack, self.resource) if part)

    @classmethod
    def read(cls, text: str) -> "Subject | None":
        """None for what is no such subject. Neither stack names nor logical ids hold a slash."""
        parts = text.split("/")
        return cls(*parts) if len(parts) in (3, 4) and all(parts) else None
