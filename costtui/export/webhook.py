"""Messages to a Slack-compatible incoming webhook (docs.slack.dev, "Sending messages using incoming webhooks").

The URL is a secret: no sentence of here holds it.
"""

import email.utils
import json
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any, NoReturn
from urllib.parse import urlsplit

ATTEMPTS = 3
TIMEOUT_S = 10
LONGEST_WAIT_S = 60
SECTION_CHARS, SECTIONS = 3_000, 50
"""Slack's limits of a section's text and of the blocks of one message."""


class WebhookError(Exception):
    """A message that was not delivered; its text is a sentence without the address."""


def messages(title: str, lines: Sequence[str]) -> list[dict[str, Any]]:
    """The lines as message bodies, one section a line, as many bodies as the limits ask for.

    Names in them are a cloud's: `verbatim` keeps Slack from making links and mentions of what looks like one."""
    sections = [{"type": "section", "text": {"type": "mrkdwn", "text": _cut(line), "verbatim": True}} for line in lines]
    bodies = [sections[start : start + SECTIONS] for start in range(0, len(sections), SECTIONS)]
    return [{"text": _cut(title), "blocks": blocks} for blocks in bodies]


def post(url: str, body: dict[str, Any]) -> None:
    """Deliver one message. 429 waits as long as Retry-After says, 5xx and no answer are tried three times in all, any other refusal
    is final. Raises WebhookError."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise WebhookError("its address is no http or https URL")
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST")
    for attempt in range(1, ATTEMPTS + 1):
        wait, reason = _sent(request, attempt)
        if reason is None:
            return
        if wait is None or wait > LONGEST_WAIT_S or attempt == ATTEMPTS:
            raise WebhookError(reason)
        _pause(wait)


def _sent(request: urllib.request.Request, attempt: int) -> tuple[float | None, str | None]:
    """Seconds to wait before trying again, None where that is of no use; and why it was not delivered, None where it was."""
    try:
        with _opener.open(request, timeout=TIMEOUT_S):
            return None, None
    except urllib.error.HTTPError as error:
        error.close()
        said = f"it answered {error.code}"
        if error.code == 429:
            return _retry_after(error.headers.get("Retry-After")), said
        return (2.0 ** (attempt - 1) if error.code >= 500 else None), said
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        return 2.0 ** (attempt - 1), f"it did not answer ({type(reason).__name__})"


def _retry_after(text: str | None) -> float:
    """Seconds, given as a number or as a date; one where nothing is said."""
    if text is None:
        return 1.0
    if text.strip().isdecimal():
        return float(text)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except ValueError:
        return 1.0


def _cut(text: str) -> str:
    """Slack's three escapes; an escape is never cut in half."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if len(escaped) <= SECTION_CHARS:
        return escaped
    short = escaped[: SECTION_CHARS - 1]
    head, sign, tail = short.rpartition("&")
    return (head if sign and ";" not in tail else short) + "…"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A webhook that moves elsewhere would take what it is told to a place that nobody configured."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> NoReturn:  # noqa: ARG002
        raise urllib.error.HTTPError(req.full_url, code, msg, headers, fp)


_pause = time.sleep
_opener = urllib.request.build_opener(_NoRedirect)
