"""`costtui diff OLD [NEW]`: what changed between two snapshots, or between one and now."""

import argparse
import re
import sys
from decimal import Decimal
from pathlib import Path

from costtui import __version__
from costtui.cli.errors import UsageError
from costtui.cli.examples import examples
from costtui.cli.headless import fetch
from costtui.cli.output import answer
from costtui.cli.parts import joined_parts
from costtui.cli.wiring import now, prepare, window_of
from costtui.config import ConfigError, money
from costtui.export.diff import KINDS, MEASURES, Field, PaneDiff, RowDiff, diff, document
from costtui.export.document import SCHEMA_VERSION, snapshot_document
from costtui.export.formats import WRITERS, known_only
from costtui.export.reopen import SnapshotError, read_document
from costtui.panes import panes
from costtui.panes.spec import Json
from costtui.panes.words import NOT_APPLICABLE, signed
from costtui.panes.words import money as money_words

THRESHOLD_CROSSED = 3
SHOWN = 20
"""Rows of a pane that people are shown; documents hold all."""
NOW = "now"
LONGEST = 60
"""Cells of a side that are still worth reading in a line."""
AMOUNT = re.compile(r"-?\d+\.\d{3,}")
"""A decimal with more places than people want to see."""
UNTOLD = MEASURES | {"cost", "total", "monthly_delta"}
"""The amount before the row speaks for these."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", metavar="OLD", help="the earlier snapshot")
    parser.add_argument("new", metavar="NEW", nargs="?", default=NOW, help="the later snapshot; left out, it is compared with now")
    parser.add_argument("--fail-over", metavar="PCT", help="exit 3 when a pane's total changed by more than PCT percent, up or down")
    parser.add_argument("--format", choices=("table", "json", "toml"), help="table on a terminal, json in a pipe")
    examples(
        parser,
        "costtui diff monday.toml friday.toml",
        "costtui diff monday.toml                   with now",
        "costtui diff monday.toml friday.toml --fail-over 5",
    )


def run(args: argparse.Namespace) -> int:
    bar = _bar(args.fail_over)
    old = _read(args.old)
    new = _now(args) if args.new == NOW else _read(args.new)
    found = diff(old, new, panes())
    chosen = args.format or ("table" if sys.stdout.isatty() else "json")
    if chosen == "table":
        answer(_table(found, args.old, args.new))
    else:
        two = (("old", args.old, old), ("new", args.new, new))
        sides = {name: {"file": file, "generated_at": side["generated_at"], "window": side["window"]} for name, file, side in two}
        head = {"schema_version": SCHEMA_VERSION, "generated_at": now().replace(microsecond=0), "costtui": __version__}
        answer(WRITERS[chosen](head | sides | {"panes": document(found)}))
    return THRESHOLD_CROSSED if bar is not None and any(one.crosses(bar) for one in found) else 0


def _bar(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        return money(text.removesuffix("%"), "--fail-over")
    except ConfigError:
        raise UsageError(f"--fail-over {text!r}", "give a percentage, as in 5") from None


def _read(file: str) -> Json:
    try:
        return read_document(Path(file).expanduser())
    except SnapshotError as error:
        raise UsageError(str(error), "costtui snapshot -o FILE writes one") from None


def _now(args: argparse.Namespace) -> Json:
    prepared = prepare(args)
    _, window = window_of(args, prepared)
    specs = panes()
    fetched = fetch(prepared, specs, window)
    document: Json = known_only(snapshot_document(joined_parts(specs, fetched.panes), fetched.paid, now()))
    return document


def _table(found: list[PaneDiff], old: str, new: str) -> str:
    lines: list[str] = []
    for one in found:
        if one.rows or one.amount or one.note:
            lines += ["", *_pane_lines(one)] if lines else _pane_lines(one)
    if not lines:
        return f"no difference between {old} and {new}\n"
    return "\n".join(lines) + "\n"


def _pane_lines(one: PaneDiff) -> list[str]:
    pct = "" if one.pct is None else f", {signed(one.pct, 1)} %"
    total = one.note or f"{money_words(one.old)} → {money_words(one.new)} {one.currency} ({signed(one.amount)}{pct})"
    counts = ", ".join(f"{sum(row.kind == kind for row in one.rows):,} {kind}" for kind in KINDS)
    lines = [f"{one.pane}  {total}   {counts}"]
    lines += [_row_line(row) for row in one.rows[:SHOWN]]
    if len(one.rows) > SHOWN:
        lines.append(f"  … {len(one.rows) - SHOWN:,} more, in --format json")
    return lines


def _row_line(row: RowDiff) -> str:
    amount = NOT_APPLICABLE if row.amount is not None and not row.amount else signed(row.amount)
    told = ", ".join(
        _field(field) for field in row.fields if field.name.partition(".")[0] not in MEASURES | {"cost", "total", "monthly_delta"}
    )
    return f"  {amount:>14}  {row.kind:<7}  {row.label}{f': {told}' if told else ''}"


def _field(field: Field) -> str:
    old, new = _side(field.old), _side(field.new)
    if old is None or new is None or max(len(old), len(new)) > LONGEST:
        return f"{field.name} changed"
    return f"{field.name} {old} → {new}"


def _side(value: object) -> str | None:
    """One side of a change, for people: amounts to the cent, lists as words; None where that is no help."""
    if value in (None, "", []):
        return NOT_APPLICABLE
    if isinstance(value, list):
        return ", ".join(map(str, value)) if all(isinstance(one, str | int) for one in value) else None
    if isinstance(value, str) and AMOUNT.fullmatch(value):
        return money_words(Decimal(value))
    return str(value)
