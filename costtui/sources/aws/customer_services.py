"""What one customer's cost is made of: GetCostAndUsage by service and usage type, $0.01 a page, asked for that customer alone.

The bill by customer does not tell services apart: for 600 customers that would be 72 pages, and mostly nobody looks at them.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from costtui.config import Customers
from costtui.domain.asking import Price
from costtui.domain.customers.records import CustomerServices, LedgerLine
from costtui.domain.customers.tags import Names
from costtui.domain.datasets import Batch, Scope
from costtui.domain.prices.price_book import price_book
from costtui.domain.problems import Problem
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.aws.cost_explorer import METRICS, CostExplorer
from costtui.sources.aws.cost_keys import CostKey, cost_keys, without
from costtui.sources.billing_ai import SEPARATOR, tokens
from costtui.sources.port import Request

QUANTITY = "UsageQuantity"
GROUPS_A_PAGE = 5_000
GROUPS_A_DAY = 40
"""About how many usage types a customer has, for the price that is said before asking."""
SPELLINGS = ("{}", "{} ", " {}")
"""A tag's value may hold spaces around it, which the bill's line has lost."""


class ServicesOfCustomers:
    """Services, usage types and AI models of the customers that are asked about, a day at a time."""

    name = "aws.cost-explorer.services"
    dataset = "customer-services"
    after: tuple[str, ...] = ()
    across: tuple[str, ...] = ("bill", "directory")
    local = False
    paid = True

    def __init__(self, cloud: AwsCloud, customers: Customers, profile: str | None) -> None:
        self._cloud, self._customers = cloud, customers
        self._bill = CostExplorer(cloud, customers, profile)
        self.unconfigured = self._bill.unconfigured

    def scopes(self) -> Sequence[Scope]:
        return self._bill.scopes()

    def price(self, request: Request) -> Price:
        each = 1 + GROUPS_A_DAY * len(request.days) // GROUPS_A_PAGE
        pages = each * len(request.subjects) * len(self._customers.ordered_keys)
        who = f"{len(request.subjects)} customer{'s' if len(request.subjects) != 1 else ''}"
        usd = price_book().api_call("ce:GetCostAndUsage") * pages
        return Price(self.name, pages, usd, pages, f"the services of {who}, {len(request.days)} days, about {pages} pages")

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        price = self.price(request)
        self._cloud.afford(self.name, price.usd, price.words)
        names = Names(request.inputs.get("directory", ()))
        written: dict[str, set[str]] = {}
        for line in request.inputs.get("bill", ()):
            written.setdefault(names.id_of(line.customer), set()).add(line.customer)
        keys = cost_keys(self._customers.ordered_keys, self._customers.accounts, self.name)
        for number, subject in enumerate(request.subjects, 1):
            if request.cancelled():
                return
            request.progress("asking for services of customers", number, len(request.subjects))
            filters = [found for at in range(len(keys)) if (found := _only(keys, at, subject, written.get(subject, {subject}), names))]
            charges = [line for where in filters for line in self._ask(request, subject, where)]
            yield Batch([CustomerServices(subject, charges, "" if charges else "Cost Explorer has no charge with this customer's key")])

    def _ask(self, request: Request, subject: str, where: dict[str, Any]) -> Iterator[LedgerLine]:
        pages = self._cloud.pages(
            self.name,
            request.scope,
            "ce",
            "get_cost_and_usage",
            ask="NextPageToken",
            given="NextPageToken",
            usd=price_book().api_call("ce:GetCostAndUsage"),
            TimePeriod={"Start": request.days[0].isoformat(), "End": (request.days[-1] + timedelta(1)).isoformat()},
            Granularity="DAILY",
            Metrics=[*METRICS, QUANTITY],
            GroupBy=[{"Type": "DIMENSION", "Key": "SERVICE"}, {"Type": "DIMENSION", "Key": "USAGE_TYPE"}],
            Filter=where,
        )
        for page in pages:
            for result in page["ResultsByTime"]:
                day, estimated = date.fromisoformat(result["TimePeriod"]["Start"]), result.get("Estimated", False)
                for group in result.get("Groups", ()):
                    yield _charge(day, subject, group["Keys"], group["Metrics"], estimated=estimated)


def _only(keys: Sequence[CostKey], at: int, subject: str, written: set[str], names: Names) -> dict[str, Any] | None:
    """The filter that takes what the key places with the customer; None where it can place nothing there."""
    key, earlier = keys[at], without(keys[:at])
    if key.kind == "DIMENSION":
        values = sorted(account for account, customer in key.accounts.items() if names.id_of(customer) == subject)
        values = values if key.accounts else sorted(written)
        own = {"Dimensions": {"Key": key.name, "Values": values}}
    else:
        values = sorted(form.format(value) for value in written for form in SPELLINGS)
        own = {"Tags" if key.kind == "TAG" else "CostCategories": {"Key": key.name, "Values": values, "MatchOptions": ["EQUALS"]}}
    if not values:
        return None
    return {"And": [own, earlier]} if earlier else own


def _charge(day: date, subject: str, keys: Sequence[str], metrics: dict[str, dict[str, str]], *, estimated: bool) -> LedgerLine:
    service, usage_type = keys
    money = {field: Decimal(metrics[metric]["Amount"]) for metric, field in METRICS.items() if metric in metrics}
    used = metrics.get(QUANTITY, {})
    unit, model, kind, quantity = used.get("Unit", ""), "", "", None
    if "token" in unit.casefold():
        model, kind, quantity = tokens(f"{usage_type}{SEPARATOR}{unit}{SEPARATOR}", service, Decimal(used["Amount"]))
    return LedgerLine(
        day=day,
        customer=subject,
        service=service,
        category="Usage",
        currency=metrics["UnblendedCost"]["Unit"],
        billed=money.get("billed"),
        effective=money.get("effective"),
        net_effective=money.get("net_effective"),
        usage_type=usage_type,
        estimated=estimated,
        model=model,
        usage_kind=kind,
        quantity=quantity,
    )
