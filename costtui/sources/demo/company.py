"""The demo company as its story files tell it: accounts, teams and functions."""

import csv
import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

_STORY = files("costtui.sources.demo") / "story"


def story_text(name: str) -> str:
    return (_STORY / name).read_text(encoding="utf-8")


def story_table(name: str) -> list[dict[str, str]]:
    """The rows of one CSV file of the story."""
    return list(csv.DictReader(story_text(name).splitlines()))


@dataclass(frozen=True, slots=True)
class Account:
    profile: str
    id: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Function:
    """One Lambda function. `calls` and `duration_ms` (the average) hold for the 30 days before `DEMO_NOW`."""

    name: str
    account: str
    region: str
    stack: str
    team: str
    environment: str
    runtime: str
    architecture: str
    memory_mb: int
    calls: int
    duration_ms: float
    p95_factor: float
    errors_ppm: int
    cold_share: float
    growth: float
    """Growth of the daily calls over 60 days: 0.45 is 45 %."""
    rhythm: str
    modified: datetime
    scenario: str = ""

    @property
    def arn(self) -> str:
        return f"arn:aws:lambda:{self.region}:{self.account}:function:{self.name}"


@dataclass(frozen=True, slots=True)
class MemoryChange:
    """The size that was in force before `day`."""

    day: date
    memory_mb: int


@dataclass(frozen=True)
class Company:
    name: str
    organization: str
    accounts: tuple[Account, ...]
    teams: dict[str, str]
    functions: tuple[Function, ...]
    memory_changes: dict[str, MemoryChange]

    def account_id(self, profile: str) -> str:
        """The account behind a profile or an account id; ValueError when the company has none of that name."""
        for account in self.accounts:
            if profile in (account.profile, account.id):
                return account.id
        known = ", ".join(account.profile for account in self.accounts)
        raise ValueError(f"the demo cloud has no profile {profile!r}: use one of {known}")

    def team_of(self, stack: str) -> str:
        return self.teams[stack.partition("-")[0]]


@cache
def company() -> Company:
    story: dict[str, Any] = tomllib.loads(story_text("company.toml"))
    accounts = tuple(Account(**account) for account in story["accounts"])
    ids = {account.profile: account.id for account in accounts}
    teams: dict[str, str] = story["teams"]
    return Company(
        name=story["name"],
        organization=story["organization"],
        accounts=accounts,
        teams=teams,
        functions=tuple(_function(row, ids, teams) for row in story_table("functions.csv")),
        memory_changes={name: MemoryChange(**change) for name, change in story["memory_changes"].items()},
    )


def _function(row: dict[str, str], ids: dict[str, str], teams: dict[str, str]) -> Function:
    return Function(
        name=row["name"],
        account=ids[row["profile"]],
        region=row["region"],
        stack=row["stack"],
        team=teams[row["stack"].partition("-")[0]],
        environment=row["profile"],
        runtime=row["runtime"],
        architecture=row["architecture"],
        memory_mb=int(row["memory_mb"]),
        calls=int(row["calls"]),
        duration_ms=float(row["duration_ms"]),
        p95_factor=float(row["p95_factor"]),
        errors_ppm=int(row["errors_ppm"]),
        cold_share=float(row["cold_pct"]) / 100,
        growth=float(row["growth_pct"]) / 100,
        rhythm=row["rhythm"],
        modified=datetime.fromisoformat(row["modified"]).replace(tzinfo=UTC),
        scenario=row["scenario"],
    )
