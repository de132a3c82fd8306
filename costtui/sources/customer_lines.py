"""One line of any customer list, as the customer it means; and a list without doubles."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from costtui.domain.customers.currency import quantized
from costtui.domain.customers.records import Customer
from costtui.domain.customers.tags import normalise
from costtui.domain.money import EXACT
from costtui.domain.problems import Problem, SourceError

Line = tuple[str, Mapping[str, object]]
"""Where the line stands ("line 7"), and its fields by name."""

MONTHS = Decimal(12)


def malformed(where: str, what: str, action: str = "correct the customer list and refresh") -> SourceError:
    return SourceError(Problem("malformed", "directory", what, action, where))


def customers(lines: Iterable[Line], where: str) -> list[Customer]:
    """The customers of a list, in its order. Raises SourceError where a line cannot be read, or two lines claim one identity."""
    claims: dict[str, tuple[str, str]] = {}
    found: list[Customer] = []
    for place, fields in lines:
        customer = _customer(fields, where, place)
        for spelling in (customer.id, *customer.aliases):
            identity = normalise(spelling)
            holder, first = claims.setdefault(identity, (customer.id, place))
            if first != place:
                raise malformed(where, f"{place} and {first} both are {spelling!r} (the latter as {holder!r})")
        found.append(customer)
    return found


def _customer(fields: Mapping[str, object], where: str, place: str) -> Customer:
    by_name = {normalise(name): value for name, value in fields.items()}

    def text(name: str) -> str | None:
        value = by_name.get(name)
        return None if value is None else str(value).strip() or None

    identity = text("id")
    if identity is None:
        raise malformed(where, f"{place} has no id")
    currency = (text("currency") or "USD").upper()
    try:
        return Customer(
            id=identity,
            name=text("name") or "",
            plan=text("plan"),
            mrr=_mrr(by_name),
            currency=currency,
            segment=text("segment"),
            owner_team=text("owner_team"),
            since=_day(by_name.get("since"), "since"),
            until=_day(by_name.get("until"), "until"),
            aliases=_aliases(by_name.get("aliases")),
            parent=text("parent"),
        )
    except ValueError as error:
        raise malformed(where, f"{place}, customer {identity!r}: {error}") from None


def _mrr(fields: Mapping[str, object]) -> Decimal | None:
    """MRR, or a twelfth of ARR (half-even at twelve decimals) where only that is given."""
    monthly, yearly = _money(fields.get("mrr"), "mrr"), _money(fields.get("arr"), "arr")
    if monthly is not None or yearly is None:
        return monthly
    return quantized(EXACT.divide(yearly, MONTHS))


def _money(value: object, name: str) -> Decimal | None:
    if value is None or str(value).strip() == "":
        return None
    try:
        amount = Decimal(str(value).strip())
    except InvalidOperation:
        amount = Decimal("NaN")
    if isinstance(value, bool) or not amount.is_finite() or amount < 0:
        raise ValueError(f"{name} is {value!r}, and an amount of 0 or more, as in 1200.50, is expected")
    return amount


def _day(value: object, name: str) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    text = str(value).strip()
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        raise ValueError(f"{name} is {text!r}, and a day as in 2026-10-31 is expected") from None


def _aliases(value: object) -> list[str]:
    parts = value if isinstance(value, (list, tuple)) else str(value or "").split(";")
    return [text for part in parts if (text := str(part).strip())]
