"""Bringing one dataset: what is stored and still holds is kept, the rest is asked for."""

import os
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from costtui.config import parse
from costtui.domain.customers.records import LedgerLine
from costtui.domain.datasets import Account, Batch, Scope
from costtui.domain.functions.records import UsageDay
from costtui.domain.functions.reported import FunctionReports
from costtui.domain.period import Window
from costtui.domain.problems import Problem, SourceError
from costtui.fetcher.answers import Answer
from costtui.fetcher.bring import Bringer, Errand
from costtui.sources.customer_data import CustomerDirectory, CustomerUsage
from costtui.sources.port import Request
from costtui.store import Store
from tests.conftest import NOW
from tests.fakes.source import DENIED, HERE, FakeSource, by_day

WEEK = Window(date(2026, 11, 14), date(2026, 11, 21))
"""Ends with today, which is open."""
ONE, TWO = Account("1", "one"), Account("2", "two")


class World:
    """A bringer with a clock that the test moves."""

    def __init__(self, store: Store, *, offline: bool = False) -> None:
        self.now = NOW
        self.grown: list[list[Any]] = []
        self.bringer = Bringer(store, "here", lambda: self.now, offline=offline)

    def bring(self, source: Any, *, window: Window = WEEK, refresh: bool = False, inputs: Mapping[str, Answer] | None = None) -> Answer:
        def grown(answer: Answer) -> None:
            self.grown.append(list(answer.read()))

        errand = Errand(source, source.scopes()[0], window, refresh, inputs or {}, lambda *_: None, grown)
        return self.bringer.bring(errand)


@pytest.fixture
def world(store: Store) -> World:
    return World(store)


def calls(day: date, number: int = 1) -> list[UsageDay]:
    return [UsageDay("arn:f", day, number, None)]


def usage_source(number: int = 1, **more: Any) -> FakeSource:
    return FakeSource(by_day(lambda day: calls(day, number), **more), "function-usage")


def test_an_answer_that_still_holds_is_not_asked_for_again(world: World) -> None:
    source = FakeSource(lambda _: [Batch([ONE])], "accounts")
    world.bring(source)
    world.now += timedelta(hours=11, minutes=59)
    assert list(world.bring(source).read()) == [ONE]
    assert len(source.asked) == 1
    world.now += timedelta(minutes=1)
    world.bring(source)
    world.bring(source, refresh=True)
    assert len(source.asked) == 3


def test_a_closed_day_is_asked_for_once_ever(world: World) -> None:
    source = usage_source()
    world.bring(source)
    assert source.days_asked == [[14, 15, 16, 17, 18, 19, 20]]
    world.now += timedelta(hours=1)
    world.bring(source)
    world.bring(source, refresh=True)
    assert source.days_asked[1:] == [[20], [20]]
    world.now = datetime(2027, 3, 1, tzinfo=UTC)
    world.bring(source, refresh=True)
    assert source.days_asked[3:] == [[20]]
    answer = world.bring(source, refresh=True)
    assert len(source.asked) == 4
    assert (len(answer.read()), answer.whole, answer.error) == (7, True, None)


def test_an_open_day_is_kept_while_it_holds(world: World) -> None:
    source = usage_source()
    world.bring(source)
    world.now += timedelta(minutes=59)
    world.bring(source)
    assert len(source.asked) == 1


def test_yesterday_is_not_closed_before_late_points_have_come(world: World) -> None:
    source = usage_source()
    world.now = datetime(2026, 11, 20, 1, 59, tzinfo=UTC)
    world.bring(source)
    world.now = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    world.bring(source, refresh=True)
    world.bring(source, refresh=True)
    assert source.days_asked[1:] == [[19, 20], [20]]


def test_a_day_of_the_bill_is_asked_for_again_for_three_days(world: World) -> None:
    source = FakeSource(by_day(lambda day: [LedgerLine(day, "acme", "", "Usage", "USD", None, None)]), "bill")
    world.now = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)
    world.bring(source)
    world.bring(source, refresh=True)
    assert source.days_asked[1] == [17, 18, 19, 20], "tags may still arrive; the 16th ended three days ago"
    assert [len(request.known()) for request in source.asked] == [0, 1], "the price of a refresh is known from the last answer"


def test_files_in_the_state_that_was_read_are_not_read_again(world: World) -> None:
    def source(version: str) -> FakeSource:
        say = by_day(lambda day: [LedgerLine(day, version, "", "Usage", "USD", None, None)], detail=f"read as {version}")
        return FakeSource(say, "bill", local=True, scopes=[Scope("files", version=version)])

    for version in ("one", "two"):
        first, again = source(version), source(version)
        assert {line.customer for line in world.bring(first).read()} == {version}
        answer = world.bring(again, refresh=True)
        assert (len(first.asked), again.asked, answer.detail) == (1, [], f"read as {version}")


def test_an_estimated_day_is_replaced(world: World) -> None:
    source = usage_source(1, estimated=True)
    world.bring(source)
    world.now += timedelta(hours=2)
    source.say = by_day(lambda day: calls(day, 5))
    answer = world.bring(source)
    assert [point.invocations for point in answer.read()] == [5] * 7


def test_a_day_built_on_half_an_input_is_asked_for_again(world: World) -> None:
    source = usage_source()
    half = Answer(source, HERE, list, NOW, whole=False)
    world.bring(source, inputs={"functions": half})
    world.bring(source, refresh=True)
    assert source.days_asked[1] == [14, 15, 16, 17, 18, 19, 20]


def test_days_to_come_are_not_missing(world: World) -> None:
    source = usage_source()
    answer = world.bring(source, window=Window(date(2026, 11, 1), date(2026, 12, 1)))
    assert source.days_asked == [list(range(1, 21))]
    assert answer.whole


def test_a_failure_keeps_the_stored_answer_and_says_so(world: World) -> None:
    source = FakeSource(lambda _: [Batch([ONE])], "accounts")
    world.bring(source)
    source.say = lambda _: [SourceError(DENIED)]
    world.now += timedelta(days=1)
    answer = world.bring(source)
    assert list(answer.read()) == [ONE]
    assert answer.error == DENIED
    assert answer.as_of == NOW
    source.say = lambda _: [Batch([TWO]), SourceError(DENIED)]
    assert list(world.bring(source).read()) == [ONE]


def test_a_first_answer_is_there_as_far_as_it_came(world: World) -> None:
    source = FakeSource(lambda _: [Batch([ONE]), Batch([TWO]), SourceError(DENIED)], "accounts")
    answer = world.bring(source)
    assert world.grown == [[ONE], [ONE, TWO]]
    assert list(answer.read()) == [ONE, TWO]
    assert (answer.whole, answer.error) == (False, DENIED)
    source.say = lambda _: [Batch([ONE])]
    world.bring(source)
    assert len(source.asked) == 2, "what broke off must not count as an answer"


def test_nothing_at_all_is_no_answer(world: World) -> None:
    answer = world.bring(FakeSource(lambda _: [SourceError(DENIED)], "accounts"))
    assert (answer.as_of, answer.error, list(answer.read())) == (None, DENIED, [])


def test_an_empty_answer_is_an_answer(world: World) -> None:
    source = FakeSource(lambda _: [Batch([])], "accounts")
    assert world.bring(source).as_of == NOW
    world.bring(source)
    assert len(source.asked) == 1


def test_days_before_the_failure_stay(world: World) -> None:
    source = usage_source()
    source.say = lambda request: [Batch(calls(request.days[0]), day=request.days[0]), SourceError(DENIED)]
    answer = world.bring(source)
    assert (len(answer.read()), answer.whole, answer.error) == (1, False, DENIED)
    source.say = by_day(calls)
    world.bring(source)
    assert source.days_asked[1] == [15, 16, 17, 18, 19, 20]


def test_what_is_missing_is_still_said_when_the_answer_comes_from_the_store(world: World) -> None:
    source = FakeSource(lambda _: [Batch([ONE]), DENIED], "accounts")
    for answer in (world.bring(source), world.bring(source)):
        assert (answer.problems, answer.whole) == ([DENIED], False)
    assert len(source.asked) == 1
    source.say = lambda _: [Batch([ONE]), Problem("warning", "fake", "a tag is spelt in two ways", "choose one")]
    answer = world.bring(source, refresh=True)
    assert answer.whole


def test_offline_nobody_is_asked_but_files(world: World, store: Store) -> None:
    source = FakeSource(lambda _: [Batch([ONE])], "accounts")
    world.bring(source)
    offline = World(store, offline=True)
    offline.now += timedelta(days=30)
    assert list(offline.bring(source, refresh=True).read()) == [ONE]
    assert len(source.asked) == 1
    other = FakeSource(lambda _: [Batch([ONE])], "accounts", scopes=[Scope("aws", "stage")])
    assert offline.bring(other).as_of is None
    assert other.asked == []
    file = FakeSource(lambda _: [Batch([TWO])], "accounts", local=True, scopes=[Scope("file")])
    assert list(offline.bring(file).read()) == [TWO]


def test_two_threads_ask_once(world: World) -> None:
    source = FakeSource(lambda _: [Batch([ONE])], "accounts")
    source.gate = threading.Event()
    answers: list[Answer] = []
    threads = [threading.Thread(target=lambda: answers.append(world.bring(source))) for _ in range(4)]
    for thread in threads:
        thread.start()
    source.gate.set()
    for thread in threads:
        thread.join()
    assert len(source.asked) == 1
    assert [list(answer.read()) for answer in answers] == [[ONE]] * 4


def test_scopes_and_questions_never_get_each_others_answers(world: World) -> None:
    for scope in (HERE, Scope("aws", "prod", "eu-west-1"), Scope("aws", "stage", "us-east-1"), Scope("aws", "prod", "us-east-1", "tag:x")):
        source = FakeSource(lambda _: [Batch([ONE])], "accounts", scopes=[scope])
        world.bring(source)
        assert len(source.asked) == 1


def test_a_disk_that_takes_nothing_costs_the_screen_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    world = World(Store(tmp_path / "file"))
    assert list(world.bring(FakeSource(lambda _: [Batch([ONE])], "accounts")).read()) == [ONE]
    answer = world.bring(usage_source())
    assert (len(answer.read()), answer.whole) == (7, True)


CONFIG = """
[customers.directory]
source = "csv"
path = "customers.csv"
[[customers.usage]]
name = "requests"
source = "csv"
path = "usage.csv"
"""


def test_a_file_that_is_corrected_counts_at_once_its_past_too(world: World, tmp_path: Path) -> None:
    settings = parse(CONFIG, name="config.toml", base=tmp_path)
    customers, usage = CustomerDirectory(settings, None), CustomerUsage(settings, settings.customers.usage[0], None)
    for number, (name, value) in enumerate((("Acme", "5"), ("Acme Inc", "7"))):
        (tmp_path / "customers.csv").write_text(f"id,name\nacme,{name}\n")
        (tmp_path / "usage.csv").write_text(f"day,tenant,metric,value\n2026-11-15,acme,requests,{value}\n")
        for file in tmp_path.glob("*.csv"):
            os.utime(file, (NOW.timestamp() - 60, NOW.timestamp() - 60 + number))
        assert [customer.name for customer in world.bring(customers).read()] == [name]
        answer = world.bring(usage)
        assert [str(point.value) for point in answer.read()] == [value]
        assert answer.as_of == NOW - timedelta(seconds=60 - number)
    (tmp_path / "usage.csv").unlink()
    answer = world.bring(usage)
    assert [str(point.value) for point in answer.read()] == ["7"]
    assert answer.error is not None
    assert answer.error.kind == "malformed"


class Curious(FakeSource):
    """Asks about "a" and "b" by itself, unless they have an answer."""

    def wanted(self, request: Request) -> Sequence[str]:
        known = {one.subject for one in request.known()}
        return [subject for subject in ("a", "b") if subject not in known]


def test_a_source_with_questions_of_its_own_asks_them_once(world: World) -> None:
    source = Curious(lambda request: [Batch([FunctionReports(one) for one in request.subjects])], "function-reports")
    for _ in range(2):
        assert [one.subject for one in world.bring(source).read()] == ["a", "b"]
    assert [list(request.subjects) for request in source.asked] == [["a", "b"]]


def test_an_asked_source_without_any_asks_nothing(world: World) -> None:
    source = FakeSource(lambda _: [], "function-reports")
    assert world.bring(source).as_of is None
    assert source.asked == []
