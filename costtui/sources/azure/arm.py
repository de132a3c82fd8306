"""Azure Resource Manager: POST questions, paged on the same host only, throttling honoured, errors as typed problems.

Source: https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling.
"""

import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from costtui.domain.problems import Kind, Problem, SourceError
from costtui.sources.azure.tokens import RESOURCE, Tokens

if TYPE_CHECKING:
    import httpx

TRIES = 4
LONGEST_WAIT = 60.0
"""Seconds: whoever is told to wait longer gives up and says so."""
PATIENCE_SECONDS = 30
Json = dict[str, Any]


class Arm:
    """The door to one Azure. Thread-safe; the client is made when it is first used."""

    def __init__(self, tokens: Tokens, base: str = RESOURCE, sleep: Callable[[float], None] = time.sleep) -> None:
        self._tokens, self._base, self._sleep = tokens, base, sleep
        self._client: httpx.Client | None = None
        self._lock = threading.Lock()
        self._owed = 0.0
        """Seconds to wait before the next question: the last answer used up the quota."""

    def post(self, source: str, where: str, url: str, body: Json | None = None) -> Json:
        """The answer to one question; `url` is a path, or a next page's whole address. Raises SourceError."""
        import httpx

        address = url if "://" in url else f"{self._base}{url}"
        if urlsplit(address)[:2] != urlsplit(self._base)[:2]:  # the token would go with it
            there = urlsplit(address).hostname
            raise _problem(
                "malformed", source, where, f"the next page is on another host, {there!r}", "only pages of the same host are read"
            )
        self._settle()
        for tried in range(1, TRIES + 1):
            try:
                answer = self._session().post(address, json=body or {}, headers={"Authorization": f"Bearer {self._tokens.token()}"})
            except httpx.HTTPError as error:
                raise _problem(
                    "offline", source, where, f"no answer ({type(error).__name__})", "check the network and HTTPS_PROXY"
                ) from None
            if answer.status_code == 401 and tried == 1:
                self._tokens.forget()
            elif answer.status_code == 429 and tried < TRIES:
                self._wait(answer, source, where)
            else:
                break
        self._note_quota(answer)
        return _read(answer, source, where)

    def _settle(self) -> None:
        with self._lock:
            owed, self._owed = self._owed, 0.0
        if owed:
            self._sleep(owed)

    def _note_quota(self, answer: "httpx.Response") -> None:
        """Resource Graph says with each answer how many questions are left, and when there will be more
        (https://learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests)."""
        if answer.headers.get("x-ms-user-quota-remaining") == "0":
            with self._lock:
                self._owed = min(_seconds(answer.headers.get("x-ms-user-quota-resets-after") or "5"), LONGEST_WAIT)

    def pages(self, source: str, where: str, url: str) -> Iterator[Json]:
        """Every page of an OData answer, by its `@odata.nextLink`."""
        following: str | None = url
        seen: set[str] = set()
        while following and following not in seen:
            seen.add(following)
            page = self.post(source, where, following)
            yield page
            following = page.get("@odata.nextLink")

    def _wait(self, answer: "httpx.Response", source: str, where: str) -> None:
        seconds = _seconds(answer.headers.get("Retry-After") or answer.headers.get("x-ms-user-quota-resets-after") or "5")
        if seconds > LONGEST_WAIT:
            raise _problem("throttled", source, where, f"Azure asks to wait {seconds:.0f} s", "refresh later")
        self._sleep(seconds)

    def _session(self) -> "httpx.Client":
        import httpx

        with self._lock:
            if self._client is None:
                self._client = httpx.Client(timeout=PATIENCE_SECONDS)
            return self._client


def _read(answer: "httpx.Response", source: str, where: str) -> Json:
    try:
        body = answer.json()
    except ValueError:
        body = None
    if answer.status_code == 200 and isinstance(body, dict):
        return body
    error = body.get("error") if isinstance(body, dict) else None
    code = str(error.get("code", "")) if isinstance(error, dict) else ""
    if answer.status_code == 401:
        raise _problem("expired", source, where, "Azure does not accept the token", "run: az login")
    if answer.status_code == 403:
        raise _problem("denied", source, where, f"no permission ({code or 403})", "the role Reader on the subscription is enough")
    if answer.status_code == 429:
        raise _problem("throttled", source, where, "Azure throttled the call, retries included", "wait a minute, then refresh")
    if body is None:
        raise _problem("malformed", source, where, "the answer is not from Azure", "a proxy may stand in between: check HTTPS_PROXY")
    raise _problem("failed", source, where, f"HTTP {answer.status_code} {code}".strip(), "check the subscription's id")


def _seconds(text: str) -> float:
    """`17`, or `00:00:17` as quota headers have it."""
    total = 0.0
    try:
        for part in text.split(":"):
            total = total * 60 + float(part)
    except ValueError:
        return 5.0
    return max(total, 0.0)


def _problem(kind: Kind, source: str, where: str, what: str, action: str) -> SourceError:
    return SourceError(Problem(kind, source, what, action, where))
