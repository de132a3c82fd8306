"""What the explorer asks of whatever stands behind it: a live account, the demo cloud, or a snapshot file."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from costtui.domain.asking import Ask
from costtui.domain.customers.records import Basis
from costtui.domain.loaded import PaidCalls, PaneData
from costtui.domain.period import Window
from costtui.service.messages import Event


class PaneKind(Protocol):
    """What the store needs to know of a pane: its name, and the type of what is kept for it."""

    @property
    def id(self) -> str: ...
    @property
    def data_type(self) -> Any: ...
    @property
    def by_basis(self) -> bool: ...


class Backend(Protocol):
    """Stored now, fresh later. Nothing here blocks on a network."""

    place: str
    """Where the data is from, in words: "prod +2 accounts · 4 regions", "demo company"."""
    offline: bool
    budget: Decimal | None
    """USD a day that paid calls may cost; None is no consent."""
    basis: Basis
    """The cost basis of what is stored and wanted from now on."""

    @property
    def needs_consent(self) -> bool:
        """Whether paid calls wait for the user's yes. The demo's play money never does."""

    def now(self) -> datetime: ...

    def stored(self, pane: PaneKind, window: Window, *, head: bool = False) -> PaneData[Any, Any] | None:
        """What the store holds, with the states aged to `now()`; None when it holds nothing. About 100 ms at 10,000 rows, and
        one with `head`, which gives the first rows only."""

    def paid_today(self) -> PaidCalls: ...

    def listen(self, hear: Callable[[Event], None]) -> None:
        """Call `hear` with each event, on the event loop's thread."""

    def want(self, pane: str, window: Window, *, refresh: bool = False, paid: bool = False, asks: tuple[Ask, ...] = ()) -> None:
        """Ask for what is missing or stale; starts the fetcher when it does not run. Answered by events.

        `refresh` brings anew what free sources gave, with `paid` also what cost money; `asks` are questions on a key."""

    def estimate(self, pane: str, window: Window, *, paid: bool = False, asks: tuple[Ask, ...] = ()) -> None:
        """Ask what `want` would cost: with `paid` a refresh of everything, otherwise what is missing, or the `asks` alone.

        Answered by `Estimated`."""

    def cancel(self, pane: str) -> None:
        """Stop what is being brought for the pane; what has arrived stays."""

    def consent(self, usd_per_day: Decimal) -> None:
        """The user agrees to paid calls up to this much a UTC day, from now on and in later runs."""

    def recall(self, kind: Any) -> Any | None:
        """What `remember` was given last, by any run, as `kind`; None when that is nothing, or of another version."""

    def remember(self, value: object) -> None:
        """Keep what the user has set on the screen for later runs. It holds no secrets and no data of the account."""

    def answer(self, prompt: int, text: str | None) -> None: ...

    async def close(self) -> None:
        """Let go of the fetcher at once, without waiting for what it does."""
