"""What fires, how badly, and in which words."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from costtui.config import ConfigError, parse
from costtui.domain.alerts.firing import Alert, customer_alerts, drift_alerts, function_alerts
from costtui.domain.alerts.notices import Notice, Told, notices
from costtui.domain.alerts.rules import AlertRule
from costtui.domain.customers.ledger import RowOptions
from costtui.domain.customers.records import Customer
from costtui.domain.customers.rows import customer_rows
from costtui.domain.drift.records import Differences, DriftRow
from costtui.domain.functions.records import Recommendation
from tests.unit.customers.ledger_example import OCTOBER, line


def on_bill(rule: AlertRule, *, cost: str = "120", mrr: str = "100", plan: str = "pro") -> list[Alert]:
    customers = [Customer("acme", "Acme", plan, Decimal(mrr), owner_team="growth"), Customer("globex", mrr=Decimal(500))]
    lines = [line("acme", cost), line("globex", "400"), line("", "900")]
    rows, totals = customer_rows(lines, [], customers, [], OCTOBER, RowOptions(free_plans=("free",)))
    return list(customer_alerts([rule], rows, totals, OCTOBER))


def test_a_margin_below_the_threshold_fires_and_one_at_it_does_not() -> None:
    (alert,) = on_bill(AlertRule("margin-below", "0"))
    assert (alert.subject, alert.name, alert.team) == ("acme USD", "Acme", "growth")
    assert alert.text == "margin -20.00 USD (-20.0%), below 0%"
    assert [found.name for found in on_bill(AlertRule("margin-below", "20.01"))] == ["globex", "Acme"]
    assert [found.name for found in on_bill(AlertRule("margin-below", "20"))] == ["Acme"]
    assert on_bill(AlertRule("margin-below", "-20")) == []
    assert on_bill(AlertRule("margin-below", "0"), mrr="0", plan="free") == [], "no revenue has no percentage: free-hog looks after it"


def test_a_loss_is_worse_than_a_thin_margin_and_twice_the_loss_worse_again() -> None:
    thin, loss, more, twice = (on_bill(AlertRule("margin-below", "50"), cost=cost)[-1] for cost in ("99", "120", "139.99", "140"))

    def news(now: Alert, before: Alert) -> list[str]:
        return [notice.news for notice in notices([now], {before.key: Told(before, "HOOK")}, {"customers"}, {"margin-below"})]

    assert news(loss, thin) == news(twice, loss) == ["worse"]
    assert news(more, loss) == news(thin, loss) == []


def test_of_two_rules_the_worse_alert_is_told_and_what_no_rule_speaks_of_is_over() -> None:
    high, critical = (next(drift_alerts([AlertRule("drift-severity", "low")], [drift(severity=name)])) for name in ("high", "critical"))
    assert notices([high, critical, high], {}, {"drift"}, {"drift-severity"}) == [Notice("new", critical)]
    told = {high.key: Told(high, "HOOK")}
    assert notices([], told, {"drift"}, {"drift-severity"}) == [Notice("over", high)]
    assert notices([], told, set(), {"drift-severity"}) == []
    assert notices([], told, set(), {"spike"}) == [Notice("over", high)]


def test_a_free_plan_out_of_proportion_fires_above_the_threshold() -> None:
    rule = AlertRule("free-hog", "119")
    many = [Customer(f"free-{number}", plan="free", mrr=Decimal(0)) for number in range(9)]
    lines = [line("free-0", "120"), *(line(f"free-{number}", "1") for number in range(1, 9))]
    rows, totals = customer_rows(lines, [], many, [], OCTOBER, RowOptions(free_plans=("free",)))
    (alert,) = customer_alerts([rule], rows, totals, OCTOBER)
    assert alert.text == "on the plan free, costs 120.00 USD, 93.8% of the bill"
    assert list(customer_alerts([AlertRule("free-hog", "120")], rows, totals, OCTOBER)) == []


def spiky(*, estimated: bool) -> list[Alert]:
    amounts = ["100", "102", "98", "101", "99", "100", "103", "97"] * 4
    lines = [line("acme", amounts[number], day=day) for number, day in enumerate(OCTOBER.days[:28])]
    lines.append(line("acme", "230", day=OCTOBER.days[28], estimated=estimated))
    rows, totals = customer_rows(lines, [], [], [], OCTOBER)
    return list(customer_alerts([AlertRule("spike", "100")], rows, totals, OCTOBER))


def test_a_spike_says_its_day_and_figures_and_an_estimated_day_is_none() -> None:
    assert [alert.text for alert in spiky(estimated=False)] == ["2026-10-29: 230.00 USD, 130.00 above its usual 100.00 (z 58.5)"]
    assert spiky(estimated=True) == []


def drift(**more: Any) -> DriftRow:
    row = DriftRow(
        "d1", "terraform", "plan.json", "aws_x.y", "aws_x", None, None, None, "platform", None, None,
        "drifted", "declared", "high", Differences(), Decimal("40"), None, None, None, None, None,
    )  # fmt: skip
    return msgspec.structs.replace(row, **more)


def test_real_drift_fires_from_its_severity_on() -> None:
    rule = AlertRule("drift-severity", "high")
    assert [alert.text for alert in drift_alerts([rule], [drift(changed_by="maria")])] == ["high, drifted, by maria"]
    assert len(list(drift_alerts([rule], [drift(severity="critical")]))) == 1
    for quiet in (drift(severity="medium"), drift(severity="none"), drift(tier="noise"), drift(status="in-sync"), drift(status="unknown")):
        assert list(drift_alerts([rule], [quiet])) == []


def test_drift_that_costs_more_than_the_threshold_fires() -> None:
    (alert,) = drift_alerts([AlertRule("drift-cost", "39.99")], [drift()])
    assert (alert.name, alert.team, alert.text) == ("aws_x.y in plan.json", "platform", "costs 40.00 USD a month more than declared")
    for quiet in (drift(monthly_delta=Decimal("39.99")), drift(monthly_delta=None), drift(monthly_delta=Decimal(-90))):
        assert list(drift_alerts([AlertRule("drift-cost", "39.99")], [quiet])) == []


def test_a_saving_above_the_threshold_fires() -> None:
    class Row:
        arn, name, team = "arn:x", "thumbnail-render", "media"

        def __init__(self, saving: Decimal | None) -> None:
            self.recommendation = Recommendation(1024, "x86_64", saving, "high", "measured", "")

    rows: list[Any] = [Row(Decimal("10.66")), Row(Decimal(10)), Row(None)]
    (alert,) = function_alerts([AlertRule("saving-over", "10")], rows)
    assert alert.text == "1024 MB would save 10.66 USD a month at list price, high confidence"


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('[[alerts.rule]]\nwhen = "spike"\nthreshold = "-1"', "key alerts.rule[0]: `threshold` of spike is '-1': expected an amount"),
        ('[[alerts.rule]]\nwhen = "free-hog"\nthreshold = "NaN"', "expected an amount"),
        ('[[alerts.rule]]\nwhen = "drift-severity"\nthreshold = "bad"', "expected one of low, medium, high, critical"),
        ('[alerts.routes]\ngrowth = "X"', "`routes.growth`: expected TEAM_env or default_env"),
        ('[alerts.routes]\ndefault_env = "https://hooks.example/T/B/x"', "never an address"),
    ],
)
def test_a_rule_or_route_that_cannot_be_meant_is_refused(toml: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(toml, name="config.toml", base=Path())
    assert said in str(caught.value)
