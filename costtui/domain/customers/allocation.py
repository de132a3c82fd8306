"""Shares that add up: an amount over weights, and exact rows as the cents that are shown.

Both hand out the units that flooring leaves over by largest remainder (Hamilton's method), in integers, so that no rounding can
lose or invent a unit and the result does not depend on the order of its input.
"""

from collections.abc import Mapping
from decimal import Decimal
from itertools import repeat
from operator import add, itemgetter, mul

from costtui.domain.customers.records import UNALLOCATED
from costtui.domain.customers.units import AllocationError, from_units, scale_of, to_units
from costtui.domain.money import EXACT, plain

QUANTUM = Decimal("1e-12")
"""The smallest part of an amount that is handed out: twelve decimals, the scale of costs in FOCUS and CUR exports."""

_NO_MINOR_UNIT = ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF")
_THOUSANDTHS = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")


def places(currency: str) -> int:
    """Decimals of the currency's minor unit (ISO 4217): 2 but for the few that have none or three."""
    return 0 if currency in _NO_MINOR_UNIT else 3 if currency in _THOUSANDTHS else 2


def allocate(amount: Decimal, weights: Mapping[str, Decimal], quantum: Decimal = QUANTUM) -> dict[str, Decimal]:
    """`amount` shared by `weights`, to the last `quantum`; with no weight above zero all of it is UNALLOCATED.

    Units left over by flooring go, one each, to the largest fraction, then the larger weight, then the smaller id.
    Raises AllocationError where a weight is negative or `amount` is no multiple of `quantum`.
    """
    units = _exact_units(amount, quantum)
    whole = integers(weights)
    if refused := next((key for key, weight in whole.items() if weight < 0), None):
        raise AllocationError(f"the weight of {refused!r} is {weights[refused]}: a weight of 0 or more is expected")
    if not any(whole.values()):
        return {UNALLOCATED: amount}
    return {key: EXACT.multiply(Decimal(part), quantum) for key, part in split_units(units, whole).items()}


def split_units(units: int, weights: Mapping[str, int]) -> dict[str, int]:
    """`allocate` in whole units: the weights are 0 or more and not all 0, the parts add up to `units`, each with its sign."""
    whole, size, sign = sum(weights.values()), abs(units), -1 if units < 0 else 1
    pairs = list(map(divmod, map(mul, weights.values(), repeat(size)), repeat(whole)))
    parts = dict(zip(weights, map(itemgetter(0), pairs), strict=True))
    remainders = dict(zip(weights, map(itemgetter(1), pairs), strict=True))
    for key in _largest(remainders, size - sum(parts.values()), weights):
        parts[key] += 1
    return parts if sign > 0 else {key: -part for key, part in parts.items()}


def present(rows: Mapping[str, Decimal], quantum: Decimal = Decimal("0.01"), total: Decimal | None = None) -> dict[str, Decimal]:
    """Exact rows as shown: multiples of `quantum` that add up to `total`, each within one quantum of its row.

    Without `total` that is the rows' exact sum, rounded half-even. A drill-down passes what its parent shows, so that the parts
    on screen add up to the line they came from. Raises AllocationError when the rows cannot add up to `total`.
    """
    scale = scale_of([quantum, *rows.values()])
    step = to_units(quantum, scale)
    floors: dict[str, int] = {}
    remainders: dict[str, int] = {}
    for key, amount in rows.items():
        floors[key], remainders[key] = divmod(to_units(amount, scale), step)
    whole = sum(floors.values()) * step + sum(remainders.values())
    target = _half_even(whole, step) if total is None else _exact_units(total, quantum)
    left = target - sum(floors.values())
    if not 0 <= left <= len(rows):
        exact, shown = plain(from_units(whole, scale)), plain(EXACT.multiply(Decimal(target), quantum))
        raise AllocationError(f"{len(rows)} rows of together {exact} cannot be shown as {shown}")
    for key in _largest(remainders, left, {}):
        floors[key] += 1
    return {key: EXACT.multiply(Decimal(units), quantum) for key, units in floors.items()}


def add_to(sums: dict[str, int], parts: Mapping[str, int]) -> None:
    """Add each part to its sum. Without a loop in Python: this is where the time goes at 10,000 customers."""
    sums.update(zip(parts, map(add, map(sums.get, parts, repeat(0)), parts.values()), strict=True))


def integers(amounts: Mapping[str, Decimal]) -> dict[str, int]:
    """The amounts as whole numbers in one common unit, so that their ratios are exact."""
    scale = scale_of(amounts.values())
    return {key: to_units(amount, scale) for key, amount in amounts.items()}


def _exact_units(amount: Decimal, quantum: Decimal) -> int:
    scale = scale_of([amount, quantum])
    units, rest = divmod(to_units(amount, scale), to_units(quantum, scale))
    if rest:
        raise AllocationError(f"{plain(amount)} is no multiple of {plain(quantum)}: it cannot be shared out exactly")
    return units


def _half_even(units: int, step: int) -> int:
    """`units` in steps, rounded half to the even step."""
    whole, rest = divmod(units, step)
    return whole + (2 * rest > step or (2 * rest == step and whole % 2))


def _largest(remainders: Mapping[str, int], count: int, weights: Mapping[str, int]) -> list[str]:
    """The `count` keys with the largest remainder; ties by larger weight, then by id in UTF-8 order (which is str order)."""
    if count <= 0:
        return []
    cut = sorted(remainders.values(), reverse=True)[count - 1]
    above = [key for key, remainder in remainders.items() if remainder > cut]
    level = [key for key, remainder in remainders.items() if remainder == cut]
    level.sort(key=lambda key: (-weights.get(key, 0), key))
    return above + level[: count - len(above)]
