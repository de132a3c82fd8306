"""A customer's services from Cost Explorer: asked for that customer alone, priced before, and no total changes by it."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from costtui.config import parse
from costtui.domain.customers.records import Customer, CustomerServices, LedgerLine
from costtui.domain.customers.rows import customer_rows
from costtui.domain.datasets import Batch
from costtui.domain.money import total
from costtui.domain.period import Window
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.aws.cost_explorer import CostExplorer
from costtui.sources.aws.customer_services import ServicesOfCustomers
from costtui.sources.bridge import Pacer
from costtui.sources.demo import DEMO_NOW, World
from costtui.sources.port import Request
from tests.fakes.aws_account import Meter
from tests.fakes.demo import PROD
from tests.fakes.http_cloud import HttpCloud, served

WINDOW = Window(DEMO_NOW.date() - timedelta(3), DEMO_NOW.date())


@pytest.fixture(scope="module")
def server() -> Iterator[HttpCloud]:
    with served(World(), PROD) as running:
        yield running


class Payer:
    """The demo's payer through real requests; `inputs` is what other sources brought."""

    def __init__(self, customers: str = 'tag = "customer"') -> None:
        self.meter = Meter()
        cloud = AwsCloud(self.meter, Pacer(unlimited=True), profiles=[""], regions=["us-east-1"], prompt=lambda _: "")
        settings = parse(f"[customers]\n{customers}", name="config.toml", base=Path()).customers
        self.bill = CostExplorer(cloud, settings, None)
        self.services = ServicesOfCustomers(cloud, settings, None)
        self.directory = [Customer("acme", aliases=["acme-corp"])]
        request = Request(self.bill.scopes()[0], DEMO_NOW, WINDOW.days)
        self.lines = [line for item in self.bill.fetch(request) if isinstance(item, Batch) for line in item.records]

    def request(self, *subjects: str, **more: Any) -> Request:
        inputs = {"bill": self.lines, "directory": self.directory}
        return Request(self.services.scopes()[0], DEMO_NOW, WINDOW.days, inputs=inputs, subjects=subjects, **more)

    def ask(self, *subjects: str, **more: Any) -> list[CustomerServices]:
        found = self.services.fetch(self.request(*subjects, **more))
        return [record for item in found if isinstance(item, Batch) for record in item.records]


@pytest.fixture
def payer(monkeypatch: pytest.MonkeyPatch, server: HttpCloud) -> Payer:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    server.world.faults.clear()
    return Payer()


def amortized(lines: list[LedgerLine], customer: str) -> Decimal:
    return total(line.effective or Decimal(0) for line in lines if line.customer.casefold() == customer)


def test_services_add_up_to_what_the_bill_says_in_every_spelling(payer: Payer) -> None:
    """The demo's bill writes "acme" and "ACME ", with a space that the line has lost."""
    (acme,) = payer.ask("acme")
    assert amortized(acme.charges, "acme") == amortized(payer.lines, "acme") > 0
    assert {"Amazon Bedrock", "Amazon DynamoDB"} < {line.service for line in acme.charges}
    assert {line.estimated for line in acme.charges} == {True, False}


def test_models_come_with_their_tokens_at_list_price(payer: Payer) -> None:
    (lexicon,) = payer.ask("lexicon")
    tokens = {line.usage_kind: line for line in lexicon.charges if line.model}
    assert {line.model for line in lexicon.charges if line.model} == {"Claude4.6Sonnet"}
    assert tokens.keys() == {"input", "output", "cache-read", "cache-write"}
    output = tokens["output"]
    assert output.quantity is not None and output.billed is not None
    assert abs(output.quantity * Decimal("0.000015") - output.billed) < Decimal("1e-6")
    assert all(line.quantity is None for line in lexicon.charges if not line.model)


def test_what_is_asked_tells_services_apart_and_changes_no_total(payer: Payer) -> None:
    before, sums = customer_rows(payer.lines, [], payer.directory, [], WINDOW)
    after, sums_after = customer_rows(payer.lines, [], payer.directory, [], WINDOW, asked=payer.ask("acme", "globex"))
    assert sums == sums_after
    assert [(row.id, row.total, row.shown, row.flags) for row in before] == [(row.id, row.total, row.shown, row.flags) for row in after]
    known = {row.id: row for row in after}
    assert [part.pool for row in before for part in row.services if row.id == "acme"] == [""]
    assert len(known["acme"].services) == 5 and "" not in {part.pool for part in known["acme"].services}
    assert total(part.amount for part in known["acme"].services) == known["acme"].direct
    assert known["acme"].parts.models and not known["hooli"].parts.models


def test_a_charge_that_came_later_stays_apart_from_the_services(payer: Payer) -> None:
    late = [*payer.lines, LedgerLine(WINDOW.start, "acme", "", "Usage", "USD", Decimal(7), Decimal(7))]
    rows, _ = customer_rows(late, [], payer.directory, [], WINDOW, asked=payer.ask("acme"))
    acme = next(row for row in rows if row.id == "acme")
    assert {part.pool: part.amount for part in acme.services}[""] == 7
    assert total(part.amount for part in acme.services) == acme.direct


def test_it_is_priced_before_it_is_asked_and_asks_no_more_than_it_said(payer: Payer) -> None:
    price = payer.services.price(payer.request("acme", "globex"))
    assert (price.calls, price.usd, price.words) == (2, Decimal("0.02"), "the services of 2 customers, 3 days, about 2 pages")
    paid = len(payer.meter.charges)
    payer.ask("acme", "globex")
    assert payer.meter.afforded[-1] == (Decimal("0.02"), price.words)
    assert len(payer.meter.charges) - paid == 2


def test_a_customer_without_a_charge_is_said_to_have_none(payer: Payer) -> None:
    assert payer.ask("nobody-knows") == [CustomerServices("nobody-knows", [], "Cost Explorer has no charge with this customer's key")]


def test_esc_keeps_what_came_and_asks_no_more(payer: Payer) -> None:
    answers = iter([False, True])
    assert [one.subject for one in payer.ask("acme", "globex", cancelled=lambda: next(answers))] == ["acme"]


def test_an_account_of_its_own_is_asked_by_number(payer: Payer) -> None:
    by_account = Payer('keys = ["account"]\naccounts = { "111122223333" = "acme" }')
    (acme,) = by_account.ask("acme")
    assert amortized(acme.charges, "acme") == amortized(by_account.lines, "acme") > amortized(payer.lines, "acme")
