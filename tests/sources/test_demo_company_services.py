"""The demo company's CRM and Prometheus through a real httpx client, and its configuration."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from costtui.config import parse
from costtui.sources.demo import World
from costtui.sources.demo.config import PLAN, config
from costtui.sources.demo.faults import Denied, Expired, Fault, Malformed, Offline, Throttled
from costtui.sources.demo.http import transport
from tests.fakes.demo import PROD, STAGE, client

BY_TENANT = "sum by (tenant)(increase(tenant_requests_total[1d]))"
BY_FUNCTION = "sum by (tenant, function)(increase(tenant_requests_total[1d]))"
CRM, PROMETHEUS = "http://crm.demo.invalid/customers", "http://prometheus.demo.invalid/api/v1/query"


def crm(world: World) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    url: str | None = CRM
    with httpx.Client(transport=transport(world)) as http:
        while url:
            page = http.get(url).raise_for_status().json()
            items += page["items"]
            url = page["next"]
    return items


def vector(world: World, query: str, at: datetime) -> dict[tuple[str, ...], Decimal]:
    with httpx.Client(transport=transport(world)) as http:
        answer = http.get(PROMETHEUS, params={"query": query, "time": at.timestamp()}).raise_for_status().json()
    assert (answer["status"], answer["data"]["resultType"]) == ("success", "vector")
    assert all(one["value"][0] == at.timestamp() for one in answer["data"]["result"])
    return {tuple(one["metric"].values()): Decimal(one["value"][1]) for one in answer["data"]["result"]}


def midnight(day: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, tzinfo=UTC)


def test_the_crm_lists_everybody_but_initech_in_pages_of_ten() -> None:
    items = crm(World())
    by_id = {item["id"]: item for item in items}
    assert len(items) == len(by_id) == 24
    assert "initech" not in by_id
    assert (by_id["acme"]["mrr"], by_id["hooli"]["plan"], by_id["globex"]["mrr"]) == ("18000", "free", "2400")
    with httpx.Client(transport=transport(World())) as http:
        assert len(http.get(CRM).json()["items"]) == 10


def test_a_week_later_globex_pays_more() -> None:
    assert {item["id"]: item["mrr"] for item in crm(World(scenario="after"))}["globex"] == "4200"


def test_tenants_by_function_add_up_to_tenants() -> None:
    world, at = World(), midnight(12)
    by_function: dict[tuple[str, ...], Decimal] = {}
    for (tenant, _), value in vector(world, BY_FUNCTION, at).items():
        by_function[tenant,] = by_function.get((tenant,), Decimal(0)) + value
    assert by_function == vector(world, BY_TENANT, at)
    assert max(by_function, key=lambda key: by_function[key]) == ("acme",)


def test_most_thumbnails_are_acmes() -> None:
    found = {
        tenant: value for (tenant, function), value in vector(World(), BY_FUNCTION, midnight(12)).items() if function == "thumbnail-render"
    }
    shares = {tenant: value / sum(found.values()) for tenant, value in found.items()}
    assert 0.6 < shares["acme"] < 0.8
    assert 0.1 < shares["globex"] < 0.25


def test_a_window_of_two_days_is_the_sum_of_both() -> None:
    world = World()
    two = vector(world, BY_TENANT.replace("1d", "2d"), midnight(12))
    one, other = vector(world, BY_TENANT, midnight(12)), vector(world, BY_TENANT, midnight(11))
    assert two == {key: one[key] + other[key] for key in one}


def test_today_has_half_a_days_requests() -> None:
    today, before = vector(World(), BY_TENANT, midnight(21)), vector(World(), BY_TENANT, midnight(14))
    assert Decimal("0.3") < today["acme",] / before["acme",] < Decimal("0.8")
    assert vector(World(), BY_TENANT, midnight(25)) == {}


def test_a_customer_used_nothing_before_it_came() -> None:
    assert ("moonrise",) not in vector(World(), BY_TENANT, midnight(1))
    assert ("moonrise",) in vector(World(), BY_TENANT, midnight(5))


def test_tokens_belong_to_those_who_are_billed_for_them() -> None:
    found = vector(World(), "sum by (tenant)(increase(tenant_ai_tokens_total[1d]))", midnight(12))
    assert ("acme",) in found
    assert ("initech",) not in found


def test_a_range_is_the_same_answer_day_by_day() -> None:
    world, start = World(), midnight(10)
    params: dict[str, str | float] = {"query": BY_TENANT, "start": start.timestamp(), "end": midnight(12).timestamp(), "step": 86400}
    with httpx.Client(transport=transport(world)) as http:
        answer = http.get("http://prometheus.demo.invalid/api/v1/query_range", params=params).json()
    acme = next(one for one in answer["data"]["result"] if one["metric"] == {"tenant": "acme"})
    assert [Decimal(value) for _, value in acme["values"]] == [
        vector(world, BY_TENANT, start + timedelta(days=number))["acme",] for number in range(3)
    ]


def test_a_query_that_it_cannot_evaluate_is_bad_data() -> None:
    with httpx.Client(transport=transport(World())) as http:
        answer = http.get(PROMETHEUS, params={"query": "up{"})
    assert answer.status_code == 400
    assert answer.json()["errorType"] == "bad_data"


def test_a_metric_that_nobody_sends_is_empty() -> None:
    assert vector(World(), "sum by (tenant)(increase(nobody_total[1d]))", midnight(12)) == {}


@pytest.mark.parametrize(("fault", "status"), [(Throttled(retry_after="2"), 429), (Denied(), 403), (Expired(), 401)])
def test_faults_are_http_statuses(fault: Fault, status: int) -> None:
    world = World()
    world.faults["crm", "GET"] = fault
    with httpx.Client(transport=transport(world)) as http:
        answer = http.get(CRM)
        assert answer.status_code == status
        assert answer.headers.get("Retry-After") == ("2" if status == 429 else None)


def test_a_page_that_is_no_json_and_a_host_that_is_not_there() -> None:
    world = World()
    world.faults["prometheus", "query"] = Malformed()
    world.faults["crm", "GET"] = Offline()
    with httpx.Client(transport=transport(world)) as http:
        assert "<html>" in http.get(PROMETHEUS, params={"query": BY_TENANT}).text
        with pytest.raises(httpx.ConnectError):
            http.get(CRM)
        with pytest.raises(httpx.ConnectError, match="no host elsewhere"):
            http.get("http://elsewhere.invalid/")


def test_the_configuration_is_one_that_the_product_accepts() -> None:
    settings = parse(config(), name="demo", base=Path())
    assert settings.aws.profiles == ["prod", "stage"]
    assert settings.drift.terraform == [PLAN]
    hosts = [usage.url for usage in settings.customers.usage] + [settings.customers.directory.url if settings.customers.directory else None]
    with httpx.Client(transport=transport(World())) as http:
        for host in hosts:
            assert http.get(str(host)).status_code < 500
    for usage in settings.customers.usage:
        assert vector(World(), str(usage.query), midnight(12))


def test_the_shared_rules_name_services_that_are_billed() -> None:
    world = World()
    services = {charge.service for charge in world.charges}
    for rule in parse(config(), name="demo", base=Path()).customers.shared:
        assert rule.match.service is None or rule.match.service in services


def test_the_organization_has_both_accounts_and_optimizer_is_not_enrolled() -> None:
    accounts = client(World(), "organizations").list_accounts()["Accounts"]
    assert {(one["Id"], one["Name"]) for one in accounts} == {(PROD, "prod"), (STAGE, "stage")}
    optimizer = client(World(), "compute-optimizer")
    with pytest.raises(optimizer.exceptions.OptInRequiredException):
        optimizer.get_lambda_function_recommendations()
    regions = client(World(), "ec2").describe_regions()["Regions"]
    assert {"us-east-1", "eu-west-1"} <= {one["RegionName"] for one in regions}
    assert "eu-south-1" not in {one["RegionName"] for one in regions}
