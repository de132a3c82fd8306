"""What somebody has to be told: what is new, what got worse, and what is over; never the same twice."""

from collections.abc import Collection, Iterable, Mapping
from typing import Literal

import msgspec

from costtui.domain.alerts.firing import Alert
from costtui.domain.alerts.rules import PANES, When

News = Literal["new", "worse", "over"]


class Told(msgspec.Struct, frozen=True):
    """What was delivered last of an alert that is still on."""

    alert: Alert
    route: str


class Notice(msgspec.Struct, frozen=True):
    news: News
    alert: Alert


def notices(firing: Iterable[Alert], told: Mapping[str, Told], seen: Collection[str], rules: Collection[When]) -> list[Notice]:
    """News since `told`. An alert is over only where its pane was `seen` whole, or where no rule speaks of its kind any more:
    what could not be looked at goes on."""
    worst: dict[str, Alert] = {}
    for alert in firing:
        known = worst.get(alert.key)
        if known is None or (alert.level, alert.amount) > (known.level, known.amount):
            worst[alert.key] = alert
    found: list[Notice] = []
    for key, alert in worst.items():
        before = told.get(key)
        if before is None:
            found.append(Notice("new", alert))
        elif _worse(alert, before.alert):
            found.append(Notice("worse", alert))
    over = [one.alert for key, one in told.items() if key not in worst and (PANES[one.alert.when] in seen or one.alert.when not in rules)]
    return found + [Notice("over", alert) for alert in over]


def _worse(now: Alert, before: Alert) -> bool:
    return now.level > before.level or (before.amount > 0 and now.amount >= 2 * before.amount)


def remembered(told: Mapping[str, Told], delivered: Iterable[Notice], route: str) -> dict[str, Told]:
    """`told` after these notices were delivered."""
    result = dict(told)
    for notice in delivered:
        if notice.news == "over":
            result.pop(notice.alert.key, None)
        else:
            result[notice.alert.key] = Told(notice.alert, route)
    return result
