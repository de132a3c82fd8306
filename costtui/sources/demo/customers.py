"""The demo company's customers: what they pay, what they use, and what is tagged as theirs."""

from dataclasses import dataclass
from datetime import date

from costtui.sources.demo.calendar import Scenario
from costtui.sources.demo.company import story_table
from costtui.sources.demo.seed import pick, stream

_NAMES = (
    "cedar",
    "basalt",
    "juniper",
    "orchid",
    "falcon",
    "meadow",
    "copper",
    "willow",
    "cinder",
    "lagoon",
    "aurora",
    "pebble",
    "summit",
    "thicket",
)
_KINDS = ("labs", "foods", "works", "media", "supply", "clinic", "studio", "farms", "motors", "trading", "books")
_PLANS = (("starter", 49, "smb"), ("starter", 99, "smb"), ("team", 249, "smb"), ("team", 499, "mid-market"), ("free", 0, "self-serve"))
_TEAMS = ("growth", "media", "payments", "search", "data")
REPRICED = {"globex": 4200}
"""Monthly revenue that changes in the week between the two scenarios."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """One customer. Money is USD for the 30 days before `DEMO_NOW`; `requests` is its weight among all tenants' requests.

    A tenant without a plan has no row in the CRM."""

    id: str
    name: str
    plan: str
    mrr: int
    segment: str
    owner_team: str
    since: date | None
    aliases: tuple[str, ...]
    parent: str | None
    direct_usd: float
    ai_usd: float
    requests: float
    growth: float
    rhythm: str
    generated: bool = False


def tenants(scale: int, scenario: Scenario) -> list[Tenant]:
    """The company's own customers; exactly `scale` of them when it is not 0."""
    own = [_tenant(row, scenario) for row in story_table("customers.csv")]
    return own if not scale else own[:scale] + [_generated(number) for number in range(len(own), scale)]


def _tenant(row: dict[str, str], scenario: Scenario) -> Tenant:
    mrr = REPRICED.get(row["id"]) if scenario == "after" else None
    return Tenant(
        id=row["id"],
        name=row["name"],
        plan=row["plan"],
        mrr=mrr or int(row["mrr"] or 0),
        segment=row["segment"],
        owner_team=row["owner_team"],
        since=date.fromisoformat(row["since"]) if row["since"] else None,
        aliases=tuple(filter(None, row["aliases"].split(";"))),
        parent=row["parent"] or None,
        direct_usd=float(row["direct_usd"]),
        ai_usd=float(row["ai_usd"]),
        requests=float(row["requests"]),
        growth=float(row["growth_pct"]) / 100,
        rhythm=row["rhythm"],
    )


def _generated(number: int) -> Tenant:
    draw = stream("tenant", number).random
    word, kind = pick(_NAMES, draw()), pick(_KINDS, draw())
    plan, mrr, segment = pick(_PLANS, draw())
    direct = round((0.05 + 0.4 * draw() * draw()) * mrr + 0.4 * draw(), 2)
    return Tenant(
        id=f"{word}-{kind}-{number:06d}",
        name=f"{word.capitalize()} {kind.capitalize()} {number}",
        plan=plan,
        mrr=mrr,
        segment=segment,
        owner_team=pick(_TEAMS, draw()),
        since=date(2022 + int(4 * draw()), 1 + int(12 * draw()), 1 + int(28 * draw())),
        aliases=(),
        parent=None,
        direct_usd=direct,
        ai_usd=0.0,
        requests=0.01 + 0.4 * draw() * draw(),
        growth=0.0,
        rhythm=pick(("office", "consumer", "flat"), draw()),
        generated=True,
    )
