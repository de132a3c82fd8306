"""`costtui snapshot`: every pane into one TOML file."""

import argparse
from pathlib import Path

from costtui.cli.errors import CliError
from costtui.cli.headless import fetch
from costtui.cli.output import answer
from costtui.cli.wiring import now, prepare, window_of
from costtui.export.document import Part, snapshot_document
from costtui.export.formats import to_toml
from costtui.export.write import write_private
from costtui.panes import panes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", metavar="FILE", help="write to FILE instead of stdout")


def run(args: argparse.Namespace) -> int:
    prepared = prepare(args)
    _, window = window_of(args, prepared)
    specs = panes()
    fetched = fetch(prepared, specs, window)
    parts = [Part(spec, data, data.rows) for spec, data in zip(specs, fetched.panes, strict=True)]
    text = to_toml(snapshot_document(parts, fetched.paid, now()))
    if args.output is None:
        answer(text)
        return 0
    try:
        write_private(Path(args.output), text)
    except OSError as error:
        raise CliError(f"{args.output} could not be written ({error.strerror})", "check the folder and the space on the disk") from None
    return 0
