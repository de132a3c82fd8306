"""The demo company's bill as lines, each with an amount a day in whole units of 1e-10 USD, so that every sum is exact."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import fsum

from costtui.sources.demo.calendar import DAYS, REFERENCE_END, REFERENCE_START, day_number
from costtui.sources.demo.company import Company, story_table
from costtui.sources.demo.customers import Tenant
from costtui.sources.demo.seed import stream, unit
from costtui.sources.demo.series import shape, spread

UNITS = 10_000_000_000
"""Units of one dollar: Cost Explorer gives up to ten decimals."""
NET_PCT = 97
"""What is left of usage after the company's private discount."""

_SERVICES = (
    ("Amazon Elastic Compute Cloud - Compute", "BoxUsage:c5.xlarge", 0.52),
    ("Amazon Simple Storage Service", "TimedStorage-ByteHrs", 0.21),
    ("Amazon DynamoDB", "ReadRequestUnits", 0.17),
    ("Amazon OpenSearch Service", "ESInstance:m6g.large", 0.10),
)
_TOKENS = (
    ("USE1-Claude4.6Sonnet-input-tokens", 0.46),
    ("USE1-Claude4.6Sonnet-output-tokens", 0.41),
    ("USE1-Claude4.6Sonnet-cache-read-input-token-count", 0.05),
    ("USE1-Claude4.6Sonnet-cache-write-input-token-count", 0.08),
)
_UNITS_PER_THOUSAND_TOKENS = {
    "cache-read": 3_000_000,
    "cache-write": 37_500_000,
    "input": 30_000_000,
    "output": 150_000_000,
}
"""List price of a thousand tokens in units, by the kind that a usage type names."""
SPIKE = {("acme", day): 3.4 for day in (date(2026, 11, 17), date(2026, 11, 18))}
"""AI spend that jumped: a customer's batch job ran against the live model."""
STEP = {"hooli": (date(2026, 11, 21), 1.7)}
"""Customers whose use changes for good on a day."""


@dataclass(slots=True)
class Charge:
    """One line of the bill. `daily` is UnblendedCost per calendar day; the other measures follow from it.

    `customer` is the tag's value as it was written, None without the tag."""

    account: str
    region: str
    service: str
    usage_type: str
    record_type: str
    customer: str | None
    daily: list[int]
    amortized: list[int]

    def quantity(self, low: int, high: int) -> list[int]:
        """UsageQuantity as units of a thousand tokens; 0 for what is not metered in tokens."""
        price = next((price for kind, price in _UNITS_PER_THOUSAND_TOKENS.items() if kind in self.usage_type), 0)
        metered = price and self.service == "Amazon Bedrock"
        return [amount * UNITS // price if metered else 0 for amount in self.daily[low:high]]

    def net(self, low: int, high: int) -> list[int]:
        """NetAmortizedCost: the private discount is on usage only."""
        amounts = self.amortized[low:high]
        return [amount * NET_PCT // 100 for amount in amounts] if "Usage" in self.record_type else amounts


def weights(tenant: Tenant, kind: str) -> list[float]:
    """A customer's days: nothing before it came, and what happened to it since."""
    result = shape(tenant.rhythm, tenant.growth, kind, tenant.id)
    if tenant.since is not None and (came := day_number(tenant.since)) > 0:
        result[:came] = [0.0] * came
    if tenant.id in STEP:
        since, factor = STEP[tenant.id]
        result = [weight * factor if day >= day_number(since) else weight for day, weight in enumerate(result)]
    if kind == "ai":
        for (name, day), factor in SPIKE.items():
            if name == tenant.id:
                result[day_number(day)] *= factor
    return result


def shared_charges(company: Company) -> Iterator[Charge]:
    """The company's own infrastructure, most of it without a customer tag. The last yielded is the commitment's fee."""
    fees = []
    used = [0] * DAYS
    for row in story_table("bill.csv"):
        account = company.account_id(row["profile"])
        curve = shape(
            row["rhythm"], float(row["growth_pct"]) / 100, "bill", row["profile"], row["region"], row["usage_type"], row["customer"]
        )
        daily = spread(int(Decimal(row["usd"]) * UNITS), curve)
        place = (account, row["region"], row["service"], row["usage_type"], row["record_type"], row["customer"] or None)
        if row["amortized_pct"] == "fee":
            fees.append((place, daily))
            continue
        percent = int(row["amortized_pct"])
        amortized = [amount * percent // 100 for amount in daily]
        if row["record_type"] == "SavingsPlanCoveredUsage":
            used = [before + amount for before, amount in zip(used, amortized, strict=True)]
        yield Charge(*place, daily, amortized)
    for place, daily in fees:
        yield Charge(*place, daily, [max(0, amount - covered) for amount, covered in zip(daily, used, strict=True)])
    for row in story_table("bill_once.csv"):
        daily = [0] * DAYS
        daily[day_number(date.fromisoformat(row["day"]))] = int(Decimal(row["usd"]) * UNITS)
        account = company.account_id(row["profile"])
        yield Charge(account, row["region"], row["service"], row["usage_type"], row["record_type"], row["customer"] or None, daily, daily)


def tenant_charges(company: Company, tenants: list[Tenant]) -> Iterator[Charge]:
    """What is tagged as one customer's."""
    prod = company.accounts[0].id
    curves = [shape("flat" if number % 3 else "consumer", 0.1, "curve", number) for number in range(16)]
    totals = [fsum(curve[REFERENCE_START:REFERENCE_END]) for curve in curves]
    for number, tenant in enumerate(tenants):
        if tenant.generated:
            curve = number % len(curves)
            scale = tenant.direct_usd * UNITS / totals[curve]
            daily = [int(weight * scale) for weight in curves[curve]]
            service, usage_type, _ = _SERVICES[1 + number % 2]
            yield Charge(prod, "us-east-1", service, usage_type, "Usage", tenant.id, daily, daily)
        else:
            yield from _own_charges(prod, tenant)


def _own_charges(account: str, tenant: Tenant) -> Iterator[Charge]:
    region = "us-east-1" if unit("home", tenant.id) < 0.8 else "eu-west-1"
    curve, draw = weights(tenant, "direct"), stream("mix", tenant.id).random
    mix = [(service, usage_type, share * (0.6 + 0.8 * draw())) for service, usage_type, share in _SERVICES]
    whole = fsum(share for *_, share in mix)
    for service, usage_type, share in mix:
        daily = spread(int(tenant.direct_usd * share / whole * UNITS), curve)
        yield Charge(account, region, service, usage_type, "Usage", tenant.id, daily, daily)
    if tenant.ai_usd:
        curve = weights(tenant, "ai")
        for usage_type, share in _TOKENS:
            daily = spread(int(tenant.ai_usd * share * UNITS), curve)
            yield Charge(account, "us-east-1", "Amazon Bedrock", usage_type, "Usage", tenant.id, daily, daily)


Measure = Callable[[Charge, int, int], list[int]]
"""The amounts of the days from one number up to, and without, another."""

MEASURES: dict[str, Measure] = {
    "UnblendedCost": lambda charge, low, high: charge.daily[low:high],
    "AmortizedCost": lambda charge, low, high: charge.amortized[low:high],
    "UsageQuantity": lambda charge, low, high: charge.quantity(low, high),
    "NetAmortizedCost": lambda charge, low, high: charge.net(low, high),
}
