"""The duration model: its knee, its exponent, its limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costtui.domain.functions.duration_curve import DurationCurve, between, fit


def test_nothing_is_gained_above_one_vcpu() -> None:
    curve = DurationCurve(10, 500, 1.2)
    assert curve.at(1769) == curve.at(3008)
    assert curve.at(1768) > curve.at(1769)


@given(a=st.floats(0, 500), b=st.floats(50, 5000), c=st.floats(0.4, 2.5))
def test_a_curve_is_found_again_from_its_points(a: float, b: float, c: float) -> None:
    truth = DurationCurve(a, b, c)
    fitted = fit([(size, truth.at(size)) for size in (128, 256, 512, 1024, 1536)])
    assert fitted is not None
    for size in (128, 192, 384, 768, 1769):
        assert fitted.at(size) == pytest.approx(truth.at(size), rel=0.02)


def test_five_times_faster_at_four_times_the_memory() -> None:
    curve = fit([(256, 145.0), (1024, 29.0)])
    assert curve is not None
    assert curve.at(256) == pytest.approx(145)
    assert curve.at(1024) == pytest.approx(29)
    assert curve.c > 1


def test_a_published_curve_is_within_its_noise() -> None:
    points = [(128, 37002.4), (256, 18647.8), (512, 8489.4), (1024, 3890.9), (1536, 2512.2), (3008, 2009.8)]
    curve = fit(points)
    assert curve is not None
    assert all(curve.at(size) == pytest.approx(ms, rel=0.12) for size, ms in points)


def test_too_little_to_fit() -> None:
    assert fit([]) is None
    assert fit([(256, 10.0)]) is None
    assert fit([(2048, 10.0), (3008, 11.0)]) is None, "both have a whole vCPU"
    assert fit([(128, 0.0), (256, 1.0)]) is None


def test_a_function_that_waits_is_flat() -> None:
    for points in ([(128, 100.0), (256, 100.0), (512, 100.0)], [(128, 90.0), (256, 100.0)]):
        curve = fit(points)
        assert curve is not None
        assert curve.at(128) == pytest.approx(curve.at(1024), rel=1e-6)


def test_interpolation_only_between_measurements() -> None:
    points = [(256, 100.0), (1024, 25.0)]
    assert between(points, 512) == pytest.approx(50)
    assert between(points, 256) == pytest.approx(100)
    assert between(points, 1024) == pytest.approx(25)
    assert between(points, 255) is None
    assert between(points, 1025) is None
    assert between([(256, 5.0)], 256) == 5.0
