"""The bill by customer from Cost Explorer: GetCostAndUsage, $0.01 a page, about 5,000 groups a page.

One question a key and run of days: customer × record type, each later key only of cost without the earlier ones; and what no key
places by service × record type, since rules that share cost speak of services. Grouped answers have an empty `Total`.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from costtui.config import Customers
from costtui.domain.asking import Price
from costtui.domain.customers.records import Category, Commitment, LedgerLine
from costtui.domain.datasets import Batch, Scope
from costtui.domain.money import EXACT, ZERO
from costtui.domain.prices.price_book import price_book
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.cloud import GLOBAL_REGION, PROVIDER, AwsCloud
from costtui.sources.aws.cost_keys import CostKey, cost_keys, without
from costtui.sources.aws.cost_tags import OPERATION, allocation_tags, unusable
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


GROUPS_A_PAGE = 5_000
"""About what one page holds: for the price that is said before asking, never for paging."""
SECONDS_A_PAGE = 2
"""About how long one takes."""
BEYOND_SERVICE = ("account", "region", "usage_type", "resource", "tag", "team")
"""What rules may speak of and these questions do not tell apart."""


class CostExplorer:
    """One billing profile's bill, a day at a time. Payer and members are never added up."""

    name = "aws.cost-explorer"
    dataset = "bill"
    after: tuple[str, ...] = ()
    local = False
    paid = True

    def __init__(self, cloud: AwsCloud, customers: Customers, profile: str | None) -> None:
        self._cloud, self._customers, self._profile = cloud, customers, profile
        self._active: set[str] = set()
        """Tags that were found to be usable in this run."""
        self.unconfigured = "no AWS profile is configured" if customers.ordered_keys else "no customer key: set [customers] tag"

    def scopes(self) -> Sequence[Scope]:
        keys = self._customers.ordered_keys
        if not keys:
            return []
        profiles = [self._profile] if self._profile is not None else self._cloud.profiles[:1]
        accounts = self._customers.accounts if "account" in keys else {}
        about = hashlib.sha256(msgspec.json.encode((keys, sorted(accounts.items())))).hexdigest()[:16]
        return [Scope(PROVIDER, profile, GLOBAL_REGION, about) for profile in profiles]

    def price(self, request: Request) -> Price:
        """By the number of groups of the newest day that is stored; the first time that is not known yet."""
        keys = cost_keys(self._customers.ordered_keys, self._customers.accounts, self.name)
        return self._price(request, keys, looks=self._looks(request, keys))

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        keys = cost_keys(self._customers.ordered_keys, self._customers.accounts, self.name)
        looks = self._looks(request, keys)
        told = self._price(request, keys, looks=looks)
        self._cloud.afford(self.name, told.usd, told.words)
        if looks:
            keys, useless = self._usable(request.scope, keys)
            yield from useless
        yield from self._unheard()
        price = price_book().api_call("ce:GetCostAndUsage")
        answers = [self._ask(request, key.group, without(keys[:number]), price) for number, key in enumerate(keys)]
        services: Answers = {}
        if not keys[-1].places_everything:
            services = self._ask(request, {"Type": "DIMENSION", "Key": "SERVICE"}, without(keys), price)
        for day in request.days:
            if day not in answers[0]:
                yield Batch([], day=day, estimated=True)
                continue
            estimated = any(answer[day][1] for answer in (*answers, services) if day in answer)
            by_key = [answer.get(day, NOTHING)[0] for answer in answers]
            yield Batch(list(_lines(day, keys, by_key, services.get(day, NOTHING)[0], estimated)), day=day, estimated=estimated)
        if answers[0] and not any(_placed(key, answer) for key, answer in zip(keys, answers, strict=True)):
            yield Problem(
                "warning",
                self.name,
                f"no cost carries {' or '.join(key.words for key in keys)}",
                "check the case of the key, and that a tag is an active cost allocation tag: it counts from the day it is activated",
            )

    def _price(self, request: Request, keys: Sequence[CostKey], *, looks: bool) -> Price:
        questions = len(keys) + (not keys[-1].places_everything)
        day_size = len(request.known())
        pages = questions + day_size * len(request.days) // GROUPS_A_PAGE
        usd = price_book().api_call("ce:GetCostAndUsage") * pages + price_book().api_call(OPERATION) * looks
        days = f"{len(request.days)} days" if len(request.days) > 1 else f"{request.days[0]}"
        at_least, tags = "" if day_size else "at least ", " and the list of tags" if looks else ""
        words = f"the bill of {days} by {', '.join(key.words for key in keys)}, {at_least}{pages} pages{tags},"
        return Price(self.name, pages + looks, usd, pages * SECONDS_A_PAGE, words)

    def _looks(self, request: Request, keys: Sequence[CostKey]) -> bool:
        """Whether the list of tags is worth asking for: not where it was, nor where the only key has placed cost before."""
        tags = {key.name for key in keys if key.kind == "TAG"}
        proven = len(keys) == 1 and any(line.customer for line in request.known())
        return not proven and not tags <= self._active

    def _usable(self, scope: Scope, wanted: Sequence[CostKey]) -> tuple[list[CostKey], list[Problem]]:
        """The keys that can place cost, and why the others cannot. Raises SourceError where none can: nothing more is paid for then."""
        statuses = allocation_tags(self._cloud, self.name, scope)
        found: list[CostKey] = []
        useless: list[Problem] = []
        for key in wanted:
            if key.kind == "TAG":
                if (problem := unusable(statuses, self.name, scope, key.name)) is not None:
                    useless.append(problem)
                    continue
                self._active.add(key.name)
            found.append(key)
            if key.places_everything:
                break
        if not found:
            raise SourceError(useless[0])
        return found, [msgspec.structs.replace(problem, kind="warning") for problem in useless]

    def _unheard(self) -> Iterator[Problem]:
        """Rules that these questions cannot serve are worth knowing before somebody wonders at a pool that is empty."""
        for number, rule in enumerate(self._customers.shared, 1):
            match = rule.match
            if unknown := [name for name in BEYOND_SERVICE if getattr(match, name) is not None]:
                what = f"rule {number} of customers.shared speaks of {', '.join(unknown)}, which the bill by day does not tell apart"
                yield Problem("warning", self.name, what, "match by service or category, or read billing files")
            elif match.service is not None and match.untagged is not True:
                what = f"rule {number} of customers.shared takes {match.name} only where it has no customer: their services are unknown"
                yield Problem("warning", self.name, what, "add untagged = true, or read billing files")

    def _ask(self, request: Request, by: dict[str, str], where: dict[str, Any] | None, usd: Decimal) -> "Answers":
        pages = self._cloud.pages(
            self.name,
            request.scope,
            "ce",
            "get_cost_and_usage",
            ask="NextPageToken",
            given="NextPageToken",
            usd=usd,
            TimePeriod={"Start": request.days[0].isoformat(), "End": (request.days[-1] + timedelta(1)).isoformat()},
            Granularity="DAILY",
            Metrics=list(METRICS),
            GroupBy=[by, {"Type": "DIMENSION", "Key": "RECORD_TYPE"}],
            **({"Filter": where} if where else {}),
        )
        days: Answers = {}
        for number, page in enumerate(pages, 1):
            request.progress("asking for the bill, page", number, 0)
            for result in page["ResultsByTime"]:
                day = date.fromisoformat(result["TimePeriod"]["Start"])
                groups, estimated = days.get(day, ({}, False))
                for group in result.get("Groups", ()):
                    groups[tuple(group["Keys"])] = group["Metrics"]
                days[day] = (groups, estimated or result.get("Estimated", False))
        return days


Metrics = Mapping[str, Mapping[str, str]]
Groups = dict[tuple[str, ...], Metrics]
"""Cost Explorer's metrics by the keys they are grouped by."""
Answers = dict[date, tuple[Groups, bool]]
"""Groups by day, and whether the day is still estimated."""
NOTHING: tuple[Groups, bool] = ({}, False)


def _lines(day: date, keys: Sequence[CostKey], by_key: Sequence[Groups], services: Groups, estimated: bool) -> Iterator[LedgerLine]:
    """The day's bill: cost by customer, what no key places by service, and whatever the parts leave over of the first answer,
    which alone is the whole bill."""
    left: dict[str, dict[str, Decimal]] = {}
    units: dict[str, str] = {}
    for number, (key, groups) in enumerate(zip(keys, by_key, strict=True)):
        for (group, record), metrics in groups.items():
            customer = key.customer(group)
            if customer:
                yield _line(day, customer, "", record, metrics, estimated)
            if bool(customer) == bool(number):  # of the first answer what it leaves open, of the later ones what they place of that
                _count(left, units, record, metrics, EXACT.subtract if customer else EXACT.add)
    for (service, record), metrics in services.items():
        yield _line(day, "", service, record, metrics, estimated)
        _count(left, units, record, metrics, EXACT.subtract)
    for record, sums in left.items():
        if any(sums.values()):
            rest = {metric: {"Amount": str(amount), "Unit": units[record]} for metric, amount in sums.items()}
            yield _line(day, "", "", record, rest, estimated)


def _count(
    left: dict[str, dict[str, Decimal]], units: dict[str, str], record: str, metrics: Metrics, into: Callable[[Decimal, Decimal], Decimal]
) -> None:
    sums = left.setdefault(record, dict.fromkeys(METRICS, ZERO))
    units.setdefault(record, _currency(metrics))
    for metric in METRICS:
        sums[metric] = into(sums[metric], _amount(metrics, metric))


def _line(day: date, customer: str, service: str, record: str, metrics: Metrics, estimated: bool) -> LedgerLine:
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


def _amount(metrics: Metrics, metric: str) -> Decimal:
    return Decimal(metrics[metric]["Amount"]) if metric in metrics else ZERO


def _currency(metrics: Metrics) -> str:
    units = {metric["Unit"] for metric in metrics.values()}
    if len(units) != 1:
        raise SourceError(Problem("malformed", CostExplorer.name, f"amounts in {sorted(units)}", "one currency was expected; report it"))
    return units.pop()


def _placed(key: CostKey, answer: Answers) -> bool:
    return any(key.customer(group) for groups, _ in answer.values() for group, _ in groups)
