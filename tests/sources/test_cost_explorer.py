"""Cost Explorer by ordered keys: each question only of what the earlier ones left, none that cannot place anything."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from costtui.config import parse
from costtui.domain.asking import Price
from costtui.domain.customers.records import LedgerLine
from costtui.domain.datasets import Batch
from costtui.domain.money import total
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.aws.cost_explorer import CostExplorer
from costtui.sources.bridge import Pacer
from costtui.sources.demo import DEMO_NOW, World
from costtui.sources.demo.faults import Denied
from costtui.sources.port import Request
from tests.fakes import http_cloud
from tests.fakes.aws_account import Meter
from tests.fakes.demo import PROD
from tests.fakes.http_cloud import HttpCloud, served

DAY = DEMO_NOW.date() - timedelta(10)
pytestmark = pytest.mark.filterwarnings("ignore:.*does not match an error shape")  # a denial is in no service model
FOUR_KEYS = """
keys = ["tag:customer", "tag:tenant", "cost-category:Tenant", "account"]
accounts = { "111122223333" = "acme", "444455556666" = "globex" }
"""


class Payer:
    """The bill of one billing profile, answered by a script; `asked` are the questions that cost money."""

    def __init__(self, server: HttpCloud, patch: pytest.MonkeyPatch) -> None:
        self.server, self.meter, self.asked = server, Meter(), list[dict[str, Any]]()
        self.tags: dict[str, str] = {"customer": "Active", "tenant": "Active"}
        self.groups: Callable[[dict[str, Any]], dict[tuple[str, str], str]] = lambda _: {}
        self._before = vars(http_cloud)["answer"]
        patch.setattr(http_cloud, "answer", self._answer)
        self.known: Sequence[LedgerLine] = ()

    def ask(self, customers: str = 'tag = "customer"', days: int = 1) -> tuple[list[LedgerLine], list[Problem]]:
        source, request = self._question(customers, days)
        items = list(source.fetch(request))
        lines = [line for item in items if isinstance(item, Batch) for line in item.records]
        return lines, [item for item in items if isinstance(item, Problem)]

    def price(self, customers: str = 'tag = "customer"', days: int = 1) -> Price:
        source, request = self._question(customers, days)
        return source.price(request)

    def _question(self, customers: str, days: int) -> tuple[CostExplorer, Request]:
        cloud = AwsCloud(self.meter, Pacer(unlimited=True), profiles=[""], regions=["us-east-1"], prompt=lambda _: "")
        settings = parse(f"[customers]\n{customers}", name="config.toml", base=Path())
        source = CostExplorer(cloud, settings.customers, None)
        window = [DAY + timedelta(number) for number in range(days)]
        return source, Request(source.scopes()[0], DEMO_NOW, window, known=lambda: self.known)

    def fails(self, customers: str) -> str:
        with pytest.raises(SourceError) as caught:
            self.ask(customers)
        return caught.value.problem.sentence

    def _answer(self, world: World, service: str, operation: str, call: Any) -> Any:
        if (service, operation) == ("ce", "GetCostAndUsage"):
            self.asked.append(call.params)
            return {"ResultsByTime": [self._result(call.params)]}
        if operation == "ListCostAllocationTags" and (service, operation) not in world.faults:
            tags = [{"TagKey": key, "Type": "UserDefined", "Status": status} for key, status in self.tags.items()]
            return {"CostAllocationTags": tags}
        return self._before(world, service, operation, call)

    def _result(self, params: dict[str, Any]) -> dict[str, Any]:
        groups = [
            {"Keys": list(keys), "Metrics": {metric: {"Amount": amount, "Unit": "USD"} for metric in params["Metrics"]}}
            for keys, amount in self.groups(params).items()
        ]
        period = {"Start": DAY.isoformat(), "End": (DAY + timedelta(1)).isoformat()}
        return {"TimePeriod": period, "Total": {}, "Groups": groups, "Estimated": False}


@pytest.fixture(scope="module")
def server() -> Iterator[HttpCloud]:
    with served(World(), PROD) as running:
        yield running


@pytest.fixture
def payer(monkeypatch: pytest.MonkeyPatch, server: HttpCloud) -> Payer:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    server.world.faults.clear()
    return Payer(server, monkeypatch)


def by(params: dict[str, Any]) -> str:
    return f"{params['GroupBy'][0]['Type']} {params['GroupBy'][0]['Key']}"


def five_answers(params: dict[str, Any]) -> dict[tuple[str, str], str]:
    """100 in all: 40 by the first key, 25 by the second, 15 by the third, 12 by account, 7 by service; one is never explained."""
    return {
        "TAG customer": {("customer$acme", "Usage"): "40", ("customer$", "Usage"): "58", ("customer$", "Tax"): "2"},
        "TAG tenant": {("tenant$ACME", "Usage"): "25", ("tenant$", "Usage"): "33", ("tenant$", "Tax"): "2"},
        "COST_CATEGORY Tenant": {("Tenant$globex", "Usage"): "15", ("Tenant$", "Usage"): "18", ("Tenant$", "Tax"): "2"},
        "DIMENSION LINKED_ACCOUNT": {("111122223333", "Usage"): "12", ("999", "Usage"): "6", ("999", "Tax"): "2"},
        "DIMENSION SERVICE": {("Amazon RDS", "Usage"): "5", ("Tax", "Tax"): "2"},
    }[by(params)]


def test_the_first_key_that_is_present_wins_and_the_lines_are_the_bill(payer: Payer) -> None:
    payer.groups = five_answers
    lines, problems = payer.ask(FOUR_KEYS)
    assert problems == []
    assert [(line.customer, line.service, line.category, str(line.effective)) for line in lines] == [
        ("acme", "", "Usage", "40"),
        ("ACME", "", "Usage", "25"),
        ("globex", "", "Usage", "15"),
        ("acme", "", "Usage", "12"),
        ("", "Amazon RDS", "Usage", "5"),
        ("", "Tax", "Tax", "2"),
        ("", "", "Usage", "1"),
    ]
    assert total(line.billed or Decimal(0) for line in lines) == 100


def test_each_question_leaves_out_what_the_earlier_keys_place(payer: Payer) -> None:
    payer.groups = five_answers
    payer.ask(FOUR_KEYS)
    customer, tenant = ({"Tags": {"Key": key, "MatchOptions": ["ABSENT"]}} for key in ("customer", "tenant"))
    category = {"CostCategories": {"Key": "Tenant", "MatchOptions": ["ABSENT"]}}
    accounts = {"Not": {"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": ["111122223333", "444455556666"]}}}
    assert [(by(params), params.get("Filter")) for params in payer.asked] == [
        ("TAG customer", None),
        ("TAG tenant", customer),
        ("COST_CATEGORY Tenant", {"And": [customer, tenant]}),
        ("DIMENSION LINKED_ACCOUNT", {"And": [customer, tenant, category]}),
        ("DIMENSION SERVICE", {"And": [customer, tenant, category, accounts]}),
    ]
    assert payer.meter.afforded == [
        (
            Decimal("0.06"),
            f"the bill of {DAY} by tag customer, tag tenant, cost category Tenant, account, at least 5 pages and the list of tags,",
        )
    ]


def test_where_every_account_is_a_customer_one_question_is_the_bill(payer: Payer) -> None:
    payer.groups = lambda _: {("1", "Usage"): "3", ("2", "Tax"): "4"}
    lines, problems = payer.ask('keys = ["account"]')
    assert [(line.customer, str(line.effective)) for line in lines] == [("1", "3"), ("2", "4")]
    assert (len(payer.asked), problems) == (1, [])


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ({"customer": "Inactive"}, "the tag 'customer' is not active for cost allocation: activate it in Billing, Cost allocation tags"),
        (
            {"Customer": "Active"},
            "there is no cost allocation tag 'customer', but 'Customer': write it as AWS has it, its case counts",
        ),
        ({}, "there is no cost allocation tag 'customer': tag something, activate the tag in Billing, or set another key"),
    ],
)
def test_a_tag_that_places_nothing_is_noticed_before_the_bill_is_paid(payer: Payer, tags: dict[str, str], said: str) -> None:
    payer.tags = tags
    assert payer.fails('tag = "customer"') == f"aws.cost-explorer (us-east-1): {said}"
    assert payer.asked == []
    assert payer.meter.charges == [("aws.cost-explorer", "ListCostAllocationTags", Decimal("0.01"))]


def test_a_key_that_places_nothing_is_left_out_where_another_does(payer: Payer) -> None:
    payer.tags = {"customer": "Inactive", "tenant": "Active"}
    payer.groups = lambda params: {("tenant$acme", "Usage"): "5"} if by(params) == "TAG tenant" else {}
    lines, (warning,) = payer.ask('keys = ["tag:customer", "tag:tenant"]')
    assert [line.customer for line in lines] == ["acme"]
    assert (warning.kind, warning.what) == ("warning", "the tag 'customer' is not active for cost allocation")
    assert [by(params) for params in payer.asked] == ["TAG tenant", "DIMENSION SERVICE"]


def test_who_may_not_look_at_tags_sees_it_in_the_answer(payer: Payer) -> None:
    payer.server.world.faults["ce", "ListCostAllocationTags"] = Denied()
    payer.groups = lambda params: {("customer$", "Usage"): "1"} if by(params) == "TAG customer" else {("S", "Usage"): "1"}
    lines, (warning,) = payer.ask()
    assert [line.customer for line in lines] == [""]
    assert warning.what == "no cost carries tag customer"


def test_the_price_before_asking_is_that_of_the_last_answers_pages(payer: Payer) -> None:
    payer.groups = lambda params: {("customer$acme", "Usage"): "1"} if by(params) == "TAG customer" else {}
    payer.known = payer.ask()[0] * 600
    payer.ask(days=30)
    assert payer.meter.afforded[1] == (Decimal("0.05"), "the bill of 30 days by tag customer, 5 pages,")


def test_the_list_of_tags_is_not_paid_for_again_once_the_only_key_has_placed_cost(payer: Payer) -> None:
    payer.groups = lambda params: {("customer$acme", "Usage"): "1"} if by(params) == "TAG customer" else {}
    payer.known = payer.ask()[0]
    assert payer.meter.charges[0][1] == "ListCostAllocationTags"
    payer.meter.charges.clear()
    payer.ask()
    assert {operation for _, operation, _ in payer.meter.charges} == {"GetCostAndUsage"}


def test_the_price_is_told_without_asking_anything(payer: Payer) -> None:
    price = payer.price(days=30)
    assert (price.calls, price.usd) == (3, Decimal("0.03"))
    assert price.words == "the bill of 30 days by tag customer, at least 2 pages and the list of tags,"
    assert (payer.meter.charges, payer.meter.afforded) == ([], [])


def test_rules_that_these_answers_cannot_serve_are_told(payer: Payer) -> None:
    rules = "".join(
        f'\n[[customers.shared]]\nmatch = {{ {match} }}\nsplit = "even"'
        for match in ('service = "DB", untagged = true', 'category = "Tax"', 'service = "DB"', 'usage_type = "x*", region = "eu"')
    )
    _, problems = payer.ask(f'tag = "customer"{rules}')
    assert [problem.what for problem in problems if "rule" in problem.what] == [
        "rule 3 of customers.shared takes DB only where it has no customer: their services are unknown",
        "rule 4 of customers.shared speaks of region, usage_type, which the bill by day does not tell apart",
    ]


def test_a_key_that_is_none_is_named(payer: Payer) -> None:
    said = "aws.cost-explorer: customers.keys holds 'label:x': use tag:KEY, cost-category:NAME or account"
    assert payer.fails('keys = ["label:x"]') == said


def test_a_day_is_replaced_as_a_whole_when_tags_arrive_late(payer: Payer) -> None:
    """10.00 without a customer become 6.00 of acme's and 4.00 without: never 16.00."""
    payer.groups = lambda params: {("customer$", "Usage"): "10"} if by(params) == "TAG customer" else {("Web", "Usage"): "10"}
    assert [(line.customer, str(line.effective)) for line in payer.ask()[0]] == [("", "10")]
    retagged = {("customer$acme", "Usage"): "6", ("customer$", "Usage"): "4"}
    payer.groups = lambda params: retagged if by(params) == "TAG customer" else {("Web", "Usage"): "4"}
    assert [(line.customer, str(line.effective)) for line in payer.ask()[0]] == [("acme", "6"), ("", "4")]
    assert {line.day for line in payer.ask()[0]} == {DAY}
    assert isinstance(DAY, date)
