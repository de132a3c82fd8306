"""Usage as weights, per day and per metric."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from costtui.domain.customers.allocation import add_to
from costtui.domain.customers.records import NOBODY, UNALLOCATED, UsagePoint
from costtui.domain.customers.series import Series
from costtui.domain.customers.served import served_shares
from costtui.domain.customers.tags import Names
from costtui.domain.customers.units import from_units, scale_of, to_units
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
        self._count(inside, numbers, names)
        for metric, days in self.days.items():
            for number, day in enumerate(days):
                add_to(self.totals[metric], day)
                busy = {customer: units for customer, units in day.items() if units}
                days[number] = busy
                self.active[number].update(busy.keys() - NOBODY)

    def _count(self, points: Sequence[UsagePoint], numbers: Mapping[date, int], names: Names) -> None:
        """Add every point to its metric, day and customer."""
        ids = {tenant: names.id_of(tenant) or UNALLOCATED for tenant in {point.tenant for point in points}}
        for point in points:
            customer, day = ids[point.tenant], self.days[point.metric][numbers[point.day]]
            day[customer] = day.get(customer, 0) + to_units(point.value, self.scale)

    def used(self, customer: str) -> dict[str, Decimal]:
        """What the customer used in the window, by metric; a metric that has no point of it is absent: unknown, not 0."""
        return {metric: from_units(sums[customer], self.scale) for metric, sums in self.totals.items() if customer in sums}

    def by_day(self, customer: str, metrics: Iterable[str]) -> dict[str, Series]:
        """What the customer used on each day of the window, of these metrics."""
        return {
            metric: Series.of([day.get(customer, 0) for day in self.days[metric]], self.scale)
            for metric in metrics
            if metric in self.days and customer in self.totals.get(metric, ())
        }
