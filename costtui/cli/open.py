"""`costtui open SNAPSHOT`: the explorer on a file, read-only, without a network."""

import argparse
from pathlib import Path

from costtui.cli.errors import UsageError
from costtui.cli.examples import examples
from costtui.cli.explore import explore, terminal
from costtui.cli.wiring import settings_alone


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("snapshot", metavar="SNAPSHOT", help="a file that costtui snapshot wrote")
    examples(
        parser,
        "costtui open monday.toml",
    )


def run(args: argparse.Namespace) -> int:
    from costtui.export.reopen import SnapshotError, read_snapshot
    from costtui.panes import panes
    from costtui.service.opened import OpenedBackend

    terminal()
    path = Path(args.snapshot).expanduser()
    try:
        snapshot = read_snapshot(path, panes())
    except SnapshotError as error:
        raise UsageError(str(error), "costtui snapshot -o FILE writes one") from None
    shown = tuple(spec for spec in panes() if spec.id in snapshot.panes)
    if not shown:
        raise UsageError(f"{path} holds no pane", "costtui snapshot -o FILE writes every pane")
    backend = OpenedBackend(f"snapshot {path.name}", snapshot.generated_at, snapshot.paid, snapshot.panes)
    return explore(backend, shown, snapshot.window, settings_alone(args), paid=snapshot.paid, ascii_only=args.ascii)
