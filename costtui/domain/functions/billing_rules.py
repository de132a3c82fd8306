"""How AWS turned a duration into billed milliseconds, by date, and memory and time into GB-seconds.

Sources: https://aws.amazon.com/lambda/pricing/; AWS Compute Blog of 2025-04-29 (INIT is billed for every runtime from 2025-08-01);
AWS News Blog of 2020-12-01 (1 ms instead of 100 ms).
"""

from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Final

import msgspec

from costtui.domain.money import EXACT, ZERO

INIT_BILLED_SINCE: Final = date(2025, 8, 1)
MILLISECONDS_SINCE: Final = date(2020, 12, 1)
MB_PER_GB: Final = Decimal(1024)
FREE_EPHEMERAL_MB: Final = 512


class BillingRules(msgspec.Struct, frozen=True):
    """The step that a duration is rounded up to, and whether INIT counts."""

    step_ms: int
    init_billed: bool


TODAY: Final = BillingRules(step_ms=1, init_billed=True)


def billing_rules(day: date) -> BillingRules:
    """The rules in force on `day` (UTC)."""
    return BillingRules(step_ms=1 if day >= MILLISECONDS_SINCE else 100, init_billed=day >= INIT_BILLED_SINCE)


def billed_ms(duration_ms: Decimal, init_ms: Decimal = ZERO, rules: BillingRules = TODAY) -> int:
    """One rounding up, over the sum of duration and INIT: 395.99 + 265.72 is 662 ms."""
    whole = EXACT.add(duration_ms, init_ms) if rules.init_billed else duration_ms
    steps = EXACT.divide(whole, Decimal(rules.step_ms)).to_integral_value(rounding=ROUND_CEILING, context=EXACT)
    return int(steps) * rules.step_ms


def gb(size_mb: int) -> Decimal:
    """MB in GB, exactly: 1,024 MB are one GB."""
    return EXACT.divide(Decimal(size_mb), MB_PER_GB)


def gb_seconds(size_mb: int, ms: Decimal) -> Decimal:
    """`ms` milliseconds at `size_mb`, exactly."""
    return EXACT.multiply(gb(size_mb), ms.scaleb(-3, EXACT))


def paid_ephemeral_mb(size_mb: int) -> int:
    """Ephemeral storage above the 512 MB that every function has free."""
    return max(0, size_mb - FREE_EPHEMERAL_MB)


def provisioned_seconds(seconds: Decimal) -> Decimal:
    """Time that provisioned concurrency is configured, rounded up to five minutes."""
    return EXACT.multiply(EXACT.divide(seconds, Decimal(300)).to_integral_value(rounding=ROUND_CEILING, context=EXACT), Decimal(300))
