"""`costtui init`: look around with free calls, propose a config.toml, and write it after asking."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from costtui import config
from costtui.cli.errors import CliError, UsageError
from costtui.cli.examples import examples
from costtui.cli.output import answer
from costtui.cli.wiring import prepare
from costtui.domain.problems import Problem, SourceError
from costtui.domain.text import literal
from costtui.export.write import write_private
from costtui.sources.aws.discovery import Found

CUSTOMER_KEYS = ("customer", "customer-id", "customer_id", "tenant", "tenant-id", "tenant_id", "client", "org", "organization")
"""Tag keys that are likely to name customers, the likeliest first."""
TEAM_KEYS = ("team", "owner", "squad")
PROMETHEUS = "http://127.0.0.1:9090"
NEXT = "three ways on: costtui --demo looks around without an account; --profile NAME uses one; aws sso login signs in"
REMOTE = "three ways on: costtui --demo looks around without an account; --profile NAME uses one; aws sso login --use-device-code signs in"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-y", "--yes", action="store_true", help="write without asking; an existing file is never replaced")
    examples(
        parser,
        "costtui init",
        "costtui --profile prod --config prod.toml init --yes",
    )


def run(args: argparse.Namespace) -> int:
    if args.demo:
        raise UsageError("init does not go with --demo", "the demo needs no configuration")
    path = Path(args.config) if args.config else config.path_from(config.environment())[0]
    found, problems = _look(args)
    for line in _seen(found, problems):
        sys.stderr.write(f"{literal(line)}\n")
    text = proposal(found, _prometheus(args), _plans(path.parent))
    config.parse(text, name=str(path), base=path.parent)  # what init writes, costtui reads
    if path.exists():
        answer(text)
        sys.stderr.write(f"{path} exists and was left alone: compare it with the above\n")
        return 0
    if not args.yes and not sys.stdin.isatty():
        answer(text)
        sys.stderr.write(f"not written: run costtui init in a terminal, or with --yes, to write {path}\n")
        return 0
    answer(text)
    if not args.yes and input(f"write this to {path}? [y/N] ").strip().lower() not in ("y", "yes"):
        sys.stderr.write("nothing written\n")
        return 0
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(path, text)
    except OSError as error:
        raise CliError(f"{path} could not be written ({error.strerror})", "choose another with --config") from None
    sys.stderr.write(f"wrote {path}: costtui doctor checks it\n")
    return 0


def _look(args: argparse.Namespace) -> tuple[list[Found], list[Problem]]:
    """Every profile, or the one that was named, or the environment's own credentials."""
    from costtui.fetcher.probe import unpaid_cloud
    from costtui.sources.aws import discovery

    prepared = prepare(args, configured=False)
    if prepared.offline:
        return [], []
    environment = config.environment()
    chosen = args.profile or environment.get("AWS_PROFILE")
    named = [chosen] if chosen else discovery.profiles() or [""]
    found: list[Found] = []
    problems: list[Problem] = []
    for profile in named:
        try:
            found.append(discovery.look(unpaid_cloud(prepared.hello(), [profile]), profile))
        except SourceError as error:
            problems.append(error.problem)
    return found, problems


def _seen(found: Sequence[Found], problems: Sequence[Problem]) -> list[str]:
    lines = [f"found   profile {one.profile or '(environment)'}: account {one.account}, {one.region or 'no region'}" for one in found]
    lines += [f"found   {len(one.tag_keys)} tag keys in {one.profile or one.account}" for one in found if one.tag_keys]
    lines += [f"missing {problem.sentence}" for problem in [*problems, *(problem for one in found for problem in one.problems)]]
    if not found:
        lines.append(REMOTE if "SSH_CONNECTION" in os.environ else NEXT)
    return lines


def _prometheus(args: argparse.Namespace) -> tuple[str, list[str]] | None:
    """A Prometheus that answers here, and its labels."""
    from costtui.sources.prometheus_labels import labels

    if args.offline:
        return None
    url = config.environment().get("PROMETHEUS_URL", PROMETHEUS)
    try:
        return url, labels(url)
    except SourceError:
        return None


def _plans(folder: Path) -> list[str]:
    """Plans as JSON in the folder that one works in, relative to where the configuration will be."""
    here = sorted(path for pattern in ("plan.json", "*.tfplan.json", "infra/plan.json") for path in Path.cwd().glob(pattern))
    return [os.path.relpath(path, folder.absolute()) for path in here]


def proposal(found: Sequence[Found], prometheus: tuple[str, list[str]] | None, plans: Sequence[str]) -> str:
    """A config.toml of what was found; what was not found stands as a comment, ready to be filled in."""
    keys = {key for one in found for key in one.tag_keys}
    lower = {key.lower(): key for key in sorted(keys)}
    customer = next((lower[key] for key in CUSTOMER_KEYS if key in lower), None)
    team = next((lower[key] for key in TEAM_KEYS if key in lower), None)
    exports = [export for one in found for export in one.exports]
    regions = list(dict.fromkeys(one.region for one in found if one.region))
    label = next((name for name in (prometheus[1] if prometheus else ()) if name in ("tenant", "customer")), None)
    lines = [
        "[aws]",
        _line("profiles", [one.profile for one in found if one.profile] or ["prod"], any(one.profile for one in found)),
        _line("regions", regions or ["us-east-1"], regions),
        "",
        *(["[ownership]", _line("team", [f"tag:{team}"], True), ""] if team else []),
        "[drift]",
        _line("terraform", list(plans) or ["infra/plan.json"], plans),
        "",
        "[customers]",
        _line("tag", customer or "customer", customer),
        *(["[customers.billing]", 'source = "files"', _line("paths", exports, True)] if exports else []),
        *(_usage(prometheus[0], label) if prometheus and label else []),
        "",
        "[budget]",
        '# paid_calls_usd_per_day = "0.50"   # nothing that costs money is asked without it',
    ]
    return "\n".join(lines) + "\n"


def _line(key: str, value: object, known: object) -> str:
    text = f"{key} = {_toml(value)}"
    return text if known else f"# {text}"


def _toml(value: object) -> str:
    """JSON writes text and lists as TOML reads them."""
    return json.dumps(value, ensure_ascii=False)


def _usage(url: str, label: str) -> list[str]:
    known = {
        "name": "requests",
        "source": "prometheus",
        "url": url,
        "query": f"sum by ({label})(increase(requests_total[1d]))",
        "label": label,
    }
    return ["[[customers.usage]]", *(_line(key, value, known) for key, value in known.items())]
