"""One Athena query from question to rows: StartQueryExecution, polling with back-off, GetQueryResults page by page.

Athena bills the bytes it scanned, of a cancelled query too, and never less than 10 MB (https://aws.amazon.com/athena/pricing/); a
query that failed costs nothing. What was scanned is entered into the ledger when the query has ended.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from costtui.domain.datasets import Scope
from costtui.domain.money import ZERO, plain
from costtui.domain.prices.price_book import price_book
from costtui.domain.problems import Kind, Problem, SourceError
from costtui.sources.aws.cloud import AwsCloud

OPERATION = "StartQueryExecution"
FIRST_WAIT, LONGEST_WAIT, BACK_OFF = 0.25, 5.0, 1.5
LOOKS = 0.25
"""Seconds between two looks whether the user has had enough."""
ROWS_A_PAGE = 1_000
MB, TB = 1 << 20, 1 << 40

Wait = Callable[[float], None]

REASONS: tuple[tuple[str, Kind, str, str], ...] = (
    ("bytes scanned limit", "over-budget", "the workgroup's limit of bytes for one query stopped it", "ask for a shorter period"),
    ("exhausted resources", "failed", "it was too large for Athena", "ask for a shorter period"),
    ("access denied", "denied", "Athena may not read the export or write its answer", "let the identity read the one and write the other"),
    ("insufficient permission", "denied", "Athena may not read the table", "let the identity have glue:GetTable and the bucket"),
    ("does not exist", "failed", "there is no such table or column", "check database and table of [customers.billing]"),
    ("unable to verify/create output bucket", "failed", "the place for answers cannot be used", "check output of [customers.billing]"),
)
"""Parts of StateChangeReason in small letters, and what they mean for the user."""


class Question(NamedTuple):
    """SQL with question marks, and the literals in their places."""

    sql: str
    parameters: Sequence[str]
    database: str
    workgroup: str
    output: str | None


class Answer(NamedTuple):
    """A query that has ended well."""

    id: str
    scanned: int
    """Bytes."""
    usd: Decimal


def price_of(scanned: int) -> Decimal:
    """USD for so many bytes, whole megabytes, the minimum at least."""
    price = price_book().api_price("athena:StartQueryExecution")
    if price is None:
        return ZERO
    megabytes = max(-(-scanned // MB), price.minimum_mb)
    return price.rate * megabytes * MB / TB


class Runner:
    """Asks as one source in one scope."""

    def __init__(self, cloud: AwsCloud, source: str, scope: Scope, cancelled: Callable[[], bool], wait: Wait = time.sleep) -> None:
        self._cloud, self._source, self._scope, self._cancelled, self._wait = cloud, source, scope, cancelled, wait

    def run(self, question: Question, told: Callable[[int], None]) -> Answer:
        """Start it and wait for its end; `told` hears the bytes scanned so far. Esc stops it. Raises SourceError."""
        output: dict[str, Any] = {"ResultConfiguration": {"OutputLocation": question.output}} if question.output else {}
        started = self._cloud.call(
            self._source,
            self._scope,
            "athena",
            "start_query_execution",
            QueryString=question.sql,
            ExecutionParameters=list(question.parameters),
            QueryExecutionContext={"Database": question.database},
            WorkGroup=question.workgroup,
            **output,
        )
        query = str(started["QueryExecutionId"])
        pause = FIRST_WAIT
        while True:
            state, reason, scanned = self._state(query)
            if state == "SUCCEEDED":
                return Answer(query, scanned, self._settle(scanned))
            if state == "FAILED":
                raise SourceError(self._failure(reason))
            if state == "CANCELLED":
                raise SourceError(Problem("stopped", self._source, "somebody stopped the query", "refresh to ask again"))
            told(scanned)
            if self._stopped_while(pause):
                raise SourceError(self._stop(query))
            pause = min(pause * BACK_OFF, LONGEST_WAIT)

    def rows(self, answer: Answer, told: Callable[[int], None]) -> Iterator[list[str | None]]:
        """The answer's rows as text; null is None. `told` hears how many have come."""
        pages = self._cloud.pages(
            self._source,
            self._scope,
            "athena",
            "get_query_results",
            ask="NextToken",
            given="NextToken",
            QueryExecutionId=answer.id,
            MaxResults=ROWS_A_PAGE,
        )
        count = -1  # the first row of the first page is the header
        for page in pages:
            for row in page["ResultSet"]["Rows"]:
                count += 1
                if count:
                    yield [cell.get("VarCharValue") for cell in row["Data"]]
            told(count)
            if self._cancelled():
                raise SourceError(Problem("stopped", self._source, "stopped before all rows were here", "refresh to ask again"))

    def _state(self, query: str) -> tuple[str, str, int]:
        found = self._cloud.call(self._source, self._scope, "athena", "get_query_execution", QueryExecutionId=query)["QueryExecution"]
        status: dict[str, Any] = found["Status"]
        return status["State"], status.get("StateChangeReason", ""), found.get("Statistics", {}).get("DataScannedInBytes", 0)

    def _stopped_while(self, seconds: float) -> bool:
        while seconds > 0 and not self._cancelled():
            self._wait(min(seconds, LOOKS))
            seconds -= LOOKS
        return self._cancelled()

    def _stop(self, query: str) -> Problem:
        self._cloud.call(self._source, self._scope, "athena", "stop_query_execution", QueryExecutionId=query)
        state, _, scanned = self._state(query)
        usd = self._settle(scanned)
        ended = "it had just ended" if state == "SUCCEEDED" else "the query was stopped"
        return Problem("stopped", self._source, f"{ended} after {size(scanned)}, ${plain(usd)}", "refresh to ask again")

    def _settle(self, scanned: int) -> Decimal:
        usd = price_of(scanned)
        self._cloud.settle(self._source, OPERATION, usd)
        return usd

    def _failure(self, reason: str) -> Problem:
        said = " ".join(reason.split())[:200]
        for part, kind, what, action in REASONS:
            if part in said.lower():
                return Problem(kind, self._source, f"{what} ({said})", action)
        return Problem("failed", self._source, f"Athena gave up ({said or 'no reason given'})", "see the query in Athena's history")


def size(count: int) -> str:
    """Bytes as Athena's console counts them."""
    return f"{count / (1 << 30):,.2f} GB" if count >= 1 << 30 else f"{count / MB:,.1f} MB"
