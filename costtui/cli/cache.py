"""`costtui cache clear`: forget everything that can be fetched again."""

import argparse

from costtui.cli.examples import examples
from costtui.cli.output import answer
from costtui.cli.wiring import prepare
from costtui.store import Store


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("clear",), help="clear: the ledger of paid calls stays")
    examples(
        parser,
        "costtui cache clear",
    )


def run(args: argparse.Namespace) -> int:
    store = Store(prepare(args).cache_dir)
    answer(f"{store.clear():,} entries forgotten\n")
    store.close()
    return 0
