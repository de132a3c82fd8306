"""The customer list and usage telemetry as [customers] names them."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from costtui.config import Directory, Settings, Usage, resolve
from costtui.domain.customers.records import Customer, UsagePoint
from costtui.domain.datasets import Batch, Scope
from costtui.domain.period import Window
from costtui.domain.problems import Problem, SourceError
from costtui.sources import access_log, directory, prometheus, usage_files
from costtui.sources.port import Request

if TYPE_CHECKING:
    import httpx

HttpClient: TypeAlias = "httpx.Client | None"
"""Whom HTTP sources ask with; None is a client of their own."""


class CustomerDirectory:
    """Who the customers are: CSV, SQLite, PostgreSQL or an HTTP API."""

    dataset = "directory"
    after: tuple[str, ...] = ()
    paid = False
    unconfigured = "no customer list: set [customers.directory]"

    def __init__(self, settings: Settings, client: HttpClient) -> None:
        self._settings, self._client = settings, client
        self._where = settings.customers.directory
        self.name = f"directory:{self._where.source}" if self._where else "directory"
        self.local = self._where is None or self._where.source in ("csv", "sqlite")

    def scopes(self) -> Sequence[Scope]:
        return [Scope(self.name, about=about(self._where))] if self._where else []

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        del request
        assert self._where is not None
        as_of = _written(resolve(self._settings, self._where.path or "")) if self.local else None
        yield Batch(self._read(self._where), as_of=as_of)

    def _read(self, where: Directory) -> list[Customer]:
        if where.source == "csv":
            return directory.read_csv(resolve(self._settings, where.path or ""))
        if where.source == "sqlite":
            return directory.read_sqlite(resolve(self._settings, where.path or ""), where.query or "")
        if where.source == "postgres":
            return directory.read_postgres(_secret(where.dsn_env or "", self.name), where.query or "")
        token = _secret(where.token_env, self.name) if where.token_env else None
        return directory.read_http(where.url or "", token=token, items=where.items, next=where.next, client=self._client)


class CustomerUsage:
    """One usage driver, from a CSV file, access logs or Prometheus: how much of one metric each tenant used."""

    dataset = "customer-usage"
    after: tuple[str, ...] = ()
    paid = False
    unconfigured = ""

    def __init__(self, settings: Settings, usage: Usage, client: HttpClient) -> None:
        self._settings, self._usage, self._client = settings, usage, client
        self.name = f"usage:{usage.name}"
        self.local = usage.source in ("csv", "access-log")

    def scopes(self) -> Sequence[Scope]:
        """Logs are long: they are read again only where one of them has changed."""
        logs = self._logs() if self._usage.source == "access-log" else []
        states = [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in logs]
        return [Scope(self.name, about=about(self._usage), version=digest(states) if states else "")]

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        points = self._read(request)
        files = self._logs() if self._usage.source == "access-log" else [resolve(self._settings, self._usage.path or "")]
        as_of = max((told for file in files if (told := _written(file))), default=None) if self.local else None
        by_day: dict[date, list[UsagePoint]] = {day: [] for day in request.days}
        for point in points:
            if point.day in by_day:
                by_day[point.day].append(point)
        for day, found in by_day.items():
            yield Batch(found, day=day, as_of=as_of, detail=self._usage.source)

    def _read(self, request: Request) -> list[UsagePoint]:
        usage = self._usage
        if usage.source == "csv":
            window = Window(request.days[0], request.days[-1] + timedelta(1))
            return usage_files.read(resolve(self._settings, usage.path or ""), metric=usage.name, window=window)
        if usage.source == "access-log":
            form = access_log.LogFormat(usage.format, usage.pattern, usage.tenant, usage.value, usage.time, usage.resource)
            told = f"reading logs of {usage.name}, lines"
            return access_log.read(self._logs(), form, request.days, metric=usage.name, told=lambda lines: request.progress(told, lines, 0))
        return prometheus.read(
            usage.url or "",
            usage.query or "",
            request.days,
            metric=usage.name,
            label=usage.label or "",
            resource_label=usage.resource_label,
            client=self._client,
        )

    def _logs(self) -> list[Path]:
        path = resolve(self._settings, self._usage.path or "")
        found = sorted(file for file in Path(path.anchor).glob(str(path.relative_to(path.anchor))) if file.is_file())
        if not found:
            raise SourceError(Problem("failed", self.name, "no such file", "check path of the usage driver", str(path)))
        return found


def about(section: Directory | Usage) -> str:
    """The place and the query as configured: with another one, what is stored is the answer to another question."""
    return digest(section)


def digest(what: object) -> str:
    return hashlib.sha256(msgspec.json.encode(what)).hexdigest()[:16]


def _written(path: Path) -> datetime | None:
    """When a file was last written; None where it is not there, which reading it will say."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return None


def _secret(name: str, source: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise SourceError(Problem("no-credentials", source, f"the environment variable {name} is not set", f"export {name} and try again"))
    return value
