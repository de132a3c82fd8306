"""Questions on a key: brought for their subjects only, kept beside those of others, priced before they are asked, and stopped."""

import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from costtui.domain import datasets
from costtui.domain.asking import Ask, Price
from costtui.domain.datasets import Account, Batch, Dataset
from costtui.domain.functions.records import UsageDay
from costtui.domain.period import Window
from costtui.domain.problems import Problem
from costtui.fetcher.bring import Bringer, Errand
from costtui.fetcher.estimate import estimated
from costtui.service.messages import Want
from costtui.sources.port import Request
from costtui.store import Store
from tests.conftest import NOW
from tests.fakes.source import DENIED, FakeSource, by_day

WEEK = Window(NOW.date() - timedelta(6), NOW.date() + timedelta(1))


class Word(msgspec.Struct, frozen=True):
    """What was heard about a subject."""

    subject: str
    said: str


class Asked(FakeSource):
    """Says `word` of each subject that begins with "a"."""

    def __init__(self, word: str = "one", **more: Any) -> None:
        super().__init__(self._words, "words", name="fake.words", **more)
        self.word = word

    def _words(self, request: Request) -> list[Any]:
        return [Batch([Word(subject, self.word) for subject in request.subjects if subject.startswith("a")])]

    def price(self, request: Request) -> Price:
        count = len(request.subjects)
        return Price(self.name, count, Decimal("0.01") * count, 2, f"{count} words")


class Metrics(FakeSource):
    """A paid, daily source with a price for each missing day."""

    def __init__(self) -> None:
        super().__init__(by_day(lambda day: [UsageDay("arn:f", day, 1, None)]), "function-usage", name="fake.metrics", paid=True)

    def price(self, request: Request) -> Price:
        return Price(self.name, len(request.days), Decimal("0.1") * len(request.days), 0, f"{len(request.days)} days")


@pytest.fixture(autouse=True)
def _words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(datasets.DATASETS, "words", Dataset("words", Word, timedelta(0), asked=True, makes_rows=False))


def bringer(store: Store, *, offline: bool = False) -> Bringer:
    return Bringer(store, "here", lambda: NOW, offline=offline)


def bring(store: Store, source: Any, *subjects: str, stop: threading.Event | None = None) -> Any:
    stopped = (stop or threading.Event()).is_set
    errand = Errand(source, source.scopes()[0], WEEK, False, {}, lambda *_: None, lambda _: None, subjects, stopped)
    return bringer(store).bring(errand)


def test_nothing_is_asked_until_somebody_asks(store: Store) -> None:
    source = Asked()
    answer = bring(store, source)
    assert (list(answer.read()), answer.as_of, source.asked) == ([], None, [])


def test_an_answer_stays_until_its_subject_is_asked_again(store: Store) -> None:
    bring(store, Asked("one"), "a1", "a2")
    bring(store, Asked("two"), "a2", "a3")
    assert list(bring(store, Asked()).read()) == [Word("a1", "one"), Word("a2", "two"), Word("a3", "two")]


def test_a_refusal_leaves_what_is_known(store: Store) -> None:
    bring(store, Asked("one"), "a1")
    refused = Asked()
    refused.say = lambda _: [Batch([Word("a2", "half")]), DENIED]
    answer = bring(store, refused, "a1", "a2")
    assert list(answer.read()) == [Word("a1", "one"), Word("a2", "half")]
    assert answer.problems == [DENIED]


def test_the_price_is_that_of_what_is_missing(store: Store) -> None:
    metrics, words = Metrics(), Asked()
    want = Want("functions", WEEK)
    ask = bringer(store)
    quiet = bringer(store, offline=True)
    assert [price.words for price in estimated(want, WEEK, [metrics, words], ask, quiet).prices] == ["7 days"]
    bring(store, metrics)
    assert estimated(want, WEEK, [metrics, words], ask, quiet).prices == []
    paid = Want("functions", WEEK, refresh=True, paid=True)
    assert [price.words for price in estimated(paid, WEEK, [metrics, words], ask, quiet).prices] == ["1 days"]
    assert len(metrics.asked) == 1


def test_the_price_of_a_question_is_of_that_question_alone(store: Store) -> None:
    want = Want("functions", WEEK, asks=(Ask("words", ("a1", "a2")),))
    answer = estimated(want, WEEK, [Metrics(), Asked()], bringer(store), bringer(store, offline=True))
    assert [(price.words, price.usd) for price in answer.prices] == [("2 words", Decimal("0.02"))]
    assert answer.usd == Decimal("0.02")


def test_a_question_that_builds_on_answers_of_every_scope_has_its_price_too(store: Store) -> None:
    class Across(Asked):
        across = ("accounts",)

    ask, quiet = bringer(store), bringer(store, offline=True)
    want = Want("functions", WEEK, asks=(Ask("words", ("a1",)),))
    assert [price.words for price in estimated(want, WEEK, [Across()], ask, quiet).prices] == ["1 words"]
    assert estimated(Want("functions", WEEK), WEEK, [Across()], ask, quiet).prices == []


def test_what_was_stopped_is_not_taken_for_the_whole(store: Store) -> None:
    stop = threading.Event()

    def say(_: Request) -> list[Any]:
        stop.set()
        return [Batch([Account("1", "one")])]

    answer = bring(store, FakeSource(say, "accounts"), stop=stop)
    assert (answer.whole, answer.error.kind) == (False, "stopped")
    assert list(bring(store, FakeSource(lambda _: [Batch([Account("2", "two")])], "accounts")).read()) == [Account("2", "two")]


def test_warnings_of_a_daily_answer_stay_with_it(store: Store) -> None:
    warning = Problem("warning", "fake", "no cost carries tag x", "activate it")

    def say(request: Request) -> list[Any]:
        return [*(Batch([], day=day) for day in request.days if day < NOW.date()), warning] if request.days else []

    source = FakeSource(say, "customer-usage")
    short = Window(WEEK.start, NOW.date() - timedelta(1))
    errand = Errand(source, source.scopes()[0], short, False, {}, lambda *_: None, lambda _: None)
    assert bringer(store).bring(errand).problems == [warning]
    assert bringer(store).bring(errand).problems == [warning]
    assert len(source.asked) == 1
