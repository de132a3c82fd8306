"""The join: customer → function → drift → money, each link with its reason.

A drift and a function are one resource when the drift's physical id is the function's ARN or name, in the same account and region
where the drift names them. A customer's share of a function is measured where usage names the function that served it;
otherwise it is assumed from overall usage, and says so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from costtui.domain.customers.records import NOBODY, CustomerRow
from costtui.domain.drift.records import DriftRow
from costtui.domain.functions.records import FunctionRow
from costtui.domain.loaded import PaneData
from costtui.domain.money import EXACT, ZERO, total
from costtui.panes.drift.changes import what
from costtui.panes.spec import Detail, Line, PaneSpec, Section
from costtui.panes.words import UNKNOWN, money, percent, signed

HUNDRED = Decimal(100)
MOST_CUSTOMERS = 20
"""Customers that a function's list names; the rest is summed up in words."""


@dataclass(frozen=True)
class Share:
    """A customer's part of a function, 0 to 1, and where that is known from."""

    customer: CustomerRow
    part: Decimal
    measured: bool


@dataclass(frozen=True)
class World:
    """What the store holds of every pane, by pane id; a pane that holds nothing is absent."""

    panes: dict[str, tuple[PaneSpec[Any, Any], PaneData[Any, Any]]]

    def rows(self, pane: str) -> list[Any]:
        return list(self.panes[pane][1].rows) if pane in self.panes else []

    def detail(self, pane: str, row: Any) -> Detail:
        spec, data = self.panes[pane]
        return spec.detail(row, data)


def related(row: Any, world: World) -> Detail:
    """What hangs together with a row of any pane."""
    if isinstance(row, CustomerRow):
        return _of_customer(row, world)
    if isinstance(row, FunctionRow):
        return _of_function(row, world)
    if isinstance(row, DriftRow):
        return _of_drift(row, world)
    return Detail("Related", sections=(Section("Related", (), note="nothing is known to hang together with this row"),))


def drifts_of(function: FunctionRow, drifts: Iterable[DriftRow]) -> list[DriftRow]:
    """The real drifts of a function."""
    return [row for row in drifts if row.tier != "noise" and _same(row, function)]


def shares_of(function: FunctionRow, customers: Sequence[CustomerRow]) -> list[Share]:
    """Who a function serves, largest part first."""
    ranked = [row for row in customers if row.id not in NOBODY]
    found = [Share(row, part, True) for row in ranked if (part := row.parts.served.get(function.name))]
    if not found:
        found = _assumed(ranked)
    return sorted(found, key=lambda share: (-share.part, share.customer.id))


def _assumed(customers: Sequence[CustomerRow]) -> list[Share]:
    """Parts of the first metric that anybody used, whoever served it."""
    metric = next((metric for row in customers for metric in sorted(row.usage)), None)
    if metric is None:
        return []
    whole = total(row.usage.get(metric, ZERO) for row in customers)
    return [Share(row, EXACT.divide(row.usage[metric], whole), False) for row in customers if whole and row.usage.get(metric)]


def _same(drift: DriftRow, function: FunctionRow) -> bool:
    return (
        drift.physical_id in (function.arn, function.name)
        and drift.account in (None, function.account)
        and drift.region in (None, function.region)
    )


def _of_customer(row: CustomerRow, world: World) -> Detail:
    shares = row.parts.served
    functions = [function for function in world.rows("functions") if function.name in shares]
    drifts = world.rows("drift")
    hit = [(function, drift) for function in functions for drift in drifts_of(function, drifts)]
    facts = [("Cost", f"{money(row.total)} {row.currency}")]
    facts += [("Story", _story(drift, function, world)) for function, drift in hit]
    lines = [_function_line(function, shares[function.name], world) for function in _dearest(functions, shares)]
    note = "" if lines else "usage does not say which function served this customer: set resource_label of [[customers.usage]]"
    head = ("Function", "Cost $", "Its share", "Its part $", "Drift")
    served = Section("Functions that serve it", tuple(lines), head, (34, 12, 10, 12, 0), frozenset({1, 2, 3}), note)
    return Detail(row.name, tuple(facts), (served, _drift_section([drift for _, drift in hit], world)))


def _of_function(row: FunctionRow, world: World) -> Detail:
    drifts = drifts_of(row, world.rows("drift"))
    facts = [("Cost", f"{money(row.cost.total)} {row.cost.currency}"), *(("Story", _story(drift, row, world)) for drift in drifts)]
    return Detail(row.name, tuple(facts), (_drift_section(drifts, world), _customer_section(row, world)))


def _of_drift(row: DriftRow, world: World) -> Detail:
    functions = [function for function in world.rows("functions") if _same(row, function)]
    if not functions:
        nothing = Section("Related", (), note="no function stands behind this resource, so no customer can be named for it")
        return Detail(row.address, (("What", what(row)),), (nothing,))
    function = functions[0]
    line = Line((function.name, money(function.cost.total)), behind=partial(world.detail, "functions", function))
    section = Section("The function", (line,), ("Function", "Cost $"), (34, 12), frozenset({1}), "joined by the resource's physical id")
    return Detail(row.address, (("Story", _story(row, function, world)),), (section, _customer_section(function, world)))


def _story(drift: DriftRow, function: FunctionRow, world: World) -> str:
    """One sentence that a person could paste to a colleague: what, who, how much, for whom."""
    who = f" by {drift.changed_by}{f' through the {drift.changed_via}' if drift.changed_via else ''}" if drift.changed_by else ""
    cost = f", {signed(drift.monthly_delta)} $ a month" if drift.monthly_delta is not None else ""
    shares = shares_of(function, world.rows("customers")) if cost else []
    most = (
        f", {_part(shares[0])} of it {shares[0].customer.name}{'' if shares[0].measured else ' (assumed from overall usage)'}"
        if shares
        else ""
    )
    return f"{function.name}: {what(drift)}{who}{cost}{most}"


def _part(share: Share) -> str:
    return percent(EXACT.multiply(share.part, HUNDRED), 0)


def _dearest(functions: Sequence[FunctionRow], served: dict[str, Decimal]) -> list[FunctionRow]:
    return sorted(functions, key=lambda function: -EXACT.multiply(function.cost.total or ZERO, served[function.name]))


def _function_line(function: FunctionRow, share: Decimal, world: World) -> Line:
    cost = function.cost.total
    part = UNKNOWN if cost is None else money(EXACT.multiply(cost, share))
    drifts = drifts_of(function, world.rows("drift"))
    drifted = what(drifts[0]) if drifts else "no drift"
    cells = (function.name, money(cost), percent(EXACT.multiply(share, HUNDRED)), part, drifted)
    return Line(cells, "warn" if drifts else "", partial(world.detail, "functions", function))


def _customer_section(function: FunctionRow, world: World) -> Section:
    if "customers" not in world.panes:
        return Section("Customers it serves", (), note="the customers pane holds nothing yet: open it once")
    shares = shares_of(function, world.rows("customers"))
    lines = []
    for share in shares[:MOST_CUSTOMERS]:
        part = UNKNOWN if function.cost.total is None else money(EXACT.multiply(function.cost.total, share.part))
        cells = (share.customer.name, percent(EXACT.multiply(share.part, HUNDRED)), part)
        lines.append(Line(cells, behind=partial(world.detail, "customers", share.customer)))
    measured = "measured: usage names the function" if shares and shares[0].measured else "assumed from overall usage"
    rest = f"; {len(shares) - MOST_CUSTOMERS:,} more customers are left out" if len(shares) > MOST_CUSTOMERS else ""
    note = f"{measured}{rest}" if shares else "no usage is known, so nobody can be named"
    return Section("Customers it serves", tuple(lines), ("Customer", "Share", "Part $"), (34, 10, 12), frozenset({1, 2}), note)


def _drift_section(drifts: Sequence[DriftRow], world: World) -> Section:
    if "drift" not in world.panes:
        return Section("Drift", (), note="the drift pane holds nothing yet: open it once")
    lines = [
        Line((row.severity, row.address, what(row), signed(row.monthly_delta)), behind=partial(world.detail, "drift", row))
        for row in drifts
    ]
    head = ("Severity", "Resource", "What", "$/mo")
    return Section("Drift", tuple(lines), head, (10, 26, 40, 12), frozenset({3}), "" if lines else "no drift is known")
