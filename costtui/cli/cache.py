"""`costtui cache clear`: forget everything that can be fetched again."""

import argparse
import shutil

from costtui.cli.examples import examples
from costtui.cli.output import answer
from costtui.cli.wiring import prepare
from costtui.sources.aws.export_objects import EXPORTS
from costtui.store import Store


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("clear",), help="clear: the ledger of paid calls stays")
    examples(
        parser,
        "costtui cache clear",
    )


def run(args: argparse.Namespace) -> int:
    cache_dir = prepare(args).cache_dir
    shutil.rmtree(cache_dir / EXPORTS, ignore_errors=True)
    store = Store(cache_dir)
    answer(f"{store.clear():,} entries forgotten\n")
    store.close()
    return 0
