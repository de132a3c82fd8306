"""Pacing: a token bucket on a clock that the test moves."""

import threading
from contextvars import ContextVar
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costtui.sources.bridge import RATES, Bucket, Pacer, side_by_side


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def bucket(self, rate: float) -> Bucket:
        return Bucket(rate, lambda: self.now, self.sleep)


def test_a_seconds_worth_goes_at_once_and_the_rest_at_the_rate() -> None:
    clock = Clock()
    bucket = clock.bucket(5)
    for _ in range(5):
        bucket.take()
    assert clock.slept == []
    for _ in range(10):
        bucket.take()
    assert clock.now - 100 == pytest.approx(2.0)


def test_a_pause_saves_up_no_more_than_a_second() -> None:
    clock = Clock()
    bucket = clock.bucket(2)
    clock.now += 3600
    for _ in range(3):
        bucket.take()
    assert clock.slept == [pytest.approx(0.5)]


def test_a_rate_below_one_still_lets_the_first_through() -> None:
    clock = Clock()
    bucket = clock.bucket(0.5)
    bucket.take()
    assert clock.slept == []
    bucket.take()
    assert clock.slept == [pytest.approx(2.0)]


@given(st.floats(0.1, 50), st.lists(st.floats(0, 5), max_size=60))
def test_it_is_never_faster_than_its_rate(rate: float, pauses: list[float]) -> None:
    clock = Clock()
    bucket = clock.bucket(rate)
    for taken, pause in enumerate(pauses, 1):
        clock.now += pause
        bucket.take()
        assert taken <= max(1.0, rate) + (clock.now - 100) * rate + 1e-6


def test_every_account_region_and_service_has_a_bucket_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr("costtui.sources.bridge.Bucket", lambda rate: clock.bucket(rate))
    pacer = Pacer()
    for account in ("prod", "stage"):
        for region in ("us-east-1", "eu-west-1"):
            pacer.take(account, region, "ce")
            pacer.take(account, region, "cloudtrail")
    assert clock.slept == []
    pacer.take("prod", "us-east-1", "ce")
    assert clock.slept == [pytest.approx(1 / RATES["ce"])]


def test_the_demo_is_not_paced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: pytest.fail("it waited"))
    pacer = Pacer(unlimited=True)
    for _ in range(1000):
        pacer.take("prod", "us-east-1", "ce")


def test_an_operation_with_a_rate_of_its_own_does_not_count_for_its_service(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[float] = []
    monkeypatch.setattr(Bucket, "take", lambda bucket: taken.append(bucket._rate))
    pacer = Pacer()
    pacer.take("prod", "us-east-1", "cloudwatch", "get_metric_statistics")
    pacer.take("prod", "us-east-1", "cloudwatch", "get_metric_data")
    pacer.take("prod", "us-east-1", "lambda", "list_functions")
    pacer.take("prod", "us-east-1", "lambda", "list_versions_by_function")
    assert taken == [RATES["cloudwatch.get_metric_statistics"], RATES["cloudwatch"], 5, 5]
    assert len(pacer._buckets) == 3, "the whole control plane of Lambda is one bucket"


def test_calls_run_side_by_side_and_answer_in_their_order() -> None:
    gate = threading.Barrier(3, timeout=5)

    def call(number: int) -> int:
        gate.wait()  # none of them ends before all have begun
        return number

    assert list(side_by_side([partial(call, number) for number in range(3)])) == [0, 1, 2]


def test_the_first_that_fails_ends_it() -> None:
    begun: list[int] = []

    def call(number: int) -> int:
        begun.append(number)
        if number == 1:
            raise ValueError("no")
        threading.Event().wait(0.005 if number else 0)
        return number

    found = side_by_side([partial(call, number) for number in range(200)], threads=1)
    assert next(found) == 0
    with pytest.raises(ValueError, match="no"):
        next(found)
    assert len(begun) < 200


def test_calls_see_what_their_starter_set() -> None:
    who: ContextVar[str] = ContextVar("who")
    who.set("me")
    assert list(side_by_side([who.get, who.get])) == ["me", "me"]
