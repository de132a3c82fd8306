"""Pacing: a token bucket on a clock that the test moves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costtui.sources.bridge import RATES, Bucket, Pacer


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
