"""Bringing one dataset of one scope: what is stored and still holds is kept, the rest is asked for.

Days that are closed are asked for once, ever. Two panes that need the same dataset wait for each other instead of asking twice.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

import msgspec

from costtui.domain.asking import Price
from costtui.domain.datasets import DATASETS, Batch, Dataset, Scope
from costtui.domain.period import Window
from costtui.domain.problems import Problem, SourceError
from costtui.fetcher.answers import Answer
from costtui.sources.port import Ahead, AsksItself, Priced, Request, Source
from costtui.store import FINGERPRINTS, Store, dataset_key

PROBLEMS, DETAIL, VERSION = "|problems", "|detail", "|version"
"""Beside an answer: what was missing from it, what was read, and in which state the files were."""

Told = Callable[[str, int, int], None]
Grown = Callable[[Answer], None]


@dataclass(frozen=True)
class Errand:
    """What a pane asks of one source in one scope."""

    source: Source
    scope: Scope
    window: Window
    refresh: bool
    inputs: Mapping[str, Answer]
    """Answers that the source builds on, by dataset."""
    told: Told
    grown: Grown
    """Called with the answer so far while a first answer arrives."""
    subjects: Sequence[str] = ()
    """For asked datasets: what is asked about."""
    cancelled: Callable[[], bool] = lambda: False


class Bringer:
    """Store on one side, sources on the other. Thread-safe."""

    def __init__(self, store: Store, connection: str, now: Callable[[], datetime], *, offline: bool) -> None:
        self._store, self._connection, self._now, self._offline = store, connection, now, offline
        self._secret = store.secret(FINGERPRINTS, now())
        self._locks: dict[str, threading.Lock] = defaultdict(threading.Lock)
        self._guard = threading.Lock()

    def bring(self, errand: Errand) -> Answer:
        """The freshest answer to be had; its `error` says why it is not fresher. Never raises SourceError."""
        errand, dataset, key = self._placed(errand)
        with self._guard:
            lock = self._locks[key]
        with lock:
            if dataset.asked:
                return self._asked(errand, dataset, key)
            return self._daily(errand, dataset) if dataset.daily else self._whole(errand, dataset, key)

    def price(self, errand: Errand) -> Price | None:
        """What `bring` would cost or take; None where it would ask nothing that has a price. Raises SourceError."""
        errand, dataset, key = self._placed(errand)
        source = errand.source
        if not isinstance(source, Priced) or not self._may_ask(source):
            return None
        if dataset.asked:
            days = errand.window.days if dataset.windowed else ()
            return source.price(self._request(errand, days)) if errand.subjects else None
        if dataset.daily:
            days = self._days(errand)
            missing = [day for day in days if self._lacks(errand, dataset, day)]
            return source.price(self._request(errand, missing, self._newest_day(errand, dataset, days))) if missing else None
        if self._holds(errand, dataset, key):
            return None
        return source.price(self._request(errand, errand.window.days if dataset.windowed else ()))

    def ahead(self, errand: Errand) -> Grown | None:
        """Hears of what a source builds on while that arrives; None where the source lacks nothing, or waits for the whole of it."""
        source = errand.source
        if not isinstance(source, Ahead) or not self._may_ask(source):
            return None
        errand, dataset, _ = self._placed(errand)
        missing = [day for day in self._days(errand) if self._lacks(errand, dataset, day)]
        request = self._request(errand, missing)
        return (lambda answer: source.ahead(replace(request, inputs={answer.source.dataset: answer.read()}))) if missing else None

    def _placed(self, errand: Errand) -> tuple[Errand, Dataset, str]:
        """The errand with the scope that its answer is stored under, and the key of that."""
        dataset = DATASETS[errand.source.dataset]
        if dataset.windowed:
            about = "|".join(filter(None, (errand.scope.about, str(errand.window))))
            errand = replace(errand, scope=msgspec.structs.replace(errand.scope, about=about))
        return errand, dataset, dataset_key(self._connection, errand.scope, dataset.name)

    def _days(self, errand: Errand) -> list[date]:
        today = self._now().date()
        return [day for day in errand.window.days if day <= today]

    def _holds(self, errand: Errand, dataset: Dataset, key: str) -> bool:
        stamp = self._store.stamp(key)
        anew = errand.refresh or errand.source.local
        return stamp is not None and not anew and self._now() - stamp.as_of < dataset.holds

    def _asked(self, errand: Errand, dataset: Dataset, key: str) -> Answer:
        """What is stored of all subjects; those that are asked about are brought anew, as far as they can be had."""
        source = errand.source
        read = self._reader(key, dataset)
        stamp = self._store.stamp(key)
        answer = Answer(source, errand.scope, read, stamp.as_of if stamp else None)
        if not self._may_ask(source) or not (errand.subjects or isinstance(source, AsksItself)):
            return answer
        request = self._request(errand, errand.window.days if dataset.windowed else (), read)
        if isinstance(source, AsksItself) and not errand.subjects:
            request = replace(request, subjects=source.wanted(request))
        if not request.subjects:
            return answer
        brought: list[Any] = []
        try:
            for item in source.fetch(request):
                if isinstance(item, Problem):
                    answer.problems.append(item)
                else:
                    brought.extend(item.records)
                    answer.detail = item.detail or answer.detail
        except SourceError as error:
            answer.error = error.problem
        if brought:
            replaced = {record.subject for record in brought}
            records = [*(record for record in read() if record.subject not in replaced), *brought]
            answer.as_of, answer.asked = self._now(), bool(errand.subjects)
            if not self._store.put(key, records, as_of=answer.as_of):
                answer.read = lambda: records
        return answer

    def _may_ask(self, source: Source) -> bool:
        return source.local or not self._offline

    def _whole(self, errand: Errand, dataset: Dataset, key: str) -> Answer:
        source, scope = errand.source, errand.scope
        stamp = self._store.stamp(key)
        kept = Answer(source, scope, self._reader(key, dataset), stamp.as_of) if stamp else Answer(source, scope)
        kept.detail = self._detail(errand, "")
        if stamp is not None and (told := self._store.get(key + PROBLEMS, list[Problem])):
            kept.problems = told.value
            kept.whole = _whole(kept.problems)
        if self._holds(errand, dataset, key) or not self._may_ask(source) or self._same_files(scope, key):
            return kept
        records: list[Any] = []
        growing = Answer(source, scope, lambda: records, self._now())
        try:
            for item in source.fetch(self._request(errand, errand.window.days if dataset.windowed else (), kept.read)):
                if isinstance(item, Problem):
                    growing.problems.append(item)
                    continue
                records.extend(item.records)
                growing.as_of = item.as_of or self._now()
                growing.detail = item.detail or growing.detail
                if stamp is None:
                    errand.grown(growing)
            if errand.cancelled():
                raise SourceError(_stopped(source))
        except SourceError as error:
            if stamp is not None or not records:
                kept.error = error.problem
                return kept
            growing.error, growing.whole = error.problem, False
            return growing
        growing.whole = _whole(growing.problems)
        growing.detail = self._detail(errand, growing.detail)
        self._store.put(key, records, as_of=growing.as_of or self._now())
        self._store.put(key + PROBLEMS, growing.problems, as_of=self._now())
        if scope.version:
            self._store.put(key + VERSION, scope.version, as_of=self._now())
        return growing

    def _daily(self, errand: Errand, dataset: Dataset) -> Answer:
        source, scope = errand.source, errand.scope
        days = self._days(errand)
        key = dataset_key(self._connection, scope, dataset.name)
        missing = [day for day in days if self._lacks(errand, dataset, day)]
        brought: dict[date, list[Any]] = {}
        answer = Answer(source, scope)
        if missing and self._may_ask(source):
            try:
                for item in source.fetch(self._request(errand, missing, self._newest_day(errand, dataset, days))):
                    if isinstance(item, Problem):
                        answer.problems.append(item)
                    else:
                        answer.detail = item.detail or answer.detail
                        self._keep_day(errand, dataset, item, brought)
                if errand.cancelled():
                    raise SourceError(_stopped(source))
                warnings = [problem for problem in answer.problems if problem.kind == "warning"]
                self._store.put(key + PROBLEMS, warnings, as_of=self._now())
            except SourceError as error:
                answer.error = error.problem
        elif told := self._store.get(key + PROBLEMS, list[Problem]):
            answer.problems = told.value
        answer.detail = self._detail(errand, answer.detail)
        stamps = {day: stamp for day in days if (stamp := self._store.stamp(self._key(errand, day)))}
        there = sorted(stamps.keys() | brought.keys())
        answer.whole = len(there) == len(days) and _whole(answer.problems)
        answer.as_of = max((stamp.as_of for stamp in stamps.values()), default=self._now() if brought else None)

        @cache
        def read() -> Sequence[Any]:
            days = (brought[day] if day in brought else self._reader(self._key(errand, day), dataset)() for day in there)
            return [record for records in days for record in records]

        answer.read = read
        return answer

    def _lacks(self, errand: Errand, dataset: Dataset, day: date) -> bool:
        stamp = self._store.stamp(self._key(errand, day))
        if stamp is None:
            return True
        if errand.scope.version:
            return not self._same_files(errand.scope, self._key(errand, day))
        if errand.source.local:  # a file costs nothing to read, and its past may have been corrected
            return True
        return not stamp.final and (errand.refresh or self._now() - stamp.as_of >= dataset.holds)

    def _same_files(self, scope: Scope, key: str) -> bool:
        stored = self._store.get(key + VERSION, str) if scope.version else None
        return stored is not None and stored.value == scope.version and self._store.stamp(key) is not None

    def _keep_day(self, errand: Errand, dataset: Dataset, batch: Batch, brought: dict[date, list[Any]]) -> None:
        assert batch.day is not None, f"{dataset.name} comes by day"
        ended = datetime.combine(batch.day + timedelta(1), time(), UTC) + dataset.settles
        built_on = all(answer.whole and answer.error is None for answer in errand.inputs.values())
        final = ended <= self._now() and not batch.estimated and built_on
        if not self._store.put(self._key(errand, batch.day), batch.records, as_of=batch.as_of or self._now(), final=final):
            brought[batch.day] = batch.records  # a full disk costs the next start a fetch, not this screen its numbers
        elif errand.scope.version:
            self._store.put(self._key(errand, batch.day) + VERSION, errand.scope.version, as_of=self._now())

    def _detail(self, errand: Errand, told: str) -> str:
        key = dataset_key(self._connection, errand.scope, errand.source.dataset) + DETAIL
        if told:
            self._store.put(key, told, as_of=self._now())
            return told
        stored = self._store.get(key, str)
        return stored.value if stored else ""

    def _key(self, errand: Errand, day: date) -> str:
        return dataset_key(self._connection, errand.scope, errand.source.dataset, day)

    def _reader(self, key: str, dataset: Dataset) -> Callable[[], Sequence[Any]]:
        def read() -> Sequence[Any]:
            stored = self._store.get(key, dataset.many)
            return stored.value if stored else ()

        return read

    def _newest_day(self, errand: Errand, dataset: Dataset, days: Sequence[date]) -> Callable[[], Sequence[Any]]:
        newest = next((day for day in reversed(days) if self._store.stamp(self._key(errand, day))), None)
        return self._reader(self._key(errand, newest), dataset) if newest else tuple

    def _request(self, errand: Errand, days: Sequence[date] = (), known: Callable[[], Sequence[Any]] = tuple) -> Request:
        inputs = {name: answer.read() for name, answer in errand.inputs.items()}
        return Request(errand.scope, self._now(), days, inputs, known, errand.told, errand.subjects, self._secret, errand.cancelled)


def _stopped(source: Source) -> Problem:
    return Problem("stopped", source.name, "stopped before it was whole", "refresh to go on")


def _whole(problems: Sequence[Problem]) -> bool:
    """Whether nothing is missing: a warning is only worth knowing."""
    return all(problem.kind == "warning" for problem in problems)
