"""Records of Lambda functions. Units: memory MB means MiB as AWS uses the word, durations are milliseconds, money is USD."""

from array import array
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

import msgspec

from costtui.domain.functions.bill_records import AtSize, BilledLine, FunctionVersions, PayerMonth, Provisioned, Reconciled, TierPart
from costtui.domain.functions.reported import FunctionReports
from costtui.domain.functions.tuning import Tuning

Kind = Literal["standard", "managed-instances", "edge", "durable", "tenant-isolated"]
"""Which meters bill it: `managed-instances` and `edge` others than GB-seconds, `durable` and `tenant-isolated` more than those."""

Basis = Literal["billed", "measured", "estimated"]
"""`billed` from an export with resource ids, `measured` from REPORT lines, `estimated` from metrics."""

Confidence = Literal["high", "medium", "low", "none"]

NOT_ENOUGH = "not enough data"
"""In the place of a verdict where nothing, or only one size, was measured."""


class Function(msgspec.Struct, frozen=True, array_like=True):
    """A function as the control plane lists it (Lambda ListFunctions, tagging GetResources)."""

    arn: str
    name: str
    account: str
    region: str
    runtime: str | None
    architecture: str
    memory_mb: int
    ephemeral_mb: int
    package_type: str
    last_modified: datetime | None
    kind: Kind = "standard"
    tags: dict[str, str] = {}
    log_group: str = ""
    snap_start: bool = False
    """Whether its published versions have snapshots (SnapStart)."""


class UsageDay(msgspec.Struct, frozen=True, array_like=True):
    """CloudWatch AWS/Lambda sums of one function over one UTC day. None means CloudWatch gave no point for that metric."""

    arn: str
    day: date
    invocations: int | None
    duration_ms: Decimal | None
    errors: int | None = None
    throttles: int | None = None


class FunctionDays(msgspec.Struct, frozen=True):
    """The days of one function, asked for by name. `subject` is its ARN; a day without any point is in no record.

    Every day from `since` up to `asked` (UTC) was asked for, that one while it was open."""

    subject: str
    since: date
    asked: date
    days: list[UsageDay] = []


class FunctionCost(msgspec.Struct, frozen=True, array_like=True):
    """The bill of one function over a window, by meter. None is unknown (unpriced, or not measured), never free."""

    requests: Decimal | None
    duration: Decimal | None
    init: Decimal | None
    ephemeral: Decimal | None
    provisioned: Decimal | None
    other: Decimal | None
    total: Decimal | None
    currency: str = "USD"
    basis: Basis = "estimated"


class WindowMetrics(msgspec.Struct, frozen=True):
    """What CloudWatch says of a function over a whole window; None is no data.

    `p95_ms` is the 95th percentile of its durations (those of days cannot be added up), `log_bytes` what its log group took in.
    """

    arn: str
    p95_ms: Decimal | None
    log_bytes: int | None = None


class OptimizerAdvice(msgspec.Struct, frozen=True):
    """AWS Compute Optimizer's own recommendation (GetLambdaFunctionRecommendations). Savings in USD a month, durations in ms;
    `finding` is Optimized, NotOptimized or Unavailable, `reasons` are its codes."""

    arn: str
    finding: str
    reasons: list[str]
    days: int
    memory_mb: int | None = None
    monthly_saving: Decimal | None = None
    lower_ms: Decimal | None = None
    expected_ms: Decimal | None = None
    upper_ms: Decimal | None = None


class OptimizerReport(msgspec.Struct, frozen=True):
    """What Compute Optimizer said of one account and region; nothing is said where the account did not opt in."""

    account: str
    region: str
    enrolled: bool
    advice: list[OptimizerAdvice] = []


class Recommendation(msgspec.Struct, frozen=True, array_like=True):
    """Which size to run at, and how sure that is. `words` is the verdict in a table's cell."""

    memory_mb: int
    architecture: str
    monthly_saving: Decimal | None
    confidence: Confidence
    method: str
    reason: str
    words: str = ""


class Daily(msgspec.Struct, frozen=True, array_like=True):
    """A series with one number per day of the window, packed as doubles so that 10,000 rows decode in no time.

    It holds quantities for trends, never money. NaN is a day without data.
    """

    packed: bytes = b""

    @classmethod
    def of(cls, values: Sequence[float]) -> "Daily":
        return cls(array("d", values).tobytes())

    @property
    def values(self) -> Sequence[float]:
        result = array("d")
        result.frombytes(self.packed)
        return result


class ExtraUse(msgspec.Struct, frozen=True, array_like=True):
    """Use over the window that CloudWatch's sums of a function do not tell. `provisioned` None: its versions were not asked for.

    `served_ms` is the part of the duration that provisioned concurrency served, at `served_mb`; `snapshots` are GB-seconds of SnapStart's
    cache, None where not known; `restores` says that restored snapshots are charged, which no metric tells."""

    provisioned: list[Provisioned] | None = None
    served_ms: Decimal = Decimal(0)
    served_mb: int = 0
    elsewhere: list[AtSize] = []
    snapshots: Decimal | None = Decimal(0)
    restores: bool = False


class FunctionRow(msgspec.Struct, frozen=True, array_like=True):
    """One row of the functions pane: function, usage over the window, bill, verdict."""

    arn: str
    name: str
    account: str
    account_name: str
    team: str | None
    environment: str | None
    region: str
    runtime: str | None
    architecture: str
    memory_mb: int
    ephemeral_mb: int
    package_type: str
    kind: Kind
    last_modified: datetime | None
    invocations: int | None
    errors: int | None
    throttles: int | None
    duration_avg_ms: Decimal | None
    duration_p95_ms: Decimal | None
    billed_gb_seconds: Decimal | None
    cold_start_share: Decimal | None
    max_memory_used_mb: int | None
    cost: FunctionCost
    recommendation: Recommendation | None
    stack: str | None
    drift_ids: list[str] = []
    tags: dict[str, str] = {}
    daily_calls: Daily = Daily()
    daily_duration_ms: Daily = Daily()
    log_bytes: int | None = None
    """What its log group took in: CloudWatch Logs bills it, so it is no part of `cost`."""
    tuning: Tuning | None = None
    optimizer: OptimizerAdvice | None = None
    optimizer_enrolled: bool = False
    """Whether Compute Optimizer looks at its account and region at all."""
    snap_start: bool = False
    versions: FunctionVersions | None = None
    """Its versions, aliases and provisioned concurrency; None until somebody asked."""
    extra: ExtraUse | None = None
    """What its bill has beside calls and duration at its own size; None where nothing of it is known."""
    tiers: list[TierPart] = []
    """Its part of each tier that its payer reached; empty where the payer is far from leaving the first one."""
    billed: list[BilledLine] = []
    """What AWS billed it by usage type, from an export with resource ids: `cost` is then their sum."""
    modelled: FunctionCost | None = None
    """The bill as reckoned from metrics, where `cost` is the billed one."""

    reports: FunctionReports | None = None
    """What its REPORT lines say of the window; None until somebody asked."""
    history: FunctionDays | None = None
    """Its last 60 days; None until somebody asked."""
    lacks_usage: bool = False
    """Whether CloudWatch was not asked for its calls for want of consent to paid requests."""


class FunctionTotals(msgspec.Struct, frozen=True):
    """Totals of the functions pane; `cost` sums the rows whose cost is known, `monthly_saving` (USD per 30 days) those with a saving."""

    functions: int
    cost: Decimal | None
    monthly_saving: Decimal | None
    unpriced: int = 0
    """Rows whose cost is unknown, and which `cost` therefore leaves out."""
    currency: str = "USD"
    discount_pct: Decimal = Decimal(0)
    """The private discount that every amount of the pane is less."""
    days: int = 0
    """Days of the window that have begun: what a month is reckoned from."""
    free_tier: Decimal | None = None
    """What the free tier of the payers takes off the modelled cost: zero or less."""
    payer_months: list[PayerMonth] = []
    """The tiers of every payer, region and architecture that left the first one."""
    modelled: Decimal | None = None
    """The cost of all functions as reckoned from metrics, also of those whose billed cost is taken."""
    reconciled: list[Reconciled] = []
    """The model beside Cost Explorer's bill, by meter; empty where the window's bill is not known."""
    billed: Decimal | None = None
    """Lambda's bill of the window by Cost Explorer (amortized, without credits and tax); None where it is not known."""
    residual: Decimal | None = None
    """`billed` less the modelled amounts beside it."""
