"""The demo company's functions and their metrics, as real clients see them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from costtui.sources.demo import World
from tests.fakes.demo import client, function, pages

START, END = datetime(2026, 10, 21, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)
PLACES = [(profile, region) for profile in ("prod", "stage") for region in ("us-east-1", "eu-west-1")]


def listed(world: World, profile: str = "prod", region: str = "us-east-1") -> dict[str, dict[str, Any]]:
    paginator = client(world, "lambda", region, profile=profile).get_paginator("list_functions")
    return {one["FunctionName"]: one for answer in paginator.paginate() for one in answer["Functions"]}


def query(name: str, metric: str, stat: str = "Sum", *, period: int = 86_400, number: int = 0) -> dict[str, Any]:
    dimensions = [{"Name": "FunctionName", "Value": name}]
    return {
        "Id": f"q{number}",
        "MetricStat": {
            "Metric": {"Namespace": "AWS/Lambda", "MetricName": metric, "Dimensions": dimensions},
            "Period": period,
            "Stat": stat,
        },
    }


def values(world: World, *queries: dict[str, Any], start: datetime = START, end: datetime = END, **more: Any) -> list[list[float]]:
    answer = client(world, "cloudwatch").get_metric_data(MetricDataQueries=list(queries), StartTime=start, EndTime=end, **more)
    return [result["Values"] for result in answer["MetricDataResults"]]


def test_the_company_has_sixty_functions_in_two_accounts_and_two_regions() -> None:
    world = World()
    counts = {place: len(listed(world, *place)) for place in PLACES}
    assert sum(counts.values()) == 60
    assert all(counts.values())


def test_the_functions_that_the_documentation_names() -> None:
    functions = listed(World())
    thumbnail, checkout = functions["thumbnail-render"], functions["checkout-authorize"]
    assert (thumbnail["MemorySize"], thumbnail["Architectures"], thumbnail["Runtime"]) == (256, ["x86_64"], "python3.12")
    assert (checkout["MemorySize"], checkout["Architectures"], checkout["LastModified"][:10]) == (3008, ["arm64"], "2026-11-12")
    assert listed(World(), "prod", "eu-west-1")["report-nightly"]["MemorySize"] == 1769
    assert listed(World(), "stage")["geo-lookup"]["MemorySize"] == 128


def test_thirty_days_of_thumbnails() -> None:
    daily, duration, whole, p95 = values(
        World(),
        query("thumbnail-render", "Invocations"),
        query("thumbnail-render", "Duration", number=1),
        query("thumbnail-render", "Duration", "Average", period=30 * 86_400, number=2),
        query("thumbnail-render", "Duration", "p95", period=30 * 86_400, number=3),
    )
    assert len(daily) == 30
    assert sum(daily) == 88_214_003
    assert round(sum(duration) / sum(daily), 1) == 144.6
    assert [round(value, 1) for value in whole] == [144.6]
    assert [round(value, 1) for value in p95] == [171.2]


def test_a_week_has_its_rhythm_and_the_month_its_growth() -> None:
    (daily,) = values(World(), query("search-query", "Invocations"), ScanBy="TimestampAscending")
    by_weekday = {(START + timedelta(days=number)).weekday(): value for number, value in enumerate(daily)}
    assert by_weekday[6] < by_weekday[2] / 2  # Sunday, Wednesday
    assert sum(daily[-7:]) > sum(daily[:7])


def test_a_function_that_never_ran_has_no_points_rather_than_zeros() -> None:
    world = World()
    answer = client(world, "cloudwatch", profile="stage").get_metric_data(
        MetricDataQueries=[query("seed-fixtures", "Invocations")], StartTime=START, EndTime=END
    )
    assert answer["MetricDataResults"][0]["Values"] == []


def test_points_are_newest_first_unless_asked_otherwise() -> None:
    (newest_first,) = values(World(), query("geo-lookup", "Invocations"), query("thumbnail-render", "Errors", number=1))[1:]
    (oldest_first,) = values(World(), query("thumbnail-render", "Errors"), ScanBy="TimestampAscending")
    assert newest_first == oldest_first[::-1]


def test_today_counts_up_to_now_and_tomorrow_not_at_all() -> None:
    (today,) = values(World(), query("thumbnail-render", "Invocations"), start=END, end=END + timedelta(days=3))
    (before,) = values(World(), query("thumbnail-render", "Invocations"), start=END - timedelta(days=7), end=END - timedelta(days=6))
    assert len(today) == 1
    assert 0.3 < today[0] / before[0] < 0.7


def test_one_point_for_the_whole_window_is_the_sum_of_its_days() -> None:
    daily, whole = values(World(), query("fraud-score", "Invocations"), query("fraud-score", "Invocations", period=30 * 86_400, number=1))
    assert whole == [sum(daily)]


def test_queries_beyond_the_limit_are_refused() -> None:
    queries = [query("thumbnail-render", "Invocations", number=number) for number in range(501)]
    with pytest.raises(ClientError, match="500"):
        values(World(), *queries)
    assert len(values(World(), *queries[:500])) == 500


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ({"Id": "Q1"}, "not matching the expected pattern"),
        ({"MetricStat": {**query("a", "Errors")["MetricStat"], "Period": 90}}, "multiple of 60"),
    ],
)
def test_a_query_that_cloudwatch_refuses_is_refused(broken: dict[str, Any], words: str) -> None:
    with pytest.raises(ClientError, match=words):
        values(World(), {**query("thumbnail-render", "Errors"), **broken})


def test_two_queries_of_one_id_are_refused() -> None:
    with pytest.raises(ClientError, match="not unique"):
        values(World(), query("thumbnail-render", "Errors"), query("thumbnail-render", "Invocations"))


def test_pages_of_points_join_to_the_whole_answer() -> None:
    names = list(listed(World()))[:7]
    ask = {
        "MetricDataQueries": [query(name, "Invocations", number=number) for number, name in enumerate(names)],
        "StartTime": START,
        "EndTime": END,
    }
    cloudwatch = client(World(), "cloudwatch")
    whole = {one["Id"]: one["Values"] for one in cloudwatch.get_metric_data(**ask)["MetricDataResults"]}
    joined: dict[str, list[float]] = {}
    answers = pages(cloudwatch.get_metric_data, "NextToken", "NextToken", MaxDatapoints=50, **ask)
    assert len(answers) == 5  # 7 × 30 points, 50 a page
    for answer in answers:
        assert sum(len(one["Values"]) for one in answer["MetricDataResults"]) <= 50
        for one in answer["MetricDataResults"]:
            joined.setdefault(one["Id"], []).extend(one["Values"])
    assert joined == whole
    assert [one["StatusCode"] for one in answers[0]["MetricDataResults"]] == ["Complete", "PartialData"]


def test_fifty_functions_a_page_even_when_more_are_asked_for() -> None:
    world = World(300)
    answers = pages(client(world, "lambda").list_functions, "Marker", "NextMarker", MaxItems=10_000)
    sizes = [len(answer["Functions"]) for answer in answers]
    assert sizes[:-1] == [50] * (len(sizes) - 1)
    assert len(sizes) > 2
    assert sum(sizes) == len(world.functions_in("111122223333", "us-east-1"))


def test_a_marker_that_was_never_given_is_refused() -> None:
    with pytest.raises(ClientError, match="not valid"):
        client(World(), "lambda").list_functions(Marker="ten")


def test_a_hundred_tagged_resources_a_page() -> None:
    world = World(600)
    answers = pages(
        client(world, "resourcegroupstaggingapi").get_resources,
        "PaginationToken",
        "PaginationToken",
        ResourceTypeFilters=["lambda:function"],
    )
    found = [one for answer in answers for one in answer["ResourceTagMappingList"]]
    assert {len(answer["ResourceTagMappingList"]) for answer in answers[:-1]} == {100}
    assert {one["ResourceARN"].rpartition(":")[2] for one in found} == set(listed(world))


def test_tags_tell_team_environment_and_stack() -> None:
    answer = client(World(), "resourcegroupstaggingapi").get_resources(TagFilters=[{"Key": "team", "Values": ["media"]}])
    tags = {
        one["ResourceARN"].rpartition(":")[2]: {tag["Key"]: tag["Value"] for tag in one["Tags"]} for one in answer["ResourceTagMappingList"]
    }
    assert (
        tags["thumbnail-render"] | {"team": "media", "env": "prod", "aws:cloudformation:stack-name": "media-prod"}
        == tags["thumbnail-render"]
    )
    assert "checkout-authorize" not in tags


def test_metrics_are_listed_for_functions_that_ran_five_hundred_a_page() -> None:
    world = World(400)
    answers = pages(client(world, "cloudwatch").list_metrics, "NextToken", "NextToken", Namespace="AWS/Lambda")
    assert len(answers) > 1
    assert len(answers[0]["Metrics"]) == 500
    one = client(world, "cloudwatch").list_metrics(
        Namespace="AWS/Lambda", MetricName="Duration", Dimensions=[{"Name": "FunctionName", "Value": "thumbnail-render"}]
    )
    assert len(one["Metrics"]) == 1
    assert client(world, "cloudwatch").list_metrics(Namespace="Nobody/Here")["Metrics"] == []


def test_a_week_later_one_function_is_new_and_one_is_gone() -> None:
    before, after = set(listed(World())), set(listed(World(scenario="after")))
    assert (after - before, before - after) == ({"invoice-preview"}, {"legacy-pdf-export"})
    assert listed(World(scenario="after"))["checkout-authorize"]["MemorySize"] == 3008


def test_the_past_is_the_same_a_week_later() -> None:
    ask = query("thumbnail-render", "Invocations")
    assert values(World(), ask) == values(World(scenario="after"), ask)


def test_a_new_function_has_no_past() -> None:
    (daily,) = values(World(scenario="after"), query("invoice-preview", "Invocations"), end=datetime(2026, 11, 27, tzinfo=UTC))
    assert len(daily) == 3


def test_a_function_under_any_name_can_be_added() -> None:
    name = "[bold]x[/] \x1b[31m 漢字"
    world = World(extra_functions=(function(name),))
    assert name in listed(world)
    assert sum(values(world, query(name, "Invocations"))[0]) == 1000
