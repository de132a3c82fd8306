"""The live backend: reads the store in this process, lets a fetcher process bring what is missing."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from costtui.config import Settings, paid_budget
from costtui.domain.asking import Ask
from costtui.domain.customers.records import Basis
from costtui.domain.loaded import PaidCalls, PaneData
from costtui.domain.period import Window
from costtui.service.freshness import aged
from costtui.service.link import FetcherLink
from costtui.service.messages import Answer, Cancel, Connection, Consent, Down, Estimate, Event, Hello, Lost, Want
from costtui.service.ports import PaneKind
from costtui.store import CONSENT, SCREEN, Store, head_key, pane_key


@dataclass(frozen=True)
class Run:
    """What the command line and the configuration make of this run."""

    settings: Settings
    connection: Connection
    cache_dir: Path
    log_file: Path
    place: str
    clock: datetime | None = None
    """Where the clock stands still (the demo)."""
    offline: bool = False
    budget: Decimal | None = None
    basis: Basis = "amortized"

    def now(self) -> datetime:
        return self.clock or datetime.now(UTC)

    def hello(self, *, drafts: bool = False) -> Hello:
        """What a fetcher needs to know of it."""
        return Hello(self.settings, self.connection, str(self.cache_dir), self.clock, self.offline, self.budget, drafts)


class LiveBackend:
    """Implements `ports.Backend` over a store and a fetcher."""

    def __init__(self, run: Run, *, drafts: bool = True) -> None:
        self._run, self._drafts = run, drafts
        self.place, self.offline = run.place, run.offline
        self.basis: Basis = run.basis
        """The cost basis of what is stored and wanted from now on."""
        self._store = Store(run.cache_dir)
        agreed = self._store.get(CONSENT, Decimal)
        self.budget = paid_budget(run.settings, run.budget, agreed.value if agreed else None)
        self._hear: Callable[[Event], None] = lambda _event: None
        self._link: FetcherLink | None = None
        self._starting: asyncio.Task[None] | None = None
        self._waiting: list[Down] = []

    @property
    def fetcher_pid(self) -> int | None:
        return self._link.pid if self._link else None

    @property
    def needs_consent(self) -> bool:
        return self.budget is None and not self._run.connection.demo

    def now(self) -> datetime:
        return self._run.now()

    def stored(self, pane: PaneKind, window: Window, *, head: bool = False) -> PaneData[Any, Any] | None:
        self._store.follow()
        key = pane_key(self._run.connection.id, pane.id, window, self.basis if pane.by_basis else "")
        found = self._store.get(head_key(key) if head else key, pane.data_type)
        return aged(found.value, offline=self.offline) if found else None

    def paid_today(self) -> PaidCalls:
        return self._store.paid("demo" if self._run.connection.demo else "real", self.now().date())

    def listen(self, hear: Callable[[Event], None]) -> None:
        self._hear = hear

    def want(self, pane: str, window: Window | None, *, refresh: bool = False, paid: bool = False, asks: tuple[Ask, ...] = ()) -> None:
        self._send(Want(pane, window, refresh, self.basis, paid, asks))

    def estimate(self, pane: str, window: Window | None, *, paid: bool = False, asks: tuple[Ask, ...] = ()) -> None:
        self._send(Estimate(Want(pane, window, paid, self.basis, paid, asks)))

    def cancel(self, pane: str) -> None:
        if self._link is not None and self._link.alive:
            self._link.send(Cancel(pane))

    def consent(self, usd_per_day: Decimal) -> None:
        self._store.put(CONSENT, usd_per_day, as_of=self.now())
        self.budget = paid_budget(self._run.settings, self._run.budget, usd_per_day)
        if self._link is not None and self._link.alive:
            self._link.send(Consent(usd_per_day))

    def recall(self, kind: Any) -> Any | None:
        found = self._store.get(SCREEN, kind)
        return found.value if found else None

    def remember(self, value: object) -> None:
        self._store.put(SCREEN, value, as_of=self.now())

    def _send(self, message: Down) -> None:
        """To the fetcher, which is started where none runs."""
        if self._link is not None and self._link.alive and self._starting is None:
            self._link.send(message)
            return
        self._waiting.append(message)
        if self._starting is None:
            self._starting = _task(self._start())

    def answer(self, prompt: int, text: str | None) -> None:
        if self._link is not None:
            self._link.send(Answer(prompt, text))

    async def close(self) -> None:
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.wait([self._starting])
        if self._link is not None:
            await self._link.close()
        self._store.close()

    async def _start(self) -> None:
        run = self._run
        self._link = FetcherLink(self._heard, run.log_file)
        hello = run.hello(drafts=self._drafts)
        try:
            await self._link.start(hello)
            for message in self._waiting:  # those too that came while it was being started
                self._link.send(message)
        except OSError as error:
            self._hear(Lost(f"it could not be started ({error})"))
        finally:
            self._waiting.clear()
            self._starting = None

    def _heard(self, event: Event) -> None:
        self._hear(event)


def _task(work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
    return asyncio.get_running_loop().create_task(work)
