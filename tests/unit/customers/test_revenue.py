"""Revenue of a window: calendar months, day by day."""

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from costtui.domain.customers.currency import FxTable, Rates
from costtui.domain.customers.records import Customer
from costtui.domain.customers.revenue import is_free, revenue
from costtui.domain.period import Window

ROLLOVER = Window(date(2026, 10, 30), date(2026, 11, 2))
ACME = Customer("acme", mrr=Decimal(310))


def earned(customer: Customer = ACME, window: Window = ROLLOVER, currency: str = "USD", fx: FxTable | None = None) -> Decimal | None:
    return revenue(customer, window, currency, Rates(fx or {}), ["free"])


def test_month_rollover() -> None:
    assert earned() == Decimal("30.333333333333")
    assert earned(window=Window(date(2026, 10, 1), date(2026, 11, 1))) == 310
    assert earned(window=Window(date(2026, 1, 1), date(2027, 1, 1))) == 3720


def test_a_customer_gone_mid_month_is_counted_to_the_day_before_until() -> None:
    october = Window(date(2026, 10, 1), date(2026, 11, 1))
    assert earned(msgspec.structs.replace(ACME, until=date(2026, 10, 16)), october) == 150
    assert earned(msgspec.structs.replace(ACME, since=date(2026, 10, 16)), october) == 160
    assert earned(msgspec.structs.replace(ACME, since=date(2026, 12, 1)), october) == 0
    assert earned(msgspec.structs.replace(ACME, until=date(2026, 9, 1)), october) == 0


def test_unknown_revenue_is_unknown_and_a_free_plan_earns_nothing() -> None:
    assert earned(Customer("acme")) is None
    assert earned(Customer("acme", plan="free")) == 0
    assert is_free(Customer("a", mrr=Decimal(0)), []) and is_free(Customer("a", plan="free"), ["free"])
    assert not is_free(Customer("a"), ["free"]) and not is_free(ACME, ["free"])


def test_revenue_in_another_currency_needs_a_rate_for_every_day() -> None:
    euro = msgspec.structs.replace(ACME, currency="EUR")
    assert earned(euro) is None
    assert earned(euro, fx={"EUR/USD": {"2026-10-31": Decimal(2)}}) is None
    assert earned(euro, fx={"EUR/USD": {"2026-10-30": Decimal(1), "2026-11-01": Decimal(3)}}) == 51
    assert earned(euro, currency="EUR") == Decimal("30.333333333333")


@pytest.mark.parametrize(
    ("amount", "rate", "expected"), [("10", "1.0837", "10.837"), ("0.000000000001", "0.5", "0"), ("0.000000000003", "0.5", "2e-12")]
)
def test_conversion_is_half_even_at_twelve_decimals(amount: str, rate: str, expected: str) -> None:
    rates = Rates({"EUR/USD": {"2026-10-01": Decimal(rate)}})
    assert rates.convert(Decimal(amount), "EUR", "USD", date(2026, 10, 5)) == Decimal(expected)
    assert rates.convert(Decimal(amount), "USD", "EUR", date(2026, 10, 5)) is None
