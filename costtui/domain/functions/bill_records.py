"""Records that a function's bill is made from, beside its own usage: versions, provisioned concurrency, tiers, what AWS billed.

Sources: Lambda API reference (ListVersionsByFunction, ListAliases, ListProvisionedConcurrencyConfigs), https://aws.amazon.com/lambda/pricing/,
FOCUS 1.2 and the CUR dictionary. Units as in `records`.
"""

from datetime import date, datetime
from decimal import Decimal

import msgspec

from costtui.domain.money import EXACT


class Version(msgspec.Struct, frozen=True, array_like=True):
    """One version. `number` is "7", or "$LATEST"; `published` is when it was made, `snap_start` whether it has a snapshot."""

    number: str
    memory_mb: int
    ephemeral_mb: int
    architecture: str
    runtime: str | None = None
    published: datetime | None = None
    snap_start: bool = False


class Alias(msgspec.Struct, frozen=True, array_like=True):
    """An alias, the version it points at, and the share (0 to 1) of its calls that goes to others instead, by version."""

    name: str
    version: str
    weights: dict[str, float] = {}


class ProvisionedSetting(msgspec.Struct, frozen=True, array_like=True):
    """Provisioned concurrency of a version or alias. `since` is its last change: what was configured before is not told."""

    qualifier: str
    requested: int
    allocated: int
    status: str
    since: datetime | None = None


class QualifierUse(msgspec.Struct, frozen=True, array_like=True):
    """Calls of a window through one version or alias, by CloudWatch's dimension Resource."""

    qualifier: str
    invocations: int
    duration_ms: Decimal


class FunctionVersions(msgspec.Struct, frozen=True):
    """What Lambda says of one function's versions, and CloudWatch of their use. `subject` is the function's ARN."""

    subject: str
    versions: list[Version] = []
    aliases: list[Alias] = []
    provisioned: list[ProvisionedSetting] = []
    uses: list[QualifierUse] = []
    provisioned_calls: int | None = None
    """Calls of the window that provisioned concurrency served; None where nobody asked."""
    reason: str = ""
    """Why nothing is known, where that is so."""

    def version_of(self, qualifier: str) -> Version | None:
        """The version behind a number or an alias."""
        number = next((alias.version for alias in self.aliases if alias.name == qualifier), qualifier)
        return next((version for version in self.versions if version.number == number), None)


class Provisioned(msgspec.Struct, frozen=True, array_like=True):
    """Provisioned concurrency of one version or alias: `count` environments of `memory_mb` for `seconds`, in steps of five minutes."""

    count: int
    memory_mb: int
    seconds: Decimal
    qualifier: str = ""


class AtSize(msgspec.Struct, frozen=True, array_like=True):
    """Milliseconds that ran in a version of another size than the function's own, by the alias or version that was called."""

    qualifier: str
    memory_mb: int
    ephemeral_mb: int
    duration_ms: Decimal


class TierPart(msgspec.Struct, frozen=True, array_like=True):
    """GB-seconds that are priced in one tier; `rate` (USD per GB-second) is None above the tiers that the price book knows."""

    tier: int
    gb_seconds: Decimal
    rate: Decimal | None


class PayerMonth(msgspec.Struct, frozen=True, array_like=True):
    """One calendar month of a payer's GB-seconds in a region and architecture, within the window.

    `payer` is an account, or "" for the organization. `before` is what came earlier in the same month: zero where the window begins no
    later than the month, otherwise assumed to be like the days of the window. `parts` are the tiers that the GB-seconds fall in."""

    payer: str
    region: str
    architecture: str
    month: date
    gb_seconds: Decimal
    before: Decimal
    parts: list[TierPart]

    @property
    def marginal(self) -> TierPart:
        """The tier that one GB-second more or less is billed in."""
        return self.parts[-1]


class BilledLine(msgspec.Struct, frozen=True, array_like=True):
    """What one function was billed for one usage type over a window. `effective` is amortized: its part of a Savings Plan is in it.

    `category` is FOCUS ChargeCategory: Usage, or Adjustment for a discount; `commitment` is Used where a Savings Plan covers it.
    """

    arn: str
    usage_type: str
    category: str
    commitment: str
    currency: str
    effective: Decimal
    billed: Decimal | None = None
    list_cost: Decimal | None = None


class LambdaBillLine(msgspec.Struct, frozen=True, array_like=True):
    """Lambda's bill of one day, region and usage type over the asked accounts. An empty `usage_type` only says that the day was asked."""

    day: date
    region: str
    usage_type: str
    effective: Decimal
    currency: str = "USD"


class Reconciled(msgspec.Struct, frozen=True):
    """The model beside the bill for one meter of a region and architecture. `usage_types` are AWS's own names of it.

    `modelled` is None where no function's amount is known."""

    region: str
    architecture: str
    meter: str
    usage_types: list[str]
    modelled: Decimal | None
    billed: Decimal

    @property
    def residual(self) -> Decimal | None:
        """What the bill has more than the model."""
        return None if self.modelled is None else EXACT.subtract(self.billed, self.modelled)
