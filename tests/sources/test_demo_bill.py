"""The demo company's bill through Cost Explorer: exact in every grouping, paged, and in step with its functions."""

from collections import defaultdict
from decimal import Decimal
from functools import cache
from itertools import combinations
from typing import Any

import pytest
from botocore.exceptions import ClientError

from costtui.sources.demo import World
from costtui.sources.demo.answers.cost_explorer import dollars
from costtui.sources.demo.charges import UNITS
from tests.fakes.demo import client, pages

METRICS = ["AmortizedCost", "NetAmortizedCost", "UnblendedCost"]
GROUPS = [{"Type": "TAG", "Key": "customer"}] + [
    {"Type": "DIMENSION", "Key": key} for key in ("SERVICE", "RECORD_TYPE", "USAGE_TYPE", "LINKED_ACCOUNT", "REGION")
]
Sums = dict[tuple[str, ...], dict[str, Decimal]]


@cache
def the_company() -> World:
    """Nothing here changes it, and building its bill is most of the time."""
    return World()


@cache
def explorer(world: World, profile: str = "prod") -> Any:
    return client(world, "ce", profile=profile)


def ask(
    world: World, by: list[dict[str, str]], *, start: str = "2026-10-21", end: str = "2026-11-20", granularity: str = "DAILY", **more: Any
) -> list[dict[str, Any]]:
    call = explorer(world, more.pop("profile", "prod")).get_cost_and_usage
    params = {"TimePeriod": {"Start": start, "End": end}, "Granularity": granularity, "Metrics": METRICS, **more}
    answers = pages(call, "NextPageToken", "NextPageToken", **params, **({"GroupBy": by} if by else {}))
    return [result for answer in answers for result in answer["ResultsByTime"]]


def sums(results: list[dict[str, Any]]) -> Sums:
    found: Sums = defaultdict(lambda: dict.fromkeys(METRICS, Decimal(0)))
    for result in results:
        for group in result["Groups"] or ([{"Keys": [], "Metrics": result["Total"]}] if result["Total"] else []):
            for metric in METRICS:
                found[tuple(group["Keys"])][metric] += Decimal(group["Metrics"][metric]["Amount"])
    return found


def totals(results: list[dict[str, Any]]) -> dict[str, Decimal]:
    return {metric: sum((one[metric] for one in sums(results).values()), Decimal(0)) for metric in METRICS}


def amortized(world: World, by: dict[str, str], **more: Any) -> dict[str, Decimal]:
    return {key: metrics["AmortizedCost"] for (key,), metrics in sums(ask(world, [by], **more)).items()}


@pytest.mark.parametrize(
    "by", [*[[one] for one in GROUPS], *map(list, combinations(GROUPS, 2))], ids=lambda by: "+".join(one["Key"] for one in by)
)
def test_groups_add_up_to_the_bill_to_the_last_digit(by: list[dict[str, str]]) -> None:
    world = the_company()
    grouped = ask(world, by)
    assert all(result["Total"] == {} for result in grouped)
    assert totals(grouped) == totals(ask(world, []))
    assert totals(ask(world, by, granularity="MONTHLY")) == totals(grouped)


def test_the_bill_is_about_38000_a_month() -> None:
    for start, end in (("2026-10-01", "2026-11-01"), ("2026-10-21", "2026-11-20")):
        (billed,) = sums(ask(the_company(), [], start=start, end=end, granularity="MONTHLY" if start.endswith("01") else "DAILY")).values()
        assert 35_000 < billed["AmortizedCost"] < 40_000
        assert billed["NetAmortizedCost"] < billed["AmortizedCost"]


def test_amounts_have_at_most_ten_decimals_and_no_exponent() -> None:
    for result in ask(the_company(), [GROUPS[0]]):
        for group in result["Groups"]:
            for amount in group["Metrics"].values():
                assert amount["Unit"] == "USD"
                assert "e" not in amount["Amount"].lower()
                assert len(amount["Amount"].partition(".")[2]) <= 10


@pytest.mark.parametrize(
    ("units", "text"), [(0, "0"), (4000, "0.0000004"), (-UNITS // 2, "-0.5"), (12 * UNITS, "12"), (UNITS + 1, "1.0000000001")]
)
def test_dollars(units: int, text: str) -> None:
    assert dollars(units) == text


def test_the_last_two_days_are_estimates() -> None:
    estimated = {result["TimePeriod"]["Start"]: result["Estimated"] for result in ask(the_company(), [], end="2026-11-21")}
    assert [day for day, is_estimate in estimated.items() if is_estimate] == ["2026-11-19", "2026-11-20"]


def test_today_has_only_begun_and_the_future_is_empty() -> None:
    days = ask(the_company(), [], start="2026-11-19", end="2026-11-23")
    amounts = [Decimal(day["Total"]["UnblendedCost"]["Amount"]) for day in days]
    assert 0 < amounts[1] < amounts[0] / 2
    assert amounts[2:] == [0, 0]


def test_the_customers_of_the_story() -> None:
    by_customer = amortized(the_company(), GROUPS[0])
    assert len({key.partition("$")[2].strip().casefold() for key in by_customer} - {""}) == 25
    assert {"customer$acme", "customer$ACME ", "customer$globex", "customer$Globex", "customer$hooli", "customer$initech"} <= set(
        by_customer
    )
    assert max(by_customer, key=lambda key: by_customer[key] if key != "customer$" else 0) == "customer$acme"
    assert by_customer["customer$globex"] > 2400


def test_every_kind_of_charge_occurs() -> None:
    by_record = amortized(the_company(), {"Type": "DIMENSION", "Key": "RECORD_TYPE"})
    assert by_record["Credit"] == -1200
    assert by_record["SavingsPlanNegation"] == 0
    assert by_record["Tax"] > 0
    assert by_record["Fee"] > 0
    assert by_record["Refund"] < 0
    assert by_record["SavingsPlanRecurringFee"] > 0  # commitment that nobody used


def test_a_commitment_moves_money_between_lines_and_adds_none() -> None:
    record = sums(ask(the_company(), [{"Type": "DIMENSION", "Key": "RECORD_TYPE"}]))
    kinds = [("SavingsPlanCoveredUsage",), ("SavingsPlanNegation",), ("SavingsPlanRecurringFee",)]
    for metric in ("AmortizedCost", "UnblendedCost"):
        assert sum(record[kind][metric] for kind in kinds) == 2640


def test_tokens_are_billed_by_kind() -> None:
    usage = amortized(
        the_company(), {"Type": "DIMENSION", "Key": "USAGE_TYPE"}, Filter={"Dimensions": {"Key": "SERVICE", "Values": ["Amazon Bedrock"]}}
    )
    assert {key.removeprefix("USE1-Claude4.6Sonnet-") for key in usage} == {
        "input-tokens",
        "output-tokens",
        "cache-read-input-token-count",
        "cache-write-input-token-count",
        "USE1-Nova2Lite-input-tokens",
        "USE1-Nova2Lite-output-tokens",
    }


def test_tokens_are_metered_at_list_price_by_the_thousand() -> None:
    where = {"Dimensions": {"Key": "USAGE_TYPE", "Values": ["USE1-Claude4.6Sonnet-output-tokens", "BoxUsage:m5.4xlarge"]}}
    call = explorer(the_company()).get_cost_and_usage
    period, by = {"Start": "2026-10-21", "End": "2026-11-20"}, [{"Type": "DIMENSION", "Key": "USAGE_TYPE"}]
    answers = call(TimePeriod=period, Granularity="DAILY", Metrics=["UnblendedCost", "UsageQuantity"], GroupBy=by, Filter=where)
    found = {group["Keys"][0]: group["Metrics"] for result in answers["ResultsByTime"] for group in result["Groups"]}
    output = found["USE1-Claude4.6Sonnet-output-tokens"]
    thousands = Decimal(output["UsageQuantity"]["Amount"])
    assert abs(thousands * Decimal("0.015") - Decimal(output["UnblendedCost"]["Amount"])) < Decimal("1e-6")
    assert (output["UsageQuantity"]["Unit"], output["UnblendedCost"]["Unit"]) == ("1K tokens", "USD")
    assert found["BoxUsage:m5.4xlarge"]["UsageQuantity"]["Amount"] == "0"


def test_the_lambda_bill_follows_the_functions() -> None:
    """Requests and GB-seconds at list price, plus cold starts, less what checkout-authorize cost before its memory was raised."""
    world = the_company()
    listed = Decimal(0)
    for function in world.functions:
        series = world.series(function)
        rate = 0.0000133334 if function.architecture == "arm64" else 0.0000166667
        calls, ms = sum(series.calls[50:80]), sum(series.duration_ms[50:80])
        listed += Decimal(calls * 0.0000002 + ms / 1000 * function.memory_mb / 1024 * rate)
    billed = amortized(
        world,
        {"Type": "DIMENSION", "Key": "SERVICE"},
        Filter={
            "And": [
                {"Dimensions": {"Key": "SERVICE", "Values": ["AWS Lambda"]}},
                {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Usage"]}},
            ]
        },
    )["AWS Lambda"]
    not_yet_raised = Decimal(411.70 * 22 / 30)
    assert abs(billed - (listed - not_yet_raised)) < listed * Decimal("0.06")


def test_acmes_ai_spend_jumps_for_two_days() -> None:
    days = ask(
        the_company(),
        [],
        Filter={
            "And": [
                {"Dimensions": {"Key": "SERVICE", "Values": ["Amazon Bedrock"]}},
                {"Tags": {"Key": "customer", "Values": ["acme"]}},
            ]
        },
    )
    amounts = {day["TimePeriod"]["Start"]: Decimal(day["Total"]["AmortizedCost"]["Amount"]) for day in days}
    assert amounts["2026-11-17"] > 2 * amounts["2026-11-10"]
    assert amounts["2026-11-19"] < 2 * amounts["2026-11-12"]


def test_filters_part_the_bill_without_a_rest() -> None:
    absent = {"Tags": {"Key": "customer", "MatchOptions": ["ABSENT"]}}
    whole = totals(ask(the_company(), []))
    for one in (absent, {"Dimensions": {"Key": "SERVICE", "Values": ["AWS Lambda", "Tax"]}}):
        within, without = totals(ask(the_company(), [], Filter=one)), totals(ask(the_company(), [], Filter={"Not": one}))
        assert {metric: within[metric] + without[metric] for metric in METRICS} == whole
        assert all(within.values())
    untagged = amortized(the_company(), GROUPS[0], Filter=absent)
    assert set(untagged) == {"customer$"}
    either = {"Or": [absent, {"Tags": {"Key": "customer", "Values": ["acme"]}}]}
    assert set(amortized(the_company(), GROUPS[0], Filter=either)) == {"customer$", "customer$acme"}


def test_a_tag_in_another_case_is_no_error_and_finds_nothing() -> None:
    found = amortized(the_company(), {"Type": "TAG", "Key": "Customer"})
    assert set(found) == {"Customer$"}
    assert sum(found.values()) == totals(ask(the_company(), []))["AmortizedCost"]


def test_a_member_account_sees_its_own_part() -> None:
    by_account = amortized(the_company(), {"Type": "DIMENSION", "Key": "LINKED_ACCOUNT"})
    assert set(by_account) == {"111122223333", "444455556666"}
    assert totals(ask(the_company(), [], profile="stage"))["AmortizedCost"] == by_account["444455556666"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"Granularity": "HOURLY"}, "not enabled"),
        ({"GroupBy": GROUPS[:3]}, "Maximum 2"),
        ({"TimePeriod": {"Start": "2026-11-02", "End": "2026-11-02"}}, "before end date"),
        ({"GroupBy": GROUPS[:1], "NextPageToken": "x"}, "not valid"),
        ({"GroupBy": [{"Type": "DIMENSION", "Key": "PLATFORM"}]}, "PLATFORM"),
    ],
)
def test_what_cost_explorer_refuses_is_refused(wrong: dict[str, Any], words: str) -> None:
    one_day = {"TimePeriod": {"Start": "2026-11-01", "End": "2026-11-02"}, "Granularity": "DAILY", "Metrics": METRICS}
    with pytest.raises(ClientError, match=words):
        explorer(the_company()).get_cost_and_usage(**{**one_day, **wrong})


def test_five_thousand_groups_a_page() -> None:
    world = World(400)
    fortnight = {
        "TimePeriod": {"Start": "2026-11-01", "End": "2026-11-15"},
        "Granularity": "DAILY",
        "Metrics": METRICS,
        "GroupBy": [GROUPS[0]],
    }
    answers = pages(client(world, "ce").get_cost_and_usage, "NextPageToken", "NextPageToken", **fortnight)
    sizes = [sum(len(result["Groups"]) for result in answer["ResultsByTime"]) for answer in answers]
    assert sizes[0] == 5000
    assert len(sizes) == 2
    keys = [
        (result["TimePeriod"]["Start"], *group["Keys"])
        for answer in answers
        for result in answer["ResultsByTime"]
        for group in result["Groups"]
    ]
    assert len(keys) == len(set(keys))
    assert totals([result for answer in answers for result in answer["ResultsByTime"]]) == totals(
        ask(world, [], start="2026-11-01", end="2026-11-15")
    )


def test_tags_and_their_values() -> None:
    known = explorer(the_company())
    assert [one["TagKey"] for one in known.list_cost_allocation_tags(Status="Active")["CostAllocationTags"]] == ["customer"]
    period = {"Start": "2026-11-01", "End": "2026-11-20"}
    assert known.get_tags(TimePeriod=period)["Tags"] == ["customer"]
    answer = known.get_tags(TimePeriod=period, TagKey="customer")
    assert {"", "acme", "ACME "} <= set(answer["Tags"])
    assert answer["TotalSize"] == len(answer["Tags"])


def test_a_week_later_hooli_costs_more() -> None:
    recent = {"start": "2026-11-21", "end": "2026-11-27"}
    before = amortized(the_company(), GROUPS[0], start="2026-11-14", end="2026-11-20")["customer$hooli"]
    after = amortized(World(scenario="after"), GROUPS[0], **recent)["customer$hooli"]
    assert after > before * Decimal("1.4")


def test_the_past_is_billed_the_same_a_week_later() -> None:
    assert ask(the_company(), [GROUPS[0]], end="2026-11-19")[:-1] == ask(World(scenario="after"), [GROUPS[0]], end="2026-11-19")[:-1]
