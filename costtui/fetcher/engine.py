"""The fetcher's heart: answers every `Want` with the same machinery, whoever asked."""

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from costtui.config import paid_budget
from costtui.domain.asking import Ask
from costtui.domain.period import Window, resolve
from costtui.domain.problems import Problem, SourceError
from costtui.fetcher.assembly import assemble
from costtui.fetcher.bring import Bringer
from costtui.fetcher.budget import Budget
from costtui.fetcher.estimate import estimated
from costtui.fetcher.pane_fetch import PaneFetch
from costtui.panes import pane
from costtui.service.messages import Answer, Consent, Estimate, Estimated, Event, Finished, Hello, Paid, Prompt, Want
from costtui.service.price_file import use_price_file
from costtui.sources.port import OwnWindow, Source
from costtui.store import CONSENT, Store, own_window_key

WORKERS = 8
"""Chains of questions at the same time: more threads than this only wait for each other (GIL)."""
log = logging.getLogger(__name__)

Question = tuple[str, str, str, tuple[Ask, ...]]
"""A pane, window and cost basis, and what is asked beyond them."""


class Engine:
    """One run of the fetcher. `send` may be called from any thread."""

    def __init__(self, hello: Hello, send: Callable[[Event], None]) -> None:
        self._hello, self._send = hello, send
        if not hello.connection.demo:
            use_price_file(Path(hello.cache_dir))
        self._store = Store(Path(hello.cache_dir))
        agreed = self._store.get(CONSENT, Decimal)
        self._budget = Budget(
            self._store,
            now=self.now,
            day_limit=None if hello.budget is not None else paid_budget(hello.settings, None, agreed.value if agreed else None),
            run_limit=hello.budget,
            demo=hello.connection.demo,
            spent=lambda today: send(Paid(today)),
        )
        self._bringer = Bringer(self._store, hello.connection.id, self.now, offline=hello.offline)
        self._sources: Sequence[Source] | None = None
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="fetch")
        self._running: dict[Question, threading.Event] = {}
        """What is being served, and the event that stops it."""
        self._lock = threading.Lock()
        self._prompts: dict[int, tuple[threading.Event, list[str | None]]] = {}
        self._dismissed: set[str] = set()

    def now(self) -> datetime:
        return self._hello.now or datetime.now(UTC)

    def want(self, want: Want) -> None:
        """Serve in the background; a question that is already being served is not asked twice."""
        key = (want.pane, str(want.window), want.basis, want.asks)
        with self._lock:
            if key in self._running:
                return
            self._running[key] = threading.Event()
            self._dismissed.clear()
        threading.Thread(target=self._serve, args=(want, key), name=f"want-{want.pane}", daemon=True).start()

    def estimate(self, question: Estimate) -> None:
        """Say in the background what serving would cost."""
        threading.Thread(target=self._price, args=(question.want,), name=f"price-{question.want.pane}", daemon=True).start()

    def cancel(self, pane_id: str) -> None:
        """Stop serving that pane, as soon as its sources notice."""
        with self._lock:
            for (asked, *_), stop in self._running.items():
                if asked == pane_id:
                    stop.set()

    def consent(self, consent: Consent) -> None:
        """The user has agreed on the screen; flag and file, where they say something, still stand over it."""
        if self._hello.budget is None and self._hello.settings.budget.paid_calls_usd_per_day is None:
            self._budget.agree(consent.usd_per_day)

    def answer(self, answer: Answer) -> None:
        waiting = self._prompts.get(answer.prompt)
        if waiting is not None:
            waiting[1].append(answer.text)
            waiting[0].set()

    def prompt(self, question: str) -> str:
        """Ask the user over the pipe and wait; called by botocore in a source's thread.

        Raises SourceError when the question is dismissed, and then to every source that would ask the same of this want."""
        event, box = threading.Event(), list[str | None]()
        with self._lock:
            dismissed = question in self._dismissed
            number = len(self._prompts) + 1
            self._prompts[number] = (event, box)
        if not dismissed:
            self._send(Prompt(number, question, secret=False))
            event.wait()
        if box and box[0]:
            return box[0]
        self._dismissed.add(question)
        raise SourceError(Problem("no-credentials", "aws", "the sign-in was dismissed", "refresh to be asked again"))

    def _price(self, want: Want) -> None:
        try:
            window = self._window_of(want)
            needs = pane(want.pane).needs
            sources = [source for source in self._assembled() if source.dataset in needs]
            offline = Bringer(self._store, self._hello.connection.id, self.now, offline=True)
            answer = estimated(want, window, sources, self._bringer, offline)
        except Exception as error:
            log.exception("the price of %s", want.pane)
            answer = Estimated(want, [], [_bug(want.pane, error)])
        self._send(answer)

    def _window_of(self, want: Want) -> Window:
        return want.window or self._own_window() or resolve(f"{self._hello.settings.functions.window_days}d", self.now())

    def _serve(self, want: Want, key: Question) -> None:
        with self._lock:
            stop = self._running[key]

        def send(event: Event) -> None:
            if isinstance(event, Finished):  # before it is heard: who hears it may want the same again at once
                with self._lock:
                    self._running.pop(key, None)
            self._send(event)

        spec = pane(want.pane)
        window = want.window or resolve(f"{self._hello.settings.functions.window_days}d", self.now())
        try:
            window = self._window_of(want)
            fetch = PaneFetch(
                want,
                spec,
                window=window,
                sources=self._assembled(),
                bringer=self._bringer,
                budget=self._budget,
                store=self._store,
                settings=self._hello.settings,
                connection=self._hello.connection,
                now=self.now,
                offline=self._hello.offline,
                drafts=self._hello.drafts,
                send=send,
                cancelled=stop.is_set,
            )
            fetch.run(self._pool)
        except Exception as error:
            log.exception("%s %s", want.pane, window)
            send(Finished(want.pane, window, [_bug(want.pane, error)]))

    def _own_window(self) -> Window | None:
        """The billing periods that the files cover, looked up where the files have not changed; None without such a source."""
        source = next((source for source in self._assembled() if isinstance(source, OwnWindow)), None)
        try:
            scope = next(iter(source.scopes()), None) if source else None
            if source is None or scope is None:
                return None
            key = own_window_key(self._hello.connection.id, scope)
            if known := self._store.get(key, Window):
                return known.value  # type: ignore[no-any-return]
            window = source.own_window()
        except SourceError:
            return None  # the pane asks the source again, and says what is wrong
        self._store.put(key, window, as_of=self.now())
        return window

    def _assembled(self) -> Sequence[Source]:
        with self._lock:
            if self._sources is None:
                self._sources = assemble(self._hello, self._budget, self.prompt, self._store)
            return self._sources


def _bug(pane_id: str, error: Exception) -> Problem:
    return Problem("failed", pane_id, f"{type(error).__name__}: {error}", "this is a bug: report it with --log-file")
