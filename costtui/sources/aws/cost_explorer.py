"""The bill by customer tag from Cost Explorer: GetCostAndUsage, $0.01 a page, about 5,000 groups a page.

Two questions a run of days: customer × record type, and the untagged part by service × record type, since rules that share
cost speak of services. Grouped answers have an empty `Total`, and a tag key in another case answers everything as untagged.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from costtui.domain.customers.records import Category, Commitment, LedgerLine
from costtui.domain.datasets import Batch, Scope
from costtui.domain.money import ZERO, total
from costtui.domain.prices.price_book import price_book
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.cloud import GLOBAL_REGION, PROVIDER, AwsCloud
from costtui.sources.port import Request

METRICS = {"AmortizedCost": "effective", "NetAmortizedCost": "net_effective", "UnblendedCost": "billed"}

RECORD_TYPES: dict[str, tuple[Category, Commitment]] = {
    "Usage": ("Usage", ""),
    "DiscountedUsage": ("Usage", "Used"),
    "SavingsPlanCoveredUsage": ("Usage", "Used"),
    "RIFee": ("Usage", "Unused"),  # amortized, only the part that nobody used is left on the fee
    "SavingsPlanRecurringFee": ("Usage", "Unused"),
    "SavingsPlanUpfrontFee": ("Purchase", ""),
    "SavingsPlanNegation": ("Adjustment", ""),
    "Fee": ("Purchase", ""),
    "Tax": ("Tax", ""),
    "Credit": ("Credit", ""),
    "Refund": ("Adjustment", ""),
}
"""Cost Explorer's RECORD_TYPE as FOCUS ChargeCategory and CommitmentDiscountStatus; any other is an Adjustment."""


class CostExplorer:
    """One billing profile's bill, a day at a time. Payer and members are never added up."""

    name = "aws.cost-explorer"
    dataset = "bill"
    after: tuple[str, ...] = ()
    local = False

    def __init__(self, cloud: AwsCloud, *, tag: str | None, profile: str | None) -> None:
        self._cloud, self._tag, self._profile = cloud, tag, profile
        self.unconfigured = "no customer key: set [customers] tag" if tag is None else "no AWS profile is configured"

    def scopes(self) -> Sequence[Scope]:
        profiles = [self._profile] if self._profile is not None else self._cloud.profiles[:1]
        return [Scope(PROVIDER, profile, GLOBAL_REGION, self._tag) for profile in profiles] if self._tag is not None else []

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        tag, page_price = self._tag, price_book().api_call("ce:GetCostAndUsage")
        assert tag is not None
        first, last = request.days[0], request.days[-1]
        self._cloud.afford(self.name, page_price * 2, f"the bill of {len(request.days)} days by tag {tag}, at least 2 pages,")
        tagged = self._ask(request, first, last, [{"Type": "TAG", "Key": tag}], None, page_price)
        absent = {"Tags": {"Key": tag, "MatchOptions": ["ABSENT"]}}
        untagged = self._ask(request, first, last, [{"Type": "DIMENSION", "Key": "SERVICE"}], absent, page_price)
        missing = set(request.days)
        for day, (groups, estimated) in tagged.items():
            if day in missing:
                missing.discard(day)
                rest = untagged.get(day, ({}, False))[0]
                yield Batch(list(_lines(day, tag, groups, rest, estimated)), day=day, estimated=estimated)
        for day in sorted(missing):
            yield Batch([], day=day, estimated=True)
        if tagged and all(_all_untagged(tag, groups) for groups, _ in tagged.values()):
            yield Problem(
                "warning",
                self.name,
                f"no cost carries the tag {tag!r}",
                "check its case and that it is an active cost allocation tag; it counts from the day it is activated",
            )

    def _ask(
        self, request: Request, first: date, last: date, by: list[dict[str, str]], where: dict[str, Any] | None, usd: Decimal
    ) -> "dict[date, tuple[Groups, bool]]":
        pages = self._cloud.pages(
            self.name,
            request.scope,
            "ce",
            "get_cost_and_usage",
            ask="NextPageToken",
            given="NextPageToken",
            usd=usd,
            TimePeriod={"Start": first.isoformat(), "End": (last + timedelta(1)).isoformat()},
            Granularity="DAILY",
            Metrics=list(METRICS),
            GroupBy=[*by, {"Type": "DIMENSION", "Key": "RECORD_TYPE"}],
            **({"Filter": where} if where else {}),
        )
        days: dict[date, tuple[Groups, bool]] = {}
        for number, page in enumerate(pages, 1):
            request.progress("asking for the bill, page", number, 0)
            for result in page["ResultsByTime"]:
                day = date.fromisoformat(result["TimePeriod"]["Start"])
                groups, estimated = days.get(day, ({}, False))
                for group in result.get("Groups", ()):
                    groups[tuple(group["Keys"])] = group["Metrics"]
                days[day] = (groups, estimated or result.get("Estimated", False))
        return days


Groups = dict[tuple[str, ...], Mapping[str, Mapping[str, str]]]
"""Cost Explorer's metrics by the keys they are grouped by."""


def _lines(day: date, tag: str, groups: Groups, untagged: Groups, estimated: bool) -> Iterator[LedgerLine]:
    """The day's bill: tagged cost by customer, untagged cost by service, and what the services leave over."""
    for (key, record), metrics in groups.items():
        value = key[len(tag) + 1 :]  # "tag$value"; a value may itself hold a "$"
        if value:
            yield _line(day, value, "", record, metrics, estimated)
    for (service, record), metrics in untagged.items():
        yield _line(day, "", service, record, metrics, estimated)
    for record in dict.fromkeys(record for _, record in groups):
        nobody = groups.get((f"{tag}$", record))
        by_service = [metrics for (_, kind), metrics in untagged.items() if kind == record]
        rest = {metric: _amount(nobody, metric) - total(_amount(one, metric) for one in by_service) for metric in METRICS}
        if any(rest.values()):
            unit = _currency(nobody or by_service[0])
            left = {metric: {"Amount": str(amount), "Unit": unit} for metric, amount in rest.items()}
            yield _line(day, "", "", record, left, estimated)


def _line(day: date, customer: str, service: str, record: str, metrics: Mapping[str, Mapping[str, str]], estimated: bool) -> LedgerLine:
    category, commitment = RECORD_TYPES.get(record, ("Adjustment", ""))
    money = {field: _amount(metrics, metric) for metric, field in METRICS.items() if metric in metrics}
    return LedgerLine(
        day=day,
        customer=customer,
        service=service,
        category=category,
        currency=_currency(metrics),
        billed=money.get("billed"),
        effective=money.get("effective"),
        net_effective=money.get("net_effective"),
        commitment=commitment,
        estimated=estimated,
    )


def _amount(metrics: Mapping[str, Mapping[str, str]] | None, metric: str) -> Decimal:
    return Decimal(metrics[metric]["Amount"]) if metrics and metric in metrics else ZERO


def _currency(metrics: Mapping[str, Mapping[str, str]]) -> str:
    units = {metric["Unit"] for metric in metrics.values()}
    if len(units) != 1:
        raise SourceError(Problem("malformed", CostExplorer.name, f"amounts in {sorted(units)}", "one currency was expected; report it"))
    return units.pop()


def _all_untagged(tag: str, groups: Groups) -> bool:
    return all(keys[0] == f"{tag}$" for keys in groups)
