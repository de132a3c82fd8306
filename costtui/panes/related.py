"""What hangs together with a row of any pane, for people (`x`) and for documents (`show --id`)."""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from costtui.domain.customers.records import CustomerRow
from costtui.domain.drift.records import DriftRow
from costtui.domain.functions.records import FunctionRow
from costtui.domain.money import EXACT, plain_or_none
from costtui.panes.drift.changes import what
from costtui.panes.join import Hit, Share, World, drifts_of, function_of, functions_of, hits_of, shares_of
from costtui.panes.spec import Detail, Json, Line, Section
from costtui.panes.words import money, percent, signed

HUNDRED = Decimal(100)
MOST_CUSTOMERS = 20
"""Customers that a function's list names; the rest is summed up in words."""


def related(row: Any, world: World) -> Detail:
    """What hangs together with a row of any pane."""
    if isinstance(row, CustomerRow):
        return _of_customer(row, world)
    if isinstance(row, FunctionRow):
        return _of_function(row, world)
    if isinstance(row, DriftRow):
        return _of_drift(row, world)
    return Detail("Related", sections=(Section("Related", (), note="nothing is known to hang together with this row"),))


def related_document(row: Any, world: World) -> Json:
    """The same as data: stories, and every link with its reason."""
    functions: list[tuple[FunctionRow, Share | None]] = []
    if isinstance(row, CustomerRow):
        functions = list(functions_of(row, world))
    elif isinstance(row, FunctionRow):
        functions = [(row, None)]
    elif isinstance(row, DriftRow) and (function := function_of(row, world)) is not None:
        functions = [(function, None)]
    hits = [(function, hit) for function, _ in functions for hit in hits_of(function, world)]
    shares = (
        [] if isinstance(row, CustomerRow) else [(share, function) for function, _ in functions for share in shares_of(function, world)]
    )
    return {
        "stories": stories(row, world),
        "functions": [_function_document(*pair) for pair in functions if not isinstance(row, FunctionRow)],
        "drift": [_drift_document(hit) for _, hit in hits if hit.drift != row],
        "customers": [_customer_document(*pair) for pair in shares],
    }


def stories(row: Any, world: World) -> list[str]:
    """Whole stories that the row is part of, the dearest first."""
    if isinstance(row, DriftRow):
        function = function_of(row, world)
        return [] if function is None else [story(row, function, world)]
    functions = [row] if isinstance(row, FunctionRow) else [function for function, _ in functions_of(row, world)]
    found = [(drift, function) for function in functions for drift in drifts_of(function, world.rows("drift"))]
    return [story(drift, function, world) for drift, function in sorted(found, key=_most_money_first)]


def _most_money_first(pair: tuple[DriftRow, FunctionRow]) -> tuple[Decimal, str]:
    return -abs(pair[0].monthly_delta or Decimal(0)), pair[0].id


def story(drift: DriftRow, function: FunctionRow, world: World) -> str:
    """One sentence that a person could paste to a colleague: what, who, how much, for whom."""
    who = f" by {drift.changed_by}{f' through the {drift.changed_via}' if drift.changed_via else ''}" if drift.changed_by else ""
    cost = f", {signed(drift.monthly_delta)} $ a month" if drift.monthly_delta is not None else ""
    shares = shares_of(function, world) if cost else []
    most = ""
    if shares:
        most = f", {_percent(shares[0].part)} of it {shares[0].customer.name}"
        most += " (assumed from overall usage)" if shares[0].basis == "assumed" else ""
    return f"{function.name}: {what(drift)}{who}{cost}{most}"


def _of_customer(row: CustomerRow, world: World) -> Detail:
    pairs = functions_of(row, world)
    facts = [("Cost", f"{money(row.total)} {row.currency}"), *(("Story", sentence) for sentence in stories(row, world))]
    lines = [_function_line(function, share, world) for function, share in pairs]
    reasons = "; ".join(dict.fromkeys(share.reason for _, share in pairs))
    nothing = "usage does not say which function served this customer: set resource_label of [[customers.usage]]"
    note = f"shares are known from: {reasons}" if lines else nothing
    head = ("Function", "Cost $", "Its share", "Its part $", "Drift")
    served = Section("Functions that serve it", tuple(lines), head, (30, 12, 10, 12, 0), frozenset({1, 2, 3}), note)
    hits = {hit.drift.id: hit for function, _ in reversed(pairs) for hit in reversed(hits_of(function, world))}
    return Detail(row.name, tuple(facts), (served, _drift_section(list(reversed(hits.values())), world)))


def _of_function(row: FunctionRow, world: World) -> Detail:
    facts = [("Cost", f"{money(row.cost.total)} {row.cost.currency}"), *(("Story", sentence) for sentence in stories(row, world))]
    return Detail(row.name, tuple(facts), (_drift_section(hits_of(row, world), world), _customer_section(row, world)))


def _of_drift(row: DriftRow, world: World) -> Detail:
    function = function_of(row, world)
    if function is None:
        nothing = Section("Related", (), note="no function stands behind this resource, so no customer can be named for it")
        return Detail(row.address, (("What", what(row)),), (nothing,))
    line = Line((function.name, money(function.cost.total)), behind=partial(world.detail, "functions", function))
    section = Section("The function", (line,), ("Function", "Cost $"), (34, 12), frozenset({1}), "joined by the resource's physical id")
    return Detail(row.address, (("Story", story(row, function, world)),), (section, _customer_section(function, world)))


def _function_line(function: FunctionRow, share: Share, world: World) -> Line:
    hits = hits_of(function, world)
    drifted = what(hits[0].drift) if hits else "no drift"
    amounts = (money(function.cost.total), _percent(share.part, 1), money(share.of(function.cost.total)))
    cells = (function.name, *amounts, drifted)
    return Line(cells, "warn" if hits else "", partial(world.detail, "functions", function))


def _customer_section(function: FunctionRow, world: World) -> Section:
    if "customers" not in world.panes:
        return Section("Customers it serves", (), note="the customers pane holds nothing yet: open it once")
    shares = shares_of(function, world)
    lines = []
    for share in shares[:MOST_CUSTOMERS]:
        cells = (share.customer.name, _percent(share.part, 1), money(share.of(function.cost.total)))
        lines.append(Line(cells, behind=partial(world.detail, "customers", share.customer)))
    rest = f"; {len(shares) - MOST_CUSTOMERS:,} more customers are left out" if len(shares) > MOST_CUSTOMERS else ""
    known = {"measured": "measured: ", "tagged": "known from ", "assumed": ""}
    note = f"{known[shares[0].basis]}{shares[0].reason}{rest}" if shares else "no usage is known, so nobody can be named"
    return Section("Customers it serves", tuple(lines), ("Customer", "Share", "Part $"), (34, 10, 12), frozenset({1, 2}), note)


def _drift_section(hits: Sequence[Hit], world: World) -> Section:
    if "drift" not in world.panes:
        return Section("Drift", (), note="the drift pane holds nothing yet: open it once")
    lines = []
    for hit in hits:
        cells = (hit.drift.severity, hit.drift.address, what(hit.drift), signed(hit.drift.monthly_delta), hit.reason)
        lines.append(Line(cells, behind=partial(world.detail, "drift", hit.drift)))
    head = ("Severity", "Resource", "What", "$/mo", "Joined by")
    return Section("Drift", tuple(lines), head, (10, 26, 34, 12, 0), frozenset({3}), "" if lines else "no drift is known")


def _function_document(function: FunctionRow, share: Share | None) -> Json:
    found: Json = {"arn": function.arn, "name": function.name, "cost": plain_or_none(function.cost.total)}
    if share is None:
        return found | {"reason": "the resource's physical id"}
    return found | _share_document(share, function)


def _drift_document(hit: Hit) -> Json:
    row = hit.drift
    delta = plain_or_none(row.monthly_delta)
    return {
        "id": row.id,
        "severity": row.severity,
        "what": what(row),
        "monthly_delta": delta,
        "changed_by": row.changed_by,
        "reason": hit.reason,
    }


def _customer_document(share: Share, function: FunctionRow) -> Json:
    return {"id": share.customer.id, "name": share.customer.name} | _share_document(share, function)


def _share_document(share: Share, function: FunctionRow) -> Json:
    amount = plain_or_none(share.of(function.cost.total))
    return {"share": plain_or_none(share.part), "amount": amount, "basis": share.basis, "reason": share.reason}


def _percent(part: Decimal, places: int = 0) -> str:
    return percent(EXACT.multiply(part, HUNDRED), places)
