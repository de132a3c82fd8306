"""All functions of a world: the story's own, and as many more as its scale asks for."""

from datetime import UTC, datetime, timedelta

from costtui.sources.demo.calendar import Scenario
from costtui.sources.demo.company import Company, Function
from costtui.sources.demo.seed import pick, stream, unit

_SUBJECTS = (
    "order",
    "asset",
    "tenant",
    "report",
    "search",
    "invoice",
    "session",
    "event",
    "ledger",
    "notice",
    "export",
    "quota",
    "seat",
    "usage",
)
_VERBS = ("sync", "render", "score", "route", "index", "notify", "resolve", "archive", "verify", "rollup", "fanout", "enrich", "purge")
_STACKS = ("media", "ai", "checkout", "search", "data", "platform", "growth", "reports")
_RUNTIMES = ("python3.12", "python3.13", "nodejs22.x", "nodejs20.x", "java21", "provided.al2023")
_MEMORY = (128, 256, 256, 512, 512, 512, 1024, 1024, 1769, 2048, 3008)
_RHYTHMS = ("office", "consumer", "flat")
_FUNCTIONS_PER_STACK = 25


def fleet(company: Company, scale: int, scenario: Scenario, extra_functions: tuple[Function, ...] = ()) -> list[Function]:
    """The functions in force in a scenario; exactly `scale` of them when it is not 0, `extra_functions` on top."""
    own = [function for function in company.functions if function.scenario in ("", scenario)]
    if scale:
        own = own[:scale] + [_generated(company, number) for number in range(len(own), scale)]
    return [*own, *extra_functions]


def _generated(company: Company, number: int) -> Function:
    block = number // _FUNCTIONS_PER_STACK
    account = company.accounts[0 if unit("account", block) < 0.75 else 1]
    region = "us-east-1" if unit("region", block) < 0.7 else "eu-west-1"
    stack = pick(_STACKS, unit("stack", block))
    draw = stream("function", number).random
    subject, verb = pick(_SUBJECTS, draw()), pick(_VERBS, draw())
    magnitude = (300, 3_000, 30_000, 300_000, 2_000_000)[int(draw() * 5)]
    place = "" if region == "us-east-1" else "eu-"
    return Function(
        name=f"{subject}-{verb}-{number:06d}",
        account=account.id,
        region=region,
        stack=f"{stack}-{place}{account.name}-{block:04d}",
        team=company.teams[stack],
        environment=account.name,
        runtime=pick(_RUNTIMES, draw()),
        architecture="arm64" if draw() < 0.55 else "x86_64",
        memory_mb=pick(_MEMORY, draw()),
        calls=int(magnitude * (0.5 + draw())),
        duration_ms=round(4 + 900 * draw() * draw() * draw(), 1),
        p95_factor=1.2 + draw(),
        errors_ppm=int(400 * draw() * draw()),
        cold_share=0.002 + 0.1 * draw() * draw(),
        growth=0.5 * draw() - 0.1,
        rhythm=pick(_RHYTHMS, draw()),
        modified=datetime(2026, 11, 19, tzinfo=UTC) - timedelta(minutes=int(400_000 * draw())),
    )
