"""`costtui tune`: price power-tuning runs, REPORT logs or CSV, and say which memory size to run at."""

import argparse
import os
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import msgspec

from costtui.cli.errors import UsageError
from costtui.cli.examples import examples
from costtui.cli.output import answer
from costtui.cli.tune_formats import FORMATS, TuneAnswer, write
from costtui.cli.wiring import private_discount
from costtui.domain.functions.advice import discounts_of, same_init, same_speed
from costtui.domain.functions.limits import LONGEST_MS, written_number
from costtui.domain.functions.measured_sizes import TuningRun
from costtui.domain.functions.right_sizing import Conditions
from costtui.domain.functions.tuning import tuning_of
from costtui.domain.functions.tuning_runs import read_tuning
from costtui.domain.functions.verdict import analyse
from costtui.domain.functions.visualization_url import TuningError, is_visualization_url, read_visualization_url
from costtui.domain.money import ZERO
from costtui.domain.prices.price_book import LambdaRates, PriceBook, price_book

NAME = "tune"
HELP = "price power-tuning runs, REPORT logs or CSV: which memory size, and what it saves"
DEFAULT_REGION = "us-east-1"
DEFAULT_ARCHITECTURE = "x86_64"
PER_MONTH = 1_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `tune`; the region is an option of every command."""
    parser.add_argument("source", nargs="+", metavar="SOURCE", help="visualization URL, power-tuning JSON, REPORT log, CSV, or - for stdin")
    parser.add_argument("--arch", choices=("x86_64", "arm64"), help="architecture to price (default: told by the run, else x86_64)")
    parser.add_argument("--memory-mb", metavar="MB", help="the current memory size, which savings are counted from")
    parser.add_argument("--invocations", metavar="N", help=f"invocations per month (default: {PER_MONTH:,})")
    parser.add_argument("--cold-rate", metavar="SHARE", help="share of cold starts, 0 to 1 (default: as in the log, else 0)")
    parser.add_argument("--init-ms", metavar="MS", help="INIT duration at every size (default: as measured)")
    parser.add_argument("--max-p95-ms", metavar="MS", help="only sizes whose p95 is at most this")
    parser.add_argument("--strategy", choices=("cost", "speed", "balanced"), default="cost", help="what the verdict goes for")
    parser.add_argument("--balanced-weight", metavar="SHARE", help="share of cost in the balanced strategy, 0 to 1 (default: 0.5)")
    parser.add_argument("--free-tier", action=argparse.BooleanOptionalAction, default=False, help="the month with the account's free tier")
    parser.add_argument("--format", choices=FORMATS, help="default: table on a terminal, json in a pipe")
    examples(
        parser,
        "costtui tune run.json --memory-mb 512 --invocations 2000000",
        "costtui tune logs.txt --cold-rate 0.02 --init-ms 180 --max-p95-ms 800",
        "aws logs tail /aws/lambda/checkout | costtui tune - --format json",
    )


def _decimal(text: str | None, option: str, greatest: int = LONGEST_MS) -> Decimal | None:
    if text is None:
        return None
    value = written_number(text)
    if value is None or not 0 <= value <= greatest:
        raise UsageError(f"{option} {text} is out of range", f"give a number from 0 to {greatest}")
    return value


def _count(text: str | None, option: str, least: int) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and least <= int(text) <= 10**15):
        raise UsageError(f"{option} {text} is not a count", f"give a whole number of at least {least}")
    return int(text)


def _read(source: str, book: PriceBook) -> list[TuningRun]:
    try:
        if source == "-":
            return read_tuning(sys.stdin.read(), "stdin", book.power_tuning)
        if is_visualization_url(source) and not Path(source).exists():
            return read_visualization_url(source, book.power_tuning)
        return read_tuning(Path(source).read_text(encoding="utf-8", errors="replace"), source, book.power_tuning)
    except TuningError as error:
        raise UsageError(error.what, error.action) from None
    except OSError as error:
        raise UsageError(f"{source} cannot be read ({error.strerror})", "give a file, a visualization URL or -") from None


def _region(args: argparse.Namespace) -> str:
    asked: Sequence[str] | str = getattr(args, "region", None) or ()
    regions = [asked] if isinstance(asked, str) else list(asked)
    if len(set(regions)) > 1:
        raise UsageError(f"tune prices one region, not {len(set(regions))}", "give --region once")
    return next(iter(regions), "") or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or DEFAULT_REGION


def _rates(book: PriceBook, region: str, architecture: str) -> LambdaRates:
    rates = book.lambda_rates(region, architecture)
    if rates is None:
        raise UsageError(
            f"Lambda is unpriced in {region} for {architecture}: the price book does not know it", "see costtui prices for what it knows"
        )
    return rates


def _answer(runs: list[TuningRun], args: argparse.Namespace, base: Conditions, book: PriceBook) -> TuneAnswer:
    tuning = tuning_of(runs)
    architecture = args.arch or tuning.measured_on or DEFAULT_ARCHITECTURE
    asked = _decimal(args.cold_rate, "--cold-rate", 1)
    cold = (tuning.cold_rate or ZERO) if asked is None else asked
    init, assumed = same_init(tuning, cold) if base.init_ms is None else (base.init_ms, "")
    conditions = msgspec.structs.replace(
        base,
        rates=_rates(book, base.rates.region, architecture),
        cold_rate=cold,
        init_ms=init,
        assumption="; ".join(filter(None, (assumed, same_speed(tuning, architecture)))),
    )
    return TuneAnswer(runs, analyse(tuning.sizes, conditions), conditions)


def _conditions(args: argparse.Namespace, book: PriceBook, discount_pct: Decimal) -> Conditions:
    calls = _count(args.invocations, "--invocations", 0)
    weight = _decimal(args.balanced_weight, "--balanced-weight", 1)
    return Conditions(
        rates=_rates(book, _region(args), args.arch or DEFAULT_ARCHITECTURE),
        current_mb=_count(args.memory_mb, "--memory-mb", 1),
        invocations=PER_MONTH if calls is None else calls,
        cold_rate=ZERO,
        init_ms=_decimal(args.init_ms, "--init-ms"),
        strategy=args.strategy,
        balanced_weight=Decimal("0.5") if weight is None else weight,
        max_p95_ms=_decimal(args.max_p95_ms, "--max-p95-ms"),
        free_tier=book.free_tier if args.free_tier else None,
        discounts=discounts_of(discount_pct),
    )


def run(args: argparse.Namespace) -> int:
    """Print the answer; raises UsageError on bad input, with nothing printed."""
    discount_pct = private_discount(args)
    book = price_book()
    base = _conditions(args, book, discount_pct)
    runs = [run for source in args.source for run in _read(source, book)]
    main = _answer([one for one in runs if not one.compared], args, base, book)
    compared = [_answer([one], args, base, book) for one in runs if one.compared]
    style = args.format or ("table" if sys.stdout.isatty() else "json")
    answer(write(style, main, compared, book))
    return 0
