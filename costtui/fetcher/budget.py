"""The tool's own bill: paid calls counted on the wire, priced, and stopped at the budget."""

import threading
from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime
from decimal import Decimal

from costtui.domain.loaded import PaidCalls
from costtui.domain.money import ZERO, plain, rounded
from costtui.domain.period import next_month
from costtui.domain.problems import Problem, SourceError
from costtui.store import Store, StoreError

CONSENT = "allow it with --budget 0.10, or for every day with [budget] paid_calls_usd_per_day"

FREE_TIER = "free-tier"
"""The ledger of requests that CloudWatch's free tier covers: a million API requests a month (CloudWatch pricing), for a whole
organization and all its tools."""
FREE_TIER_USD = Decimal("2.50")
"""A quarter of that at list price."""


class Tab:
    """What one question has cost."""

    def __init__(self) -> None:
        self.paid = PaidCalls()


class Budget:
    """The meter of every source. Thread-safe.

    `day_limit` is USD a UTC day over all runs, `run_limit` USD of this run; both None is no consent. The demo's calls are play
    money: counted and priced, in a book of their own, and never stopped.
    """

    def __init__(
        self,
        store: Store,
        *,
        now: Callable[[], datetime],
        day_limit: Decimal | None,
        run_limit: Decimal | None,
        demo: bool,
        spent: Callable[[PaidCalls], None],
    ) -> None:
        self._store, self._now, self._spent = store, now, spent
        self._day_limit, self._run_limit, self._demo = day_limit, run_limit, demo
        self._run = PaidCalls()
        self._lock = threading.Lock()
        self._here: ContextVar[Tab | None] = ContextVar("tab", default=None)

    def agree(self, usd_per_day: Decimal) -> None:
        """From now on paid calls may cost that much a day."""
        self._day_limit = usd_per_day

    def open_tab(self, tab: Tab) -> None:
        """From now on, what this thread sends is also entered on `tab`, and so is what its helpers send in a copy of its context."""
        self._here.set(tab)

    def afford(self, source: str, usd: Decimal, what: str) -> None:
        """Raise SourceError when `usd` of paid calls are not consented to, or would pass the budget."""
        if self._demo:
            return
        left = self._left()
        cost = f"{what} costs about ${dollars(usd)}"
        if left is None:
            raise SourceError(Problem("needs-consent", source, f"{cost}, and no budget is set", CONSENT))
        if usd > left:
            raise SourceError(_over(source, f"{cost}, and ${dollars(left)} of the budget is left"))

    def charge(self, source: str, operation: str, usd: Decimal) -> None:
        """One request is about to be sent. Raises SourceError, and nothing may be sent, when it would pass the budget."""
        if not usd:
            return
        with self._lock:
            if not self._demo and self._run_limit is None and self._day_limit is None:
                raise SourceError(Problem("needs-consent", source, f"{operation} costs ${dollars(usd)}, and no budget is set", CONSENT))
            if not self._demo and self._run_limit is not None and self._run.usd + usd > self._run_limit:
                raise SourceError(_over(source, f"one more {operation} would pass the budget of ${dollars(self._run_limit)} for this run"))
            try:
                today = self._store.charge(book(self._demo), self._now().date(), usd, None if self._demo else self._day_limit)
            except StoreError as error:
                raise SourceError(Problem("over-budget", source, str(error), "make the cache directory writable")) from error
            if today is None:
                raise SourceError(_over(source, f"one more {operation} would pass today's budget"))
            self._enter(usd)
        self._spent(today)

    def _enter(self, usd: Decimal) -> None:
        self._run = self._run + PaidCalls(1, usd)
        tab = self._here.get()
        if tab is not None:
            tab.paid = tab.paid + PaidCalls(1, usd)

    def settle(self, source: str, operation: str, usd: Decimal) -> None:  # noqa: ARG002
        """Enter what a request that was sent without a price has cost."""
        with self._lock:
            try:
                today = self._store.charge(book(self._demo), self._now().date(), usd, None)
            except StoreError as error:
                raise SourceError(Problem("over-budget", source, str(error), "make the cache directory writable")) from error
            assert today is not None, "nothing limits what has been spent already"
            self._enter(usd)
        self._spent(today)

    def covered(self, source: str, operation: str, usd: Decimal) -> None:  # noqa: ARG002
        """One request of a monthly free tier is about to be sent: counted by its list price, all accounts and runs together."""
        month = self._now().date().replace(day=1)
        try:
            entered = self._store.charge(FREE_TIER, month, usd, FREE_TIER_USD)
        except StoreError as error:
            raise SourceError(Problem("over-budget", source, str(error), "make the cache directory writable")) from error
        if entered is None:
            used = f"costtui's {FREE_TIER_USD / usd:,.0f} of this month's million free CloudWatch requests are used up"
            raise SourceError(Problem("over-budget", source, used, f"wait until {next_month(month)}; for paid calls, {CONSENT}"))

    def _left(self) -> Decimal | None:
        limits = []
        if self._run_limit is not None:
            limits.append(self._run_limit - self._run.usd)
        if self._day_limit is not None:
            limits.append(self._day_limit - self._store.paid(book(self._demo), self._now().date()).usd)
        return max(ZERO, min(limits)) if limits else None


def book(demo: bool) -> str:
    """Which ledger paid calls are entered in."""
    return "demo" if demo else "real"


def dollars(usd: Decimal) -> str:
    """Cents, or more digits where cents would say zero."""
    return plain(usd) if ZERO < usd < Decimal("0.01") else str(rounded(usd))


def _over(source: str, what: str) -> Problem:
    return Problem("over-budget", source, what, "raise --budget or [budget], or wait for the next UTC day")
