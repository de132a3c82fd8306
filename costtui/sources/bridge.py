"""Pacing of calls: one token bucket per account, region and service, shared by every thread of the fetcher."""

import threading
import time
from collections.abc import Callable

RATES: dict[str, float] = {
    "lambda": 5,  # of the account's 15 a second for the whole control plane, so that deployments are not starved
    "cloudtrail": 1,  # of 2 a second, shared with everybody else in the account
    "cloudformation": 5,
    "cloudwatch": 25,  # of 50
    "resourcegroupstaggingapi": 5,
    "ce": 1,
    "sts": 5,
}
"""Requests a second, well below the documented quotas; a service that is not named gets `DEFAULT_RATE`."""

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

    def take(self, account: str, region: str, service: str) -> None:
        if self._unlimited:
            return
        with self._lock:
            key = (account, region, service)
            bucket = self._buckets.get(key) or self._buckets.setdefault(key, Bucket(RATES.get(service, DEFAULT_RATE)))
        bucket.take()
