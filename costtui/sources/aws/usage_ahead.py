"""GetMetricData of the functions that are listed already, while the next of their pages are on the way.

Lambda gives 50 functions a page, one page after the other (ListFunctions), and each page is a wait for the network.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from datetime import date
from typing import Any

from costtui.domain.functions.records import Function
from costtui.sources.bridge import THREADS

Pages = list[dict[str, Any]]
Ask = Callable[[Sequence[Function]], Pages]


class UsageAhead:
    """The calls for one listing and its days. `allowed` is asked first, beside the listing; where it says no, nothing is sent."""

    def __init__(self, days: Sequence[date], each: int, allowed: Callable[[], bool], ask: Ask) -> None:
        self._days, self._each, self._ask = tuple(days), each, ask
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="ahead")
        self._allowed: Future[bool] = self._pool.submit(copy_context().run, allowed)
        self._functions: list[Function] = []
        self._calls: list[Future[Pages]] = []

    def serves(self, functions: Sequence[Function], days: Sequence[date]) -> bool:
        """Whether what it has begun is the beginning of what is asked."""
        return self._days == tuple(days) and self._functions == list(functions[: len(self._functions)])

    @property
    def allowed(self) -> bool:
        return self._allowed.result()

    @property
    def sent(self) -> int:
        """The functions whose calls need no more consent."""
        return len(self._functions) if self.allowed else 0

    def take(self, functions: Sequence[Function]) -> None:
        """Ask about all that fill a call and are new."""
        while len(functions) >= len(self._functions) + self._each:
            self._submit(functions[len(self._functions) : len(self._functions) + self._each])

    def answers(self, functions: Sequence[Function]) -> Iterator[Pages]:
        """Of all functions, those that are new among them, in their order. The first call that fails ends it."""
        self.take(functions)
        if len(functions) > len(self._functions):
            self._submit(functions[len(self._functions) :])
        try:
            for call in self._calls:
                yield call.result()
        finally:
            self.drop()

    def drop(self) -> None:
        """What has not begun is not asked."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _submit(self, part: Sequence[Function]) -> None:
        self._functions += part
        self._calls.append(self._pool.submit(copy_context().run, self._one, list(part)))

    def _one(self, part: Sequence[Function]) -> Pages:
        return self._ask(part) if self.allowed else []
