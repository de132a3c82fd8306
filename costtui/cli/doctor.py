"""`costtui doctor`: what works and what does not, one line each."""

import argparse
import locale
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from costtui import __version__, config
from costtui.cli.examples import examples
from costtui.cli.output import answer
from costtui.cli.wiring import prepare
from costtui.domain.prices.price_book import price_book
from costtui.domain.text import literal
from costtui.service.live import Run
from costtui.store import Store

Verdict = Literal["ok", "warn", "fail"]
LEAST = (60, 10)
"""The smallest terminal that the explorer draws in, in cells."""
OLD_PRICES_DAYS = 180


class Finding(NamedTuple):
    """One line: how it stands with what, and, where it is not well, what to do."""

    verdict: Verdict
    what: str
    words: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = f"{parser.description}. Paid sources are only asked with --budget."
    examples(
        parser,
        "costtui doctor",
        "costtui --profile prod doctor --budget 0.05",
    )


def run(args: argparse.Namespace) -> int:
    prepared = prepare(args)
    failed = False
    for finding in _findings(args, prepared):
        failed = failed or finding.verdict == "fail"
        answer(f"{finding.verdict:<5} {finding.what:<30} {literal(finding.words)}\n")
    return 1 if failed else 0


def _findings(args: argparse.Namespace, run: Run) -> Iterator[Finding]:
    from costtui.fetcher.probe import probe

    yield Finding("ok", "costtui", f"{__version__}, Python {sys.version.split()[0]}")
    yield _configuration(args)
    yield _cache(run)
    yield _prices(run)
    yield from _terminal()
    if run.offline:
        yield Finding("warn", "sources", "offline: only files are looked at")
    for found in probe(run.hello(), now=run.now):
        yield Finding(found.verdict, found.what, found.words)


def _configuration(args: argparse.Namespace) -> Finding:
    if args.demo:
        return Finding("ok", "configuration", "the demo's own")
    path = Path(args.config) if args.config else config.path_from(config.environment())[0]
    return Finding("ok", "configuration", f"{path}" if path.exists() else f"none at {path}; not needed: costtui init writes one")


def _cache(run: Run) -> Finding:
    store = Store(run.cache_dir)
    size, warnings = store.size(), store.warnings
    store.close()
    if warnings:
        return Finding("fail", "cache", f"{warnings[0]}: choose another folder with --cache-dir")
    if not os.access(run.cache_dir, os.W_OK):
        return Finding("fail", "cache", f"{run.cache_dir} cannot be written: choose another folder with --cache-dir")
    return Finding(
        "ok", "cache", f"{run.cache_dir}, {size:,} bytes, {shutil.disk_usage(run.cache_dir).free // 1_000_000:,} MB free on the disk"
    )


def _prices(run: Run) -> Finding:
    book = price_book()
    age = (run.now().date() - book.as_of).days
    if age > OLD_PRICES_DAYS:
        return Finding("warn", "prices", f"of {book.as_of}, {age} days old: costtui prices refresh reads newer ones, free of charge")
    return Finding("ok", "prices", f"of {book.as_of}, {len(book.regions)} regions")


def _terminal() -> Iterator[Finding]:
    term = os.environ.get("TERM", "")
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        yield Finding("warn", "terminal", "none: the explorer needs one, headless commands do not")
        return
    if term in ("", "dumb"):
        yield Finding("fail", "terminal", f"TERM={term or '(unset)'} cannot draw the explorer: set TERM, as in xterm-256color")
        return
    size = shutil.get_terminal_size()
    small = size.columns < LEAST[0] or size.lines < LEAST[1]
    yield Finding(
        "fail" if small else "ok",
        "terminal",
        f"{term}, {size.columns}×{size.lines}" + (f": enlarge it to {LEAST[0]}×{LEAST[1]}" if small else ""),
    )
    if "utf" not in locale.getpreferredencoding(do_setlocale=False).lower():
        yield Finding("warn", "characters", "the locale is not UTF-8: use --ascii, or set LANG, as in C.UTF-8")
    if os.environ.get("TMUX"):
        yield Finding("ok", "clipboard", "inside tmux: copying needs `set -g allow-passthrough on` or `set-clipboard on` there")
    elif os.environ.get("STY"):
        yield Finding("warn", "clipboard", "inside screen: copies over 768 bytes are cut by some versions")
