"""The lines of a log, however it was exported: as text, as one JSON object a line, or as one JSON document.

`aws logs filter-log-events` and `get-log-events` give `{"events": [{"message": ...}]}`, Logs Insights gives `{"results": [[{"field":
"@message", "value": ...}]]}`, and the Telemetry API an array of platform events.
"""

import json
from collections.abc import Iterator
from typing import Any

MARKS = ("REPORT RequestId:", "platform.report")
REPORT = "platform.report"


def holds_reports(text: str) -> bool:
    return any(mark in text for mark in MARKS)


def log_lines(text: str) -> list[str]:
    """All lines, those of messages inside JSON laid bare."""
    document = _parsed(text) if text.lstrip().startswith(("{", "[")) else None
    if document is not None:
        return list(_messages(document))
    return [bare for line in text.splitlines() for bare in _laid_bare(line)]


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _laid_bare(line: str) -> list[str]:
    """The message of an exporter's envelope. A function's own JSON log has a level: what it says is not the platform's word."""
    envelope = _parsed(line) if line.startswith("{") and holds_reports(line) else None
    if not isinstance(envelope, dict) or "type" in envelope:
        return [line]
    if "level" in envelope:
        return []
    message = envelope.get("message", envelope.get("@message"))
    return message.splitlines() if isinstance(message, str) else [line]


def _messages(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from value.splitlines()
    elif isinstance(value, dict) and isinstance(value.get("type"), str):
        yield json.dumps(value)
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _messages(item)
