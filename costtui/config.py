"""config.toml as typed settings. An unknown key, a wrong type or a value out of range names the file, the key and what was expected.

Flags stand over the environment, the environment over the file; no file is needed. A secret is never a value: a key that ends
in `_env` names the environment variable that holds it.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from costtui.domain.alerts.rules import AlertRule
from costtui.domain.customers.rules import SharedRule
from costtui.domain.drift.records import Ignore


class _Wrong(ValueError):
    """A value that its type alone does not rule out; msgspec adds the key."""


def _require(section: Any, names: tuple[str, ...]) -> None:
    for name in names:
        if not getattr(section, name):
            raise _Wrong(f'source = "{section.source}" needs `{name}`')


def _between(name: str, amount: Decimal | None, most: int | None = None) -> None:
    """msgspec has no bounds for Decimal."""
    if amount is not None and not (amount.is_finite() and amount >= 0 and (most is None or amount <= most)):
        raise _Wrong(f"`{name}` is {amount}: expected {f'0 to {most}' if most else '0 or more'}")


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every table of the file refuses keys that it does not know."""


class Aws(Section, frozen=True):
    """`profiles`: absent is the environment's own credentials, [] asks no AWS account at all. `regions`: absent is the profile's."""

    profiles: list[str] | None = None
    regions: list[str] | None = None
    organization: bool = False
    role: str | None = None
    exclude_accounts: list[str] = []
    billing_profile: str | None = None

    def __post_init__(self) -> None:
        if self.organization and "{account}" not in (self.role or ""):
            raise _Wrong('organization = true needs a role with {account} in it, as in "arn:aws:iam::{account}:role/costtui-read-only"')


class Ownership(Section, frozen=True):
    """Where team and environment are read from; the first that is present wins. "tag:KEY" or "account-name"."""

    team: tuple[str, ...] = ("tag:team", "tag:owner")
    environment: tuple[str, ...] = ("tag:env", "tag:environment", "account-name")


class Functions(Section, frozen=True):
    window_days: Annotated[int, Meta(ge=1, le=455)] = 30
    tuning: list[str] = []
    logs_insights: Literal["ask", "never", "always"] = "ask"


class Azure(Section, frozen=True):
    subscriptions: list[str] = []


class Drift(Section, frozen=True):
    cloudformation: bool = True
    terraform: list[str] = []
    config_rules: bool = True
    required_tags: list[str] = []
    remediation_usd_per_resource: Decimal | None = None
    ignore: list[Ignore] = []
    azure: Azure = Azure()

    def __post_init__(self) -> None:
        _between("remediation_usd_per_resource", self.remediation_usd_per_resource)


class Billing(Section, frozen=True):
    source: Literal["cost-explorer", "files", "athena"] = "cost-explorer"
    paths: list[str] = []
    profile: str | None = None
    database: str | None = None
    table: str | None = None
    workgroup: str = "primary"
    output: str | None = None

    def __post_init__(self) -> None:
        _require(self, {"files": ("paths",), "athena": ("database", "table")}.get(self.source, ()))
        if self.output is not None and not self.output.startswith("s3://"):
            raise _Wrong(f"`output` is {self.output!r}: expected a place in S3, as s3://bucket/prefix/")


class Usage(Section, frozen=True):
    """One usage driver. Which of the fields are needed depends on `source`."""

    name: str
    source: Literal["prometheus", "cloudwatch", "csv", "access-log"]
    url: str | None = None
    query: str | None = None
    label: str | None = None
    resource_label: str | None = None
    path: str | None = None
    namespace: str | None = None
    metric: str | None = None
    dimension: str | None = None
    format: Literal["combined", "json"] = "combined"
    """Of access logs: a line is searched with `pattern`, or is a JSON object whose fields the next four name by dotted paths."""
    pattern: str | None = None
    tenant: str | None = None
    value: list[str] = []
    time: str | None = None
    resource: str | None = None

    def __post_init__(self) -> None:
        needed = {"prometheus": ("url", "query", "label"), "cloudwatch": ("namespace", "metric", "dimension"), "csv": ("path",)}
        of_logs = ("path", "pattern" if self.format == "combined" else "tenant")
        _require(self, needed.get(self.source, of_logs))
        if self.pattern is not None:
            try:
                groups = re.compile(self.pattern).groupindex
            except re.error as error:
                raise _Wrong(f"`pattern` is no regular expression: {error}") from None
            if "tenant" not in groups:
                raise _Wrong("`pattern` needs a group that names the tenant, as in (?P<tenant>[^/]+)")


class Directory(Section, frozen=True):
    """Where the list of customers is. Which of the fields are needed depends on `source`."""

    source: Literal["csv", "sqlite", "postgres", "http"]
    path: str | None = None
    query: str | None = None
    dsn_env: str | None = None
    url: str | None = None
    token_env: str | None = None
    items: str | None = None
    next: str | None = None

    def __post_init__(self) -> None:
        needed = {"csv": ("path",), "sqlite": ("path", "query"), "postgres": ("dsn_env", "query"), "http": ("url",)}
        _require(self, needed[self.source])


class Customers(Section, frozen=True):
    tag: str | None = None
    keys: list[str] = []
    accounts: dict[str, str] = {}
    exclude: list[str] = []
    display_currency: str = "USD"
    free_plans: tuple[str, ...] = ("free",)
    billing: Billing = Billing()
    usage: list[Usage] = []
    directory: Directory | None = None
    shared: list[SharedRule] = []

    @property
    def ordered_keys(self) -> list[str]:
        """The keys to place cost by, first that is present wins; empty when the pane is not configured."""
        return self.keys or ([f"tag:{self.tag}"] if self.tag else [])


class Alerts(Section, frozen=True):
    """`routes` names environment variables: `default_env`, and `TEAM_env` for a team of its own."""

    rule: list[AlertRule] = []
    routes: dict[str, str] = {}

    def __post_init__(self) -> None:
        for key, variable in self.routes.items():
            if not key.endswith("_env") or not re.fullmatch(r"[A-Za-z_]\w*", variable, re.ASCII):
                raise _Wrong(f"`routes.{key}`: expected TEAM_env or default_env with the name of an environment variable, never an address")


class Prices(Section, frozen=True):
    discount_pct: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        _between("discount_pct", self.discount_pct, most=100)


class Budget(Section, frozen=True):
    paid_calls_usd_per_day: Decimal | None = None

    def __post_init__(self) -> None:
        _between("paid_calls_usd_per_day", self.paid_calls_usd_per_day)


class Ui(Section, frozen=True):
    theme: str = "textual-dark"
    keys: dict[str, str] = {}


class Settings(Section, frozen=True):
    """The whole file. `base` is the folder that relative paths start from."""

    aws: Aws = Aws()
    ownership: Ownership = Ownership()
    functions: Functions = Functions()
    drift: Drift = Drift()
    customers: Customers = Customers()
    alerts: Alerts = Alerts()
    fx: dict[str, dict[str, Decimal]] = {}
    prices: Prices = Prices()
    budget: Budget = Budget()
    ui: Ui = Ui()
    base: str = "."


class ConfigError(ValueError):
    """A configuration that cannot be used; its text is one sentence that names file, key and what was expected."""


def path_from(environment: Mapping[str, str]) -> tuple[Path, bool]:
    """Where the file is, and whether the user named it (and it must therefore exist). An empty variable counts as unset."""
    if named := environment.get("COSTTUI_CONFIG"):
        return Path(named), True
    home = environment.get("XDG_CONFIG_HOME") or str(Path("~/.config").expanduser())
    return Path(home) / "costtui" / "config.toml", False


def load(path: Path, *, required: bool) -> Settings:
    """The settings in `path`; defaults when it does not exist and need not.

    Raises ConfigError."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if required:
            raise ConfigError(f"{path}: no such file: name another with --config, or leave the option out") from None
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error}): check the file and its permissions") from None
    return parse(text, name=str(path), base=path.resolve().parent)


def parse(text: str, *, name: str, base: Path) -> Settings:
    """The settings in `text`; `name` stands for the file in sentences. Raises ConfigError."""
    try:
        table = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{name}: not valid TOML: {_lower_first(str(error))}") from None
    if "base" in table:
        raise ConfigError(f"{name}: key base: unknown key")
    try:
        settings = msgspec.convert(table, Settings, strict=True)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{name}: {_where(str(error))}") from None
    _check_fx(settings, name)
    return msgspec.structs.replace(settings, base=str(base))


def resolve(settings: Settings, pattern: str) -> Path:
    """A path or glob of the file, made absolute from the file's folder. `~` is the home folder."""
    return Path(settings.base) / Path(pattern).expanduser()


def _where(message: str) -> str:
    """msgspec's sentence, turned from "… - at `$.aws.regions[0]`" into "key aws.regions[0]: …"."""
    match = re.fullmatch(r"(?P<what>.*?)(?: - at `\$\.?(?P<key>.*)`)?", message, re.DOTALL)
    assert match is not None
    what, key = match["what"], match["key"]
    if unknown := re.fullmatch(r"Object contains unknown field `(.*)`", what):
        return f"key {key + '.' if key else ''}{unknown[1]}: unknown key"
    if what.startswith("Invalid enum value") and key:
        what += f": expected one of {_choices(key)}"
    return f"key {key}: {_lower_first(what)}" if key else _lower_first(what)


def _choices(key: str) -> str:
    """The values that `key` may have, which msgspec's sentence leaves out."""
    kind: Any = msgspec.inspect.type_info(Settings)
    for step in re.findall(r"[^.\[\]]+", key):
        kind = next((one for one in getattr(kind, "types", ()) if not isinstance(one, msgspec.inspect.NoneType)), kind)
        if isinstance(kind, msgspec.inspect.StructType):
            kind = next(field.type for field in kind.fields if field.encode_name == step)
        else:
            kind = getattr(kind, "item_type", None) or kind.value_type
    options = kind.values if hasattr(kind, "values") else [value for one in kind.types for value in getattr(one, "values", ())]
    return ", ".join(map(str, options))


def _lower_first(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _check_fx(settings: Settings, name: str) -> None:
    for pair, rates in settings.fx.items():
        if not re.fullmatch(r"[A-Z]{3}/[A-Z]{3}", pair):
            raise ConfigError(f'{name}: key fx."{pair}": expected two currencies as "EUR/USD"')
        for day, rate in rates.items():
            if not rate.is_finite() or rate <= 0:
                raise ConfigError(f'{name}: key fx."{pair}"."{day}": expected a rate above 0')
            try:
                date.fromisoformat(day)
            except ValueError:
                raise ConfigError(f'{name}: key fx."{pair}"."{day}": expected a date as 2026-10-01') from None


def paid_budget(settings: Settings, flag: Decimal | None, agreed: Decimal | None = None) -> Decimal | None:
    """USD a day that paid calls may cost; None is no consent. The flag stands over the file, and both over what was `agreed` to on
    the screen."""
    if flag is not None:
        return flag
    configured = settings.budget.paid_calls_usd_per_day
    return configured if configured is not None else agreed


def money(text: str, option: str) -> Decimal:
    """A non-negative amount from a flag; ConfigError otherwise."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or amount < 0:
        raise ConfigError(f"{option} {text!r}: expected an amount in USD, as in 0.50")
    return amount


def environment() -> dict[str, str]:
    """The process's environment without empty variables, which count as unset."""
    return {key: value for key, value in os.environ.items() if value}
