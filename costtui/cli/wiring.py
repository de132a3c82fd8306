"""The composition root: from flags, environment and file to one run."""

import argparse
import hashlib
import os
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from costtui import config
from costtui.cli.errors import UsageError
from costtui.config import ConfigError, Settings
from costtui.domain.loaded import PaidCalls
from costtui.domain.period import PeriodError, Window, months, resolve
from costtui.service.live import Run
from costtui.service.messages import Connection
from costtui.service.price_file import use_price_file


def prepare(args: argparse.Namespace, *, configured: bool = True) -> Run:
    """The run that `args` ask for, with the configuration file or as if there were none. Raises UsageError."""
    environment = config.environment()
    cache_dir = _cache_dir(args, environment)
    try:
        budget = config.money(args.budget, "--budget") if args.budget is not None else None
        if args.demo:
            return _demo(args, cache_dir, budget)
        use_price_file(cache_dir)
        path, required = (Path(args.config), True) if args.config else config.path_from(environment)
        settings = _overlaid(config.load(path, required=required) if configured else Settings(), args, environment)
    except ConfigError as error:
        raise UsageError(str(error)) from None
    return Run(
        settings=settings,
        connection=Connection(f"aws:{_fingerprint(settings, environment)}"),
        cache_dir=cache_dir,
        log_file=_log_file(args, cache_dir),
        place=_place(settings),
        offline=args.offline,
        budget=budget,
        basis=args.cost,
    )


def settings_alone(args: argparse.Namespace) -> Settings:
    """What the configuration says, for a command that asks no source. Raises UsageError."""
    if args.demo:
        return Settings()
    path, required = (Path(args.config), True) if args.config else config.path_from(config.environment())
    try:
        return config.load(path, required=required)
    except ConfigError as error:
        raise UsageError(str(error)) from None


def private_discount(args: argparse.Namespace) -> Decimal:
    """Percent off list prices by the configuration; from here on the newest price book is in use. Raises UsageError."""
    if args.demo:
        return Decimal(0)
    use_price_file(_cache_dir(args, config.environment()))
    return settings_alone(args).prices.discount_pct


def window_of(args: argparse.Namespace, run: Run) -> tuple[str, Window]:
    """The period's name and its window. Raises UsageError."""
    return paid_window_of(args, run)[:2]


def paid_window_of(args: argparse.Namespace, run: Run) -> tuple[str, Window, PaidCalls]:
    """The same, and what looking for it has cost, where billing files that lie in S3 say which periods they cover."""
    period = args.period or f"{run.settings.functions.window_days}d"
    try:
        window = resolve(period, run.now())
    except PeriodError as error:
        raise UsageError(str(error)) from None
    if args.period is None and run.settings.customers.billing.source == "files" and run.settings.customers.ordered_keys:
        from costtui.cli.billing_window import billing_window

        covered, paid = billing_window(run)
        return (period if covered == window else months(covered)), covered, paid
    return period, window, PaidCalls()


def _demo(args: argparse.Namespace, cache_dir: Path, budget: Decimal | None) -> Run:
    from costtui.sources.demo.setting import demo_clock, demo_settings

    if args.scale < 0 or args.scale > MOST_ROWS:
        raise UsageError(f"--scale {args.scale}", f"give 1 to {MOST_ROWS:,} rows a pane, or leave it out for the company's own size")
    return Run(
        settings=demo_settings(cache_dir, scale=args.scale, scenario=args.scenario),
        connection=Connection(f"demo:{args.scale}:{args.scenario}", demo=True, scale=args.scale, scenario=args.scenario),
        cache_dir=cache_dir,
        log_file=_log_file(args, cache_dir),
        place="demo company",
        clock=demo_clock(args.scenario),
        offline=args.offline,
        budget=budget,
        basis=args.cost,
    )


MOST_ROWS = 100_000


def _overlaid(settings: Settings, args: argparse.Namespace, environment: dict[str, str]) -> Settings:
    """Flags over file; what the environment says of AWS is read by botocore, as every AWS tool does."""
    import msgspec

    aws = settings.aws
    if args.profile is not None:
        aws = msgspec.structs.replace(aws, profiles=[args.profile])
    elif aws.profiles is None:
        aws = msgspec.structs.replace(aws, profiles=[environment.get("AWS_PROFILE", "")])
    if args.region:
        aws = msgspec.structs.replace(aws, regions=list(dict.fromkeys(args.region)))
    elif aws.regions is None:
        region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
        aws = msgspec.structs.replace(aws, regions=[region] if region else None)
    return msgspec.structs.replace(settings, aws=aws)


def _fingerprint(settings: Settings, environment: dict[str, str]) -> str:
    """Tells one account, endpoint and key from another, without holding any of them."""
    aws = settings.aws
    names = ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_ROLE_ARN", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")
    parts = [repr(aws.profiles), repr(aws.regions), str(aws.role), *(environment.get(name, "") for name in names), settings.base]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _place(settings: Settings) -> str:
    profiles = settings.aws.profiles or []
    if not profiles:
        return "files only"
    first = profiles[0] or "default profile"
    more = f" +{len(profiles) - 1} accounts" if len(profiles) > 1 else ""
    regions = settings.aws.regions or []
    where = f" · {regions[0]}" if len(regions) == 1 else f" · {len(regions)} regions" if regions else ""
    return first + more + where


def _cache_dir(args: argparse.Namespace, environment: dict[str, str]) -> Path:
    if args.cache_dir:
        return Path(args.cache_dir).expanduser().absolute()
    home = environment.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path("~/.cache").expanduser()) / "costtui"


def _log_file(args: argparse.Namespace, cache_dir: Path) -> Path:
    if args.log_file:
        path = Path(args.log_file).expanduser().absolute()
        if path.is_dir() or not path.parent.is_dir():
            raise UsageError(f"--log-file {args.log_file}", "name a file in a folder that exists")
        return path
    try:
        cache_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return Path(os.devnull)
    return cache_dir / "costtui.log" if os.access(cache_dir, os.W_OK) else Path(os.devnull)


def now() -> datetime:
    return datetime.now(UTC)
