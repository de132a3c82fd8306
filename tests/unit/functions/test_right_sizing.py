"""The verdict: savings between measured sizes, INIT, free tier, limits, confidence."""

from decimal import Decimal
from typing import Any

import pytest

from costtui.domain.functions.measured_sizes import Observation, TuningRun, measured_sizes, observed_cold_rate
from costtui.domain.functions.next_size import next_size
from costtui.domain.functions.right_sizing import Conditions
from costtui.domain.functions.verdict import Analysis, analyse, recommendation
from costtui.domain.prices.price_book import price_book

BOOK = price_book()
RATES = BOOK.lambda_rates("us-east-1", "x86_64")
assert RATES is not None
SEED = ((256, "145"), (1024, "29"))


def averages(*points: tuple[int, str]) -> TuningRun:
    return TuningRun("run", [Observation(memory, Decimal(ms)) for memory, ms in points])


def judged(*points: tuple[int, str], runs: list[TuningRun] | None = None, **conditions: Any) -> Analysis:
    assert RATES is not None
    return analyse(measured_sizes(runs or [averages(*points)]), Conditions(RATES, **{"current_mb": 256, **conditions}))


def test_five_times_faster_at_four_times_the_memory_saves_fifteen_percent() -> None:
    analysis = judged(*SEED)
    verdict = analysis.verdict
    assert verdict.memory_mb == 1024
    assert str(verdict.saving_pct).startswith("15.02591420976621")
    assert verdict.saving_monthly == Decimal("0.120833575")
    assert verdict.break_even_cold_rate is None
    assert verdict.confidence == "low"
    assert verdict.reason == "29 ms instead of 145 ms; one average per size, spread unknown"
    assert [point.cost_per_invocation for point in analysis.points] == [Decimal("8.04167875E-7"), Decimal("6.833343E-7")]


@pytest.mark.parametrize(("calls", "pct", "saved"), [(10**6, "0", "0"), (10**7, "0", "0"), (10**8, "16.4287", "12.0833575")])
def test_free_tier(calls: int, pct: str, saved: str) -> None:
    verdict = judged(*SEED, invocations=calls, free_tier=BOOK.free_tier).verdict
    assert verdict.saving_monthly == Decimal(saved)
    assert verdict.saving_pct is not None
    assert round(verdict.saving_pct, 4) == Decimal(pct)
    assert ("free tier" in verdict.reason) == (saved == "0")


def test_cold_starts_turn_the_verdict() -> None:
    few = judged(*SEED, init_ms=Decimal(135), cold_rate=Decimal("0.01")).verdict
    assert few.memory_mb == 1024
    assert few.saving_pct is not None
    assert round(few.saving_pct, 4) == Decimal("12.8377")
    many = judged(*SEED, init_ms=Decimal(135), cold_rate=Decimal("0.1"))
    small, large = (point.cost_per_invocation for point in many.points)
    assert round((small - large) / small * 100, 4) == Decimal("-5.5690")
    assert many.verdict.memory_mb == 256
    assert many.verdict.saving_pct == 0
    assert "1024 MB costs 5.57 % more, since INIT does not shrink with memory" in many.verdict.reason
    for verdict in (few, many.verdict):
        assert verdict.break_even_cold_rate is not None
        assert round(verdict.break_even_cold_rate * 100, 6) == Decimal("7.160494")


def test_a_size_that_loses_at_any_cold_rate_has_no_break_even() -> None:
    assert judged((256, "100"), (1024, "100"), init_ms=Decimal(100)).verdict.break_even_cold_rate is None


def test_billed_has_one_rounding_over_duration_and_init() -> None:
    assert [point.billed_ms for point in judged((256, "395.99"), (512, "395.99"), init_ms=Decimal("265.72")).points] == [662, 662]


def test_one_size_is_insufficient_data() -> None:
    verdict = judged((256, "145")).verdict
    assert (verdict.memory_mb, verdict.saving_pct, verdict.saving_monthly, verdict.confidence) == (256, Decimal(0), Decimal(0), "none")
    assert "insufficient data" in verdict.reason


def test_no_saving_is_claimed_from_a_size_that_was_not_measured() -> None:
    for current, words in ((None, "not given"), (300, "was not measured")):
        verdict = judged(*SEED, current_mb=current).verdict
        assert (verdict.memory_mb, verdict.saving_pct, verdict.saving_monthly) == (1024, None, None)
        assert words in verdict.reason


def test_the_p95_limit_is_on_measured_calls() -> None:
    slow = [Observation(256, Decimal(10)) for _ in range(18)] + [Observation(256, Decimal(500)) for _ in range(2)]
    fast = [Observation(1024, Decimal(9)) for _ in range(20)]
    run = TuningRun("log", slow + fast, calls=True)
    assert judged(runs=[run]).verdict.memory_mb == 1024
    dear = TuningRun("log", [*slow, *(Observation(10240, Decimal(40)) for _ in range(20))], calls=True)
    assert judged(runs=[dear]).verdict.memory_mb == 256
    limited = judged(runs=[dear], max_p95_ms=Decimal(100))
    assert limited.verdict.memory_mb == 10240
    assert limited.verdict.p95_change_ms == -460
    assert limited.cheapest == 256, "the limit is the verdict's, not the table's"
    nothing = judged(runs=[dear], max_p95_ms=Decimal(30)).verdict
    assert (nothing.memory_mb, nothing.saving_pct) == (None, None)
    assert nothing.reason == "no measured size has a p95 of at most 30 ms; the lowest p95 is 40 ms at 10240 MB"


def test_never_below_the_memory_used() -> None:
    def run(used: int) -> TuningRun:
        return TuningRun("log", [Observation(128, Decimal(100)), Observation(256, Decimal(90), None, used)], calls=True)

    assert judged(runs=[run(106)]).verdict.memory_mb == 128
    assert judged(runs=[run(107)]).verdict.memory_mb == 256


def test_a_current_size_without_room_does_not_stay_whatever_it_costs() -> None:
    run = TuningRun("log", [Observation(256, Decimal(100), None, 220), Observation(512, Decimal(90), None, 222)], calls=True)
    analysis = judged(runs=[run])
    assert analysis.verdict.memory_mb == 512
    assert analysis.verdict.saving_pct is not None
    assert analysis.verdict.saving_pct < 0
    assert "256 MB has less than 1.2 × the 222 MB of memory used" in analysis.verdict.reason
    advice = recommendation(analysis, "x86_64", 1)
    assert advice is not None
    assert advice.words == "512 MB: memory is tight"
    nothing = judged(runs=[TuningRun("log", [*run.observations, Observation(512, Decimal(90), None, 500)], calls=True)]).verdict
    assert nothing.memory_mb is None
    assert "no measured size has 1.2 × the 500 MB of memory used" in nothing.reason


def test_a_single_size_without_room_saves_nothing_and_is_no_advice() -> None:
    verdict = judged(runs=[TuningRun("log", [Observation(256, Decimal(9), None, 250)], calls=True)]).verdict
    assert (verdict.memory_mb, verdict.saving_pct, verdict.saving_monthly) == (None, Decimal(0), Decimal(0))
    assert "insufficient data" in verdict.reason
    assert "less than 1.2 × the 250 MB" in verdict.reason
    assert "above 5 ms" in judged((256, "9"), max_p95_ms=Decimal(5)).verdict.reason


def test_sizes_that_cost_the_same_save_nothing_whichever_is_the_current_one() -> None:
    verdict = judged((256, "100"), (512, "50"), current_mb=None).verdict
    assert (verdict.memory_mb, verdict.saving_pct, verdict.saving_monthly) == (512, Decimal(0), Decimal(0))
    assert "all measured sizes cost the same" in verdict.reason


def test_a_log_is_charged_each_call_rounded_up_with_its_own_init() -> None:
    calls = [(Decimal("10.2"), None), (Decimal("10.9"), None), (Decimal("20.5"), Decimal("100.1")), (Decimal("3.01"), Decimal("90.98"))]
    run = TuningRun("log", [Observation(1024, ms, init) for ms, init in calls], calls=True)
    (point,) = judged(runs=[run], cold_rate=Decimal("0.5")).points
    billed = 11 + 11 + 121 + 94
    assert point.cost_per_invocation == Decimal("0.0000002") + Decimal(billed) / 4 / 1000 * Decimal("0.0000166667")


def test_confidence_needs_calls_and_a_difference_above_the_noise() -> None:
    def run(calls: int, wobble: int, fast: int = 29) -> TuningRun:
        both = ((256, 145, wobble), (1024, fast, wobble // 5))
        return TuningRun(
            "log", [Observation(size, Decimal(ms + (off if n % 2 else -off))) for size, ms, off in both for n in range(calls)], calls=True
        )

    assert judged(runs=[run(20, 10)]).verdict.confidence == "high"
    assert judged(runs=[run(19, 10)]).verdict.confidence == "medium"
    assert judged(runs=[run(4, 10)]).verdict.confidence == "low"
    assert judged(runs=[run(20, 140)]).verdict.confidence == "low"
    kept = judged(runs=[run(20, 1, fast=37)]).verdict
    assert (kept.memory_mb, kept.confidence) == (256, "high"), "against the runner-up"
    assert judged(runs=[run(20, 140, fast=37)]).verdict.confidence == "low"


def test_extra_vcpus_are_flagged() -> None:
    assert "second vCPU" in judged((256, "1000"), (2048, "60")).verdict.reason
    assert "second vCPU" not in judged((256, "1000"), (1769, "60")).verdict.reason


def test_cold_starts_are_counted_only_where_every_call_is_known() -> None:
    calls = [Observation(256, Decimal(1), Decimal(9)), *(Observation(256, Decimal(1)) for _ in range(3))]
    assert observed_cold_rate([TuningRun("log", calls, calls=True)]) == Decimal("0.25")
    assert observed_cold_rate([TuningRun("csv", calls)]) == 0


def test_the_next_size_is_one_that_was_not_measured() -> None:
    assert RATES is not None
    analysis = judged((128, "1000"), (256, "420"), (512, "180"))
    proposal = next_size(analysis.points, RATES, Decimal("0.000025"))
    assert proposal is not None
    assert proposal.memory_mb not in (128, 256, 512)
    assert f'"powerValues": [{proposal.memory_mb}]' in proposal.tool_input
    assert proposal.cost > Decimal("0.000225"), "nine transitions and fifty calls"
    flat = judged((128, "100"), (256, "100"), (512, "100"))
    assert next_size(flat.points, RATES, Decimal(0)) is None


def test_the_pane_gets_method_and_reason() -> None:
    result = recommendation(judged(*SEED), "x86_64", 1)
    assert result is not None
    assert (result.memory_mb, result.method, result.monthly_saving) == (1024, "1 tuning run, 2 measurements", Decimal("0.120833575"))
    assert recommendation(judged(*SEED, max_p95_ms=Decimal(1)), "x86_64", 1) is None
