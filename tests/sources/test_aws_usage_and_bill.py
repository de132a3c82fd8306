"""CloudWatch and Cost Explorer: what an answer says, and what it leaves open."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from costtui.domain.customers.records import LedgerLine
from costtui.domain.functions.records import Function
from costtui.domain.money import plain, total
from costtui.domain.problems import Problem, SourceError
from costtui.sources.demo import DEMO_NOW
from costtui.sources.demo.faults import Denied, Malformed
from costtui.sources.port import Request
from tests.fakes.aws_account import CENT, DAYS, HERE, Here, Meter

pytestmark = pytest.mark.filterwarnings("ignore:.*does not match an error shape")  # throttling is in no service model

# --- metrics


def metric(index: int, values: Sequence[float] = (), status: str = "Complete") -> dict[str, Any]:
    at = [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in DAYS[: len(values)]]
    return {"Id": f"m{index}", "Label": "x", "Timestamps": at, "Values": list(values), "StatusCode": status}


def two_functions(here: Here) -> list[Function]:
    return here.records("functions")[:2]


def test_no_points_is_no_data_and_not_zero(here: Here) -> None:
    here.say("cloudwatch", "GetMetricData", lambda _: {"MetricDataResults": [metric(0, [5.0]), metric(1), metric(2, [0.0]), metric(3)]})
    batches, _ = here.ask("function-usage", DAYS, functions=two_functions(here))
    (only,) = batches[0].records
    assert (only.invocations, only.duration_ms, only.errors, only.throttles) == (5, None, 0, None)
    assert [batch.records for batch in batches[1:]] == [[], []]


def test_a_sum_arrives_as_it_was_written(here: Here) -> None:
    here.say("cloudwatch", "GetMetricData", lambda _: {"MetricDataResults": [metric(0, [3.0]), metric(1, [1234.56])]})
    (only,) = here.ask("function-usage", DAYS[:1], functions=two_functions(here)[:1])[0][0].records
    assert plain(only.duration_ms) == "1234.56"


def test_points_on_several_pages_are_put_together_and_a_completed_metric_is_whole(here: Here) -> None:
    def say(params: dict[str, Any]) -> dict[str, Any]:
        if "NextToken" not in params:
            return {"MetricDataResults": [metric(0, [1.0], "PartialData"), metric(1, [10.0])], "NextToken": "2"}
        return {"MetricDataResults": [metric(0, [], "Complete"), metric(4, [7.0])]}

    here.say("cloudwatch", "GetMetricData", say)
    batches, problems = here.ask("function-usage", DAYS[:1], functions=two_functions(here))
    assert problems == []
    assert [one.invocations for one in batches[0].records] == [1, 7]
    assert not batches[0].estimated


def test_half_an_answer_is_said_and_its_days_are_asked_for_again(here: Here) -> None:
    here.say("cloudwatch", "GetMetricData", lambda _: {"MetricDataResults": [metric(0, [1.0], "InternalError"), metric(1, [1.0])]})
    listed = two_functions(here)
    batches, problems = here.ask("function-usage", DAYS, functions=listed)
    assert listed[0].name in problems[0].what
    assert problems[0].kind == "failed"
    assert all(batch.estimated for batch in batches)


# --- Cost Explorer


def group(*keys: str, amount: str) -> dict[str, Any]:
    metrics = {name: {"Amount": amount, "Unit": "USD"} for name in ("AmortizedCost", "NetAmortizedCost", "UnblendedCost")}
    return {"Keys": list(keys), "Metrics": metrics}


def bill(
    tagged: list[dict[str, Any]], untagged: list[dict[str, Any]], *, estimated: bool = False
) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def say(params: dict[str, Any]) -> dict[str, Any]:
        start = date.fromisoformat(params["TimePeriod"]["Start"])
        groups = untagged if "Filter" in params else tagged
        period = {"Start": start.isoformat(), "End": (start + timedelta(1)).isoformat()}
        return {"ResultsByTime": [{"TimePeriod": period, "Total": {}, "Groups": groups, "Estimated": estimated}]}

    return say


def lines(here: Here) -> list[LedgerLine]:
    return here.records("bill", DAYS[:1])


def test_a_grouped_answer_has_an_empty_total_and_the_lines_are_the_bill(here: Here) -> None:
    tagged = [
        group("customer$acme", "Usage", amount="10.5"),
        group("customer$", "Usage", amount="4"),
        group("customer$", "Tax", amount="1"),
    ]
    here.say("ce", "GetCostAndUsage", bill(tagged, [group("Amazon RDS", "Usage", amount="3"), group("Tax", "Tax", amount="1")]))
    found = lines(here)
    assert [(line.customer, line.service, line.category, plain(line.effective or Decimal(0))) for line in found] == [
        ("acme", "", "Usage", "10.5"),
        ("", "Amazon RDS", "Usage", "3"),
        ("", "Tax", "Tax", "1"),
        ("", "", "Usage", "1"),
    ]


def test_a_tag_value_may_hold_the_dividing_sign_itself(here: Here) -> None:
    here.say("ce", "GetCostAndUsage", bill([group("customer$a$b$", "Usage", amount="1"), group("customer$$x", "Usage", amount="2")], []))
    assert [line.customer for line in lines(here)] == ["a$b$", "$x"]


@pytest.mark.parametrize(("tagless", "services"), [("4", ["5"]), ("0.0000000001", []), ("-7.25", ["-7", "-1"])])
def test_whatever_the_services_say_the_lines_sum_to_the_bill(here: Here, tagless: str, services: list[str]) -> None:
    tagged = [group("customer$acme", "Usage", amount="10.1"), group("customer$", "Usage", amount=tagless)]
    here.say("ce", "GetCostAndUsage", bill(tagged, [group(f"S{at}", "Usage", amount=amount) for at, amount in enumerate(services)]))
    for measure in ("effective", "net_effective", "billed"):
        assert total(getattr(line, measure) for line in lines(here)) == Decimal("10.1") + Decimal(tagless)


def test_the_demos_bill_sums_to_its_own_ungrouped_total(here: Here) -> None:
    batches, problems = here.ask("bill", DAYS)
    assert problems == []
    client = here.cloud._client(HERE, "ce")
    end = (DAYS[-1] + timedelta(1)).isoformat()
    ungrouped = client.get_cost_and_usage(
        TimePeriod={"Start": DAYS[0].isoformat(), "End": end}, Granularity="DAILY", Metrics=["AmortizedCost", "UnblendedCost"]
    )
    for batch, day in zip(batches, ungrouped["ResultsByTime"], strict=True):
        assert plain(total(line.effective for line in batch.records)) == plain(Decimal(day["Total"]["AmortizedCost"]["Amount"]))
        assert plain(total(line.billed for line in batch.records)) == plain(Decimal(day["Total"]["UnblendedCost"]["Amount"]))


def test_a_bill_on_several_pages_is_paid_by_page_and_put_together(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = here.records("bill", DAYS)
    here.server.calls.clear()
    monkeypatch.setattr("costtui.sources.demo.answers.cost_explorer.GROUPS_PAGE", 20)
    here.use(Meter())
    assert here.records("bill", DAYS) == whole
    assert len(here.wire) > 4
    assert here.meter.paid == len(here.wire) * CENT


def test_a_budget_that_ends_between_two_pages_spends_nothing_more(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("costtui.sources.demo.answers.cost_explorer.GROUPS_PAGE", 20)
    here.use(Meter(limit=3 * CENT))
    problem = here.fails("bill", DAYS)
    assert problem.kind == "over-budget"
    assert here.wire == ["ListCostAllocationTags", *["GetCostAndUsage"] * 2]
    assert here.meter.paid == 3 * CENT


def test_the_price_is_asked_for_before_the_first_page(here: Here) -> None:
    class Refuses(Meter):
        def afford(self, source: str, usd: Decimal, what: str) -> None:
            raise SourceError(Problem("needs-consent", source, f"{what} costs {usd}", "allow it"))

    here.use(Refuses())
    assert here.fails("bill", DAYS).what == "the bill of 3 days by tag customer, at least 2 pages and the list of tags, costs 0.03"
    here.use(Refuses())
    listed = here.records("functions")[:2]
    here.server.calls.clear()
    assert here.fails("function-usage", DAYS, functions=listed).kind == "needs-consent"
    assert here.wire == []


def test_estimated_days_say_so(here: Here) -> None:
    here.say("ce", "GetCostAndUsage", bill([group("customer$acme", "Usage", amount="1")], [], estimated=True))
    (batch,), _ = here.ask("bill", DAYS[:1])
    assert batch.estimated
    assert batch.records[0].estimated


def test_a_day_that_the_answer_leaves_out_is_open_and_not_a_day_without_cost(here: Here) -> None:
    here.say("ce", "GetCostAndUsage", bill([group("customer$acme", "Usage", amount="1")], []))
    batches, _ = here.ask("bill", DAYS)
    assert [(batch.day, batch.estimated, len(batch.records)) for batch in batches] == [
        (DAYS[0], False, 1),
        (DAYS[1], True, 0),
        (DAYS[2], True, 0),
    ]


def test_two_currencies_in_one_group_are_refused(here: Here) -> None:
    mixed = group("customer$acme", "Usage", amount="1")
    mixed["Metrics"]["UnblendedCost"]["Unit"] = "CNY"
    here.say("ce", "GetCostAndUsage", bill([mixed], []))
    assert here.fails("bill", DAYS[:1]).kind == "malformed"


# --- large answers, read by msgspec


def test_what_msgspec_reads_is_what_botocore_would_have(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = here.ask("functions"), here.ask("function-usage", DAYS, functions=here.records("functions"))
    monkeypatch.setattr("costtui.sources.aws.cloud.quicken", lambda _client: None)
    here.use(Meter())
    assert (here.ask("functions"), here.ask("function-usage", DAYS, functions=here.records("functions"))) == quick


def test_an_error_or_a_page_of_somebody_else_is_left_to_botocore(here: Here) -> None:
    listed = two_functions(here)
    for fault, kind in ((Malformed(), "malformed"), (Denied(), "denied")):
        for service, operation in (("cloudwatch", "GetMetricData"), ("lambda", "ListFunctions")):
            here.server.world.faults[service, operation] = fault
        assert here.fails("function-usage", DAYS, functions=listed).kind == kind
        assert here.fails("functions").kind == kind


def test_the_price_of_the_days_is_told_beforehand(here: Here) -> None:
    listed = here.records("functions")
    source: Any = here.sources["function-usage"]
    here.server.calls.clear()
    days = [DAYS[0], DAYS[2]]  # two questions: they do not follow each other
    price = source.price(Request(HERE, DEMO_NOW, days, {"functions": listed}))
    assert (price.usd, here.wire) == (Decimal("0.00001") * 4 * 2 * len(listed), [])
    here.ask("function-usage", days, functions=listed)
    assert here.meter.paid == price.usd
    assert here.wire.count("GetMetricData") == price.calls + price.calls % 2
