"""An answer that holds for one window alone: p95 of 30 days is not that of 7."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from costtui.domain.datasets import Batch
from costtui.domain.functions.records import WindowMetrics
from costtui.domain.period import Window, resolve
from costtui.fetcher.answers import Answer
from costtui.fetcher.bring import Bringer, Errand
from costtui.store import Store
from tests.conftest import NOW
from tests.fakes.source import HERE, FakeSource

MONTH, WEEK = resolve("30d", NOW), resolve("7d", NOW)


class Desk:
    def __init__(self, store: Store) -> None:
        self.now = NOW
        self.source = FakeSource(
            lambda request: [Batch([WindowMetrics("arn", Decimal(len(request.days)))])], "function-window", name="aws.cloudwatch.window"
        )
        self.bringer = Bringer(store, "here", lambda: self.now, offline=False)

    def ask(self, window: Window) -> list[Decimal]:
        errand = Errand(self.source, HERE, window, False, {}, lambda *_: None, lambda _answer: None)
        answer: Answer = self.bringer.bring(errand)
        return [record.p95_ms for record in answer.read()]


def test_each_window_has_an_answer_of_its_own_over_all_its_days(store: Store) -> None:
    desk = Desk(store)
    assert (desk.ask(MONTH), desk.ask(WEEK)) == ([Decimal(30)], [Decimal(7)])
    assert [(request.days[0], request.days[-1]) for request in desk.source.asked] == [
        (window.start, window.end - timedelta(1)) for window in (MONTH, WEEK)
    ]


def test_it_is_paid_for_once_a_day_and_window(store: Store) -> None:
    desk = Desk(store)
    assert desk.ask(MONTH) == desk.ask(MONTH) == [Decimal(30)]
    desk.ask(WEEK)
    assert len(desk.source.asked) == 2
    desk.now = datetime(2026, 11, 21, 13, tzinfo=UTC)
    desk.ask(MONTH)
    assert len(desk.source.asked) == 3
