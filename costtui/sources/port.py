"""What a source is: one kind of question to one part of the outside world."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol, runtime_checkable

from costtui.domain.asking import Price
from costtui.domain.datasets import Batch, Scope
from costtui.domain.period import Window
from costtui.domain.problems import Problem


class Meter(Protocol):
    """Counts what goes over the wire, and guards the budget for paid calls."""

    def afford(self, source: str, usd: Decimal, what: str) -> None:
        """Raise SourceError unless paid calls of `usd` are consented to and within the budget. `what` completes
        "… costs about $0.03"."""

    def charge(self, source: str, operation: str, usd: Decimal) -> None:
        """One request is about to be sent, retries included. Raises SourceError, unsent, when it would pass the budget."""

    def settle(self, source: str, operation: str, usd: Decimal) -> None:
        """Enter what a request that has been sent turned out to cost, whatever the budget says by now."""

    def covered(self, source: str, operation: str, usd: Decimal) -> None:
        """One request is about to be sent that the provider's monthly free tier covers; beyond that it would cost `usd`. Raises
        SourceError, unsent, when this month's share of the free tier is used up."""


@dataclass(frozen=True)
class Request:
    """One question to a source."""

    scope: Scope
    now: datetime
    days: Sequence[date] = ()
    """For daily datasets: the days that are missing, in order; for those of a window: all of its days."""
    inputs: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    """Records of the datasets in `Source.after`, of the same scope."""
    known: Callable[[], Sequence[Any]] = tuple
    """What is stored of this answer, for a source that asks only for what is new; read when called."""
    progress: Callable[[str, int, int], None] = lambda _doing, _done, _total: None
    """Called with what is being done, how far, and of how many (0 where nobody knows)."""
    subjects: Sequence[str] = ()
    """For asked datasets: what is asked about. Those of other scopes are ignored."""
    key: bytes = b""
    """A random secret of the store: what changed secrets are told apart with, without being kept."""
    cancelled: Callable[[], bool] = lambda: False
    """True once the user has had enough: stop, and take back what still runs at the provider."""


class Source(Protocol):
    """Brings one dataset. `fetch` yields batches as they arrive and problems that cost only a part of the answer;
    it raises SourceError when it cannot go on."""

    name: str
    """As documents show it: "aws.lambda"."""
    dataset: str
    after: tuple[str, ...]
    """Datasets of the same scope that must be there first."""
    local: bool
    """Reads files only, and may therefore be asked offline."""
    paid: bool
    """Its requests cost money: what it has brought is brought anew only when that is asked for by name."""
    unconfigured: str
    """Why `scopes()` is empty, and what would fill it."""

    def scopes(self) -> Sequence[Scope]:
        """Where it can be asked; empty when the user configured none. Raises SourceError when that cannot be told."""

    def fetch(self, request: Request) -> Iterator[Batch | Problem]: ...


@runtime_checkable
class Overview(Source, Protocol):
    """A source that builds on answers of every scope, and is therefore asked when all others are done."""

    across: tuple[str, ...]
    """Datasets whose records of all scopes it is given as `Request.inputs`."""


@runtime_checkable
class Priced(Source, Protocol):
    """A source that says beforehand what its answer would cost or how long it takes."""

    def price(self, request: Request) -> Price:
        """What `fetch(request)` would cost, found out without paying for anything."""


@runtime_checkable
class Ahead(Source, Protocol):
    """A source of a daily dataset that can begin while the one dataset that it builds on is still arriving."""

    def ahead(self, request: Request) -> None:
        """Begin with what has arrived by now, which is in `request.inputs` and only grows. Returns at once and raises nothing: what
        goes wrong is `fetch`'s to say, which follows when all is there."""


@runtime_checkable
class AsksItself(Source, Protocol):
    """A source of an asked dataset that has questions of its own, without a key press."""

    def wanted(self, request: Request) -> Sequence[str]:
        """Subjects to ask about when nobody names any. `request.known` are those that have an answer."""


@runtime_checkable
class OwnWindow(Source, Protocol):
    """A source whose data covers a window of its own, whatever is asked (billing files)."""

    def own_window(self) -> Window:
        """Raises SourceError where it cannot be told."""
