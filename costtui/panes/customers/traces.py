"""How a cent got to a customer: out of which pool, by which rule, by which weight of which day, and with which rounding."""

from collections.abc import Sequence
from functools import partial

from costtui.domain.customers.pools import in_full
from costtui.domain.customers.records import CustomerRow, CustomerTotals, Placement, Pool
from costtui.domain.customers.shown import part_cents
from costtui.domain.customers.traced import Trace, traced
from costtui.domain.customers.units import from_units
from costtui.domain.loaded import PaneData
from costtui.domain.money import plain
from costtui.panes.customers.cents import cents
from costtui.panes.spec import Detail, Line, Section

Customers = PaneData[CustomerRow, CustomerTotals]
ALL_SERVICES, OTHER_SERVICES = "all services", "not told apart"
"""Charges whose service the bill does not say: all of the customer's, or what is left of them beside those that it does."""
RIGHT = frozenset({1, 2, 3, 4})


def placed_lines(parts: Sequence[Placement], row: CustomerRow, data: Customers, *, shared: bool) -> list[Line]:
    """One line a part in whole cents that add up to what the row shows; behind each, and as its explanation, where it is from."""
    whole = row.shown.shared if shared else row.shown.direct
    amounts = part_cents(parts, row.currency, whole) if parts else []
    lines = []
    for part, amount in zip(parts, amounts, strict=True):
        why = partial(pool_share if shared else charge, part, row, data)
        lines.append(
            Line(
                (part.pool or (ALL_SERVICES if len(parts) == 1 else OTHER_SERVICES), cents(amount, row.currency), part.how),
                behind=why,
                why=why,
            )
        )
    return lines


def charge(part: Placement, row: CustomerRow, data: Customers) -> Detail:
    """A direct charge: the bill itself names the customer."""
    facts = (
        ("Amount, exact", f"{plain(part.amount)} {row.currency}"),
        ("Placed by", part.how),
        ("Basis", f"{data.totals.basis.replace('-', ' ')}, measured: the sum of the bill's lines, nothing is shared or rounded"),
        *sources(data),
    )
    return Detail(part.pool or ALL_SERVICES, facts)


def pool_share(part: Placement, row: CustomerRow, data: Customers) -> Detail:
    """A share of a pool, day by day."""
    pool = next((pool for pool in data.totals.pools if (pool.rule, pool.currency) == (part.rule, row.currency)), None)
    if pool is None:
        return Detail(part.pool, (("Amount, exact", f"{plain(part.amount)} {row.currency}"), ("Placed by", part.how)))
    title, basis = f"{part.pool} → {row.name}", data.totals.basis.replace("-", " ")
    facts = (
        ("Amount, exact", f"{plain(part.amount)} {row.currency}"),
        ("Pool", f"{part.pool}: {plain(from_units(sum(pool.amounts.units), pool.amounts.scale))} {row.currency} in the window"),
        ("Rule", f"{pool.rule} of customers.shared, split = {pool.split}"),
        ("Placed by", part.how),
    )
    if pool.split == "keep":
        return Detail(title, (*facts, ("Basis", f"{basis}, measured: kept whole"), *sources(data)))
    trace = traced(row.id, part, row.parts, pool, data.window.days)
    words = ("Basis", f"{basis}, allocated: every pool is split by the weights of before any sharing")
    return Detail(title, (*facts, ("Rounding", _rounding(trace)), words, *sources(data)), (_days(trace),))


def _rounding(trace: Trace) -> str:
    unit = plain(from_units(1, trace.scale))
    left = f"; {trace.left:,} such units came on top as largest remainder" if trace.left else "; none came on top"
    return f"each day in whole units of {unit}, rounded down, and what is left over goes to the largest remainders{left}"


def _days(trace: Trace) -> Section:
    pool, scale = trace.pool, trace.pool.weights.scale
    lines = [
        Line(
            (
                str(step.day),
                plain(from_units(step.pool, trace.scale)),
                in_full(from_units(step.weight, scale)) if step.whole else "–",
                in_full(from_units(step.whole, scale)) if step.whole else "–",
                plain(from_units(step.share, trace.scale)),
            )
        )
        for step in reversed(trace.steps)
    ]
    note = "pool × weight ÷ of all; without any weight on a day nobody gets it"
    head = ("Day, UTC", "Pool", weight_name(pool), "Of all", "Share")
    return Section("Day by day", tuple(lines), head, (12, 18, 18, 18, 20), RIGHT, note)


def weight_name(pool: Pool) -> str:
    method, _, metric = pool.split.partition(":")
    names = {"driver": metric.strip(), "direct-proportional": "Direct cost", "even": "Customers", "fixed": "Parts", "weights": "Weight"}
    return names.get(method, "Weight")


def sources(data: Customers) -> tuple[tuple[str, str], ...]:
    """Where the figures are from and how old they are."""
    told = [f"{one.name}{f' of {one.as_of:%d %b %H:%M} UTC' if one.as_of else f' {one.state}'}" for one in data.sources]
    return (("From", ", ".join(told)), ("Window", f"{data.window}, half-open, UTC")) if told else ()
