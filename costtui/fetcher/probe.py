"""Asking every source one small question, to see which of them answer and why the others do not."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, NamedTuple

from costtui.config import paid_budget
from costtui.domain.datasets import DATASETS, Batch, Scope
from costtui.domain.period import Window
from costtui.domain.problems import Problem, SourceError
from costtui.fetcher.assembly import assemble
from costtui.fetcher.budget import Budget, dollars
from costtui.fetcher.chains import chains
from costtui.service.messages import Hello
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.bridge import Pacer
from costtui.sources.port import Overview, Priced, Request, Source
from costtui.store import Store

SIGN_IN = "sign in first (aws sso login, over SSH with --use-device-code), or use the explorer, which asks for codes"


class Probed(NamedTuple):
    """How one source stands in one place."""

    verdict: Literal["ok", "warn", "fail"]
    what: str
    words: str


def probe(hello: Hello, *, now: Callable[[], datetime]) -> Iterator[Probed]:
    """One line a source and scope, as they answer. Of many pages only the first is read; a paid source only within a budget."""
    store = Store(Path(hello.cache_dir))
    limit = None if hello.budget is not None else paid_budget(hello.settings, None)
    budget = Budget(store, now=now, day_limit=limit, run_limit=hello.budget, demo=hello.connection.demo, spent=lambda _: None)
    consent = hello.budget is not None or hello.connection.demo
    silent: list[Probed] = []

    def nowhere(source: Source, problem: Problem | None) -> None:
        words = source.unconfigured if problem is None else f"{problem.what}: {problem.action}"
        silent.append(
            Probed("ok" if problem is None else _verdict(problem), source.name, f"not asked: {words}" if problem is None else words)
        )

    sources = [source for source in assemble(hello, budget, _nobody, store) if not isinstance(source, Overview)]
    sources = [source for source in sources if not DATASETS[source.dataset].asked and (source.local or not hello.offline)]
    files: set[str] = set()
    for chain in chains(sources, nowhere):
        answers: dict[str, Sequence[Any]] = {}
        for source, scope in chain:
            found = _probed(source, scope, answers, now(), consent=consent)
            if source.local and found.verdict == "ok" and found.what in files:
                continue  # the other files of one setting: only those that cannot be read are worth a line
            files.add(found.what)
            yield found
    yield from silent
    store.close()


def unpaid_cloud(hello: Hello, profiles: list[str]) -> AwsCloud:
    """AWS with other profiles, for free questions only."""
    store = Store(Path(hello.cache_dir))
    budget = Budget(store, now=lambda: datetime.now(UTC), day_limit=None, run_limit=None, demo=False, spent=lambda _: None)
    return AwsCloud(budget, Pacer(), profiles=profiles, regions=hello.settings.aws.regions or [], prompt=_nobody)


def _nobody(_question: str) -> str:
    raise SourceError(Problem("no-credentials", "aws", "a sign-in asks for a code", SIGN_IN))


def _probed(source: Source, scope: Scope, answers: dict[str, Sequence[Any]], now: datetime, *, consent: bool) -> Probed:
    what = source.name if source.local or scope.words == source.name else f"{source.name} {scope.words}"
    if missing := [name for name in source.after if name not in answers]:
        return Probed("ok", what, f"not asked: it builds on {', '.join(missing)}, see above")
    request = _request(source, scope, answers, now)
    if source.paid and not consent:
        return Probed("ok", what, f"not asked: {_price(source, request)}; --budget asks it too")
    problems: list[Problem] = []
    try:
        batch = _first(source, request, problems)
    except SourceError as error:
        return Probed(_verdict(error.problem), what, f"{error.problem.what}: {error.problem.action}")
    answers[source.dataset] = batch.records if batch is not None else ()
    if problems:
        return Probed("warn", what, f"{problems[0].what}: {problems[0].action}")
    return Probed(
        "ok", what, "answers" if batch is None else f"answers: {len(batch.records):,} {source.dataset.replace('-', ' ')}, first page"
    )


def _request(source: Source, scope: Scope, answers: Mapping[str, Sequence[Any]], now: datetime) -> Request:
    yesterday = Window(now.date() - timedelta(1), now.date())
    dataset = DATASETS[source.dataset]
    days = yesterday.days if dataset.daily or dataset.windowed else ()
    return Request(scope, now, days, {name: answers[name] for name in source.after})


def _first(source: Source, request: Request, problems: list[Problem]) -> Batch | None:
    """The first batch; what was said before it goes to `problems`."""
    for item in source.fetch(request):
        if isinstance(item, Batch):
            return item
        problems.append(item)
    return None


def _price(source: Source, request: Request) -> str:
    if not isinstance(source, Priced):
        return "its calls cost money"
    try:
        price = source.price(request)
    except SourceError as error:
        return f"its calls cost money ({error.problem.what})"
    return f"{price.words} costs about ${dollars(price.usd)}"


def _verdict(problem: Problem) -> Literal["warn", "fail"]:
    return "warn" if problem.kind in ("warning", "not-enabled", "needs-consent") else "fail"
