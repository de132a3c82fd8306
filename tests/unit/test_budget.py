"""Paid calls: consent first, counted on the wire, stopped at the budget."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from costtui.domain.loaded import PaidCalls
from costtui.domain.problems import SourceError
from costtui.fetcher.budget import FREE_TIER, FREE_TIER_USD, Budget, Tab, dollars
from costtui.sources.bridge import side_by_side
from costtui.store import Store
from tests.conftest import NOW

CENT = Decimal("0.01")
TODAY = date(2026, 11, 20)


def budget(store: Store, *, day: str | None = None, run: str | None = None, demo: bool = False, **more: Any) -> Budget:
    settings: dict[str, Any] = {"now": lambda: NOW, "spent": lambda _paid: None} | more
    return Budget(store, day_limit=Decimal(day) if day else None, run_limit=Decimal(run) if run else None, demo=demo, **settings)


def problem(caught: pytest.ExceptionInfo[SourceError]) -> tuple[str, str]:
    return caught.value.problem.kind, caught.value.problem.sentence


def test_without_consent_nothing_is_paid_and_the_price_is_said(store: Store) -> None:
    none = budget(store)
    with pytest.raises(SourceError) as caught:
        none.afford("aws.cloudwatch", Decimal("0.0256"), "30 days of 214 functions")
    kind, sentence = problem(caught)
    assert kind == "needs-consent"
    assert sentence == (
        "aws.cloudwatch: 30 days of 214 functions costs about $0.03, and no budget is set: "
        "allow it with --budget 0.10, or for every day with [budget] paid_calls_usd_per_day"
    )
    with pytest.raises(SourceError) as caught:
        none.charge("aws.cloudwatch", "GetMetricData", CENT)
    assert problem(caught)[0] == "needs-consent"
    assert store.paid("real", TODAY) == PaidCalls()


def test_free_calls_need_no_consent_and_are_not_entered(store: Store) -> None:
    budget(store).charge("aws.lambda", "ListFunctions", Decimal(0))
    assert store.paid("real", TODAY) == PaidCalls()


def test_what_would_pass_the_budget_is_not_begun(store: Store) -> None:
    with pytest.raises(SourceError) as caught:
        budget(store, run="0.01").afford("aws.cost-explorer", CENT * 2, "the bill")
    assert problem(caught) == (
        "over-budget",
        "aws.cost-explorer: the bill costs about $0.02, and $0.01 of the budget is left: "
        "raise --budget or [budget], or wait for the next UTC day",
    )


def test_the_runs_limit_is_its_own(store: Store) -> None:
    store.charge("real", TODAY, Decimal(40), None)
    mine = budget(store, run="0.02")
    mine.charge("ce", "GetCostAndUsage", CENT)
    mine.afford("ce", CENT, "one more page")
    mine.charge("ce", "GetCostAndUsage", CENT)
    with pytest.raises(SourceError, match="one more GetCostAndUsage would pass the budget of"):
        mine.charge("ce", "GetCostAndUsage", CENT)
    assert store.paid("real", TODAY) == PaidCalls(3, Decimal("40.02"))


def test_the_days_limit_survives_a_restart_and_ends_with_the_day(tmp_path: Path) -> None:
    first = Store(tmp_path)
    budget(first, day="0.02").charge("ce", "GetCostAndUsage", CENT)
    first.close()
    second = Store(tmp_path)
    now = [NOW]
    again = budget(second, day="0.02", now=lambda: now[0])
    again.charge("ce", "GetCostAndUsage", CENT)
    with pytest.raises(SourceError, match="would pass today's budget"):
        again.charge("ce", "GetCostAndUsage", CENT)
    with pytest.raises(SourceError, match="of the budget is left"):
        again.afford("ce", CENT, "a page")
    now[0] = datetime(2026, 11, 20, 23, 59, tzinfo=UTC) + timedelta(minutes=2)
    again.charge("ce", "GetCostAndUsage", CENT)
    second.close()


def test_the_demos_play_money_is_counted_apart_and_never_stopped(store: Store) -> None:
    heard: list[PaidCalls] = []
    demo = budget(store, day="0.01", demo=True, spent=heard.append)
    demo.afford("ce", Decimal(1000), "everything")
    for _ in range(3):
        demo.charge("ce", "GetCostAndUsage", CENT)
    assert store.paid("demo", TODAY) == PaidCalls(3, Decimal("0.03"))
    assert store.paid("real", TODAY) == PaidCalls()
    assert heard[-1] == PaidCalls(3, Decimal("0.03"))


def test_each_question_has_a_tab_of_its_own(store: Store) -> None:
    meter, one, other = budget(store, day="1"), Tab(), Tab()
    meter.open_tab(one)
    meter.charge("ce", "GetCostAndUsage", CENT)
    meter.open_tab(other)
    meter.charge("ce", "GetCostAndUsage", CENT)
    meter.charge("ce", "GetCostAndUsage", CENT)
    assert (one.paid, other.paid) == (PaidCalls(1, CENT), PaidCalls(2, CENT * 2))


def test_a_ledger_that_cannot_be_written_stops_paid_calls(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    broken = Store(tmp_path / "file")
    with pytest.raises(SourceError, match=r"ledger of paid calls cannot be written .*: make the cache directory writable"):
        budget(broken, day="1").charge("ce", "GetCostAndUsage", CENT)


@pytest.mark.parametrize(
    ("usd", "text"), [("0", "0.00"), ("0.0256", "0.03"), ("0.00856", "0.00856"), ("0.01", "0.01"), ("12.345", "12.34")]
)
def test_small_prices_are_not_rounded_to_nothing(usd: str, text: str) -> None:
    assert dollars(Decimal(usd)) == text


def test_what_a_request_turned_out_to_cost_is_entered_even_past_the_budget(store: Store) -> None:
    tab = Tab()
    mine = budget(store, run="0.01")
    mine.open_tab(tab)
    mine.settle("aws.logs-insights", "StartQuery", Decimal("0.0123"))
    assert (tab.paid.count, tab.paid.usd, store.paid("real", NOW.date()).usd) == (1, Decimal("0.0123"), Decimal("0.0123"))
    with pytest.raises(SourceError):
        mine.afford("aws.logs-insights", Decimal("0.0001"), "one more")


def test_the_free_tier_is_counted_by_the_month_over_all_runs_and_never_paid(store: Store) -> None:
    usd = Decimal("0.00001")
    store.charge(FREE_TIER, NOW.date().replace(day=1), FREE_TIER_USD - usd, None)
    budget(store).covered("aws.cloudwatch.statistics", "GetMetricStatistics", usd)
    assert store.paid("real", NOW.date()).usd == 0
    with pytest.raises(SourceError) as caught:
        budget(store).covered("aws.cloudwatch.statistics", "GetMetricStatistics", usd)
    kind, sentence = problem(caught)
    assert kind == "over-budget"
    assert sentence.startswith(
        "aws.cloudwatch.statistics: costtui's 250,000 of this month's million free CloudWatch requests are used up: wait"
    )
    budget(store, now=lambda: NOW + timedelta(31)).covered("aws.cloudwatch.statistics", "GetMetricStatistics", usd)


def test_helpers_in_a_copy_of_the_context_write_on_the_same_tab(store: Store) -> None:
    tab = Tab()
    mine = budget(store, run="1")
    mine.open_tab(tab)
    list(side_by_side([lambda: mine.charge("aws.cloudwatch", "GetMetricData", Decimal("0.005"))] * 20))
    assert (tab.paid.count, tab.paid.usd) == (20, Decimal("0.1"))
