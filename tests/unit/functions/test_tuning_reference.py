"""Runs that nobody published, packed and priced by an independent reckoning in fractions."""

import base64
import json
import math
import struct
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from costtui.domain.functions.measured_sizes import measured_sizes
from costtui.domain.functions.right_sizing import Candidate, Conditions, choose
from costtui.domain.functions.tuning_runs import read_tuning
from costtui.domain.functions.verdict import Analysis, analyse
from costtui.domain.prices.price_book import price_book

BOOK = price_book()
RATES = BOOK.lambda_rates("us-east-1", "x86_64")
assert RATES is not None
REQUEST, GB_SECOND = Fraction("0.0000002"), Fraction("0.0000166667")
SITE = "https://lambda-power-tuning.show/#"

Points = Sequence[tuple[int, float]]
points = st.dictionaries(st.integers(128, 10_240), st.floats(0.015625, 900_000, width=32), min_size=2, max_size=12).map(
    lambda found: sorted(found.items())
)


def triple(found: Points) -> str:
    """As utils.js of the tool packs it: little-endian 16-bit sizes, 32-bit floats, its own rounded price."""
    packed = (
        struct.pack(f"<{len(found)}h", *(size for size, _ in found)),
        struct.pack(f"<{len(found)}f", *(ms for _, ms in found)),
        struct.pack(f"<{len(found)}f", *(math.ceil(ms) * 2.1e-9 * (size / 128) for size, ms in found)),
    )
    return ";".join(base64.b64encode(part).decode() for part in packed)


def judged(text: str, **conditions: object) -> list[Analysis]:
    assert RATES is not None
    runs = read_tuning(text, "f", BOOK.power_tuning)
    return [analyse(measured_sizes([run]), Conditions(RATES, **conditions)) for run in runs]  # type: ignore[arg-type]


def price(size: int, ms: float) -> Fraction:
    return REQUEST + Fraction(size, 1024) * math.ceil(Fraction(ms)) / 1000 * GB_SECOND


@given(points)
def test_a_url_is_priced_anew_to_the_last_digit(found: Points) -> None:
    (analysis,) = judged(SITE + triple(found), current_mb=found[0][0])
    assert [Fraction(point.cost_per_invocation) for point in analysis.points] == [price(size, ms) for size, ms in found]
    assert [point.billed_ms for point in analysis.points] == [math.ceil(ms) for _, ms in found]
    embedded = [struct.unpack("<f", struct.pack("<f", math.ceil(ms) * 2.1e-9 * (size / 128)))[0] for size, ms in found]
    assert [point.size.tool_cost for point in analysis.points] == embedded
    least = min(price(size, ms) for size, ms in found)
    assert price(*next(point for point in found if point[0] == analysis.cheapest)) == least
    assert analysis.verdict.memory_mb == analysis.cheapest
    assert analysis.verdict.saving_pct is not None
    saved = (price(*found[0]) - least) / price(*found[0]) * 100
    assert abs(Fraction(analysis.verdict.saving_pct) - saved) < Fraction(1, 10**40)


@given(points, points, st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_a_comparison_is_two_runs_with_their_names(one: Points, other: Points, name: str, second: str) -> None:
    runs = read_tuning(SITE + ";".join((triple(one), triple(other), quote(name), quote(second))), "f", BOOK.power_tuning)
    assert [(run.name, run.compared) for run in runs] == [(name, False), (second, True)]
    assert [[(seen.memory_mb, float(seen.duration_ms)) for seen in run.observations] for run in runs] == [list(one), list(other)]


@given(points, st.booleans())
def test_an_output_with_stats_and_one_with_its_url_give_the_same_costs(found: Points, as_text: bool) -> None:
    stats = [
        {"value": str(size) if as_text else size, "averagePrice": math.ceil(ms) * 2.1e-9 * (size / 128), "averageDuration": ms}
        for size, ms in reversed(found)
    ]
    machine = {"executionCost": 0.00045, "lambdaCost": 0.0005, "visualization": SITE + triple(found)}
    best = {"power": "512" if as_text else 512, "cost": 1e-7, "duration": 3.5, "stateMachine": machine}
    (listed,), (linked,) = judged(json.dumps(best | {"stats": stats})), judged(json.dumps({"output": json.dumps(best)}))
    assert [point.billed_ms for point in listed.points] == [math.ceil(ms) for _, ms in found]
    assert [point.cost_per_invocation for point in listed.points] == [point.cost_per_invocation for point in linked.points]


calls = st.lists(
    st.tuples(st.sampled_from([128, 512, 1769]), st.integers(1, 90_000_000), st.none() | st.integers(1, 9_000_000)), min_size=1, max_size=40
)
"""Memory, and duration and INIT in thousandths of a millisecond."""


@given(calls)
def test_a_log_is_priced_call_by_call(found: list[tuple[int, int, int | None]]) -> None:
    def ms(thousandths: int) -> str:
        return f"{thousandths // 1000}.{thousandths % 1000:03}" if thousandths % 1000 else str(thousandths // 1000)

    def line(n: int, size: int, took: int, init: int | None) -> str:
        if n % 2:
            metrics = {"durationMs": float(ms(took)), "billedDurationMs": 1, "memorySizeMB": size, "maxMemoryUsedMB": 60}
            metrics |= {} if init is None else {"initDurationMs": float(ms(init))}
            return json.dumps({"type": "platform.report", "record": {"requestId": "r", "metrics": metrics}})
        cold = "" if init is None else f"\tInit Duration: {ms(init)} ms"
        return (
            f"REPORT RequestId: {n}\tDuration: {ms(took)} ms\tBilled Duration: 1 ms\tMemory Size: {size} MB\tMax Memory Used: 60 MB{cold}"
        )

    text = "\n".join(["INIT_START", *(line(n, *call) for n, call in enumerate(found)), "REPORT RequestId: x\tDuration: "])
    (run,) = read_tuning(text, "f", BOOK.power_tuning)
    assert (len(run.observations), run.broken) == (len(found), 1)
    for size in measured_sizes([run]):
        mine = [(took, init) for memory, took, init in found if memory == size.memory_mb]
        cold = Fraction(sum(init is not None for _, init in mine), len(mine))
        assert RATES is not None
        (point,) = analyse([size], Conditions(RATES, cold_rate=Decimal(cold.numerator) / Decimal(cold.denominator))).points
        billed = Fraction(sum(math.ceil(Fraction(took + (init or 0), 1000)) for took, init in mine), len(mine))
        expected = REQUEST + Fraction(size.memory_mb, 1024) * billed / 1000 * GB_SECOND
        assert abs(Fraction(point.cost_per_invocation) / expected - 1) < Fraction(1, 10**11)


candidates = st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), min_size=1, max_size=8)


@given(candidates, st.sampled_from(["cost", "speed", "balanced"]), st.integers(0, 10))
def test_strategies_are_the_tools_ties_included(
    found: list[tuple[int, int]], strategy: Literal["cost", "speed", "balanced"], tenths: int
) -> None:
    seen = [Candidate(128 * n, Decimal(cost), Decimal(ms)) for n, (cost, ms) in enumerate(found, start=1)]
    weight = Fraction(tenths, 10)
    dearest, slowest = max(cost for cost, _ in found), max(ms for _, ms in found)
    keys: dict[str, Callable[[Candidate], Any]] = {
        "cost": lambda one: (Fraction(one.cost), Fraction(one.duration_ms)),
        "speed": lambda one: (Fraction(one.duration_ms), Fraction(one.cost)),
        "balanced": lambda one: weight * Fraction(one.cost) / dearest + (1 - weight) * Fraction(one.duration_ms) / slowest,
    }
    assert choose(strategy, seen, Decimal(tenths) / 10) == min(seen, key=keys[strategy]).memory_mb, (
        "the first, as in the tool's stable sort"
    )
