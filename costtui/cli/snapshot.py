"""`costtui snapshot`: every pane into one TOML file."""

import argparse
from pathlib import Path

from costtui.cli.errors import CliError
from costtui.cli.examples import examples
from costtui.cli.headless import fetch
from costtui.cli.output import answer
from costtui.cli.parts import joined_parts
from costtui.cli.wiring import now, paid_window_of, prepare
from costtui.export.anonymise import anonymised
from costtui.export.document import snapshot_document
from costtui.export.formats import to_toml
from costtui.export.write import write_private
from costtui.panes import panes
from costtui.service.live import Run
from costtui.store import PSEUDONYMS, Store


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", metavar="FILE", help="write to FILE instead of stdout")
    parser.add_argument("--anonymise", action="store_true", help="pseudonyms for names and ids, other numbers for revenue")
    examples(
        parser,
        'costtui snapshot -o "$(date +%F).toml"',
        "costtui --demo snapshot --anonymise -o for-a-talk.toml",
    )


def run(args: argparse.Namespace) -> int:
    prepared = prepare(args)
    _, window, paid = paid_window_of(args, prepared)
    specs = panes()
    fetched = fetch(prepared, specs, window)
    document = snapshot_document(joined_parts(specs, fetched.panes), paid + fetched.paid, now())
    text = to_toml(anonymised(document, _secret(prepared)) if args.anonymise else document)
    if args.output is None:
        answer(text)
        return 0
    try:
        write_private(Path(args.output), text)
    except OSError as error:
        raise CliError(f"{args.output} could not be written ({error.strerror})", "check the folder and the space on the disk") from None
    if not args.anonymise:
        _remember(prepared, Path(args.output).absolute())
    return 0


def _remember(run: Run, path: Path) -> None:
    """The explorer's overview says what is new since then."""
    from costtui.service.live import LiveBackend
    from costtui.ui.memory import Memory

    backend = LiveBackend(run)
    memory = backend.recall(Memory) or Memory()
    memory.snapshots[run.place] = str(path)
    backend.remember(memory)


def _secret(run: Run) -> bytes:
    """This machine's own, made once: the same name gets the same pseudonym in every later snapshot from this cache."""
    store = Store(run.cache_dir)
    try:
        return store.secret(PSEUDONYMS, run.now())
    finally:
        store.close()
