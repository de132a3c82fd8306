"""Pools of shared cost, split day by day by the weights that their rule names; what each share says about itself."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from costtui.domain.customers.allocation import add_to, integers, split_units
from costtui.domain.customers.drivers import Drivers
from costtui.domain.customers.ledger import Book
from costtui.domain.customers.records import UNALLOCATED, Placement, Pool
from costtui.domain.customers.rules import SharedRule
from costtui.domain.customers.series import Series
from costtui.domain.customers.tags import Names
from costtui.domain.customers.units import from_units
from costtui.domain.money import plain, rounded


class Shares:
    """Who got what of which pool. Every pool uses the weights of before any sharing, so there is no cascade and no order."""

    def __init__(self, book: Book, rules: Sequence[SharedRule], drivers: Drivers, names: Names) -> None:
        self._book, self._rules, self._drivers = book, rules, drivers
        self._pool_names = [rule.match.name for rule in rules]
        self._whole_words: dict[int, str] = {}
        self._fixed = [_named(rule.shares, names) for rule in rules]
        self.daily: list[dict[str, int]] = [{} for _ in book.direct]
        numbers = range(len(rules))
        self.money: list[dict[str, int]] = [{} for _ in numbers]
        self._first_alike = self._alike()
        own = [dict[str, int]() for _ in numbers]
        self._weight = [own[first] for first in self._first_alike]
        self._wholes = [[0] * len(book.direct) for _ in numbers]
        self._direct: dict[int, dict[str, int]] = {}
        self._even: dict[int, dict[str, int]] = {}
        self._active: dict[int, tuple[int, int]] = {}
        self._unshared: dict[int, int] = {}
        for day, pools in enumerate(book.pools):
            for number, units in pools.items():
                self._split(day, number, units)
        for day, kept in enumerate(book.kept):
            for (owner, number), units in kept.items():
                self._give(day, number, {owner: units})
        self._whole = [sum(wholes) for wholes in self._wholes]

    def _alike(self) -> list[int]:
        """For each rule the first one that splits by the same weights on the same days: their sums of weights are the same."""
        days = [tuple(day for day, pools in enumerate(self._book.pools) if number in pools) for number in range(len(self._rules))]
        firsts: dict[object, int] = {}
        found = []
        for number, rule in enumerate(self._rules):
            own = number if rule.shares else None
            found.append(firsts.setdefault((rule.split, own, days[number]), number))
        return found

    def _split(self, day: int, number: int, units: int) -> None:
        weights = self._weights(day, number)
        if not weights:
            self._unshared[number] = self._unshared.get(number, 0) + units
            self._give(day, number, {UNALLOCATED: units})
            return
        self._wholes[number][day] = sum(weights.values())
        fewest, most = self._active.get(number, (len(weights), len(weights)))
        self._active[number] = min(fewest, len(weights)), max(most, len(weights))
        if self._rules[number].method != "even" and self._first_alike[number] == number:
            add_to(self._weight[number], weights)
        self._give(day, number, split_units(units, weights))

    def _weights(self, day: int, number: int) -> Mapping[str, int]:
        """Weights above zero, by owner; empty where nobody has any."""
        rule = self._rules[number]
        if rule.method == "driver":
            metric = self._drivers.days.get(rule.driver)
            return metric[day] if metric else {}
        if rule.method == "even":
            return self.active(day)
        if rule.method == "direct-proportional":
            return self._positive(day)
        return self._fixed[number]

    def active(self, day: int) -> Mapping[str, int]:
        """One for everybody who has direct cost or usage on the day, whoever the customer list names."""
        if day not in self._even:
            self._even[day] = dict.fromkeys(self._book.direct[day].keys() | self._drivers.active[day], 1)
        return self._even[day]

    def _positive(self, day: int) -> Mapping[str, int]:
        if day not in self._direct:
            self._direct[day] = {owner: units for owner, units in self._book.direct[day].items() if units > 0}
        return self._direct[day]

    def _give(self, day: int, number: int, parts: Mapping[str, int]) -> None:
        money, daily = self.money[number], self.daily[day]
        add_to(money, parts)
        add_to(daily, parts)

    def pools(self, currency: str) -> list[Pool]:
        """Every pool that took any line, in the order of the rules."""
        found = []
        for number, rule in enumerate(self._rules):
            amounts = [pools.get(number, 0) for pools in self._book.pools]
            for day, kept in enumerate(self._book.kept):
                amounts[day] += sum(units for (_, kept_by), units in kept.items() if kept_by == number)
            if not self.money[number]:
                continue
            series = Series.of(amounts, self._book.scale), Series.of(self._wholes[number], self._scale(rule))
            found.append(Pool(number + 1, currency, self._pool_names[number], rule.split, *series, self._fixed[number]))
        return found

    def _scale(self, rule: SharedRule) -> int:
        """Decimals of the rule's weights: usage has its own, direct cost that of the bill, and all others are whole."""
        return self._drivers.scale if rule.method == "driver" else self._book.scale if rule.method == "direct-proportional" else 0

    def placements(self, owner: str) -> list[Placement]:
        """The owner's shares in the order of the rules, each with the weight that placed it."""
        return [
            Placement(self._pool_names[number], from_units(money[owner], self._book.scale), self._how(number, owner), number + 1)
            for number, money in enumerate(self.money)
            if owner in money
        ]

    def _how(self, number: int, owner: str) -> str:
        rule, weight = self._rules[number], self._weight[number].get(owner, 0)
        if rule.method == "keep":
            return "kept apart by a rule: nobody shares it"
        unshared = self._unshared.get(number, 0)
        if owner == UNALLOCATED and not weight:
            return f"no {self._weight_name(rule)} on its day: nobody to share it with"
        words = self._words(rule, number, weight)
        if owner == UNALLOCATED and unshared:
            return f"{words}; {plain(from_units(unshared, self._book.scale))} on days without any"
        return words

    def _words(self, rule: SharedRule, number: int, weight: int) -> str:
        if rule.method == "even":
            fewest, most = self._active[number]
            return f"even over {fewest if fewest == most else f'{fewest} to {most}'} active customers"
        if rule.method in ("driver", "direct-proportional"):
            whole = self._whole_words.get(number)
            if whole is None:
                words = f"{self._figure(rule, self._whole[number])} {self._weight_name(rule)}, daily"
                whole = self._whole_words[number] = words
            return f"{self._figure(rule, weight)} of {whole}"
        share = Decimal(weight * 100) / self._whole[number]
        return f"{plain(round(share, 4))} % {'fixed' if rule.method == 'fixed' else 'by weight'}"

    def _figure(self, rule: SharedRule, weight: int) -> str:
        """Usage as it was told; money to a hundredth of a cent, since the trace of each day has it in full."""
        amount = from_units(weight, self._scale(rule))
        return in_full(rounded(amount, 4) if rule.method == "direct-proportional" else amount)

    def _weight_name(self, rule: SharedRule) -> str:
        return {"driver": rule.driver, "even": "active customers", "direct-proportional": "direct cost"}.get(rule.method, "weight")


def _named(shares: Mapping[str, Decimal], names: Names) -> dict[str, int]:
    """The configuration's own weights by customer id; two aliases of one customer add up."""
    summed: dict[str, int] = {}
    for customer, weight in integers({customer: share for customer, share in shares.items() if share}).items():
        owner = names.id_of(customer)
        summed[owner] = summed.get(owner, 0) + weight
    return summed


def in_full(amount: Decimal) -> str:
    """All its digits, the thousands grouped."""
    whole, _, fraction = plain(amount).partition(".")
    return f"{int(whole):,}" + (f".{fraction}" if fraction else "")
