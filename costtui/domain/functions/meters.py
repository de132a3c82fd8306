"""The meters of a Lambda function, each as lines of a bill: quantity, list rate, amount.

Tiers aggregate over payer, region and architecture, so a function's GB-seconds come on top of the payer's others
(https://aws.amazon.com/lambda/pricing/).
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from typing import Literal

import msgspec

from costtui.domain.functions.bill_records import AtSize, Provisioned
from costtui.domain.functions.billing_rules import BillingRules, gb, gb_seconds, paid_ephemeral_mb, provisioned_seconds
from costtui.domain.money import EXACT, ZERO, total
from costtui.domain.prices.price_book import FreeTier, LambdaRates, Tier

Meter = Literal[
    "requests",
    "duration",
    "init",
    "ephemeral",
    "provisioned",
    "provisioned-duration",
    "snapstart-cache",
    "snapstart-restore",
    "streaming",
    "not-gb-seconds",
    "durable",
    "tenant-environments",
]

COMPUTE: frozenset[str] = frozenset({"duration", "init", "provisioned", "provisioned-duration"})
"""The meters that a Compute Savings Plan covers; requests never are."""
NO_INIT = "not measured: no metric tells INIT, only REPORT lines do"
INIT_FREE = "INIT was not billed before 2025-08-01"
FIRST_512 = "the first 512 MB are free"
NO_SNAPSTART = "each published version is charged for its snapshot while it exists: not known until its versions are asked for"
NO_RESTORES = "GB of each restored environment: in no metric, only REPORT lines tell"


class BillLine(msgspec.Struct, frozen=True):
    """One meter. `rate` is the list price in USD per `unit`; `amount` is after discounts.

    Quantity None: not measured. Quantity known and amount None: unpriced, or not this meter.
    """

    meter: Meter
    quantity: Decimal | None
    unit: str
    rate: Decimal | None
    amount: Decimal | None
    note: str = ""


class Usage(msgspec.Struct, frozen=True):
    """What one function, version or alias used in one window.

    `duration_ms` is the sum of billed milliseconds without INIT, `init_ms` the sum of INIT (None: not measured). On top of it come
    `provisioned_duration_ms`, the part served by provisioned concurrency, which has a rate of its own (at `provisioned_mb` where that
    is not `memory_mb`), and `elsewhere`. `provisioned` None: not asked for. SnapStart's quantities None: it is on, and they are not known.
    """

    invocations: int
    duration_ms: Decimal
    memory_mb: int
    ephemeral_mb: int = 512
    init_ms: Decimal | None = None
    provisioned: tuple[Provisioned, ...] | None = None
    provisioned_duration_ms: Decimal = ZERO
    provisioned_mb: int = 0
    snapstart_cache_gb_seconds: Decimal | None = ZERO
    snapstart_restored_gb: Decimal | None = ZERO
    streamed_gb: Decimal = ZERO
    elsewhere: tuple[AtSize, ...] = ()


class Discounts(msgspec.Struct, frozen=True):
    """Percent off list prices: a private discount on everything, and a Compute Savings Plan on GB-seconds only."""

    private_pct: Decimal = ZERO
    savings_plan_pct: Decimal = ZERO


AT_LIST_PRICE = Discounts()


@cache
def _factor(discounts: Discounts, meter: str) -> Decimal:
    factor = 1 - discounts.private_pct / 100
    return factor * (1 - discounts.savings_plan_pct / 100) if meter in COMPUTE else factor


@cache
def _discount_note(discounts: Discounts, meter: str) -> str:
    parts = [f"less {discounts.private_pct} % private discount"] if discounts.private_pct else []
    if discounts.savings_plan_pct and meter in COMPUTE:
        parts.append(f"less {discounts.savings_plan_pct} % Savings Plan")
    return ", ".join(parts)


def line(meter: Meter, quantity: Decimal, unit: str, rate: Decimal | None, discounts: Discounts, note: str = "") -> BillLine:
    if rate is None:
        if quantity:
            return BillLine(meter, quantity, unit, None, None, "unpriced: the price book has no rate for it here")
        return BillLine(meter, quantity, unit, None, ZERO, note)
    amount = EXACT.multiply(quantity, rate)
    if discounts is not AT_LIST_PRICE:
        amount = EXACT.multiply(amount, _factor(discounts, meter))
        note = "; ".join(filter(None, (note, _discount_note(discounts, meter))))
    return BillLine(meter, quantity, unit, rate, amount, note)


def by_tier(tiers: tuple[Tier, ...], before: Decimal, quantity: Decimal) -> Iterator[tuple[Decimal, Decimal | None, int]]:
    """(quantity, rate, tier number) of each tier that `quantity` falls in on top of `before`; a None rate is above the tiers known."""
    position, rest = before, quantity
    for number, tier in enumerate(tiers, start=1):
        room = rest if tier.end is None else min(rest, tier.end - position)
        if room > 0 or (not rest and (tier.end is None or position < tier.end)):
            yield room, tier.rate, number
            position, rest = EXACT.add(position, room), EXACT.subtract(rest, room)
            if not rest:
                return
    yield rest, None, len(tiers) + 1


def tiered_amount(tiers: tuple[Tier, ...], before: Decimal, quantity: Decimal) -> Decimal | None:
    """The exact price of `quantity` GB-seconds on top of `before`; None where a tier is unpriced."""
    amounts = [None if rate is None else EXACT.multiply(part, rate) for part, rate, _ in by_tier(tiers, before, quantity)]
    known = [amount for amount in amounts if amount is not None]
    return total(known) if len(known) == len(amounts) else None


Parts = Iterable[tuple[Decimal, Decimal | None, int]]
"""GB-seconds with their rate and the number of their tier."""


def compute_lines(
    rates: LambdaRates, usage: Usage, rules: BillingRules, payer: Decimal, discounts: Discounts, parts: Parts | None = None
) -> Iterator[BillLine]:
    """Duration and INIT. `parts` are the tiers of the duration where the payer's mix is known; INIT comes on top of it."""
    position = payer
    if parts is not None:
        for part, rate, number in parts:
            yield line("duration", part, "GB-second", rate, discounts, f"tier {number}")
            position = EXACT.add(position, part)
    else:
        for size, where in _durations(usage):
            for part, rate, number in by_tier(rates.duration, position, size):
                yield line("duration", part, "GB-second", rate, discounts, f"tier {number}{where}")
            position = EXACT.add(position, size)
    if not rules.init_billed:
        yield BillLine("init", None, "GB-second", None, ZERO, INIT_FREE)
    elif usage.init_ms is None:
        yield BillLine("init", None, "GB-second", None, None, NO_INIT)
    else:
        for part, rate, number in by_tier(rates.duration, position, gb_seconds(usage.memory_mb, usage.init_ms)):
            yield line("init", part, "GB-second", rate, discounts, f"tier {number}")


def _durations(usage: Usage) -> Iterator[tuple[Decimal, str]]:
    """GB-seconds at each size, and where they ran when that is not the function itself."""
    yield gb_seconds(usage.memory_mb, usage.duration_ms), ""
    for one in usage.elsewhere:
        yield gb_seconds(one.memory_mb, one.duration_ms), f", {one.qualifier} at {one.memory_mb} MB"


def other_lines(rates: LambdaRates, usage: Usage, rules: BillingRules, discounts: Discounts) -> Iterator[BillLine]:
    init = usage.init_ms if usage.init_ms is not None and rules.init_billed else ZERO
    storage = gb_seconds(paid_ephemeral_mb(usage.ephemeral_mb), total((usage.duration_ms, usage.provisioned_duration_ms, init)))
    for one in usage.elsewhere:
        storage = EXACT.add(storage, gb_seconds(paid_ephemeral_mb(one.ephemeral_mb), one.duration_ms))
    yield line("ephemeral", storage, "GB-second", rates.ephemeral, discounts, FIRST_512)
    if usage.provisioned is not None:
        yield from _provisioned_lines(rates, usage.provisioned, discounts)
    if usage.provisioned_duration_ms:
        served = gb_seconds(usage.provisioned_mb or usage.memory_mb, usage.provisioned_duration_ms)
        yield line("provisioned-duration", served, "GB-second", rates.provisioned_duration, discounts, "no tiers, no free tier")
    if usage.snapstart_cache_gb_seconds is None:
        yield BillLine("snapstart-cache", None, "GB-second", rates.snapstart_cache, None, NO_SNAPSTART)
    elif usage.snapstart_cache_gb_seconds:
        yield line("snapstart-cache", usage.snapstart_cache_gb_seconds, "GB-second", rates.snapstart_cache, discounts)
    if usage.snapstart_restored_gb is None:
        yield BillLine("snapstart-restore", None, "GB", rates.snapstart_restore, None, NO_RESTORES)
    elif usage.snapstart_restored_gb:
        yield line("snapstart-restore", usage.snapstart_restored_gb, "GB", rates.snapstart_restore, discounts)
    if usage.streamed_gb:
        yield line("streaming", usage.streamed_gb, "GB", rates.streamed_gb, discounts, "beyond the first 6 MB of each response")


def _provisioned_lines(rates: LambdaRates, configured: tuple[Provisioned, ...], discounts: Discounts) -> Iterator[BillLine]:
    if not configured:
        yield BillLine("provisioned", ZERO, "GB-second", rates.provisioned, ZERO, "none is configured")
    for one in configured:
        size = EXACT.multiply(gb(one.memory_mb), EXACT.multiply(Decimal(one.count), provisioned_seconds(one.seconds)))
        name = f"{one.qualifier}: " if one.qualifier else ""
        note = f"{name}{one.count} × {one.memory_mb} MB, in steps of 5 minutes"
        yield line("provisioned", size, "GB-second", rates.provisioned, discounts, note)


def free_lines(
    rates: LambdaRates, bill_lines: Iterable[BillLine], free: FreeTier, payer: Decimal, discounts: Discounts
) -> Iterator[BillLine]:
    used = {meter: total(one.quantity or ZERO for one in bill_lines if one.meter == meter) for meter in ("requests", "duration", "init")}
    yield line(
        "requests",
        min(used["requests"], Decimal(free.requests)).copy_negate(),
        "request",
        rates.request,
        discounts,
        "free tier of the account",
    )
    compute = min(EXACT.add(used["duration"], used["init"]), free.gb_seconds)
    for part, rate, number in by_tier(rates.duration, payer, compute):
        yield line("duration", part.copy_negate(), "GB-second", rate, discounts, f"free tier of the account, tier {number}")
