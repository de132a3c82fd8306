"""Lambda's own bill by usage type and region, to hold the model against: GetCostAndUsage, $0.01 a page, closed days once ever.

Only the accounts and regions whose functions are listed, amortized, without credits, refunds and tax, which no function's use explains.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from costtui.domain.asking import Price
from costtui.domain.datasets import Batch, Scope
from costtui.domain.functions.bill_records import LambdaBillLine
from costtui.domain.functions.records import Function
from costtui.domain.prices.price_book import price_book
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.cloud import GLOBAL_REGION, PROVIDER, AwsCloud
from costtui.sources.port import Request

SERVICE = "AWS Lambda"
METRIC = "AmortizedCost"
NOT_USE = ("Credit", "Refund", "Tax")
GROUPS_A_PAGE = 5_000
GROUPS_A_DAY = 12
"""About what a day has in a region, for the price that is said before asking."""


class LambdaBill:
    """What AWS billed for Lambda each day, in the accounts and regions that functions are listed in."""

    name = "aws.cost-explorer.lambda"
    dataset = "lambda-bill"
    after: tuple[str, ...] = ()
    across: tuple[str, ...] = ("functions",)
    local = False
    paid = True
    unconfigured = "no AWS profile is configured"

    def __init__(self, cloud: AwsCloud, profile: str | None) -> None:
        self._cloud, self._profile = cloud, profile

    def scopes(self) -> Sequence[Scope]:
        profiles = [self._profile] if self._profile is not None else self._cloud.profiles[:1]
        return [Scope(PROVIDER, profile, GLOBAL_REGION) for profile in profiles]

    def price(self, request: Request) -> Price:
        regions = {function.region for function in request.inputs.get("functions", ())}
        pages = 1 + GROUPS_A_DAY * max(1, len(regions)) * len(request.days) // GROUPS_A_PAGE
        usd = price_book().api_call("ce:GetCostAndUsage") * pages
        return Price(self.name, pages, usd, pages, f"Lambda's bill of {_days(request.days)} by usage type")

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        functions: Sequence[Function] = request.inputs.get("functions", ())
        if not functions:
            return
        price = self.price(request)
        self._cloud.afford(self.name, price.usd, price.words)
        try:
            found = self._ask(request, functions)
        except SourceError as error:
            if error.problem.kind not in ("denied", "not-enabled"):
                raise
            what = f"the model is not held against the bill: {error.problem.what}"
            yield Problem("warning", self.name, what, error.problem.action, request.scope.words)
            return
        for day in request.days:
            lines, estimated = found.get(day, ([], True))
            yield Batch([LambdaBillLine(day, "", "", Decimal(0)), *lines] if day in found else [], day=day, estimated=estimated)

    def _ask(self, request: Request, functions: Sequence[Function]) -> dict[date, tuple[list[LambdaBillLine], bool]]:
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
            Metrics=[METRIC],
            GroupBy=[{"Type": "DIMENSION", "Key": "USAGE_TYPE"}, {"Type": "DIMENSION", "Key": "REGION"}],
            Filter=_filter(functions),
        )
        days: dict[date, tuple[list[LambdaBillLine], bool]] = {}
        for number, page in enumerate(pages, 1):
            request.progress("asking for Lambda's bill, page", number, 0)
            for result in page["ResultsByTime"]:
                day = date.fromisoformat(result["TimePeriod"]["Start"])
                lines, estimated = days.get(day, ([], False))
                lines += [_line(day, group) for group in result.get("Groups", ())]
                days[day] = (lines, estimated or result.get("Estimated", False))
        return days


def _filter(functions: Sequence[Function]) -> dict[str, Any]:
    def among(key: str, values: Sequence[str]) -> dict[str, Any]:
        return {"Dimensions": {"Key": key, "Values": list(values)}}

    return {
        "And": [
            among("SERVICE", [SERVICE]),
            among("LINKED_ACCOUNT", sorted({function.account for function in functions})),
            among("REGION", sorted({function.region for function in functions})),
            {"Not": among("RECORD_TYPE", NOT_USE)},
        ]
    }


def _line(day: date, group: dict[str, Any]) -> LambdaBillLine:
    usage_type, region = group["Keys"]
    amount = group["Metrics"][METRIC]
    return LambdaBillLine(day, region, usage_type, Decimal(amount["Amount"]), amount["Unit"])


def _days(days: Sequence[date]) -> str:
    return f"{len(days)} days" if len(days) > 1 else f"{days[0]}"
