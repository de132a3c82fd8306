"""The bill of one Lambda function, line by line.

Cost = requests + GB-seconds by tier + ephemeral storage + provisioned concurrency + SnapStart + streaming
(https://aws.amazon.com/lambda/pricing/). The free tier belongs to the account, so it stands apart from the total.
"""

from decimal import Decimal

import msgspec

from costtui.domain.functions.billing_rules import TODAY, BillingRules, gb_seconds
from costtui.domain.functions.meters import (
    AT_LIST_PRICE,
    BillLine,
    Discounts,
    Meter,
    Parts,
    Usage,
    compute_lines,
    free_lines,
    line,
    other_lines,
)
from costtui.domain.functions.records import Basis, FunctionCost, Kind
from costtui.domain.money import EXACT, ZERO, total
from costtui.domain.prices.price_book import FreeTier, LambdaRates

__all__ = ["AT_LIST_PRICE", "Bill", "BillLine", "Discounts", "Usage", "bill", "function_cost"]

OWN_METERS: dict[Kind, tuple[Meter, str]] = {
    "managed-instances": (
        "not-gb-seconds",
        "Managed Instances: EC2 instance hours and a fee on them, never GB-seconds; not known from function metrics",
    ),
    "edge": (
        "not-gb-seconds",
        "Lambda@Edge: its own request and GB-second meters, in the regions that served it; not known from this function's metrics",
    ),
    "durable": ("durable", "operations, data written and data kept come on top of the duration; not known from function metrics"),
    "tenant-isolated": (
        "tenant-environments",
        "the memory of each new tenant environment comes on top of the duration; not known from function metrics",
    ),
}
"""The meter that bills such a function instead of GB-seconds, or beside them, and why its amount is not known."""
GB_SECONDS: frozenset[Kind] = frozenset({"standard", "durable", "tenant-isolated"})
"""Kinds whose duration is billed in GB-seconds, whatever else comes on top (https://aws.amazon.com/lambda/pricing/)."""

COLUMNS = {
    "requests": "requests",
    "duration": "duration",
    "init": "init",
    "ephemeral": "ephemeral",
    "provisioned": "provisioned",
    "provisioned-duration": "provisioned",
}
"""The column of the functions pane that a meter is shown in; every other meter is in `other`."""
GB_SECOND_METERS: frozenset[str] = frozenset({"duration", "init", "provisioned-duration"})


class Bill(msgspec.Struct, frozen=True):
    """All lines of a function over a window. `total` is the sum of what was measured, None when a used meter is unpriced."""

    lines: tuple[BillLine, ...]
    total: Decimal | None
    gb_seconds: Decimal | None
    free_tier: tuple[BillLine, ...] = ()
    """What the account's free tier would take off if this function were alone in it: negative lines."""
    basis: Basis = "estimated"
    metered: bool = True
    """False when no meter of it can be priced here: an unknown region, or a kind that other meters bill."""
    currency: str = "USD"

    @property
    def total_with_free_tier(self) -> Decimal | None:
        if self.total is None:
            return None
        return total([self.total, *(one.amount for one in self.free_tier if one.amount is not None)])


def _sum(lines: tuple[BillLine, ...]) -> Decimal | None:
    if any(one.amount is None and one.quantity is not None for one in lines):
        return None
    return total(one.amount for one in lines if one.amount is not None)


def bill(
    rates: LambdaRates | None,
    usage: Usage,
    *,
    kind: Kind = "standard",
    rules: BillingRules = TODAY,
    payer_gb_seconds: Decimal = ZERO,
    free_tier: FreeTier | None = None,
    discounts: Discounts = AT_LIST_PRICE,
    basis: Basis = "measured",
    where: str = "",
    parts: Parts | None = None,
) -> Bill:
    """Price `usage`. `payer_gb_seconds`: the month's other GB-seconds of the payer in this region and architecture; `parts`: the
    tiers of its duration, where the payer's mix of tiers is known.

    Without rates, and for a kind that other meters bill, the total is None: unknown, never a guess.
    """
    requests = Decimal(usage.invocations)
    if rates is None:
        size = gb_seconds(usage.memory_mb, usage.duration_ms)
        nowhere = f"unpriced: the price book does not know {where}" if where else "unpriced: no rates"
        unpriced = (
            BillLine("requests", requests, "request", None, None, nowhere),
            BillLine("duration", size, "GB-second", None, None, nowhere),
        )
        return Bill(unpriced, None, size, basis=basis, metered=False)
    own = (BillLine(OWN_METERS[kind][0], None, "", None, None, OWN_METERS[kind][1]),) if kind != "standard" else ()
    if kind not in GB_SECONDS:
        known = line("requests", requests, "request", None if kind == "edge" else rates.request, discounts)
        return Bill((known, *own), None, None, basis=basis, metered=False)
    lines = (
        line("requests", requests, "request", rates.request, discounts),
        *compute_lines(rates, usage, rules, payer_gb_seconds, discounts, parts),
        *other_lines(rates, usage, rules, discounts),
        *own,
    )
    size = total(one.quantity for one in lines if one.meter in GB_SECOND_METERS and one.quantity is not None)
    free = tuple(free_lines(rates, lines, free_tier, payer_gb_seconds, discounts)) if free_tier else ()
    return Bill(lines, None if own else _sum(lines), size, free, basis)


def function_cost(priced: Bill) -> FunctionCost:
    """The bill by the columns of the functions pane; a column with an unknown line is unknown, and so is one that neither the
    sums of CloudWatch nor REPORT lines tell (provisioned concurrency, SnapStart, streaming)."""
    columns: dict[str, Decimal | None] = dict.fromkeys(("requests", "duration", "init", "ephemeral", "provisioned", "other"), ZERO)
    seen = {COLUMNS.get(one.meter, "other") for one in priced.lines}
    if priced.basis != "billed":
        columns |= dict.fromkeys({"provisioned", "other"} - seen, None)
    for one in priced.lines:
        column = COLUMNS.get(one.meter, "other")
        so_far = columns[column]
        columns[column] = None if so_far is None or one.amount is None else EXACT.add(so_far, one.amount)
    if not priced.metered:
        columns = dict.fromkeys(columns, None) | {"requests": columns["requests"]}
    return FunctionCost(**columns, total=priced.total, currency=priced.currency, basis=priced.basis)
