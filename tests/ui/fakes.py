"""A small company's panes and a backend without a fetcher, the same on every run."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
from textual.app import App

from costtui.config import Settings, Ui
from costtui.domain.asking import Ask
from costtui.domain.customers.records import Basis
from costtui.domain.loaded import PaidCalls, PaneData, SourceState
from costtui.domain.money import known_total
from costtui.domain.period import Window, resolve
from costtui.domain.problems import Problem
from costtui.panes.spec import Column, Detail, Fold, Line, PaneSpec, Section, Tone
from costtui.panes.words import count, money, signed, spark
from costtui.service.messages import Event
from costtui.service.ports import PaneKind
from costtui.ui.app import ExplorerApp
from costtui.ui.lines import MARK, Drawn
from costtui.ui.saving import SavedPane

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
WINDOW = resolve("30d", NOW)


class Job(msgspec.Struct, frozen=True):
    """A row of the first pane."""

    id: str
    name: str
    account: str = "prod"
    region: str = "us-east-1"
    memory: int = 256
    calls: int | None = 1_000
    cost: Decimal | None = Decimal(1)
    tags: dict[str, str] = {}
    trend: tuple[float, ...] = (1, 2, 3, 4, 5, 6, 7, 8)


class Sum(msgspec.Struct, frozen=True):
    rows: int
    cost: Decimal | None
    currency: str = "USD"


class Change(msgspec.Struct, frozen=True):
    """A row of the second pane."""

    id: str
    severity: str
    what: str
    monthly: Decimal | None = None
    explained: bool = False


SEVERITIES = ["none", "low", "medium", "high", "critical"]


def _cost_tone(job: Job) -> Tone:
    return "dim" if job.cost is None or job.cost < 1 else ""


def _severity_tone(change: Change) -> Tone:
    tones: dict[str, Tone] = {"critical": "worst", "high": "bad", "medium": "warn"}
    return tones.get(change.severity, "dim")


def job_detail(job: Job, data: PaneData[Job, Sum]) -> Detail:
    def step(number: int) -> Callable[[], Detail]:
        return lambda: Detail(f"step {number}", facts=(("of", job.name), ("rows then", str(data.totals.rows))))

    meters = (
        Line(("Requests", "88,214,003 × 0.20 $/M", "17.64")),
        Line(("Duration", "3,197,757.6 GB-s × 0.0000166667", "53.30")),
        Line(("Total", "list price, from metrics", money(job.cost)), tone="good"),
    )
    steps = tuple(Line((f"step {number}", "x" * 8, f"{number * 137:,}"), behind=step(number)) for number in range(1, 31))
    return Detail(
        job.name,
        facts=(
            ("arn", job.id),
            ("memory", f"{job.memory} MB"),
            ("account", job.account),
            ("region", job.region),
            ("cost", money(job.cost)),
        ),
        sections=(
            Section("Bill", meters, head=("Meter", "How", "Cost $"), widths=(14, 0, 12), right=frozenset({2}), note="without tax"),
            Section("Steps", steps, head=("Step", "Name", "ms"), widths=(0, 0, 10), right=frozenset({2})),
        ),
    )


JOBS: PaneSpec[Job, Sum] = PaneSpec(
    id="jobs",
    title="Jobs",
    key="1",
    noun="jobs",
    row_type=Job,
    totals_type=Sum,
    needs=(),
    build=lambda _inputs: jobs([]),
    columns=(
        Column("name", "Job", 20, lambda j: j.name, lambda j: j.name, grows=True),
        Column("account", "Account", 8, lambda j: j.account, lambda j: j.account, tone=lambda _j: "dim"),
        Column("region", "Region", 10, lambda j: j.region, lambda j: j.region, from_width=100, tone=lambda _j: "dim"),
        Column("memory", "MB", 5, lambda j: str(j.memory), lambda j: j.memory, align="right"),
        Column("calls", "Calls", 9, lambda j: count(j.calls), lambda j: j.calls, align="right"),
        Column("cost", "Cost $", 10, lambda j: money(j.cost), lambda j: j.cost, align="right", tone=_cost_tone),
        Column("trend", "30 days", 8, lambda j: spark(j.trend), lambda _j: None, tone=lambda _j: "dim"),
        Column("arn", "ARN", 40, lambda j: j.id, lambda j: j.id, from_width=160),
        Column("team", "Team", 12, lambda j: j.tags.get("team", "–"), lambda j: j.tags.get("team"), from_width=180),
    ),
    sort="-cost",
    row_id=lambda j: j.id,
    tags=lambda j: j.tags,
    money=lambda j: j.cost,
    groups={},
    headline=lambda t: money(t.cost),
    footer=lambda _t, rows: f"{len(rows):,} jobs   {money(known_total(j.cost for j in rows))} $",
    basis="list price, from metrics; without tax: not your invoice",
    detail=job_detail,
    explain=lambda j, column, _data: Detail(f"{column} of {j.id}", facts=(("cost", money(j.cost)),)),
    document_row=lambda j: {"id": j.id},
    document_totals=lambda t: {"cost": money(t.cost)},
)

CHANGES: PaneSpec[Change, Sum] = PaneSpec(
    id="changes",
    title="Changes",
    key="2",
    noun="changes",
    row_type=Change,
    totals_type=Sum,
    needs=(),
    build=lambda _inputs: changes([]),
    columns=(
        Column("severity", "Severity", 9, lambda c: c.severity, lambda c: SEVERITIES.index(c.severity), tone=_severity_tone),
        Column("id", "Resource", 20, lambda c: c.id, lambda c: c.id),
        Column("what", "What", 20, lambda c: c.what, lambda c: c.what, grows=True),
        Column("monthly", "$/mo", 10, lambda c: signed(c.monthly), lambda c: c.monthly, align="right"),
    ),
    sort="-severity",
    row_id=lambda c: c.id,
    tags=lambda _c: {},
    money=lambda c: c.monthly,
    groups={},
    headline=lambda t: f"{t.rows} real",
    footer=lambda t, rows: f"{t.rows} real, {len(rows)} shown",
    basis="",
    detail=lambda c, _data: Detail(c.id, facts=(("what", c.what),)),
    explain=lambda c, column, _data: Detail(f"{column} of {c.id}", facts=(("what", c.what),)),
    document_row=lambda c: {"id": c.id},
    document_totals=lambda t: {"rows": t.rows},
    hidden=lambda c: c.explained,
    fold=Fold(
        lambda c: c.what if c.explained else "",
        lambda rows: Change(f"{len(rows)} alike", rows[0].severity, rows[0].what, known_total(c.monthly for c in rows)),
    ),
)
PANES: tuple[PaneSpec[Any, Any], ...] = (JOBS, CHANGES)

FRESH = [SourceState("lambda", "fresh", NOW - timedelta(minutes=2)), SourceState("cloudwatch", "fresh", NOW - timedelta(minutes=3))]
DENIED = Problem("denied", "lambda", "ListFunctions is not allowed", "attach the policy that `costtui policy` prints", "stage, eu-west-1")


def jobs(
    rows: Sequence[Job], *, sources: list[SourceState] | None = None, problems: Sequence[Problem] = (), window: Window = WINDOW
) -> PaneData[Job, Sum]:
    total = Sum(len(rows), known_total(row.cost for row in rows))
    return PaneData("jobs", window, list(rows), total, FRESH if sources is None else sources, list(problems))


def changes(rows: Sequence[Change], *, window: Window = WINDOW) -> PaneData[Change, Sum]:
    real = [row for row in rows if not row.explained]
    return PaneData("changes", window, list(rows), Sum(len(real), None), FRESH[:1], [])


HOSTILE = "[bold]x[/] \x1b[31m"
CHINESE = "缩略图渲染"


def some_jobs(number: int = 60) -> list[Job]:
    named = [
        Job("arn:1", "checkout-authorize", memory=3008, calls=49_100_000, cost=Decimal("505.97"), tags={"team": "payments"}),
        Job("arn:2", "thumbnail-render", calls=88_200_000, cost=Decimal("70.94"), tags={"team": "media"}),
        Job("arn:3", "report-nightly", region="eu-west-1", memory=1769, calls=20_000, cost=Decimal("28.22")),
        Job("arn:4", HOSTILE, account="stage", cost=Decimal("12.50")),
        Job("arn:5", CHINESE, account="stage", cost=Decimal("11.25")),
        Job("arn:6", "geo-lookup", account="stage", memory=128, calls=None, cost=None),
    ]
    more = [Job(f"arn:{at}", f"worker-{at:05}", calls=at * 10, cost=Decimal(at % 97) / 10) for at in range(7, number + 1)]
    return (named + more)[:number]


def some_changes() -> list[Change]:
    return [
        Change("sg-db", "critical", "ingress + 0.0.0.0/0 tcp 5432"),
        Change("checkout", "high", "MemorySize 512 → 3008", Decimal("411.70")),
        Change("alarm-5xx", "medium", "deleted", Decimal("-0.10")),
        *(Change(f"noise-{at}", "none", "tags null → {}", Decimal(0), explained=True) for at in range(4)),
    ]


HEAD = 100
"""Rows of a first reading."""


class FakeBackend:
    """Answers from a dictionary and remembers what it was asked. `emit` stands for the fetcher."""

    def __init__(self, data: Sequence[PaneData[Any, Any]] = (), *, offline: bool = False, budget: Decimal | None = Decimal("0.50")) -> None:
        self.place = "prod +2 accounts · 4 regions"
        self.offline = offline
        self.budget = budget
        self.basis: Basis = "amortized"
        self.data = {(each.pane, each.window): each for each in data}
        self.wanted: list[tuple[str, Window, bool]] = []
        self.asked: list[tuple[bool, tuple[Ask, ...]]] = []
        self.estimated: list[tuple[str, bool, tuple[Ask, ...]]] = []
        self.cancelled: list[str] = []
        self.answers: list[tuple[int, str | None]] = []
        self.closed = False
        self.demo = False
        self.memory: Any = None
        self.hear: Callable[[Event], None] = lambda _event: None

    @property
    def needs_consent(self) -> bool:
        return self.budget is None and not self.demo

    def recall(self, kind: Any) -> Any | None:
        return msgspec.convert(msgspec.to_builtins(self.memory), kind) if self.memory is not None else None

    def remember(self, value: object) -> None:
        self.memory = msgspec.convert(msgspec.to_builtins(value), type(value))

    def now(self) -> datetime:
        return NOW

    def stored(self, pane: PaneKind, window: Window, *, head: bool = False) -> PaneData[Any, Any] | None:
        data = self.data.get((pane.id, window))
        return data.head(HEAD) if data is not None and head else data

    def paid_today(self) -> PaidCalls:
        return PaidCalls(3, Decimal("0.03"))

    def listen(self, hear: Callable[[Event], None]) -> None:
        self.hear = hear

    def want(self, pane: str, window: Window, *, refresh: bool = False, paid: bool = False, asks: tuple[Ask, ...] = ()) -> None:
        self.wanted.append((pane, window, refresh))
        if paid or asks:
            self.asked.append((paid, asks))

    def estimate(self, pane: str, window: Window, *, paid: bool = False, asks: tuple[Ask, ...] = ()) -> None:  # noqa: ARG002
        self.estimated.append((pane, paid, asks))

    def cancel(self, pane: str) -> None:
        self.cancelled.append(pane)

    def consent(self, usd_per_day: Decimal) -> None:
        self.budget = usd_per_day

    def answer(self, prompt: int, text: str | None) -> None:
        self.answers.append((prompt, text))

    async def close(self) -> None:
        self.closed = True

    def put(self, data: PaneData[Any, Any]) -> None:
        self.data[data.pane, data.window] = data


class Saver:
    """Writes the ids it was given; fails when told to."""

    def __init__(self) -> None:
        self.saved: list[tuple[Path, list[tuple[str, list[str]]]]] = []
        self.error: OSError | None = None

    def __call__(self, path: Path, *, panes: Sequence[SavedPane]) -> None:
        if self.error is not None:
            raise self.error
        self.saved.append((path, [(spec.id, [spec.row_id(row) for row in rows]) for spec, _, rows in panes]))
        path.write_text("saved", encoding="utf-8")


def explorer(
    backend: FakeBackend | None = None,
    *,
    ui: Ui | None = None,
    save: Saver | None = None,
    panes: tuple[PaneSpec[Any, Any], ...] = PANES,
    first: str = "1",
    ascii_only: bool = False,
) -> ExplorerApp:
    """Opened at the first pane unless another place is given."""
    backend = backend or FakeBackend([jobs(some_jobs()), changes(some_changes())])
    return ExplorerApp(backend, panes, "30d", Settings(ui=ui or Ui()), save or Saver(), first=first, ascii_only=ascii_only)


def lines_of(app: App[None]) -> list[str]:
    """The lines of the top screen as a user reads them, from top to bottom."""
    drawn = [widget for widget in app.screen.query(Drawn) if widget.display and widget.region.height]
    drawn.sort(key=lambda widget: (widget.region.y, widget.region.x))
    return [widget.render_line(y).text for widget in drawn for y in range(widget.size.height)]


def text_of(app: App[None]) -> str:
    return "\n".join(lines_of(app))


def cursor_of(app: App[None]) -> str:
    """The line under the cursor."""
    return next((line.lstrip() for line in lines_of(app) if line.lstrip().startswith(MARK)), "")


def state_of(app: App[None]) -> str:
    """The last line of the screen."""
    return lines_of(app)[-1]
