"""`costtui prices [refresh]`: the price book in use: date, source, regions; and a newer one from AWS's price list."""

import argparse
from collections.abc import Iterator
from decimal import Decimal

from costtui.cli.errors import CliError, UsageError
from costtui.cli.examples import examples
from costtui.cli.output import answer
from costtui.cli.wiring import prepare
from costtui.domain.money import plain
from costtui.domain.prices.offer_file import LambdaOffer
from costtui.domain.prices.price_book import LambdaRates, PriceBook, price_book, shipped_book
from costtui.domain.prices.renewal import Change, OlderError, renewed
from costtui.domain.problems import Problem, SourceError
from costtui.service.live import Run
from costtui.service.price_file import price_file, write_price_file

MILLION = 1_000_000
ARCHITECTURES = ("x86_64", "arm64")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", nargs="?", choices=("refresh",), help="read AWS's current price list (free), and use it from now on")
    examples(
        parser,
        "costtui prices",
        "costtui prices refresh",
    )


def run(args: argparse.Namespace) -> int:
    prepared = prepare(args)
    if args.action == "refresh":
        answer("".join(f"{line}\n" for line in _refresh(prepared)))
        return 0
    where = "as costtui ships it" if price_book() is shipped_book() else str(price_file(prepared.cache_dir))
    answer("".join(f"{line}\n" for line in _book(price_book(), where)))
    return 0


def _book(book: PriceBook, where: str) -> Iterator[str]:
    yield f"{'as of':<10}{book.as_of}"
    yield f"{'source':<10}{book.source}"
    yield f"{'read from':<10}{where}"
    yield f"{'regions':<10}{len(book.regions)}; any other is unpriced"
    yield ""
    yield f"{'region':<16}{'x86 $/GB-s':>14}{'arm $/GB-s':>14}{'$/M requests':>14}  source, where it is another"
    for region in book.regions:
        x86, arm = (book.lambda_rates(region, architecture) for architecture in ARCHITECTURES)
        either = x86 or arm
        assert either is not None
        yield f"{region:<16}{_rate(x86):>14}{_rate(arm):>14}{plain(either.request * MILLION):>14}  {either.source}".rstrip()
    resources = book.resources
    yield ""
    yield f"drifted resources are priced at {resources.source}, {resources.as_of}"
    yield from (f"  {table:<12} {source}" for table, source in resources.table_sources.items())


def _rate(rates: LambdaRates | None) -> str:
    return "unpriced" if rates is None else plain(rates.duration[0].rate)


class _Free:
    """The meter of calls that cost nothing."""

    def afford(self, source: str, usd: Decimal, what: str) -> None:
        """Never asked: there is nothing to pay."""

    def charge(self, source: str, operation: str, usd: Decimal) -> None:
        """Nothing to count."""

    settle = covered = charge


def _refresh(prepared: Run) -> Iterator[str]:
    """Raises CliError."""
    if prepared.connection.demo:
        raise UsageError("the demo's prices stand still", "leave out --demo to read AWS's price list")
    if prepared.offline:
        raise UsageError("prices refresh asks AWS", "leave out --offline")
    profiles = prepared.settings.aws.profiles
    if not profiles:
        raise UsageError("no AWS profile is configured", "the price list is read with one: set [aws] profiles")
    try:
        book, changes = renewed(price_book(), _offer(profiles[0]))
        write_price_file(prepared.cache_dir, book)
    except SourceError as error:
        raise CliError(error.problem.sentence) from None
    except OlderError as error:
        raise CliError(str(error)) from None
    except OSError as error:
        raise CliError(f"{price_file(prepared.cache_dir)} cannot be written ({error.strerror})", "check --cache-dir") from None
    yield from (_words(change) for change in changes)
    yield f"price list of {book.as_of}: {len(changes)} {'rate' if len(changes) == 1 else 'rates'} changed, {len(book.regions)} regions"


def _offer(profile: str) -> LambdaOffer:
    from costtui.sources.aws.cloud import AwsCloud
    from costtui.sources.aws.price_list import NAME, lambda_offer
    from costtui.sources.bridge import Pacer

    def prompt(question: str) -> str:
        raise SourceError(Problem("no-credentials", NAME, f"a sign-in asks: {question}", "sign in first (aws sso login or aws sts)"))

    cloud = AwsCloud(_Free(), Pacer(), profiles=[profile], regions=[], prompt=prompt)
    return lambda_offer(cloud, profile)


def _words(change: Change) -> str:
    before, after = change.before or "unpriced", change.after or "unpriced"
    return f"{change.region} {change.architecture} {change.meter}: {before} → {after}"
