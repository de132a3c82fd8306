"""Usage as weights, per day and per metric."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from costtui.domain.customers.allocation import from_units, scale_of, to_units
from costtui.domain.customers.records import NOBODY, UNALLOCATED, UsagePoint
from costtui.domain.customers.served import served_shares
from costtui.domain.customers.tags import Names
from costtui.domain.period import Window


class Drivers:
    """Whole numbers per metric, day and customer, in one unit per metric. Usage without a tenant is UNALLOCATED: it carries its share."""

    def __init__(self, usage: Sequence[UsagePoint], names: Names, window: Window) -> None:
        numbers: dict[date, int] = {day: number for number, day in enumerate(window.days)}
        inside = [point for point in usage if point.day in numbers]
        self.scale = scale_of(point.value for point in inside)
        self.served = served_shares(inside, names)
        metrics = sorted({point.metric for point in inside})
        self.days: dict[str, list[dict[str, int]]] = {metric: [{} for _ in numbers] for metric in metrics}
        self.active: list[set[str]] = [set() for _ in numbers]
        self.totals: dict[str, dict[str, int]] = {metric: {} for metric in metrics}
        for point in inside:
            customer = names.id_of(point.tenant) or UNALLOCATED
            units = to_units(point.value, self.scale)
            sums = self.totals[point.metric]
            sums[customer] = sums.get(customer, 0) + units
            if not units:
                continue
            day = self.days[point.metric][numbers[point.day]]
            day[customer] = day.get(customer, 0) + units
            if customer not in NOBODY:
                self.active[numbers[point.day]].add(customer)

    def used(self, customer: str) -> dict[str, Decimal]:
        """What the customer used in the window, by metric; a metric that has no point of it is absent: unknown, not 0."""
        return {metric: from_units(sums[customer], self.scale) for metric, sums in self.totals.items() if customer in sums}
