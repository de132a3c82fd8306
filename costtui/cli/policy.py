"""`costtui policy`: the least-privilege IAM policy that the configured panes need, as JSON."""

import argparse
import json

from costtui.cli.examples import examples
from costtui.cli.output import answer
from costtui.cli.wiring import settings_alone
from costtui.sources.aws.policy import ACCOUNTS, policy


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--for",
        dest="account",
        choices=ACCOUNTS,
        help="hub: where costtui starts from; member: accounts it looks into; billing: whose bill it reads; without it, all in one",
    )
    examples(
        parser,
        "costtui policy --for member > member.json",
        "costtui --config prod.toml policy --for billing",
    )


def run(args: argparse.Namespace) -> int:
    answer(json.dumps(policy(settings_alone(args), args.account), indent=2) + "\n")
    return 0
