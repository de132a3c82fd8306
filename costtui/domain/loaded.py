"""A pane's data together with how far it can be trusted: state and age of every source, problems, paid calls."""

from datetime import datetime
from decimal import Decimal
from typing import Generic, Literal, TypeVar

import msgspec
from msgspec.structs import replace

from costtui.domain.period import Window
from costtui.domain.problems import Problem

State = Literal["fresh", "stale", "partial", "failed", "not-configured"]

Row = TypeVar("Row")
Totals = TypeVar("Totals")


class SourceState(msgspec.Struct, frozen=True):
    """One source as documents show it. `as_of` is when its newest answer was true; None when there is none."""

    name: str
    state: State
    as_of: datetime | None = None
    detail: str = ""
    local: bool = False
    """Files on this machine: as fresh offline as ever."""
    makes_rows: bool = True
    """False where it only adds to rows that another source makes."""


class PaidCalls(msgspec.Struct, frozen=True):
    """Paid API requests on the wire, and their list price in USD."""

    count: int = 0
    usd: Decimal = Decimal(0)

    def __add__(self, other: "PaidCalls") -> "PaidCalls":
        return PaidCalls(self.count + other.count, self.usd + other.usd)


class PaneData(msgspec.Struct, Generic[Row, Totals], frozen=True):
    """Everything one pane shows for one window, as it is stored and exported."""

    pane: str
    window: Window
    rows: list[Row]
    totals: Totals
    sources: list[SourceState]
    problems: list[Problem] = []
    more: int = 0
    """Rows that are not among `rows`: a head, for the first frame, holds only the first ones."""

    def head(self, rows: int) -> "PaneData[Row, Totals]":
        """The same with at most that many rows."""
        return replace(self, rows=self.rows[:rows], more=max(0, len(self.rows) - rows))

    @property
    def as_of(self) -> datetime | None:
        """The age of the oldest source that answered: the pane is no younger than that."""
        return min((source.as_of for source in self.sources if source.as_of is not None), default=None)

    @property
    def has_answer(self) -> bool:
        """False when every configured source that makes rows failed, so that an empty table would be a lie."""
        configured = [source for source in self.sources if source.makes_rows and source.state != "not-configured"]
        return bool(self.rows) or not configured or any(source.state != "failed" for source in configured)
