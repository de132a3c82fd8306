"""Which customers a function serves: from usage that says which resource served it."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from costtui.domain.customers.records import UsagePoint
from costtui.domain.customers.tags import Names
from costtui.domain.money import EXACT, ZERO, total

PLACES = Decimal("1e-10")


def served_shares(usage: Iterable[UsagePoint], names: Names) -> dict[str, dict[str, Decimal]]:
    """By customer: the resources that served it, each with the customer's share (0 to 1) of what the resource served in all.

    Shares are counted in the first metric, in the alphabet, that names a resource; usage without one says nothing here.
    """
    points = [point for point in usage if point.resource]
    metric = min((point.metric for point in points), default="")
    found: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for point in points:
        if point.metric == metric:
            found[point.tenant, point.resource].append(point.value)
    amounts: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    totals: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for (tenant, resource), values in found.items():
        amount = total(values)
        amounts[names.id_of(tenant), resource] += amount
        totals[resource] += amount
    shares: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for (customer, resource), amount in sorted(amounts.items()):
        if customer and amount:
            shares[customer][resource] = EXACT.divide(amount, totals[resource]).quantize(PLACES)
    return dict(shares)
