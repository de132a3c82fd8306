"""The price book: dated list prices as data, one cached object per region and architecture.

Source of the figures: the AWS price list (https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/index.json), dated in the file.
An unknown region, architecture or meter is "unpriced" (None), never a guess.
"""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files

import msgspec

from costtui.domain.money import ZERO

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class Tier(msgspec.Struct, frozen=True, array_like=True):
    """`rate` in USD per GB-second for the month's GB-seconds from `begin` up to `end`; None is without end."""

    begin: Decimal
    end: Decimal | None
    rate: Decimal


class LambdaRates(msgspec.Struct, frozen=True, omit_defaults=True):
    """Lambda's list prices in one region for one architecture, in USD; None is unpriced.

    `request` is one request; `duration`, `ephemeral`, `provisioned`, `provisioned_duration` and `snapstart_cache` are per GB-second;
    `snapstart_restore`, `streamed_gb`, `durable_written_gb` and `tenant_environment_gb` per GB. Duration tiers aggregate per payer,
    region, architecture and month; a region whose upper tiers are not known has only the lower ones.
    """

    region: str
    architecture: str
    duration: tuple[Tier, ...]
    request: Decimal
    ephemeral: Decimal | None = None
    provisioned: Decimal | None = None
    provisioned_duration: Decimal | None = None
    snapstart_cache: Decimal | None = None
    snapstart_restore: Decimal | None = None
    streamed_gb: Decimal | None = None
    durable_operation: Decimal | None = None
    durable_written_gb: Decimal | None = None
    durable_retained_gb_month: Decimal | None = None
    tenant_environment_gb: Decimal | None = None
    poller_unit_hour: Decimal | None = None
    sqs_poller_unit_hour: Decimal | None = None
    source: str = ""
    """Where this row comes from when that is not the book's own source."""


class FreeTier(msgspec.Struct, frozen=True):
    """What an account has free each month, both architectures pooled; never for provisioned concurrency or edge functions."""

    requests: int
    gb_seconds: Decimal
    streamed_gib: Decimal


class EdgeRates(msgspec.Struct, frozen=True):
    """Lambda@Edge: no free tier, the same in every region."""

    request: Decimal
    gb_second: Decimal


class ManagedInstanceRates(msgspec.Struct, frozen=True):
    """Lambda Managed Instances: `fee_pct` of the EC2 on-demand price, plus requests; no GB-seconds."""

    fee_pct: Decimal
    request: Decimal


class SavingsPlanRates(msgspec.Struct, frozen=True):
    """Compute Savings Plan: discount on GB-seconds, never on requests; tier 1 rates per GB-second where they are known."""

    discount_pct: Decimal
    x86_64: Decimal | None = None
    arm64: Decimal | None = None


class ToolPrice(msgspec.Struct, frozen=True):
    """A rounded price that aws-lambda-power-tuning has used, in USD per 128 MB and `step_ms`. It only dates imported runs.

    `where` are the regions whose price it is, when the tool has one of their own (its template.yml, `baseCosts`).
    """

    architecture: str
    step_ms: int
    rate: Decimal
    where: str = ""


class ApiPrice(msgspec.Struct, frozen=True):
    """What one unit of a paid API operation costs; `minimum_mb` is the least that one call is charged for."""

    rate: Decimal
    unit: str
    minimum_mb: int = 0


class EbsRates(msgspec.Struct, frozen=True):
    """A volume type per month: each GB, and what is provisioned above the included IOPS and MB/s."""

    gb_month: Decimal
    iops_month: Decimal | None = None
    iops_included: int = 0
    mbps_month: Decimal | None = None
    mbps_included: int = 0


class NatRates(msgspec.Struct, frozen=True):
    hour: Decimal
    gb: Decimal


class LogRates(msgspec.Struct, frozen=True):
    gb_month: Decimal
    ingested_gb: Decimal


class ResourceRates(msgspec.Struct, frozen=True):
    """On-demand list prices of one region for pricing drift; `rds_hour` is single-AZ by engine, Multi-AZ is twice that."""

    region: str
    as_of: date
    source: str
    table_sources: dict[str, str]
    """Where each table's figures come from, and which of them were checked."""
    hours_per_month: Decimal
    ec2_hour: dict[str, Decimal]
    rds_hour: dict[str, dict[str, Decimal]]
    ebs: dict[str, EbsRates]
    nat_gateway: NatRates
    logs: LogRates


class PriceData(msgspec.Struct, frozen=True):
    """The file behind a price book."""

    schema_version: int
    as_of: date
    source: str
    currency: str
    notes: list[str]
    lambda_: list[LambdaRates] = msgspec.field(name="lambda")
    free_tier: FreeTier
    edge: EdgeRates
    managed_instances: ManagedInstanceRates
    savings_plans: dict[str, SavingsPlanRates]
    api_calls: dict[str, ApiPrice]
    power_tuning: tuple[ToolPrice, ...]
    resources: ResourceRates


class PriceBook:
    """Look-ups over one `PriceData`; built once, then every answer is a dictionary access."""

    def __init__(self, data: PriceData) -> None:
        self.data = data
        self.as_of = data.as_of
        self.source = data.source
        self.currency = data.currency
        self.free_tier = data.free_tier
        self.edge = data.edge
        self.managed_instances = data.managed_instances
        self.savings_plans = data.savings_plans
        self.power_tuning = data.power_tuning
        self.resources = data.resources
        self._lambda = {(row.region, row.architecture): row for row in data.lambda_}

    @classmethod
    def decode(cls, raw: bytes) -> "PriceBook":
        """Read a price file; raises ValueError naming the key that is wrong."""
        try:
            return cls(msgspec.json.decode(raw, type=PriceData))
        except msgspec.DecodeError as error:
            raise ValueError(f"the price file cannot be read: {error}") from None

    def encode(self) -> bytes:
        return msgspec.json.encode(self.data)

    @property
    def regions(self) -> list[str]:
        return sorted({region for region, _ in self._lambda})

    def lambda_rates(self, region: str, architecture: str) -> LambdaRates | None:
        """The rates, the same object each time; None is unpriced."""
        return self._lambda.get((region, architecture))

    def api_price(self, operation: str) -> ApiPrice | None:
        """Price and unit of an operation named as in IAM (`ce:GetCostAndUsage`); None is free of charge."""
        return self.data.api_calls.get(operation) or self.data.api_calls.get(operation.partition(":")[0] + ":*")

    def api_call(self, operation: str) -> Decimal:
        """USD for one unit of the operation: a request, a metric, a GB or a TB, as `api_price` says; zero is free of charge."""
        price = self.api_price(operation)
        return price.rate if price else ZERO

    def dated_source(self, row: LambdaRates) -> str:
        """Where a row is from, and of when."""
        return row.source if DATE.search(row.source) else f"{row.source or self.source}, {self.as_of}"

    def with_lambda(self, rows: Iterable[LambdaRates], as_of: date, source: str) -> "PriceBook":
        """A newer book: `rows` replace those of the same region and architecture, the others keep their own date in `source`."""
        fresh = {(row.region, row.architecture): row for row in rows}
        kept = [msgspec.structs.replace(row, source=self.dated_source(row)) for key, row in self._lambda.items() if key not in fresh]
        return PriceBook(msgspec.structs.replace(self.data, as_of=as_of, source=source, lambda_=[*fresh.values(), *kept]))


@cache
def shipped_book() -> PriceBook:
    """The book that costtui ships with."""
    return PriceBook.decode(files(__package__).joinpath("aws.json").read_bytes())


_adopted: list[PriceBook] = []


def adopt(book: PriceBook | None) -> bool:
    """Let this process use `book` where it is not older than the shipped one; None goes back to that. Says whether it is in use."""
    _adopted.clear()
    if book is not None and book.as_of >= shipped_book().as_of:
        _adopted.append(book)
    return bool(_adopted)


def price_book() -> PriceBook:
    """The book in use."""
    return _adopted[0] if _adopted else shipped_book()
