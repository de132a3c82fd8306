"""Billing exports on this machine, FOCUS or CUR, CSV, CSV.gz or Parquet, through DuckDB into ledger lines.

Each file is read once, with bounded memory, and summed over what LedgerLine tells apart; amounts are DECIMAL(38,12) before any sum.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from costtui.domain.customers.records import LedgerLine
from costtui.domain.money import ZERO
from costtui.domain.period import Window
from costtui.domain.problems import SourceError
from costtui.sources.billing_doubles import Days, days_of, doubles, twins
from costtui.sources.billing_duckdb import Opened, Watch, opened, problem
from costtui.sources.billing_formats import Fields, NoFormat, format_of
from costtui.sources.billing_rollup import FILE, Asked, merged, months, reader, rollup, spans
from costtui.sources.billing_sql import Query
from costtui.sources.billing_tables import Table

NAMED = 3
"""Files named in the detail of a reading; the rest is counted."""
DEFAULT_KEEP = ("account", "region")
FETCHED = 10_000
"""Rows of the rollup that are turned into lines at a time."""
ROLLED = "rolled"
"""DuckDB's own table of a rollup by file."""


class BillingReading(msgspec.Struct, frozen=True):
    """What the files say. `window` is the one that was asked for, else the billing periods that the files cover."""

    lines: list[LedgerLine]
    window: Window
    detail: str


class _Part(msgspec.Struct, frozen=True):
    words: str
    lines: list[LedgerLine]
    window: Window
    bills: dict[Path, Days]
    """What each of the files bills, by day."""


def read(
    paths: Sequence[Path],
    *,
    keys: Sequence[str],
    window: Window | None = None,
    accounts: Mapping[str, str] = {},
    keep: Sequence[str] = DEFAULT_KEEP,
    names: Mapping[Path, str] = {},
    watch: Watch | None = None,
) -> BillingReading:
    """The bill in `paths`, by day and customer (`keys`: tag:KEY, cost-category:NAME, account; first that is present wins).

    `keep` names what else lines tell apart: account, region, usage_type, resource, or tag:KEY; each makes the answer longer.
    With a `window` only its days are read; without one everything is, and a day outside its billing period counts on the
    period's nearest day, so that the bill is whole. `names` are what files are called in sentences, where that is not their path.
    Raises SourceError that names the file; also where two files hold the same bill.
    """
    asked = Asked(keys, accounts, keep)
    with opened(paths, names, watch) as files:
        if pair := twins(paths):
            raise _twice(files, *pair, "under another ending")
        parts = [(table, files.ask(table, lambda one: _sums(files, one, asked, window))) for table in files.tables]
        bills = {path: days for _, part in parts for path, days in part.bills.items()}
        for first, second, count in doubles({path: bills[path] for path in paths if path in bills}):
            raise _twice(files, first, second, f"on {count} days to the last digit")
        words = {path: part.words for table, part in parts for path in table.paths}
        told = [f"{files.short(path)}, {words[path]}" for path in paths[:NAMED]]
    covered = window or Window(min(part.window.start for _, part in parts), max(part.window.end for _, part in parts))
    detail = "; ".join(told) + (f"; and {len(paths) - NAMED} more files" if len(paths) > NAMED else "")
    return BillingReading([line for _, part in parts for line in part.lines], covered, detail)


def ask_each(paths: Sequence[Path], question: Callable[[Query, str, Fields], str]) -> Iterator[tuple[Any, ...]]:
    """The rows that `question` has DuckDB find, table by table: it is given the query under construction, the table and the SQL of
    a charge's fields. Raises SourceError that names the file."""
    with opened(paths) as files:

        def rows(table: Table) -> list[tuple[Any, ...]]:
            query = Query(table.columns)
            text = question(query, table.expression, format_of(query).fields(query))
            return files.connection.execute(text, query.parameters).fetchall()

        for table in files.tables:
            yield from files.ask(table, rows)


def _sums(files: Opened, table: Table, asked: Asked, window: Window | None) -> _Part:
    query, several = Query(table.columns), len(table.paths) > 1
    form = format_of(query)
    text = rollup(query, table.expression, form.fields(query), asked, window, by_file=several)
    bills = _by_file(files, text, query) if several else {}
    answer = files.connection.execute(merged(ROLLED, asked)) if several else files.connection.execute(text, query.parameters)
    line, lines = reader(asked.keep), list[LedgerLine]()
    touched: set[tuple[date, date]] = set()
    while rows := answer.fetchmany(FETCHED):
        lines += map(line, rows)
        touched |= spans(rows)
    if not touched and window is None:
        raise NoFormat("it has no rows", "check that the export is complete")
    if len(files.tables) > 1 and not several:
        bills = {table.paths[0]: days_of(lines)}
    return _Part(form.words, lines, window or months(touched), bills)


def _by_file(files: Opened, text: str, query: Query) -> dict[Path, Days]:
    """Keep the rollup by file as a table of DuckDB's own, which may spill to disk; what each file bills."""
    files.connection.execute(f"create or replace temp table {ROLLED} as {text}", query.parameters)
    answer = files.connection.execute(f"select {FILE}, on_day, currency, sum(billed) from {ROLLED} group by all order by all")
    bills: dict[Path, dict[tuple[date, str], Decimal]] = {}
    for file, day, currency, billed in answer.fetchall():
        bills.setdefault(Path(file), {})[day, currency] = billed or ZERO
    return dict(bills)


def _twice(files: Opened, first: Path, second: Path, how: str) -> SourceError:
    what = f"it holds the same bill as {files.name(first)}, {how}"
    return problem("malformed", what, "name only one of them in paths of [customers.billing]", files.name(second))
