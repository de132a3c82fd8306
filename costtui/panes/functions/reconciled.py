"""The model of all functions beside Lambda's bill by usage type, as Cost Explorer has it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from costtui.domain.functions.bill_records import LambdaBillLine, Reconciled
from costtui.domain.functions.billed import BILLED_COLUMNS, architecture_of, column_of
from costtui.domain.functions.records import FunctionCost, FunctionRow
from costtui.domain.money import EXACT, ZERO, total

BOTH = "other"
"""The column whose meters are not told apart by architecture."""

Key = tuple[str, str, str]
"""Region, architecture, column."""


class Reconciliation(msgspec.Struct, frozen=True):
    """`billed` is the bill's sum, `residual` what it has more than the modelled amounts beside it."""

    lines: list[Reconciled]
    billed: Decimal
    residual: Decimal


def reconciled(rows: Iterable[FunctionRow], bill: Sequence[LambdaBillLine], days: Sequence[date], currency: str) -> Reconciliation | None:
    """None where the bill of a day is not known, or is in another currency: part of a window reconciles with nothing."""
    if not bill or not {line.day for line in bill}.issuperset(days) or {line.currency for line in bill} != {currency}:
        return None
    billed: dict[Key, Decimal] = defaultdict(Decimal)
    names: dict[Key, set[str]] = defaultdict(set)
    wanted = set(days)
    for line in bill:
        if line.usage_type and line.day in wanted:
            key = _key(line.region, architecture_of(line.usage_type), column_of(line.usage_type))
            billed[key] = EXACT.add(billed[key], line.effective)
            names[key].add(line.usage_type)
    modelled = _modelled(rows)
    keys = sorted({*billed, *(key for key, amount in modelled.items() if amount)}, key=lambda key: (-billed.get(key, ZERO), key))
    lines = [Reconciled(*key, sorted(names.get(key, ())), modelled.get(key), billed.get(key, ZERO)) for key in keys]
    whole = total(line.billed for line in lines)
    model = total(line.modelled for line in lines if line.modelled is not None)
    return Reconciliation(lines, whole, EXACT.subtract(whole, model))


def _key(region: str, architecture: str, column: str) -> Key:
    return region, "" if column == BOTH else architecture, column


def _modelled(rows: Iterable[FunctionRow]) -> dict[Key, Decimal]:
    sums: dict[Key, Decimal] = {}
    for row in rows:
        for column, amount in _columns(row.modelled or row.cost):
            key = _key(row.region, row.architecture, column)
            sums[key] = EXACT.add(sums.get(key, ZERO), amount)
    return sums


def _columns(cost: FunctionCost) -> Iterator[tuple[str, Decimal]]:
    """What the total is made of, INIT as the GB-seconds that it is billed in. A column that is only known in part is unknown as a
    whole, while its known meters are in the total."""
    known = {column: amount for column in (*BILLED_COLUMNS, "init") if (amount := getattr(cost, column)) is not None}
    if cost.total is not None and (left := EXACT.subtract(cost.total, total(known.values()))):
        known[BOTH] = EXACT.add(known.get(BOTH, ZERO), left)
    for column, amount in known.items():
        yield "duration" if column == "init" else column, amount
