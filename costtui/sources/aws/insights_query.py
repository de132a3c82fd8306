"""Logs Insights queries as they run: started a few at a time, polled less and less often, stopped when nobody wants them any more.

StartQuery bills the bytes that it scans, which are known when it has ended: they are entered then. An account runs at most 30 queries
at a time, dashboards included (CloudWatch Logs quotas).
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from costtui.domain.money import ZERO
from costtui.domain.problems import SourceError
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.aws.log_groups import priced
from costtui.sources.aws.usage import midnight
from costtui.sources.port import Request

AT_ONCE = 4
ROWS = 10_000
FIRST_PAUSE, LONGEST_PAUSE, STEP = 0.25, 4.0, 0.25
"""Seconds between two looks at a running query; the user's Esc is seen after a step."""
UNDER_WAY = frozenset({"Scheduled", "Running", "Unknown"})

Row = dict[str, str]


@dataclass(frozen=True)
class Query:
    """One query, over log groups of one class. `usd` is what it was estimated at."""

    groups: list[str]
    text: str
    usd: Decimal


@dataclass(frozen=True)
class Ended:
    """`status` is Complete, Failed, Cancelled or Timeout; only a complete one has all its rows."""

    query: Query
    status: str
    rows: list[Row]


class Insights:
    """Runs queries of one request, one after another for its caller."""

    def __init__(self, cloud: AwsCloud, source: str, request: Request, rate: Decimal, sleep: Callable[[float], None] = time.sleep) -> None:
        self._cloud, self._source, self._request, self._rate, self._sleep = cloud, source, request, rate, sleep
        self._running: dict[str, Query] = {}

    def run(self, queries: Sequence[Query]) -> Iterator[Ended]:
        """Each query as it ends. Leaving early, for whatever reason, stops what still runs."""
        waiting, pause = deque(queries), FIRST_PAUSE
        try:
            while (waiting or self._running) and not self._request.cancelled():
                self._start(waiting)
                self._wait(pause)
                ended = [done for started in list(self._running) if (done := self._look(started)) is not None]
                pause = FIRST_PAUSE if ended else min(LONGEST_PAUSE, pause * 1.6)
                yield from ended
        finally:
            for started in list(self._running):
                self._stop(started)

    def _start(self, waiting: deque[Query]) -> None:
        while waiting and len(self._running) < AT_ONCE:
            query = waiting[0]
            start, end = seconds(self._request.days, self._request.now)
            span = {"startTime": start, "endTime": end}
            try:
                started = self._call("start_query", logGroupNames=query.groups, **span, limit=ROWS, queryString=query.text)
            except SourceError as error:
                if error.problem.kind == "throttled" and self._running:
                    return  # others use the account's queries up: there is room when one has ended
                raise
            self._running[started["queryId"]] = waiting.popleft()

    def _wait(self, pause: float) -> None:
        while pause > 0 and not self._request.cancelled():
            self._sleep(min(STEP, pause))
            pause -= STEP

    def _look(self, started: str) -> Ended | None:
        answer = self._call("get_query_results", queryId=started)
        if answer["status"] in UNDER_WAY:
            return None
        query = self._running.pop(started)
        self._settle(answer)
        return Ended(
            query, answer["status"], [{cell["field"]: cell["value"] for cell in row if "value" in cell} for row in answer["results"]]
        )

    def _stop(self, started: str) -> None:
        """What it had scanned is billed; where nobody tells how much that was, all of the estimate is entered."""
        query = self._running.pop(started)
        try:
            self._call("stop_query", queryId=started)
            self._settle(self._call("get_query_results", queryId=started))
        except SourceError:
            self._cloud.settle(self._source, "StartQuery", query.usd)

    def _settle(self, answer: Mapping[str, Any]) -> None:
        scanned = Decimal(repr(answer.get("statistics", {}).get("bytesScanned", 0.0)))
        if scanned > ZERO:
            self._cloud.settle(self._source, "StartQuery", priced(scanned, self._rate))

    def _call(self, operation: str, **params: Any) -> dict[str, Any]:
        return self._cloud.call(self._source, self._request.scope, "logs", operation, **params)


def seconds(days: Sequence[date], now: datetime) -> tuple[int, int]:
    """First and last second of the days, as far as they have passed; StartQuery includes both."""
    end = min(midnight(days[-1] + timedelta(1)), now.astimezone(UTC))
    return int(midnight(days[0]).timestamp()), int(end.timestamp()) - 1
