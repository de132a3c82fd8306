"""A snapshot as a backend: everything is there already, and nothing more can be had."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from costtui.domain.asking import Ask
from costtui.domain.customers.records import Basis
from costtui.domain.loaded import PaidCalls, PaneData
from costtui.domain.period import Window
from costtui.service.messages import Event
from costtui.service.ports import PaneKind


class OpenedBackend:
    """Implements `ports.Backend` over the panes of one file. Its clock stands at the moment the file was written."""

    offline = True
    budget: Decimal | None = None
    needs_consent = False
    basis: Basis = "amortized"

    def __init__(self, place: str, written: datetime, paid: PaidCalls, panes: Mapping[str, PaneData[Any, Any]]) -> None:
        self.place, self._written, self._paid, self._panes = place, written, paid, panes

    def now(self) -> datetime:
        return self._written

    def stored(self, pane: PaneKind, window: Window, *, head: bool = False) -> PaneData[Any, Any] | None:  # noqa: ARG002
        """The pane of the file, for the one window that it holds."""
        data = self._panes.get(pane.id)
        return data if data is not None and data.window == window else None

    def paid_today(self) -> PaidCalls:
        return self._paid

    def listen(self, hear: Callable[[Event], None]) -> None:
        """Nothing ever happens."""

    def want(self, pane: str, window: Window, *, refresh: bool = False, paid: bool = False, asks: tuple[Ask, ...] = ()) -> None:
        """Nothing more can be had."""

    def estimate(self, pane: str, window: Window, *, paid: bool = False, asks: tuple[Ask, ...] = ()) -> None:
        """Nothing more can be had."""

    def cancel(self, pane: str) -> None:
        """Nothing runs."""

    def consent(self, usd_per_day: Decimal) -> None:
        """Nothing can be paid for."""

    def recall(self, kind: Any) -> Any | None:  # noqa: ARG002
        return None

    def remember(self, value: object) -> None:
        """A file is read, never written."""

    def answer(self, prompt: int, text: str | None) -> None:
        """Nobody asks."""

    async def close(self) -> None:
        """Nothing to let go of."""
