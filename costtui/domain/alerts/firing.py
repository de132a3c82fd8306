"""Which rules fire over the rows of the three panes, how badly, and in which words."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

import msgspec

from costtui.domain.alerts.rules import LEVELS, AlertRule, When
from costtui.domain.customers.records import NOBODY, CustomerRow, CustomerTotals
from costtui.domain.customers.section import percent
from costtui.domain.customers.signals import spike
from costtui.domain.drift.records import DriftRow
from costtui.domain.functions.records import FunctionRow
from costtui.domain.money import EXACT, ZERO, rounded
from costtui.domain.period import Window


class Alert(msgspec.Struct, frozen=True):
    """One row past one threshold. It is worse than before at a higher `level`, or when its `amount` has doubled."""

    when: When
    subject: str
    """The row's id, stable from run to run."""
    name: str
    team: str | None
    level: int
    amount: Decimal
    """What it is about, in money: a loss, a cost, a saving."""
    text: str

    @property
    def key(self) -> str:
        return f"{self.when}|{self.subject}"


def customer_alerts(rules: Iterable[AlertRule], rows: Sequence[CustomerRow], totals: CustomerTotals, window: Window) -> Iterator[Alert]:
    """Rows that are nobody's never fire; days that are still estimated are out of spikes."""
    open_days = {(day - window.start).days for day in totals.estimated_days}
    for rule in rules:
        for row in rows:
            if row.id in NOBODY:
                continue
            if found := _of_customer(rule, row, window, open_days):
                yield Alert(rule.when, f"{row.id} {row.currency}", row.name, row.owner_team, *found)


def _of_customer(rule: AlertRule, row: CustomerRow, window: Window, open_days: set[int]) -> tuple[int, Decimal, str] | None:
    """Level, amount and words."""
    cost = row.total if row.settled_total is None else row.settled_total
    if rule.when == "margin-below":
        return _thin_margin(rule, row, cost)
    if rule.when == "free-hog" and "free-hog" in row.flags and cost > rule.amount:
        share = f", {rounded(row.share_pct, 1)}% of the bill" if row.share_pct is not None else ""
        return 0, cost, f"on the plan {row.plan or 'without revenue'}, costs {_money(cost)} {row.currency}{share}"
    if rule.when == "spike" and "spike" in row.flags:
        days = [(window.start + timedelta(number), amount) for number, amount in enumerate(row.daily) if number not in open_days]
        found = spike(days, rule.amount)
        if found is not None and found.delta > rule.amount:
            above = f"{_money(found.delta)} above its usual {_money(found.median)}"
            return 0, found.delta, f"{found.day}: {_money(found.amount)} {row.currency}, {above} (z {rounded(found.z, 1)})"
    return None


def _thin_margin(rule: AlertRule, row: CustomerRow, cost: Decimal) -> tuple[int, Decimal, str] | None:
    """Cost and revenue of the days that are final: an estimate that is corrected tomorrow must not wake anybody today."""
    earned = row.revenue if row.settled_total is None else row.settled_revenue
    margin = None if earned is None else EXACT.subtract(earned, cost)
    pct = percent(margin, earned)
    if margin is None or pct is None or pct >= rule.amount:
        return None
    days = "" if row.settled_total is None else ", without the estimated days"
    return (
        int(margin < 0),
        max(ZERO, -margin),
        f"margin {_money(margin)} {row.currency} ({rounded(pct, 1)}%), below {rule.threshold}%{days}",
    )


def drift_alerts(rules: Iterable[AlertRule], rows: Sequence[DriftRow]) -> Iterator[Alert]:
    """Only real drift fires: nothing that is explained, ignored or in sync."""
    real = [row for row in rows if row.tier != "noise" and row.status not in ("in-sync", "unknown")]
    for rule in rules:
        for row in real:
            where = f"{row.address} in {row.scope}"
            if rule.when == "drift-severity" and row.severity in LEVELS and LEVELS.index(row.severity) >= rule.amount:
                text = f"{row.severity}, {row.status}" + (f", by {row.changed_by}" if row.changed_by else "")
                yield Alert(rule.when, row.id, where, row.team, LEVELS.index(row.severity), ZERO, text)
            if rule.when == "drift-cost" and row.monthly_delta is not None and row.monthly_delta > rule.amount:
                text = f"costs {_money(row.monthly_delta)} USD a month more than declared"
                yield Alert(rule.when, row.id, where, row.team, 0, row.monthly_delta, text)


def function_alerts(rules: Iterable[AlertRule], rows: Sequence[FunctionRow]) -> Iterator[Alert]:
    for rule in rules:
        for row in rows:
            best = row.recommendation
            if rule.when == "saving-over" and best and best.monthly_saving is not None and best.monthly_saving > rule.amount:
                text = (
                    f"{best.memory_mb} MB would save {_money(best.monthly_saving)} USD a month at list price, {best.confidence} confidence"
                )
                yield Alert(rule.when, row.arn, row.name, row.team, 0, best.monthly_saving, text)


def _money(amount: Decimal) -> str:
    return f"{rounded(amount):,}"
