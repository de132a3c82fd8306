"""Usage of customers from access logs: who asked, how often or how much, day by day. Plain or .gz, read line by line.

Two formats: "combined" (Apache and nginx, https://httpd.apache.org/docs/current/logs.html), whose tenant a `pattern` finds in the line,
and "json", one object a line, whose fields are named by dotted paths. Model invocation logs of Bedrock are such lines: with
`tenant = "requestMetadata.tenant"` and `value = ["input.inputTokenCount", "output.outputTokenCount"]` tokens are the driver.
"""

import gzip
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from costtui.domain.customers.records import UsagePoint
from costtui.domain.money import EXACT, ZERO
from costtui.domain.problems import Problem, SourceError
from costtui.sources.usage_files import weight

_COMBINED_TIME = re.compile(r"\[(\d{2}/[A-Z][a-z]{2}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4})\]")
_TIMES = ("timestamp", "time", "@timestamp", "ts")
"""Fields that hold the time of a JSON line, where none is named."""
ONE = Decimal(1)
LONGEST_LINE = 1 << 20
TOLD_EVERY = 200_000


class Entry(NamedTuple):
    day: date
    tenant: str
    value: str
    resource: str


class LogFormat(NamedTuple):
    """How a line is read. `pattern` (combined) has the group `tenant`, and may have `value` and `resource`; for "json" `tenant`,
    `value`, `time` and `resource` name fields. Without a value each line counts one."""

    kind: str
    pattern: str | None = None
    tenant: str | None = None
    value: Sequence[str] = ()
    time: str | None = None
    resource: str | None = None


def read(
    paths: Sequence[Path], form: LogFormat, days: Sequence[date], *, metric: str, told: Callable[[int], None] = lambda _: None
) -> list[UsagePoint]:
    """What each tenant used on `days`. Lines without a tenant are nobody's and count for nobody.

    Raises SourceError that names file and line where one cannot be read, or its value is negative or not finite."""
    source, wanted = f"usage:{metric}", set(days)
    parse = _json(form) if form.kind == "json" else _combined(form)
    sums: dict[tuple[date, str, str], Decimal] = {}
    count = 0
    for path in paths:
        for number, line in _lines(path, source):
            count += 1
            if count % TOLD_EVERY == 0:
                told(count)
            try:
                found = parse(line)
            except (ValueError, TypeError, KeyError) as error:
                raise _problem(source, f"line {number} cannot be read ({error})", f"{path}") from None
            if found is None or found.day not in wanted:
                continue
            amount = ONE
            if found.value:
                amount = weight(found.value, found.tenant, found.day, source=source, where=f"{path}, line {number}")
            key = (found.day, found.tenant, found.resource)
            sums[key] = EXACT.add(sums.get(key, ZERO), amount)
    return [UsagePoint(day, tenant, metric, value, resource) for (day, tenant, resource), value in sorted(sums.items())]


def _lines(path: Path, source: str) -> Iterator[tuple[int, str]]:
    packed = path.name.casefold().endswith(".gz")
    try:
        with gzip.open(path, "rt", encoding="utf-8", errors="replace") if packed else path.open(encoding="utf-8", errors="replace") as file:
            for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), ""), 1):
                if line.strip():
                    yield number, line
    except (OSError, EOFError) as error:
        raise _problem(source, f"it cannot be read ({error})", str(path)) from None


def _combined(form: LogFormat) -> Callable[[str], Entry | None]:
    pattern = re.compile(form.pattern or "")
    groups = pattern.groupindex

    def parse(line: str) -> Entry | None:
        time = _COMBINED_TIME.search(line)
        if time is None:
            raise ValueError("it has no time as in [05/Oct/2026:13:55:36 +0000]")
        found = pattern.search(line)
        if found is None or not (tenant := (found["tenant"] or "").strip()):
            return None
        day = datetime.strptime(time[1], "%d/%b/%Y:%H:%M:%S %z").astimezone(UTC).date()
        value, resource = ((found[name] or "") if name in groups else "" for name in ("value", "resource"))
        return Entry(day, tenant, "0" if value == "-" else value, resource)

    return parse


def _json(form: LogFormat) -> Callable[[str], Entry | None]:
    def parse(line: str) -> Entry | None:
        fields = json.loads(line, parse_float=str, parse_int=str)
        if not isinstance(fields, dict):
            raise ValueError("it is no JSON object")
        tenant = str(_dig(fields, form.tenant or "") or "").strip()
        if not tenant:
            return None
        resource = str(_dig(fields, form.resource) or "") if form.resource else ""
        return Entry(_day(fields, form.time), tenant, _value(fields, form.value), resource)

    return parse


def _value(fields: Mapping[str, Any], names: Sequence[str]) -> str:
    """The sum of the fields that are there; "" where none is named."""
    if not names:
        return ""
    found = [str(value) for name in names if (value := _dig(fields, name)) is not None]
    numbers = [Decimal(text) for text in found if re.fullmatch(r"\s*[+-]?\d+(\.\d+)?([eE][+-]?\d+)?\s*", text)]
    if len(numbers) < len(found):
        return next(text for text in found if not re.fullmatch(r"\s*[+-]?\d+(\.\d+)?([eE][+-]?\d+)?\s*", text))
    if any(number < 0 for number in numbers):
        return str(min(numbers))
    total = ZERO
    for number in numbers:
        total = EXACT.add(total, number)
    return str(total)


def _day(fields: Mapping[str, Any], name: str | None) -> date:
    told = next((value for key in ((name,) if name else _TIMES) if (value := _dig(fields, key)) is not None), None)
    if told is None:
        raise ValueError(f"it has no {name or 'timestamp'}")
    text = str(told)
    if re.fullmatch(r"\d{9,13}(\.\d+)?", text):
        seconds = float(text) / (1_000 if len(text.partition(".")[0]) > 11 else 1)
        return datetime.fromtimestamp(seconds, UTC).date()
    moment = datetime.fromisoformat(text)
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date()


def _dig(fields: Any, path: str) -> Any:
    """The value under a dotted path; a field whose own name holds the dots is found first."""
    if isinstance(fields, dict) and path in fields:
        return fields[path]
    for step in path.split("."):
        if not isinstance(fields, dict):
            return None
        fields = fields.get(step)
    return fields


def _problem(source: str, what: str, where: str) -> SourceError:
    return SourceError(Problem("malformed", source, what, "check format, pattern and fields of the usage driver", where))
