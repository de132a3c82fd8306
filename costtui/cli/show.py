"""`costtui show PANE`: one pane on stdout."""

import argparse
import shutil
import sys
from collections.abc import Callable
from typing import Any

from costtui.cli.errors import CliError, UsageError
from costtui.cli.examples import examples
from costtui.cli.headless import fetch
from costtui.cli.output import answer
from costtui.cli.wiring import now, paid_window_of, prepare
from costtui.domain.ascii_text import ascii_text
from costtui.domain.drift.records import SEVERITIES, DriftRow
from costtui.domain.filters import FilterError, ordered, parse
from costtui.domain.functions.records import FunctionRow
from costtui.domain.period import previous
from costtui.export.document import Part, detail_document, show_document
from costtui.export.formats import FORMATS, WRITERS, to_detail, to_table
from costtui.panes import panes
from costtui.panes.comparing import changes
from costtui.panes.grouping import GroupError, group_key
from costtui.panes.join import World, with_drift_ids
from costtui.panes.related import related, related_document
from costtui.panes.spec import PaneSpec
from costtui.service.live import Run

THRESHOLD_CROSSED = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pane", metavar="PANE", help="functions | drift | customers")
    parser.add_argument("--format", choices=FORMATS, help="table on a terminal, json in a pipe")
    parser.add_argument("--filter", metavar="EXPR", default="", help="text, !text, column:text, column>number, tag.KEY:text")
    parser.add_argument("--sort", metavar="[-]COLUMN", help="order by a column, - for descending")
    parser.add_argument("--limit", type=int, metavar="N", help="at most N rows")
    parser.add_argument("--refresh", action="store_true", help="fetch even if the cache is fresh")
    parser.add_argument("--id", metavar="ID", help="one row, with its detail")
    parser.add_argument("--compare", choices=("previous",), help="with the same number of days before: adds what changed")
    parser.add_argument("--group-by", metavar="KEY", help="account, region, team, environment, stack, plan, segment or tag:KEY")
    parser.add_argument("--fail-on", choices=SEVERITIES[:-1], metavar="SEVERITY", help="drift: exit 3 when one is that bad or worse")
    examples(
        parser,
        "costtui show functions --period last-month --sort -monthly_saving",
        'costtui show drift --filter "severity:critical" --fail-on high',
        "costtui show customers --id acme --format json",
        "costtui --demo show functions --group-by team",
    )


def run(args: argparse.Namespace) -> int:
    spec = _pane(args.pane)
    match, order = _checked(args, spec)
    prepared = prepare(args)
    period, window, paid = paid_window_of(args, prepared)
    windows = [window, previous(window, period)] if args.compare else [window]
    chosen = args.format or ("table" if sys.stdout.isatty() else "json")
    fetched = fetch(prepared, [spec], *windows, refresh=args.refresh)
    fetched.paid = paid + fetched.paid
    beside = _beside(args, spec, chosen)
    world = World({spec.id: (spec, fetched.panes[0])}, tuple(prepared.settings.customers.ordered_keys))
    if beside:
        others = fetch(prepared, beside, window, needed=False)
        fetched.paid = fetched.paid + others.paid
        world.panes.update({other.id: (other, data) for other, data in zip(beside, others.panes, strict=True)})
    data = with_drift_ids(fetched.panes[0], world)
    rows = order([row for row in data.rows if match(row)])
    if args.id is not None:
        rows = [row for row in rows if args.id in (spec.row_id(row), _own_id(spec, row))]
        if not rows:
            raise CliError(f"no {spec.noun} row has the id {args.id!r}", f"see costtui show {spec.id} for the ids")
    changed = changes(spec, data.rows, fetched.panes[1].rows) if args.compare else None
    part = Part(spec, data, rows if args.group_by else rows[: args.limit], changed, args.group_by)
    if chosen == "table":
        table = _table(part, prepared, world if args.id is not None else None)
        answer(ascii_text(table) if args.ascii else table)
    else:
        document = show_document(part, fetched.paid, now())
        if args.id is not None:
            document["detail"] = detail_document(spec.row_detail(rows[0], data))
            document["related"] = related_document(rows[0], world)
        answer(WRITERS[chosen](document))
    crossed = args.fail_on and any(_as_bad_as(row, args.fail_on) for row in data.rows)
    return THRESHOLD_CROSSED if crossed else 0


def _checked(args: argparse.Namespace, spec: PaneSpec[Any, Any]) -> tuple[Callable[[Any], bool], Callable[[list[Any]], list[Any]]]:
    """Which rows, in which order. Raises UsageError, before anything is fetched."""
    if args.fail_on and spec.row_type is not DriftRow:
        raise UsageError(f"--fail-on does not go with {spec.id}", "only drift has a severity")
    if args.limit is not None and args.limit < 0:
        raise UsageError(f"--limit {args.limit}", "give 0 or more")
    if args.group_by:
        try:
            group_key(spec, args.group_by)
        except GroupError as error:
            raise UsageError(f"--group-by: {error}") from None
    column, descending = _sort(spec, args.sort)

    def order(rows: list[Any]) -> list[Any]:
        if not args.sort:
            return rows
        apart = [spec.apart(row) for row in rows]
        return [rows[index] for index in ordered([column.value(row) for row in rows], reverse=descending, apart=apart)]

    return _filter(spec, args.filter), order


def _beside(args: argparse.Namespace, spec: PaneSpec[Any, Any], chosen: str) -> list[PaneSpec[Any, Any]]:
    """The panes that a row hangs together with: all for one row, and for documents of functions the drift that they name."""
    if args.id is not None:
        return [other for other in panes() if other is not spec]
    return [other for other in panes() if other.row_type is DriftRow] if spec.row_type is FunctionRow and chosen != "table" else []


def _table(part: Part, run: Run, world: World | None) -> str:
    """The rows; with `world` one row, its detail, and what hangs together with it."""
    width = shutil.get_terminal_size((120, 40)).columns
    if world is None:
        part = part._replace(rows=[row for row in part.rows if not part.spec.hidden(row)])
        return to_table(part, width, run.now())
    row = part.rows[0]
    whole = [to_table(part, width, run.now()), to_detail(part.spec.row_detail(row, part.data)), to_detail(related(row, world))]
    return "\n".join(whole)


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
