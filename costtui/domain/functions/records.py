"""Records of Lambda functions. Units: memory MB means MiB as AWS uses the word, durations are milliseconds, money is USD."""

from array import array
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

import msgspec

from costtui.domain.functions.tuning import Tuning

Kind = Literal["standard", "managed-instances", "edge", "durable", "tenant-isolated"]
"""Which meters bill the function; only `standard` is priced in GB-seconds."""

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


class UsageDay(msgspec.Struct, frozen=True, array_like=True):
    """CloudWatch AWS/Lambda sums of one function over one UTC day. None means CloudWatch gave no point for that metric."""

    arn: str
    day: date
    invocations: int | None
    duration_ms: Decimal | None
    errors: int | None = None
    throttles: int | None = None


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
