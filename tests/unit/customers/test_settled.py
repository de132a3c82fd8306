"""What is still estimated is shown, and nobody is woken by it; months that are under way are forecast."""

from datetime import date, timedelta
from decimal import Decimal

from costtui.domain.alerts.firing import customer_alerts
from costtui.domain.alerts.rules import AlertRule
from costtui.domain.customers.ledger import RowOptions
from costtui.domain.customers.records import Concentration, Customer, Forecast
from costtui.domain.customers.rows import customer_rows
from costtui.domain.customers.signals import concentration, month_end
from costtui.domain.period import Window
from tests.unit.customers.ledger_example import OCTOBER, line

BELOW_ZERO = AlertRule("margin-below", "0")


def alerts(estimated_cost: str, *, until: date | None = None) -> list[str]:
    """310 a month is 10 a day; 9 a day are spent on the days that are final."""
    customers = [Customer("acme", "Acme", mrr=Decimal(310), until=until)]
    lines = [line("acme", "9", day=day) for day in OCTOBER.days[:28]]
    lines += [line("acme", estimated_cost, day=day, estimated=True) for day in OCTOBER.days[28:]]
    rows, totals = customer_rows(lines, [], customers, [], OCTOBER)
    return [alert.text for alert in customer_alerts([BELOW_ZERO, AlertRule("margin-below", "10")], rows, totals, OCTOBER)]


def test_estimated_days_are_out_of_margin_alerts() -> None:
    rows, _ = customer_rows(
        [line("acme", "9", day=day, estimated=day.day > 28) for day in OCTOBER.days], [], [Customer("acme", mrr=Decimal(310))], [], OCTOBER
    )
    assert [rows[0].settled_total, rows[0].settled_revenue, rows[0].total, rows[0].revenue] == [252, 280, 279, 310]
    assert alerts("9") == alerts("1000") == alerts("-1000") == []


def test_a_loss_on_final_days_is_an_alert_whatever_the_estimate_says() -> None:
    assert alerts("0", until=date(2026, 10, 16)) == [
        "margin -102.00 USD (-68.0%), below 0%, without the estimated days",
        "margin -102.00 USD (-68.0%), below 10%, without the estimated days",
    ]


def test_without_estimated_days_there_is_one_margin() -> None:
    rows, totals = customer_rows([line("acme", "400")], [], [Customer("acme", mrr=Decimal(310))], [], OCTOBER)
    assert rows[0].settled_total is None and rows[0].settled_revenue is None
    (alert,) = customer_alerts([BELOW_ZERO], rows, totals, OCTOBER)
    assert alert.text == "margin -90.00 USD (-29.0%), below 0%"


def test_a_free_hog_is_judged_by_its_final_days() -> None:
    free = [Customer(f"f{number}", plan="free") for number in range(5)]
    lines = [line(f"f{number}", "1") for number in range(1, 5)]
    lines += [line("f0", "40"), line("f0", "1000", day=OCTOBER.days[-1], estimated=True)]
    rows, totals = customer_rows(lines, [], free, [], OCTOBER, RowOptions(free_plans=("free",)))
    assert totals.free_hog_bar == 5
    assert [alert.amount for alert in customer_alerts([AlertRule("free-hog", "39")], rows, totals, OCTOBER)] == [40]
    assert list(customer_alerts([AlertRule("free-hog", "40")], rows, totals, OCTOBER)) == []


NOVEMBER = date(2026, 11, 1)
MONTH = [NOVEMBER + timedelta(number) for number in range(19)]


def forecast_of(window: Window, estimated: set[date]) -> Forecast | None:
    """Ten a day, and 20 from the eleventh on."""
    daily = [Decimal(0 if day > MONTH[-1] else 20 if day.day > 10 and day >= NOVEMBER else 10) for day in window.days]
    return month_end(window, daily, set(MONTH) - estimated, estimated)


def test_the_month_under_way_is_forecast_from_its_complete_days() -> None:
    open_days = set(MONTH[17:])
    found = forecast_of(Window(date(2026, 10, 21), MONTH[-1] + timedelta(1)), open_days)
    assert found == Forecast(Decimal(390), Decimal(390), Decimal(500), Decimal(280), 17, 11)
    whole = forecast_of(Window(NOVEMBER, date(2026, 12, 1)), open_days)
    assert whole == found, "the calendar month that is not over yet gives the same"


def test_what_is_over_or_too_young_is_not_forecast() -> None:
    assert forecast_of(Window(NOVEMBER, date(2026, 12, 1)), set()) is None, "nothing is open: the month is over"
    assert forecast_of(Window(date(2026, 11, 5), MONTH[-1] + timedelta(1)), set()) is None, "its first days are not in sight"
    assert forecast_of(Window(NOVEMBER, date(2026, 11, 7)), set()) is None, "six days say nothing"
    week = forecast_of(Window(NOVEMBER, date(2026, 11, 8)), set())
    assert week is not None and [week.so_far, week.middle, week.remaining_days] == [70, 300, 23]
    assert month_end(Window(NOVEMBER, date(2026, 11, 9)), [Decimal(1)] * 8, set(), set()) is None, "no day of it has a bill"


def test_concentration_says_how_many_have_how_much() -> None:
    costs = [Decimal(cost) for cost in (50, 30, 15, 5)]
    assert concentration(costs, 2) == Concentration(4, 2, Decimal(80), Decimal("0.375"))
    assert concentration(costs, 5) == Concentration(4, 4, Decimal(100), Decimal("0.375"))
    assert concentration([], 5) is None


def test_concentration_leaves_out_what_is_nobodys_or_apart() -> None:
    lines = [line("acme", "30"), line("globex", "10"), line("", "500"), line("internal-ci", "400")]
    _, totals = customer_rows(lines, [], [], [], OCTOBER, RowOptions(exclude=["internal-*"]))
    assert totals.concentration == Concentration(2, 2, Decimal(100), Decimal("0.25"))
