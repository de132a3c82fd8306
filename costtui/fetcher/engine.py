"""The fetcher's heart: answers every `Want` with the same machinery, whoever asked."""

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from costtui.config import paid_budget
from costtui.domain.period import Window, resolve
from costtui.domain.problems import Problem, SourceError
from costtui.fetcher.assembly import assemble
from costtui.fetcher.bring import Bringer
from costtui.fetcher.budget import Budget
from costtui.fetcher.pane_fetch import PaneFetch
from costtui.panes import pane
from costtui.service.messages import Answer, Event, Finished, Hello, Paid, Prompt, Want
from costtui.service.price_file import use_price_file
from costtui.sources.port import OwnWindow, Source
from costtui.store import Store, own_window_key

WORKERS = 8
"""Chains of questions at the same time: more threads than this only wait for each other (GIL)."""
log = logging.getLogger(__name__)


class Engine:
    """One run of the fetcher. `send` may be called from any thread."""

    def __init__(self, hello: Hello, send: Callable[[Event], None]) -> None:
        self._hello, self._send = hello, send
        if not hello.connection.demo:
            use_price_file(Path(hello.cache_dir))
        self._store = Store(Path(hello.cache_dir))
        self._budget = Budget(
            self._store,
            now=self.now,
            day_limit=None if hello.budget is not None else paid_budget(hello.settings, None),
            run_limit=hello.budget,
            demo=hello.connection.demo,
            spent=lambda today: send(Paid(today)),
        )
        self._bringer = Bringer(self._store, hello.connection.id, self.now, offline=hello.offline)
        self._sources: Sequence[Source] | None = None
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="fetch")
        self._running: set[tuple[str, str, str]] = set()
        self._lock = threading.Lock()
        self._prompts: dict[int, tuple[threading.Event, list[str | None]]] = {}
        self._dismissed: set[str] = set()

    def now(self) -> datetime:
        return self._hello.now or datetime.now(UTC)

    def want(self, want: Want) -> None:
        """Serve in the background; a question that is already being served is not asked twice."""
        key = (want.pane, str(want.window), want.basis)
        with self._lock:
            if key in self._running:
                return
            self._running.add(key)
            self._dismissed.clear()
        threading.Thread(target=self._serve, args=(want, key), name=f"want-{want.pane}", daemon=True).start()

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

    def _serve(self, want: Want, key: tuple[str, str, str]) -> None:
        def send(event: Event) -> None:
            if isinstance(event, Finished):  # before it is heard: who hears it may want the same again at once
                with self._lock:
                    self._running.discard(key)
            self._send(event)

        spec = pane(want.pane)
        window = want.window or resolve(f"{self._hello.settings.functions.window_days}d", self.now())
        try:
            if want.window is None:
                window = self._own_window() or window
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
            )
            fetch.run(self._pool)
        except Exception as error:
            log.exception("%s %s", want.pane, window)
            problem = Problem("failed", want.pane, f"{type(error).__name__}: {error}", "this is a bug: report it with --log-file")
            send(Finished(want.pane, window, [problem]))

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
                self._sources = assemble(self._hello, self._budget, self.prompt)
            return self._sources
