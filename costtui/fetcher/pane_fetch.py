"""One question of the explorer: bring what a pane lacks for a window, build it, keep it, say so."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, Future
from datetime import datetime
from typing import Any

import msgspec

from costtui import __version__
from costtui.config import Settings
from costtui.domain.datasets import DATASETS, Scope
from costtui.domain.loaded import PaneData
from costtui.domain.period import Window
from costtui.domain.prices.price_book import price_book
from costtui.domain.problems import Problem
from costtui.fetcher.answers import Answer, state_of
from costtui.fetcher.bring import Bringer, Errand, Grown
from costtui.fetcher.budget import Budget, Tab
from costtui.fetcher.chains import Chain, chains
from costtui.panes.inputs import Inputs
from costtui.panes.spec import PaneSpec
from costtui.service.messages import Connection, Event, Finished, Progress, Updated, Want
from costtui.sources.port import Overview, Source
from costtui.store import Store, head_key, pane_key

HEAD_ROWS = 200
"""More than a screen shows: the first frame reads these, so that it takes as long at 100,000 rows as at 100."""
BETWEEN_DRAFTS = 0.7
"""Seconds, at least, between two rebuilds of a pane whose first answer is still arriving."""
DRAFTS_SHARE = 20
"""A draft waits for this many times what the last one took, so that drafts of many rows do not hold up the answer."""


class PaneFetch:
    """Serves one `Want`, for the `window` that it names or leaves to the billing files."""

    def __init__(
        self,
        want: Want,
        spec: PaneSpec[Any, Any],
        *,
        window: Window,
        sources: Sequence[Source],
        bringer: Bringer,
        budget: Budget,
        store: Store,
        settings: Settings,
        connection: Connection,
        now: Callable[[], datetime],
        offline: bool,
        drafts: bool,
        send: Callable[[Event], None],
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        self._want, self._spec, self._offline = want, spec, offline
        self._sources = [source for source in sources if source.dataset in spec.needs]
        self._bringer, self._budget, self._store = bringer, budget, store
        self._settings, self._connection, self._now, self._send = settings, connection, now, send
        self._window, self._cancelled = window, cancelled
        self._asks = {ask.dataset: ask.subjects for ask in want.asks}
        self._key = pane_key(connection.id, want.pane, window, want.basis if spec.by_basis else "")
        self._answers: dict[tuple[str, Scope | None], Answer] = {}
        self._lock = threading.Lock()
        self._drafts = drafts and store.stamp(self._key) is None
        self._next_draft = 0.0
        self._tab = Tab()

    def run(self, pool: Executor) -> None:
        """Ask, chain by chain; a chain is one scope's datasets that build on each other. Overviews come when all others are done."""
        for last in (False, True):
            sources = [source for source in self._sources if isinstance(source, Overview) == last]
            futures: list[Future[None]] = [pool.submit(self._follow, chain) for chain in chains(sources, self._nowhere)]
            for future in futures:
                future.result()
        self._finish()

    def _nowhere(self, source: Source, problem: Problem | None) -> None:
        self._note(Answer(source, None, error=problem))

    def _follow(self, chain: Chain) -> None:
        self._budget.open_tab(self._tab)
        before: dict[str, Answer] = {}
        for number, (source, scope) in enumerate(chain, start=1):
            failed = next((answer for name in source.after if (answer := before.get(name)) and _lacks(answer)), None)
            if failed is not None:
                answer = Answer(source, scope, error=failed.error)
            else:
                inputs = {name: before[name] for name in source.after if name in before}
                if isinstance(source, Overview):
                    inputs.update((name, self._everywhere(source, name)) for name in source.across)
                answer = self._bringer.bring(self._errand(source, scope, inputs, self._growing(source, chain[number:])))
            before[source.dataset] = answer
            self._note(answer)
            self._draft()

    def _errand(self, source: Source, scope: Scope, inputs: dict[str, Answer], grown: Grown) -> Errand:
        """What was just asked about makes everything that builds on it old, in the scopes that had an answer."""
        asked = any(inputs[name].asked for name in source.after if name in inputs)
        refresh = (self._want.refresh and (self._want.paid or not source.paid)) or asked
        subjects = self._asks.get(source.dataset, ())
        return Errand(source, scope, self._window, refresh, inputs, self._told, grown, subjects, self._cancelled)

    def _everywhere(self, asking: Source, dataset: str) -> Answer:
        answers = [answer for answer in self._in_order() if answer.source.dataset == dataset]
        return Answer(asking, None, lambda: [record for answer in answers for record in answer.read()])

    def _note(self, answer: Answer) -> None:
        with self._lock:
            self._answers[answer.source.name, answer.scope] = answer

    def _growing(self, source: Source, later: Chain) -> Grown:
        """What to do with a first answer while it arrives: show it, and let what builds on nothing else begin."""
        begun: list[Grown] | None = None

        def grown(answer: Answer) -> None:
            nonlocal begun
            if begun is None:
                errands = [self._errand(one, scope, {}, self._note) for one, scope in later if one.after == (source.dataset,)]
                begun = [hear for errand in errands if (hear := self._bringer.ahead(errand)) is not None]
            for hear in begun:
                hear(answer)
            self._note(answer)
            self._draft()

        return grown

    def _told(self, doing: str, done: int, total: int) -> None:
        self._send(Progress(self._want.pane, self._window, doing, done, total))

    def _draft(self) -> None:
        """Show what is there so far, when nothing older is on the screen and the last draft is a while ago."""
        with self._lock:
            started = time.monotonic()
            if not self._drafts or started < self._next_draft:
                return
            draft = self._build()
            if not draft.rows:  # "nothing found" would be a lie while the answer is on its way
                return
            now = time.monotonic()
            self._next_draft = now + max(BETWEEN_DRAFTS, DRAFTS_SHARE * (now - started))
            self._put(draft)
        self._send(Updated(self._want.pane, self._window))

    def _finish(self) -> None:
        stamp = self._stamp()
        stored = self._store.get(self._key + "|inputs", str)
        problems = self._problems()
        kept = self._store.get(head_key(self._key), self._spec.data_type)  # None too when it cannot be read any more
        if kept is None or stored is None or stored.value != stamp or self._asks:
            data = self._build()
            if self._put(data):
                self._store.put(self._key + "|inputs", stamp, as_of=self._now())
            problems = list(dict.fromkeys([*data.problems, *self._disk_problems()]))
            self._send(Updated(self._want.pane, self._window))
        self._send(Finished(self._want.pane, self._window, problems, self._tab.paid))

    def _put(self, data: PaneData[Any, Any]) -> bool:
        self._store.put(head_key(self._key), data.head(HEAD_ROWS), as_of=self._now())
        return self._store.put(self._key, data, as_of=self._now())

    def _build(self) -> PaneData[Any, Any]:
        answers = self._in_order()
        records: dict[str, list[Any]] = {name: [] for name in self._spec.needs}
        for answer in answers:
            records[answer.source.dataset].extend(answer.read())
        by_source = {source.name: [answer for answer in answers if answer.source is source] for source in self._sources}
        states = [
            state_of(source, by_source[source.name], offline=self._offline) for source in self._sources if _said(by_source[source.name])
        ]
        inputs = Inputs(self._window, self._now(), self._settings, records, states, self._problems(), self._want.basis)
        return self._spec.build(inputs)

    def _in_order(self) -> list[Answer]:
        """Answers as the sources are listed, not as threads finished: the same data gives the same bytes."""
        ranks = {source.name: rank for rank, source in enumerate(self._sources)}
        with_keys = sorted(self._answers.items(), key=lambda item: (ranks[item[0][0]], str(item[0][1])))
        return [answer for _, answer in with_keys]

    def _problems(self) -> list[Problem]:
        found: Iterable[Problem | None] = (problem for answer in self._in_order() for problem in (answer.error, *answer.problems))
        return list(dict.fromkeys(problem for problem in (*found, *self._disk_problems()) if problem is not None))

    def _disk_problems(self) -> list[Problem]:
        return [Problem("warning", "store", warning, "see costtui info for the path") for warning in self._store.warnings]

    def _stamp(self) -> str:
        """Changes when anything that the pane is built from changes: answers, settings, prices, the day, this program."""
        answers = sorted(
            f"{name}|{scope}|{answer.as_of}|{answer.whole}|{answer.error}|{answer.problems}|{_content(answer)}"
            for (name, scope), answer in self._answers.items()
        )
        today = str(self._now().date())  # what the user ignores may have expired
        parts = [*answers, today, str(self._offline), str(price_book().as_of), __version__, msgspec.json.encode(self._settings).decode()]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _lacks(answer: Answer) -> bool:
    """Whether what builds on it has nothing to build on. What nobody asked on its key is no lack."""
    return answer.as_of is None and not DATASETS[answer.source.dataset].asked


def _said(answers: Sequence[Answer]) -> bool:
    """False for a question on a key that nobody has asked yet: it is missing from nothing."""
    return any(not DATASETS[answer.source.dataset].asked or answer.as_of or answer.error for answer in answers)


def _content(answer: Answer) -> str:
    """A file may change and keep the date that it claims; what a cloud says is told apart by when it was asked."""
    if answer.scope is not None and answer.scope.version:
        return answer.scope.version
    return hashlib.sha256(msgspec.msgpack.encode(answer.read())).hexdigest() if answer.source.local else ""
