"""`costtui show PANE`: one pane on stdout."""

import argparse
import shutil
import sys
from typing import Any

from costtui.cli.errors import CliError, UsageError
from costtui.cli.headless import fetch
from costtui.cli.output import answer
from costtui.cli.wiring import now, prepare, window_of
from costtui.domain.drift.records import SEVERITIES, DriftRow
from costtui.domain.filters import FilterError, ordered, parse
from costtui.export.document import detail_document, show_document
from costtui.export.formats import FORMATS, WRITERS, to_table
from costtui.panes import panes
from costtui.panes.spec import PaneSpec

THRESHOLD_CROSSED = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pane", metavar="PANE", help="functions | drift | customers")
    parser.add_argument("--format", choices=FORMATS, help="table on a terminal, json in a pipe")
    parser.add_argument("--filter", metavar="EXPR", default="", help="text, !text, column:text, column>number, tag.KEY:text")
    parser.add_argument("--sort", metavar="[-]COLUMN", help="order by a column, - for descending")
    parser.add_argument("--limit", type=int, metavar="N", help="at most N rows")
    parser.add_argument("--refresh", action="store_true", help="fetch even if the cache is fresh")
    parser.add_argument("--id", metavar="ID", help="one row, with its detail")
    parser.add_argument("--fail-on", choices=SEVERITIES[:-1], metavar="SEVERITY", help="drift: exit 3 when one is that bad or worse")


def run(args: argparse.Namespace) -> int:
    spec = _pane(args.pane)
    if args.fail_on and spec.row_type is not DriftRow:
        raise UsageError(f"--fail-on does not go with {spec.id}", "only drift has a severity")
    if args.limit is not None and args.limit < 0:
        raise UsageError(f"--limit {args.limit}", "give 0 or more")
    match = _filter(spec, args.filter)
    column, descending = _sort(spec, args.sort)
    prepared = prepare(args)
    _, window = window_of(args, prepared)
    fetched = fetch(prepared, [spec], window, refresh=args.refresh)
    data = fetched.panes[0]
    rows = [row for row in data.rows if match(row)]
    if args.sort:
        rows = [rows[index] for index in ordered([column.value(row) for row in rows], reverse=descending)]
    if args.id is not None:
        rows = [row for row in rows if spec.row_id(row) == args.id or _own_id(spec, row) == args.id]
        if not rows:
            raise CliError(f"no {spec.noun} row has the id {args.id!r}", f"see costtui show {spec.id} for the ids")
    crossed = args.fail_on and any(_as_bad_as(row, args.fail_on) for row in data.rows)
    part = (spec, data, rows[: args.limit])
    chosen = args.format or ("table" if sys.stdout.isatty() else "json")
    if chosen == "table":
        shown = part if args.id else (spec, data, [row for row in part[2] if not spec.hidden(row)])
        answer(to_table(shown, shutil.get_terminal_size((120, 40)).columns, prepared.now()))
    else:
        document = show_document(part, fetched.paid, now())
        if args.id is not None:
            document["detail"] = detail_document(spec.detail(rows[0], data))
        answer(WRITERS[chosen](document))
    return THRESHOLD_CROSSED if crossed else 0


def _pane(name: str) -> PaneSpec[Any, Any]:
    for spec in panes():
        if spec.id == name:
            return spec
    raise UsageError(f"no pane {name!r}", f"use one of {', '.join(spec.id for spec in panes())}")


def _filter(spec: PaneSpec[Any, Any], expression: str) -> Any:
    try:
        return parse(expression, spec.columns, spec.tags)
    except FilterError as error:
        raise UsageError(f"--filter: {error}") from None


def _sort(spec: PaneSpec[Any, Any], order: str | None) -> tuple[Any, bool]:
    name = (order or spec.sort).removeprefix("-")
    column = spec.column(name)
    if column is None:
        raise UsageError(f"--sort: no column {name!r}", f"use one of {', '.join(column.id for column in spec.columns)}")
    return column, (order or spec.sort).startswith("-")


def _own_id(spec: PaneSpec[Any, Any], row: Any) -> str:
    document = spec.document_row(row)
    return str(document.get("id") or document.get("name"))


def _as_bad_as(row: DriftRow, bar: str) -> bool:
    return SEVERITIES.index(row.severity) <= SEVERITIES.index(bar)
