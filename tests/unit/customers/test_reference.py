"""The whole way from lines to rows against a second implementation, written in fractions straight from the rules.

It shares no code with the product but the records that go in: matching, names, rates, weights and largest remainders are its own.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from costtui.domain.customers.ledger import RowOptions
from costtui.domain.customers.records import Customer, CustomerRow, LedgerLine, UsagePoint
from costtui.domain.customers.rows import customer_rows
from costtui.domain.customers.rules import SharedMatch, SharedRule
from costtui.domain.customers.shown import cents_of, part_cents
from costtui.domain.customers.traced import traced
from costtui.domain.period import Window

PICO = Fraction(1, 10**12)
START = date(2026, 10, 30)
DAYS = [START + timedelta(number) for number in range(4)]
WINDOW = Window(DAYS[0], DAYS[-1])  # the fourth day lies outside
FX = {"EUR/USD": {"2026-10-01": Decimal("1.0837"), "2026-11-01": Decimal("1.09")}}
LIST = [Customer("Acme", "Acme Corp", aliases=["acme-eu"]), Customer("globex")]
CENTS = {"USD": Fraction(1, 100), "EUR": Fraction(1, 100), "JPY": Fraction(1), "KWD": Fraction(1, 1000)}


def fractions_of(amount: Fraction, weights: Mapping[str, Fraction], unit: Fraction) -> dict[str, Fraction]:
    """Hamilton's method, as it is written down: floors first, then one unit each by fraction, weight and id."""
    whole = sum(weights.values(), Fraction(0))
    if not whole:
        return {"__unallocated__": amount}
    units, sign = abs(amount) / unit, -1 if amount < 0 else 1
    assert units.denominator == 1
    exact = {key: units * weight / whole for key, weight in weights.items()}
    floors = {key: value.numerator // value.denominator for key, value in exact.items()}
    order = sorted(exact, key=lambda key: (-(exact[key] - floors[key]), -weights[key], key.encode()))
    for key in order[: int(units) - sum(floors.values())]:
        floors[key] += 1
    return {key: sign * count * unit for key, count in floors.items()}


def shown_of(rows: Mapping[str, Fraction], unit: Fraction, target: Fraction | None = None) -> dict[str, Fraction]:
    floors = {key: amount // unit for key, amount in rows.items()}
    units = round(sum(rows.values(), Fraction(0)) / unit) if target is None else int(target / unit)
    order = sorted(rows, key=lambda key: (-(rows[key] / unit - floors[key]), key.encode()))
    for key in order[: units - sum(floors.values())]:
        floors[key] += 1
    return {key: count * unit for key, count in floors.items()}


def identity(raw: str) -> str:
    plain = unicodedata.normalize("NFC", raw).strip().casefold()
    return {"acme-eu": "acme"}.get(plain, plain)


def in_dollars(line: LedgerLine) -> tuple[str, Fraction]:
    amount = Fraction(line.effective or 0)
    if line.currency != "EUR":
        return line.currency, amount
    dated = [rate for day, rate in sorted(FX["EUR/USD"].items()) if date.fromisoformat(day) <= line.day]
    return "USD", round(amount * Fraction(dated[-1]) / PICO) * PICO


def takes(rule: SharedRule, line: LedgerLine) -> bool:
    match = rule.match
    pairs = [(match.service, line.service), (match.category, line.category), (match.commitment, line.commitment)]
    untagged = identity(line.customer) == ""
    return all(want is None or want == got for want, got in pairs) and (match.untagged is None or match.untagged == untagged)


NOBODYS = {"Credit": "__credits__", "Tax": "__tax__", "Purchase": "__fees__", "Adjustment": "__fees__"}


def reference(lines: Sequence[LedgerLine], usage: Sequence[UsagePoint], rules: Sequence[SharedRule]) -> dict[tuple[str, str], Fraction]:
    """Every owner's exact cost by (currency, owner)."""
    cost: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for day in DAYS[:-1]:
        direct: dict[str, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
        pools: dict[tuple[str, int], Fraction] = defaultdict(Fraction)
        for line in (one for one in lines if one.day == day):
            currency, amount = in_dollars(line)
            owner = identity(line.customer)
            rule = next((number for number, one in enumerate(rules) if takes(one, line)), None)
            if rule is not None and rules[rule].split == "keep":
                cost[currency, "__idle__" if line.commitment == "Unused" else "__unallocated__"] += amount
            elif rule is not None:
                pools[currency, rule] += amount
            else:
                cost[currency, owner or NOBODYS.get(line.category, "__untagged__")] += amount
                if owner:
                    direct[currency][owner] += amount
        for (currency, number), amount in pools.items():
            weights = weights_of(rules[number], direct[currency], [point for point in usage if point.day == day])
            for owner, part in fractions_of(amount, weights, PICO).items():
                cost[currency, owner] += part
    return cost


def weights_of(rule: SharedRule, direct: Mapping[str, Fraction], usage: Sequence[UsagePoint]) -> dict[str, Fraction]:
    used: dict[str, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for point in usage:
        used[point.metric][identity(point.tenant) or "__unallocated__"] += Fraction(point.value)
    if rule.split.startswith("driver:"):
        return dict(used[rule.split.removeprefix("driver:")])
    if rule.split == "direct-proportional":
        return {owner: max(Fraction(0), amount) for owner, amount in direct.items()}
    if rule.split == "even":
        busy = {owner for owners in used.values() for owner, value in owners.items() if value and owner != "__unallocated__"}
        return dict.fromkeys(direct.keys() | busy, Fraction(1))
    found: dict[str, Fraction] = defaultdict(Fraction)
    for customer, weight in (rule.weights or rule.percent).items():
        found[identity(customer)] += Fraction(weight)
    return dict(found)


owners = st.sampled_from(["", "", " ", "acme", "ACME ", "acme-eu", "globex", "hooli", "caf\u00e9", "cafe\u0301"])
services = st.sampled_from(["DB", "NAT", "Web"])
few_units = st.integers(-9, 9).map(lambda units: Decimal(units).scaleb(-12))
"""So few of the smallest units that their remainders tie."""
money = st.one_of(few_units, st.decimals(-100, 100, places=12), st.integers(-20, 20).map(Decimal))
busy_days = st.sampled_from([*DAYS[:1] * 6, *DAYS[1:]])
line_fields: dict[str, st.SearchStrategy[Any]] = {
    "day": busy_days,
    "customer": owners,
    "service": services,
    "category": st.sampled_from(["Usage"] * 6 + ["Credit", "Credit", "Tax", "Purchase", "Adjustment"]),
    "currency": st.sampled_from(["USD", "USD", "USD", "USD", "EUR", "JPY", "KWD"]),
    "billed": money,
    "effective": money,
    "commitment": st.sampled_from(["", "", "Used", "Unused"]),
    "estimated": st.booleans(),
}
ledger_lines = st.builds(LedgerLine, **line_fields)
amounts = st.one_of(st.integers(0, 3).map(Decimal), st.decimals(0, 1000, places=3))
points = st.builds(UsagePoint, busy_days, owners, st.sampled_from(["requests", "tokens"]), amounts)
matches = st.fixed_dictionaries(
    {},
    optional={
        "service": services,
        "category": st.sampled_from(["Credit", "Tax", "Usage"]),
        "commitment": st.sampled_from(["Used", "Unused"]),
        "untagged": st.booleans(),
    },
).filter(bool)


def rule_of(match: dict[str, Any], split: str, shares: list[int]) -> SharedRule:
    first, second = shares
    if split == "weights":
        return SharedRule(SharedMatch(**match), split, weights={"Acme": Decimal(first), "acme-eu": Decimal(1), "nova": Decimal(second)})
    if split == "fixed":
        return SharedRule(SharedMatch(**match), split, percent={"globex": Decimal(first), "nova": Decimal(100 - first)})
    return SharedRule(SharedMatch(**match), split)


splits = st.sampled_from(["direct-proportional", "driver:requests", "driver:tokens", "driver:none", "even", "weights", "fixed", "keep"])
shared_rules = st.lists(st.builds(rule_of, matches, splits, st.lists(st.integers(0, 100), min_size=2, max_size=2)), max_size=5)
ledgers = st.lists(ledger_lines, max_size=20)
usages = st.lists(points, max_size=10)


def reckoned(lines: Sequence[LedgerLine], usage: Sequence[UsagePoint], rules: Sequence[SharedRule]) -> tuple[list[CustomerRow], Any]:
    return customer_rows(lines, usage, LIST, rules, WINDOW, RowOptions(fx=FX))


@settings(max_examples=500, deadline=None)
@given(ledgers, usages, shared_rules)
def test_every_cent_lies_where_the_rules_put_it(lines: list[LedgerLine], usage: list[UsagePoint], rules: list[SharedRule]) -> None:
    rows, totals = reckoned(lines, usage, rules)
    expected = {key: amount for key, amount in reference(lines, usage, rules).items() if amount}
    assert {(row.currency, row.id): Fraction(row.total) for row in rows if row.total} == expected
    main = [row for row in rows if row.currency == totals.currency]
    assert totals.residual == 0 and sum(row.total for row in main) == totals.billed == totals.rows
    assert all(row.direct + row.shared == row.total == sum(row.daily) for row in rows)


@settings(max_examples=150, deadline=None)
@given(ledgers, usages, shared_rules)
def test_the_cents_on_the_screen_are_those_of_the_rules(lines: list[LedgerLine], usage: list[UsagePoint], rules: list[SharedRule]) -> None:
    rows, _ = reckoned(lines, usage, rules)
    for currency in {row.currency for row in rows}:
        own = [row for row in rows if row.currency == currency]
        expected = shown_of({row.id: Fraction(row.total) for row in own}, CENTS[currency])
        assert {row.id: Fraction(row.shown.total) for row in own} == expected
        for row in own:
            parts = shown_of({"direct": Fraction(row.direct), "shared": Fraction(row.shared)}, CENTS[currency], expected[row.id])
            assert (Fraction(row.shown.direct), Fraction(row.shown.shared)) == (parts["direct"], parts["shared"])


@settings(max_examples=150, deadline=None)
@given(ledgers, usages, shared_rules)
def test_every_drill_down_adds_up_to_the_line_above_it(lines: list[LedgerLine], usage: list[UsagePoint], rules: list[SharedRule]) -> None:
    rows, _ = reckoned(lines, usage, rules)
    for row in rows:
        assert sum(part_cents(row.services, row.currency, row.shown.direct)) == (row.shown.direct if row.services else 0)
        assert sum(part_cents(row.placements, row.currency, row.shown.shared)) == (row.shown.shared if row.placements else 0)
        assert sum(cents_of(row.daily, row.currency, row.shown.total)) == row.shown.total
        assert row.services or not row.direct
        assert row.placements or not row.shared


@settings(max_examples=150, deadline=None)
@given(ledgers, usages, shared_rules)
def test_every_share_can_be_followed_back_to_its_pool(lines: list[LedgerLine], usage: list[UsagePoint], rules: list[SharedRule]) -> None:
    rows, totals = reckoned(lines, usage, rules)
    handed_out: dict[tuple[str, int], Fraction] = defaultdict(Fraction)
    for row in rows:
        for part in row.placements:
            pool = next(pool for pool in totals.pools if (pool.currency, pool.rule) == (row.currency, part.rule))
            handed_out[row.currency, part.rule] += Fraction(part.amount)
            trace = traced(row.id, part, row.parts, pool, WINDOW.days)
            if pool.split == "keep":
                continue  # one rule may keep for two rows: which of them a day's amount is for, the row itself knows
            off = Fraction(part.amount) / Fraction(1, 10**trace.scale) - sum(step.share for step in trace.steps)
            assert abs(off) <= len(trace.steps), "floors, and at most one unit a day on top"
    assert handed_out == {(pool.currency, pool.rule): Fraction(sum(pool.amounts.amounts)) for pool in totals.pools}


@settings(max_examples=100, deadline=None)
@given(ledgers, usages, shared_rules, st.randoms(use_true_random=False))
def test_no_order_of_lines_or_usage_changes_anything(
    lines: list[LedgerLine], usage: list[UsagePoint], rules: list[SharedRule], random: Any
) -> None:
    shuffle: Callable[[list[Any]], list[Any]] = lambda items: random.sample(items, len(items))  # noqa: E731
    assert reckoned(shuffle(lines), shuffle(usage), rules) == reckoned(lines, usage, rules)
