"""One question of the explorer: the state of each source, the order of problems, and no rebuilding for nothing."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from costtui.config import Settings, parse
from costtui.domain.asking import Ask
from costtui.domain.datasets import Account, Batch, DriftReport, Scope
from costtui.domain.drift.detection import StackDetection
from costtui.domain.drift.records import DriftCoverage, DriftFinding
from costtui.domain.functions.records import Function, UsageDay
from costtui.domain.loaded import PaneData
from costtui.domain.period import resolve
from costtui.domain.problems import Problem, SourceError
from costtui.fetcher import pane_fetch
from costtui.fetcher.bring import Bringer
from costtui.fetcher.budget import Budget
from costtui.fetcher.pane_fetch import PaneFetch
from costtui.panes import pane
from costtui.service.freshness import aged
from costtui.service.messages import Connection, Event, Finished, Updated, Want
from costtui.sources.port import Request, Source
from costtui.store import Store, pane_key
from tests.conftest import NOW
from tests.fakes.source import DENIED, FakeSource, by_day

WINDOW = resolve("7d", NOW)
EU, US = Scope("aws", "prod", "eu-west-1"), Scope("aws", "prod", "us-east-1")


def function(name: str, region: str = "us-east-1") -> Function:
    arn = f"arn:aws:lambda:{region}:111122223333:function:{name}"
    return Function(arn, name, "111122223333", region, "python3.12", "arm64", 128, 512, "Zip", None)


def listing(*functions: Function, scopes: Sequence[Scope] = (US,), **more: Any) -> FakeSource:
    return FakeSource(lambda request: [Batch([one for one in functions if one.region == request.scope.region])], scopes=scopes, **more)


class Desk:
    """Asks for a pane and keeps what was said."""

    def __init__(self, store: Store, *sources: Source, offline: bool = False, settings: Settings | None = None, name: str = "functions"):
        self.store, self.sources, self.offline, self.name = store, sources, offline, name
        self.settings = settings or Settings()
        self.now = NOW
        self.events: list[Event] = []

    def ask(self, *, refresh: bool = False, asks: tuple[Ask, ...] = ()) -> PaneData[Any, Any]:
        spec = pane(self.name)
        self.events.clear()

        def clock() -> datetime:
            return self.now

        fetch = PaneFetch(
            Want(self.name, WINDOW, refresh, asks=asks),
            spec,
            window=WINDOW,
            sources=self.sources,
            bringer=Bringer(self.store, "here", clock, offline=self.offline),
            budget=Budget(self.store, now=clock, day_limit=None, run_limit=None, demo=False, spent=lambda _: None),
            store=self.store,
            settings=self.settings,
            connection=Connection("here"),
            now=clock,
            offline=self.offline,
            drafts=True,
            send=self.events.append,
        )
        with ThreadPoolExecutor(4) as pool:
            fetch.run(pool)
        stored = self.store.get(pane_key("here", self.name, WINDOW, "amortized" if spec.by_basis else ""), spec.data_type)
        assert stored is not None
        found: PaneData[Any, Any] = stored.value
        return found

    @property
    def finished(self) -> Finished:
        assert isinstance(self.events[-1], Finished)
        assert sum(isinstance(event, Finished) for event in self.events) == 1
        return self.events[-1]

    @property
    def updates(self) -> int:
        return sum(isinstance(event, Updated) for event in self.events)


def states(data: PaneData[Any, Any]) -> dict[str, str]:
    return {source.name: source.state for source in data.sources}


def test_each_source_has_a_state_of_its_own(store: Store) -> None:
    fine = FakeSource(lambda _: [Batch([Account("111122223333", "prod")])], "accounts", name="aws.sts")
    denied = FakeSource(lambda _: [SourceError(DENIED)], "resource-tags", name="aws.tagging")
    none = FakeSource(lambda _: [], "function-usage", name="aws.cloudwatch", scopes=[])
    data = Desk(store, fine, listing(function("a")), denied, none).ask()
    assert states(data) == {"aws.sts": "fresh", "aws.lambda": "fresh", "aws.tagging": "failed", "aws.cloudwatch": "not-configured"}
    assert data.sources[2].detail == "no permission for fake:Ask: let the identity have fake:Ask"
    assert data.sources[3].detail == "nothing is configured"
    assert data.rows[0].account_name == "prod"
    assert data.problems == [DENIED]
    assert data.has_answer


def test_one_region_of_two_is_partial(store: Store) -> None:
    source = listing(function("a"), scopes=[US, EU])
    whole = source.say
    source.say = lambda request: [SourceError(DENIED)] if request.scope == EU else whole(request)
    data = Desk(store, source).ask()
    assert states(data) == {"aws.lambda": "partial"}
    assert [row.name for row in data.rows] == ["a"]


def test_a_part_that_is_missing_inside_an_answer_is_partial(store: Store) -> None:
    source = FakeSource(lambda _: [Batch([function("a")]), DENIED])
    desk = Desk(store, source)
    assert states(desk.ask()) == {"aws.lambda": "partial"}
    assert states(desk.ask()) == {"aws.lambda": "partial"}, "from the store it is no less partial"
    assert len(source.asked) == 1


def test_rows_that_could_not_be_had_are_no_empty_table(store: Store) -> None:
    names = FakeSource(lambda _: [Batch([Account("1", "prod")])], "accounts", name="aws.sts")
    data = Desk(store, names, FakeSource(lambda _: [SourceError(DENIED)])).ask()
    assert not data.has_answer
    source = FakeSource(lambda _: [Batch([])])
    assert Desk(store, names, source).ask(refresh=True).has_answer


def test_a_failure_after_an_answer_is_stale(store: Store) -> None:
    source = listing(function("a"))
    desk = Desk(store, source)
    desk.ask()
    source.say = lambda _: [SourceError(DENIED)]
    desk.now += timedelta(days=2)
    data = desk.ask()
    assert states(data) == {"aws.lambda": "stale"}
    assert data.sources[0].as_of == NOW
    assert len(data.rows) == 1
    assert desk.finished.problems == [DENIED]


def test_offline_what_is_stored_is_stale_and_a_file_is_not(store: Store) -> None:
    finding = DriftFinding("terraform", "plan.json", "aws_x.y", "aws_x", None, None, None, "deleted")
    file = FakeSource(
        lambda _: [Batch([DriftReport([finding], DriftCoverage("plan.json", 1, 0))])],
        "terraform-drift",
        name="terraform:plan.json",
        local=True,
        scopes=[Scope("plan.json")],
    )
    cloud = FakeSource(lambda _: [Batch([])], "cloudformation-drift", name="aws.cloudformation")
    Desk(store, cloud, file, name="drift").ask()
    data = Desk(store, cloud, file, name="drift", offline=True).ask()
    assert states(aged(data, offline=True)) == {"aws.cloudformation": "stale", "terraform:plan.json": "fresh"}
    assert len(file.asked) == 2
    assert len(cloud.asked) == 1


def test_scopes_that_cannot_be_told_are_a_failure(store: Store) -> None:
    data = Desk(store, FakeSource(lambda _: [], scopes=SourceError(DENIED))).ask()
    assert states(data) == {"aws.lambda": "failed"}
    assert not data.has_answer


def test_what_builds_on_a_failure_is_not_asked(store: Store) -> None:
    usage = FakeSource(by_day(lambda _: []), "function-usage", name="aws.cloudwatch", after=("functions",))
    data = Desk(store, FakeSource(lambda _: [SourceError(DENIED)]), usage).ask()
    assert usage.asked == []
    assert states(data) == {"aws.lambda": "failed", "aws.cloudwatch": "failed"}
    assert data.problems == [DENIED]


def test_what_builds_on_an_answer_gets_its_records(store: Store) -> None:
    usage = FakeSource(by_day(lambda day: [UsageDay(function("a").arn, day, 2, None)]), "function-usage", name="u", after=("functions",))
    data = Desk(store, listing(function("a")), usage).ask()
    assert usage.asked[0].inputs == {"functions": [function("a")]}
    assert data.rows[0].invocations == 14
    assert data.rows[0].cost.total is None, "calls without a duration have no known cost"


def test_problems_stand_in_the_order_of_the_sources_and_once_each(store: Store) -> None:
    def problem(source: str, place: str) -> Problem:
        return Problem("denied", source, "no", "ask", place)

    one = FakeSource(lambda request: [SourceError(problem("one", request.scope.region))], "accounts", name="one", scopes=[US, EU])
    two = FakeSource(lambda _: [Batch([]), problem("two", ""), problem("two", "")], name="two")
    for _ in range(3):
        data = Desk(store, one, two).ask(refresh=True)
        assert data.problems == [problem("one", "eu-west-1"), problem("one", "us-east-1"), problem("two", "")]


def test_the_same_answers_give_the_same_bytes(store: Store) -> None:
    source = listing(function("b"), function("a", "eu-west-1"), function("c"), scopes=[US, EU])
    seen = {msgspec.msgpack.encode(Desk(store, source).ask(refresh=True)) for _ in range(5)}
    assert len(seen) == 1


def test_nothing_new_rebuilds_nothing(store: Store) -> None:
    desk = Desk(store, listing(function("a")))
    desk.ask()
    assert desk.updates > 0
    desk.ask()
    assert desk.updates == 0
    assert desk.finished.problems == []


@pytest.mark.parametrize("text", ["[prices]\ndiscount_pct = '10'", "[ownership]\nteam = ['tag:squad']"])
def test_another_configuration_rebuilds(store: Store, text: str) -> None:
    desk = Desk(store, listing(function("a")))
    desk.ask()
    desk.settings = parse(text, name="c", base=Path())
    desk.ask()
    assert desk.updates > 0


def test_a_day_later_an_ignore_may_have_expired(store: Store) -> None:
    finding = DriftFinding("terraform", "plan.json", "aws_x.y", "aws_x", None, None, None, "deleted")
    file = FakeSource(
        lambda _: [Batch([DriftReport([finding], DriftCoverage("p", 1, 0))], as_of=NOW)], "terraform-drift", name="terraform:p", local=True
    )
    text = "[[drift.ignore]]\nmatch = 'aws_x.y'\nreason = 'known'\nexpires = 2026-11-20"
    desk = Desk(store, file, name="drift", settings=parse(text, name="c", base=Path()))
    assert desk.ask().totals.ignored == 1
    desk.now += timedelta(days=1)
    data = desk.ask()
    assert (data.totals.ignored, data.totals.real) == (0, 1)


def test_a_file_that_changes_under_the_same_date_rebuilds(store: Store) -> None:
    source = FakeSource(lambda _: [Batch([function("a")], as_of=NOW)], local=True)
    desk = Desk(store, source)
    assert len(desk.ask().rows) == 1
    source.say = lambda _: [Batch([function("a"), function("b")], as_of=NOW)]
    assert len(desk.ask().rows) == 2


def test_a_pane_that_was_cleared_is_built_again(store: Store) -> None:
    desk = Desk(store, listing(function("a")))
    desk.ask()
    store._cache.delete(pane_key("here", "functions", WINDOW))
    store._cache.delete(pane_key("here", "functions", WINDOW) + "@")
    assert len(desk.ask().rows) == 1


def test_a_first_answer_is_shown_as_it_grows(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pane_fetch, "BETWEEN_DRAFTS", 0.0)
    source = FakeSource(lambda _: [Batch([function("a")]), Batch([function("b")])])
    desk = Desk(store, source)
    assert len(desk.ask().rows) == 2
    assert desk.updates > 1
    desk.ask(refresh=True)
    assert desk.updates <= 1, "what is on the screen is not replaced by half of it"


def test_a_disk_that_takes_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    desk = Desk(Store(tmp_path / "file"), listing(function("a")))
    with pytest.raises(AssertionError):
        desk.ask()
    assert "working without a cache" in desk.finished.problems[0].what


def test_a_question_makes_only_the_place_that_answered_it_old(store: Store) -> None:
    def detected(request: Request) -> list[Batch | Problem]:
        here = [subject for subject in request.subjects if f"/{request.scope.region}/" in subject]
        return [Batch([StackDetection(subject, request.now, "complete") for subject in here])]

    detections = FakeSource(detected, "stack-detections", name="aws.detection", scopes=(EU, US))
    stacks = FakeSource(
        lambda _: [Batch([DriftReport([], DriftCoverage("shop", 1, 0))])],
        "cloudformation-drift",
        name="aws.cloudformation",
        after=("stack-detections",),
        scopes=(EU, US),
    )
    desk = Desk(store, detections, stacks, name="drift")
    desk.ask()
    assert {request.scope for request in stacks.asked} == {EU, US}
    desk.ask(asks=(Ask("stack-detections", ("111122223333/eu-west-1/shop",)),))
    assert [request.scope for request in stacks.asked[2:]] == [EU]
    assert [one.subject for one in stacks.asked[2].inputs["stack-detections"]] == ["111122223333/eu-west-1/shop"]


class Eager(FakeSource):
    """Remembers what it heard while the functions were still arriving."""

    def __init__(self, *, paid: bool = False) -> None:
        super().__init__(by_day(lambda _: []), "function-usage", name="aws.cloudwatch", after=("functions",), paid=paid)
        self.heard: list[tuple[int, int, bool]] = []

    def ahead(self, request: Request) -> None:
        self.heard.append((len(request.inputs["functions"]), len(request.days), bool(self.asked)))


def test_what_builds_on_a_listing_hears_of_it_while_it_arrives(store: Store) -> None:
    pages = FakeSource(lambda _: [Batch([function("a")]), Batch([function("b"), function("c")])], scopes=(US,))
    usage = Eager()
    desk = Desk(store, pages, usage)
    desk.ask()
    assert usage.heard == [(1, 7, False), (3, 7, False)]
    (request,) = usage.asked
    assert len(request.inputs["functions"]) == 3
    desk.now += timedelta(minutes=20)
    desk.ask()
    assert len(pages.asked) == 2
    assert len(usage.heard) == 2, "a listing that is only refreshed has its answer on the screen meanwhile"


def test_what_lacks_nothing_does_not_begin(store: Store) -> None:
    pages = FakeSource(lambda _: [Batch([function("a")])], scopes=(US,))
    desk = Desk(store, Eager())
    desk.ask()
    later = Eager()
    Desk(store, pages, later).ask()
    assert later.heard == [] or later.heard[0][1] < 7, "closed days are known already"
