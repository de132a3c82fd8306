"""Arguments, and one line on stderr when something is wrong. Commands are imported when they are asked for."""

import argparse
import contextlib
import logging
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn, get_args

from costtui import __version__
from costtui.cli.errors import CliError
from costtui.domain.customers.records import Basis
from costtui.domain.text import literal

COMMANDS = {
    "show": "one pane, headless: functions, drift or customers",
    "snapshot": "every pane into one TOML snapshot",
    "diff": "what changed between two snapshots, money first",
    "open": "the explorer on a snapshot, read-only, no network",
    "tune": "price power-tuning runs, REPORT logs or CSV: which memory size, and what it saves",
    "prices": "the price book: date, source, regions; refresh reads a newer one",
    "alerts": "evaluate the alert rules and deliver what is new",
    "policy": "the least-privilege IAM policy that the configured panes need, as JSON",
    "doctor": "credentials, permissions, sources, cache, terminal: one line each, ok, warn or fail",
    "init": "find profiles, accounts, exports, tag keys and Prometheus labels with free calls; write config.toml after asking",
    "info": "version, every path in use, cache size, today's paid API calls",
    "completion": "what bash, zsh or fish needs to complete commands and options",
    "cache": "clear: forget everything that can be fetched again",
}
DEFAULTS = {
    "config": None,
    "profile": None,
    "region": None,
    "cache_dir": None,
    "offline": False,
    "demo": False,
    "scale": 0,
    "scenario": "before",
    "period": None,
    "budget": None,
    "cost": "amortized",
    "ascii": False,
    "log_file": None,
}
INTERRUPTED = 130


class Parser(argparse.ArgumentParser):
    """Errors are one line in costtui's own form."""

    def error(self, message: str) -> NoReturn:
        sys.stderr.write(f"costtui: {message}: see costtui --help\n")
        sys.exit(2)


def common_options(regions: str = "region") -> Parser:
    """Options that go before or after the command. SUPPRESS, since a subparser's default would reset what stood before it;
    and regions of both places add up, each collected under a name of its own."""
    options = Parser(add_help=False, argument_default=argparse.SUPPRESS)
    options.add_argument("--config", metavar="FILE", help="config.toml to use")
    options.add_argument("--profile", metavar="NAME", help="AWS profile")
    options.add_argument("--region", dest=regions, metavar="REGION", action="append", help="AWS region; repeatable")
    options.add_argument("--cache-dir", metavar="DIR", help="where fetched data is kept")
    options.add_argument("--offline", action="store_true", help="never touch the network")
    options.add_argument("--demo", action="store_true", help="the embedded demo cloud: no account, no network, no configuration")
    options.add_argument("--scale", type=int, metavar="N", help="demo: N rows a pane")
    options.add_argument("--scenario", choices=("before", "after"), help="demo: the same company, a week later")
    options.add_argument("--period", metavar="PERIOD", help="7d, 30d (default), mtd, last-month or YYYY-MM")
    options.add_argument("--cost", choices=get_args(Basis), help="cost basis of customers; amortized unless another is given")
    options.add_argument("--budget", metavar="USD", help="paid API calls allowed for this run")
    options.add_argument("--ascii", action="store_true", help="nothing but ASCII on the screen and in tables")
    options.add_argument("--log-file", metavar="FILE", help="where the whole story goes")
    options.add_argument("--version", action="version", version=f"costtui {__version__}", help="the version, and no more")
    return options


def build_parser(command: str | None) -> Parser:
    """All commands by name; the arguments of `command` alone, so that no other is imported."""
    parser = Parser(
        prog="costtui",
        parents=[common_options()],
        description="The cloud-cost explorer for the terminal. Without a command: the explorer itself.",
        epilog="costtui --demo needs no account. Paid API calls are made only within --budget or [budget].",
    )
    after = common_options("more_regions")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    for name, help_text in COMMANDS.items():
        sub = commands.add_parser(name, parents=[after], help=help_text, description=help_text)
        if name == command:
            import_module(f"costtui.cli.{name}").add_arguments(sub)
    return parser


def main(argv: Sequence[str]) -> int:
    """Run one command line; returns the exit code."""
    argv = list(_joined(argv))
    _, words = Parser(parents=[common_options()], add_help=False, allow_abbrev=False).parse_known_args(argv)
    args = build_parser(next((word for word in words if word in COMMANDS), None)).parse_args(argv)
    for name, value in DEFAULTS.items():
        if not hasattr(args, name):
            setattr(args, name, value)
    args.region = [*(args.region or []), *getattr(args, "more_regions", [])] or None
    _log_to(args.log_file)
    try:
        module = import_module(f"costtui.cli.{args.command or 'explore'}")
        code: int = module.run(args)
    except CliError as error:
        logging.getLogger(__name__).debug("command failed", exc_info=True)
        _say(str(error))
        return error.exit_code
    except Exception as error:
        logging.getLogger(__name__).exception("unexpected")
        _say(f"{type(error).__name__}: {error}: this is a bug, and --log-file FILE has the whole story")
        return 1
    return code


def _joined(argv: Sequence[str]) -> Iterator[str]:
    """`--sort -cost` as one word: argparse takes whatever begins with a dash for an option."""
    words = iter(argv)
    for word in words:
        following = next(words, None) if word == "--sort" else None
        yield word if following is None else f"{word}={following}"


def _say(sentence: str) -> None:
    """One line on stderr; what clouds and files said in it is literal text."""
    sys.stderr.write(f"costtui: {literal(' '.join(sentence.split()))}\n")


def _log_to(path: str | None) -> None:
    """Without a file, nowhere: stderr is for the one line."""
    handler: logging.Handler = logging.NullHandler()
    if path:
        with contextlib.suppress(OSError):  # the command's own preparation says what is wrong with it
            Path(path).expanduser().touch(0o600)
            handler = logging.FileHandler(Path(path).expanduser(), encoding="utf-8", delay=True)
    logging.basicConfig(handlers=[handler], level=logging.DEBUG, format="%(asctime)s %(levelname)s %(name)s %(message)s")


def run() -> NoReturn:
    """The console script."""
    try:
        code = main(sys.argv[1:])
    except KeyboardInterrupt:
        code = INTERRUPTED
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
    sys.exit(code)
