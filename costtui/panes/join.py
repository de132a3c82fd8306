"""The join: customer → function → drift → money, each link with its reason.

A drift and a function are one resource when the drift's physical id is the function's ARN or name, in the same account and region
where the drift names them; another drift in the function's stack stands beside it. A customer's share of a function is measured where
usage names the function that served it, whole where a tag of the function names the customer, and otherwise assumed from overall usage.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import msgspec

from costtui.domain.customers.records import NOBODY, CustomerRow
from costtui.domain.drift.records import DriftRow
from costtui.domain.functions.records import FunctionRow
from costtui.domain.loaded import PaneData
from costtui.domain.money import EXACT, ZERO, total
from costtui.panes.spec import Detail, PaneSpec

Basis = Literal["measured", "tagged", "assumed"]
WHOLE = Decimal(1)
ITSELF, ITS_STACK = "the function itself", "another resource of its stack"


@dataclass(frozen=True)
class Share:
    """A customer's part of a function, 0 to 1, and where that is known from."""

    customer: CustomerRow
    part: Decimal
    basis: Basis
    reason: str

    def of(self, amount: Decimal | None) -> Decimal | None:
        """The customer's part of an amount; None of an unknown one."""
        return None if amount is None else EXACT.multiply(amount, self.part)


@dataclass(frozen=True)
class Hit:
    """A drift that a function is concerned by, and how."""

    drift: DriftRow
    reason: str


@dataclass(frozen=True)
class World:
    """What the store holds of every pane, by pane id; a pane that holds nothing is absent. `keys` are the configured keys of customers
    ("tag:customer")."""

    panes: dict[str, tuple[PaneSpec[Any, Any], PaneData[Any, Any]]]
    keys: tuple[str, ...] = ()

    def rows(self, pane: str) -> list[Any]:
        return list(self.panes[pane][1].rows) if pane in self.panes else []

    def detail(self, pane: str, row: Any) -> Detail:
        spec, data = self.panes[pane]
        return spec.row_detail(row, data)


def drifts_of(function: FunctionRow, drifts: Iterable[DriftRow]) -> list[DriftRow]:
    """The real drifts of a function itself."""
    return [row for row in drifts if row.tier != "noise" and same(row, function)]


def hits_of(function: FunctionRow, world: World) -> list[Hit]:
    """The real drifts of a function, then those of its stack."""
    real = [row for row in world.rows("drift") if row.tier != "noise"]
    own = [Hit(row, ITSELF) for row in real if same(row, function)]
    beside = [Hit(row, ITS_STACK) for row in real if not same(row, function) and _in_stack(row, function)]
    return own + beside


def shares_of(function: FunctionRow, world: World) -> list[Share]:
    """Who a function serves, largest part first."""
    ranked = [row for row in world.rows("customers") if row.id not in NOBODY]
    reason = "usage names the function"
    found = [Share(row, part, "measured", reason) for row in ranked if (part := row.parts.served.get(function.name))]
    found = found or _tagged(function, ranked, world.keys) or _assumed(ranked)
    return sorted(found, key=lambda share: (-share.part, share.customer.id))


def functions_of(customer: CustomerRow, world: World) -> list[tuple[FunctionRow, Share]]:
    """The functions that serve a customer by measurement or by their tag, the dearest part first."""
    served = customer.parts.served
    found = []
    for function in world.rows("functions"):
        if part := served.get(function.name):
            found.append((function, Share(customer, part, "measured", "usage names the function")))
        else:
            found += [(function, share) for share in _tagged(function, [customer], world.keys)]
    return sorted(found, key=lambda pair: (-(pair[1].of(pair[0].cost.total) or ZERO), pair[0].arn))


def function_of(drift: DriftRow, world: World) -> FunctionRow | None:
    """The function that drifted; None where it is another resource."""
    return next((function for function in world.rows("functions") if same(drift, function)), None)


def with_drift_ids(data: PaneData[Any, Any], world: World) -> PaneData[Any, Any]:
    """Functions with the ids of their drift, as documents name them; other panes, and functions where no drift is known, as they are."""
    drifts: dict[str, list[DriftRow]] = {}
    for row in world.rows("drift"):
        if row.tier != "noise" and row.physical_id:
            drifts.setdefault(row.physical_id, []).append(row)
    if data.pane != "functions" or not drifts:
        return data

    def named(function: FunctionRow) -> FunctionRow:
        near = (*drifts.get(function.arn, ()), *drifts.get(function.name, ()))
        found = sorted(drift.id for drift in near if same(drift, function))
        return msgspec.structs.replace(function, drift_ids=found) if found else function

    return msgspec.structs.replace(data, rows=[named(function) for function in data.rows])


def same(drift: DriftRow, function: FunctionRow) -> bool:
    return (
        drift.physical_id in (function.arn, function.name)
        and drift.account in (None, function.account)
        and drift.region in (None, function.region)
    )


def _in_stack(drift: DriftRow, function: FunctionRow) -> bool:
    stack = function.stack is not None and drift.source == "cloudformation" and drift.scope == function.stack
    return stack and drift.account in (None, function.account) and drift.region in (None, function.region)


def _tagged(function: FunctionRow, customers: Sequence[CustomerRow], keys: Sequence[str]) -> list[Share]:
    """The one customer that a tag of the function names, if any."""
    for key in keys:
        kind, _, name = key.partition(":")
        value = function.tags.get(name, "").strip().casefold() if kind == "tag" else ""
        for row in customers:
            if value and value == row.id:
                return [Share(row, WHOLE, "tagged", f"its tag {name} = {function.tags[name]}")]
    return []


def _assumed(customers: Sequence[CustomerRow]) -> list[Share]:
    """Parts of the first metric that anybody used, whoever served it."""
    metric = next((metric for row in customers for metric in sorted(row.usage)), None)
    if metric is None:
        return []
    whole = total(row.usage.get(metric, ZERO) for row in customers)
    reason = "assumed from overall usage"
    return [Share(row, EXACT.divide(row.usage[metric], whole), "assumed", reason) for row in customers if whole and row.usage.get(metric)]
