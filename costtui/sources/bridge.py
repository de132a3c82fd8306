"""Pacing of calls: one token bucket per account, region and service, shared by every thread of the fetcher.

Lambda's whole control plane has 15 requests a second in an account and region, deployments included, and AWS does not raise it
(Lambda quotas). costtui takes a third: a bucket of five, so that the first pages come at once, and five a second after that. 10,000
functions are 200 pages, which take 40 s from an empty cache. An emulator on this machine has no such quota, and is not paced.

Calls that wait for the network more than they work run side by side in a few threads: `side_by_side`.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

RATES: dict[str, float] = {
    "lambda": 5,  # of the account's 15 a second for the whole control plane, so that deployments are not starved
    "cloudtrail": 1,  # of 2 a second, shared with everybody else in the account
    "cloudformation": 5,
    "cloudwatch": 25,  # of 50 for GetMetricData
    "cloudwatch.get_metric_statistics": 50,  # of 400
    "logs": 5,  # of 10 for DescribeLogGroups
    "resourcegroupstaggingapi": 5,
    "organizations": 2,
    "ce": 1,
    "sts": 5,
}
"""Requests a second, well below the documented quotas; a service that is not named gets `DEFAULT_RATE`. An operation with a rate of
its own does not count for its service's."""

DEFAULT_RATE = 5.0


class Bucket:
    """A token bucket: `rate` tokens a second, and as many at once as one second brings."""

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep) -> None:
        self._rate, self._clock, self._sleep = rate, clock, sleep
        self._tokens = max(1.0, rate)
        self._at = clock()
        self._lock = threading.Lock()

    def take(self) -> None:
        """Wait for one token. Threads queue up in the order in which they asked."""
        with self._lock:
            now = self._clock()
            self._tokens = min(max(1.0, self._rate), self._tokens + (now - self._at) * self._rate)
            self._at = now
            self._tokens -= 1
            wait = -self._tokens / self._rate
        if wait > 0:
            self._sleep(wait)


class Pacer:
    """The buckets. `unlimited` is for the demo cloud, which has no quota to protect."""

    def __init__(self, *, unlimited: bool = False) -> None:
        self._unlimited = unlimited
        self._buckets: dict[tuple[str, str, str], Bucket] = {}
        self._lock = threading.Lock()

    def take(self, account: str, region: str, service: str, operation: str = "") -> None:
        if self._unlimited:
            return
        named = f"{service}.{operation}"
        name = named if named in RATES else service
        with self._lock:
            key = (account, region, name)
            bucket = self._buckets.get(key) or self._buckets.setdefault(key, Bucket(RATES.get(name, DEFAULT_RATE)))
        bucket.take()


THREADS = 8
"""More than this only wait for each other (GIL)."""

T = TypeVar("T")


def side_by_side(calls: Iterable[Callable[[], T]], threads: int = THREADS) -> Iterator[T]:
    """What the calls return, in their order, as each is there. The first that raises ends it: what has not begun is not asked."""
    with ThreadPoolExecutor(threads, thread_name_prefix="call") as pool:
        running: list[Future[T]] = [pool.submit(copy_context().run, call) for call in calls]
        try:
            for future in running:
                yield future.result()
        finally:
            for future in running:
                future.cancel()
