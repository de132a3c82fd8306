"""`costtui info`: version, every path in use, cache size, today's paid API calls."""

import argparse
from pathlib import Path

from costtui import __version__, config
from costtui.cli.examples import examples
from costtui.cli.output import answer
from costtui.cli.wiring import prepare
from costtui.config import paid_budget
from costtui.domain.money import plain
from costtui.domain.prices.price_book import price_book
from costtui.store import Store


def add_arguments(parser: argparse.ArgumentParser) -> None:
    examples(
        parser,
        "costtui info",
        "costtui --demo info",
    )


def run(args: argparse.Namespace) -> int:
    prepared = prepare(args)
    store = Store(prepared.cache_dir)
    today = prepared.now().date()
    paid = store.paid("demo" if prepared.connection.demo else "real", today)
    path = Path(args.config) if args.config else config.path_from(config.environment())[0]
    budget = paid_budget(prepared.settings, prepared.budget)
    consent = "no budget: paid calls are not made" if budget is None else f"budget ${plain(budget)}"
    book = price_book()
    lines = {
        "version": __version__,
        "data": prepared.place,
        "configuration": "the demo's own" if args.demo else f"{path}{'' if path.exists() else ' (not there; not needed)'}",
        "cache": f"{prepared.cache_dir} ({store.size():,} bytes)",
        "log": str(prepared.log_file),
        "prices": f"{book.as_of}, {book.source}",
        "paid calls": f"{paid.count} on {today} UTC, ${plain(paid.usd)}; {consent}",
    }
    answer("".join(f"{name:<14} {value}\n" for name, value in lines.items()))
    for warning in store.warnings:
        answer(f"{'warning':<14} {warning}\n")
    store.close()
    return 0
