"""The list of customers, wherever it is kept: CSV, SQLite, PostgreSQL, or an HTTP API that answers JSON in pages.

Every reader returns all customers or raises SourceError; half a list would make paying customers unknown ones.
"""

import csv
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, nullcontext
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from costtui.domain.customers.records import Customer
from costtui.domain.problems import Kind, Problem, SourceError
from costtui.sources.customer_lines import Line, customers, malformed

if TYPE_CHECKING:
    import httpx

SOURCE = "directory"
TIMEOUT_S = 20.0


def read_csv(path: Path) -> list[Customer]:
    """Customers of a CSV file with a header; only the column `id` is required, unknown columns are passed over."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if "id" not in [name.strip().casefold() for name in reader.fieldnames or ()]:
                raise malformed(str(path), "its first line has no column id")
            return customers(_csv_lines(reader, str(path)), str(path))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise malformed(str(path), f"it cannot be read ({error})", "check that it is a readable CSV file in UTF-8") from None


def _csv_lines(reader: "csv.DictReader[str]", where: str) -> Iterator[Line]:
    for fields in reader:
        place = f"line {reader.line_num}"
        if None in fields:
            raise malformed(where, f"{place} has more fields than the header", "quote values that hold a comma")
        yield place, fields


def read_sqlite(path: Path, query: str) -> list[Customer]:
    """Customers as `query` returns them, columns by name; the database is opened read-only and never created."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            return customers(_numbered(dict(row) for row in connection.execute(query)), str(path))
    except sqlite3.Error as error:
        raise malformed(str(path), f"SQLite says {str(error)!r}", "check the path and the query of [customers.directory]") from None


def read_postgres(dsn: str, query: str) -> list[Customer]:
    """Customers as `query` returns them from PostgreSQL, in a read-only transaction. The connection string is never shown."""
    where = "postgres"
    try:
        psycopg = import_module("psycopg")
        rows = import_module("psycopg.rows")
    except ImportError:
        problem = Problem("failed", SOURCE, "PostgreSQL needs the package psycopg", "install costtui[postgres]", where)
        raise SourceError(problem) from None
    try:
        with psycopg.connect(dsn, connect_timeout=int(TIMEOUT_S), row_factory=rows.dict_row) as connection:
            connection.read_only = True
            return customers(_numbered(connection.execute(query)), where)
    except psycopg.OperationalError:
        problem = Problem("offline", SOURCE, "the database did not let us in", "check the address and the sign-in in dsn_env", where)
        raise SourceError(problem) from None
    except psycopg.Error as error:
        said = error.diag.message_primary
        if said is None:  # nothing went to a server: libpq could not read the connection string, and its own words hold it
            raise malformed(where, "the connection string cannot be read", "check what dsn_env names") from None
        raise malformed(where, f"PostgreSQL says {said!r}", "check the query of [customers.directory]") from None


def _numbered(rows: Iterator[dict[str, Any]] | Any) -> Iterator[Line]:
    for number, row in enumerate(rows, start=1):
        yield f"row {number}", row


def read_http(
    url: str,
    *,
    token: str | None = None,
    items: str | None = None,
    next: str | None = None,
    client: "httpx.Client | None" = None,
) -> list[Customer]:
    """Customers of a JSON API. `items` and `next` are keys of its answer, dotted where nested; without them "items" and "next".

    An answer may also be a plain list. A page that leads to another host is refused: the token would go with it.
    """
    import httpx

    where = urlsplit(url).hostname or url
    with client_of(client) as session:
        try:
            return customers(_pages(session, url, where, token, items or "items", next or "next"), where)
        except httpx.HTTPError as error:
            problem = Problem("offline", SOURCE, f"no answer ({type(error).__name__})", "check the address and the network", where)
            raise SourceError(problem) from None


def client_of(client: "httpx.Client | None") -> "nullcontext[httpx.Client] | httpx.Client":
    """The client that was given, left open afterwards, or one of our own."""
    import httpx

    return nullcontext(client) if client is not None else httpx.Client(timeout=TIMEOUT_S)


def _pages(session: "httpx.Client", url: str, where: str, token: str | None, items: str, next: str) -> Iterator[Line]:
    headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    seen: set[str] = set()
    page: str | None = url
    while page:
        seen.add(page)
        body = _json(session.get(page, headers=headers), where)
        found = body if isinstance(body, list) else _dig(body, items)
        if not isinstance(found, list):
            raise malformed(where, f"page {len(seen)} has no list under {items!r}", "set items of [customers.directory]")
        for number, item in enumerate(found, start=1):
            if not isinstance(item, Mapping):
                raise malformed(where, f"item {number} of page {len(seen)} is no object")
            yield f"item {number} of page {len(seen)}", item
        page = _following(page, _dig(body, next), where, seen)


def _json(answer: "httpx.Response", where: str) -> Any:
    if answer.status_code in (401, 403):
        problem = Problem("denied", SOURCE, f"the API answered {answer.status_code}", "check the token in token_env", where)
        raise SourceError(problem)
    if answer.status_code != 200:
        kind: Kind = "throttled" if answer.status_code == 429 else "failed"
        raise SourceError(Problem(kind, SOURCE, f"the API answered {answer.status_code}", "try again with r, or check the url", where))
    try:
        return json.loads(answer.content, parse_float=Decimal)
    except ValueError:
        raise malformed(where, "the answer is not JSON", "check the url of [customers.directory]") from None


def _dig(body: object, path: str) -> object:
    for key in path.split("."):
        if not isinstance(body, Mapping):
            return None
        body = body.get(key)
    return body


def _following(page: str, link: object, where: str, seen: set[str]) -> str | None:
    if not link:
        return None
    if not isinstance(link, str):
        raise malformed(where, "its link to the next page is no text", "set next of [customers.directory] to a key that holds a URL")
    target = urljoin(page, link)
    here, there = urlsplit(page), urlsplit(target)
    if (here.scheme, here.netloc) != (there.scheme, there.netloc):
        raise malformed(where, f"its next page is on another host, {there.hostname!r}", "only pages of the same host are followed")
    if target in seen:
        raise malformed(where, "its next page is one that was read before", "ask whoever runs the API")
    return target
