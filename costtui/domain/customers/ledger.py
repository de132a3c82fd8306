"""The bill, line by line, onto customers, pools and the rows that are nobody's: per currency and per day."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter

import msgspec

from costtui.domain.customers.allocation import QUANTUM
from costtui.domain.customers.currency import FxTable, Rates
from costtui.domain.customers.records import (
    CREDITS,
    FEES,
    IDLE,
    NOBODY,
    TAX,
    UNALLOCATED,
    UNTAGGED,
    Basis,
    Category,
    CustomerServices,
    LedgerLine,
)
from costtui.domain.customers.rules import SharedRule
from costtui.domain.customers.tags import Names, tag_value
from costtui.domain.customers.units import scale_of, to_units
from costtui.domain.money import EXACT, ZERO
from costtui.domain.period import Window

_MEASURES: dict[Basis, Callable[[LedgerLine], Decimal | None]] = {
    "amortized": lambda line: line.effective,
    "net-amortized": lambda line: line.net_effective,
    "unblended": lambda line: line.billed,
    "billed": lambda line: line.billed,
    "list": lambda line: line.list_cost,
}
_NOBODYS: dict[Category, str] = {"Credit": CREDITS, "Tax": TAX, "Purchase": FEES, "Adjustment": FEES}
OTHERS: dict[Category, str] = {"Credit": "credits", "Tax": "tax", "Adjustment": "refunds and adjustments"}
LEAST_SCALE = scale_of([QUANTUM])


class BasisError(ValueError):
    """The bill lacks the cost basis that was asked for; its text is one sentence for the user."""


class RowOptions(msgspec.Struct, frozen=True):
    """What the view and the configuration say about rows, beside the rules."""

    basis: Basis = "amortized"
    display_currency: str = "USD"
    fx: FxTable = {}
    free_plans: Sequence[str] = ()
    exclude: Sequence[str] = ()
    """Patterns of customer ids that are shown apart: in every sum, without rank, share or flag."""
    team_keys: Sequence[str] = ()
    """Where a line's team is read, first that is present wins: `tag:KEY` (other kinds need more than a line knows)."""
    key_name: str = "customer key"
    """How the key is called in explanations, as in "tag customer"."""
    unit_metric: str | None = None
    """The usage metric of unit costs; None is the first one in the alphabet."""
    floor: Decimal = Decimal(1)
    """Money below which no spike and no free plan is worth a flag, in the row's currency."""
    margin_target_pct: Decimal = Decimal(0)


class ModelMix:
    """What of an amount is AI models' cost: units and tokens by model and kind of token."""

    def __init__(self) -> None:
        self.units: dict[tuple[str, str], int] = {}
        self.tokens: dict[tuple[str, str], Decimal | None] = {}

    def add(self, line: LedgerLine, units: int) -> None:
        kind = (line.model, line.usage_kind)
        self.units[kind] = self.units.get(kind, 0) + units
        known = self.tokens.get(kind, ZERO)
        self.tokens[kind] = None if known is None or line.quantity is None else EXACT.add(known, line.quantity)


class Book:
    """One currency's bill in whole units of 10^-scale. Amounts are kept per day: no weight ever crosses midnight."""

    def __init__(self, days: int, scale: int) -> None:
        self.scale = scale
        self.direct: list[dict[str, int]] = [{} for _ in range(days)]
        self.nobody: list[dict[str, int]] = [{} for _ in range(days)]
        self.pools: list[dict[int, int]] = [{} for _ in range(days)]
        self.kept: list[dict[tuple[str, int], int]] = [{} for _ in range(days)]
        self.services: dict[str, dict[str, int]] = {}
        self.spellings: dict[str, set[str]] = {}
        self.models: dict[str | int, ModelMix] = {}
        """AI cost by owner, and by the number of the rule that made a pool of it."""
        self.estimated: set[int] = set()
        self.seen: set[int] = set()
        self.others: dict[str, int] = {}
        self.billed = 0
        self.invoiced: Decimal | None = ZERO

    def daily(self) -> list[int]:
        """The bill of each day."""
        held = zip(self.direct, self.nobody, self.pools, self.kept, strict=True)
        return [sum(sum(part.values()) for part in parts) for parts in held]


class _Judge:
    """Which rule takes a line, remembered by the fields that any rule looks at: a bill has far fewer of those than lines."""

    def __init__(self, rules: Sequence[SharedRule], team_keys: Sequence[str]) -> None:
        matches = [rule.match for rule in rules]
        self._rules, self._team_keys = matches, [key[4:] for key in team_keys if key.startswith("tag:")]
        lines = ("service", "category", "commitment", "account", "region", "usage_type", "resource")
        asked = [name for name in lines if any(getattr(match, name) is not None for match in matches)]
        self._fields: Callable[[LedgerLine], object] = attrgetter(*asked) if asked else lambda _line: None
        self._tags = sorted({match.tag_pair[0] for match in matches if match.tag})
        self._teams = any(match.team is not None for match in matches)
        self._known: dict[tuple[object, ...], int | None] = {}

    def rule(self, line: LedgerLine, untagged: bool) -> int | None:
        """The number of the first rule that takes `line`; None when none does."""
        if not self._rules:
            return None
        team = self._team(line.tags) if self._teams else ""
        tags = tuple([tag_value(line.tags, tag) for tag in self._tags]) if self._tags else ()
        key = (untagged, team, self._fields(line), tags)
        if key not in self._known:
            numbered = enumerate(self._rules)
            self._known[key] = next((number for number, match in numbered if match.takes(line, untagged=untagged, team=team)), None)
        return self._known[key]

    def _team(self, tags: Mapping[str, str]) -> str:
        return next((value for key in self._team_keys if (value := tag_value(tags, key))), "")


def books(
    lines: Sequence[LedgerLine],
    names: Names,
    rules: Sequence[SharedRule],
    window: Window,
    options: RowOptions,
    asked: Sequence[CustomerServices] = (),
) -> dict[str, Book]:
    """Every line of the window in the book of its currency; converted lines in that of the display currency.

    A line goes to the first rule that takes it; else to its customer; else to the row of what it is (credit, tax, fee, untagged).
    What was `asked` about a customer tells services apart where the bill does not, and changes no amount.
    Raises BasisError where a line lacks the measure of the basis: a sum without it would pass for the bill.
    """
    numbers = {day: number for number, day in enumerate(window.days)}
    inside = [line for line in lines if line.day in numbers]
    found: dict[str, Book] = {}
    rates = Rates(options.fx)
    converted = [_converted(line, options, rates) for line in inside]
    told = [(one.subject, line, *_converted(line, options, rates)) for one in asked for line in one.charges if line.day in numbers]
    scale = max(LEAST_SCALE, scale_of(amount for _, amount, _ in converted), scale_of(amount for *_, amount, _ in told))
    judge = _Judge(rules, options.team_keys)
    for line, (currency, amount, invoiced) in zip(inside, converted, strict=True):
        book = found.get(currency) or found.setdefault(currency, Book(len(numbers), scale))
        day, units = numbers[line.day], to_units(amount, scale)
        book.billed += units
        book.invoiced = None if invoiced is None or book.invoiced is None else EXACT.add(book.invoiced, invoiced)
        book.seen.add(day)
        if line.estimated:
            book.estimated.add(day)
        if word := _other(line.category, line.service):
            book.others[word] = book.others.get(word, 0) + units
        customer = names.id_of(line.customer)
        number = judge.rule(line, not customer)
        if line.model:
            book.models.setdefault(_owner(line, customer) if number is None else number, ModelMix()).add(line, units)
        if number is None:
            _place(book, day, line, customer, units)
        elif rules[number].method == "keep":
            kept = (IDLE if line.commitment == "Unused" else UNALLOCATED, number)
            book.kept[day][kept] = book.kept[day].get(kept, 0) + units
        else:
            book.pools[day][number] = book.pools[day].get(number, 0) + units
    for subject, line, currency, amount, _ in told:
        if currency in found:
            _tell_apart(found[currency], subject, line, to_units(amount, scale))
    return found


def _tell_apart(book: Book, owner: str, line: LedgerLine, units: int) -> None:
    """Take the charge out of what has no service; what the asked charges leave over, or overdo, stays there."""
    services = book.services.get(owner, {})
    if "" not in services:
        return
    services[line.service] = services.get(line.service, 0) + units
    services[""] -= units
    if line.model:
        book.models.setdefault(owner, ModelMix()).add(line, units)


@lru_cache(maxsize=4096)
def _other(category: Category, service: str) -> str:
    """What a line is called in the strip of what else the bill holds; empty for plain usage."""
    if category in ("Usage", "Purchase"):
        return "support" if "support" in service.casefold() else "fees" if category == "Purchase" else ""
    return OTHERS[category]


def _converted(line: LedgerLine, options: RowOptions, rates: Rates) -> tuple[str, Decimal, Decimal | None]:
    amount = _MEASURES[options.basis](line)
    if amount is None:
        what = line.service or "tagged charges"
        raise BasisError(f"the bill has no {options.basis} cost for {what} on {line.day}: choose another cost basis")
    target = options.display_currency
    if line.currency == target:
        return target, amount, line.billed
    exchanged = rates.convert(amount, line.currency, target, line.day)
    if exchanged is None:
        return line.currency, amount, line.billed
    invoiced = None if line.billed is None else rates.convert(line.billed, line.currency, target, line.day)
    return target, exchanged, invoiced


def _owner(line: LedgerLine, customer: str) -> str:
    return customer or _NOBODYS.get(line.category, UNTAGGED)


def _place(book: Book, day: int, line: LedgerLine, customer: str, units: int) -> None:
    owner = _owner(line, customer)
    held = (book.nobody if owner in NOBODY else book.direct)[day]
    held[owner] = held.get(owner, 0) + units
    services = book.services.get(owner)
    if services is None:
        services = book.services[owner] = {}
    services[line.service] = services.get(line.service, 0) + units
    if owner not in NOBODY:
        spelt = book.spellings.get(owner)
        if spelt is None:
            book.spellings[owner] = {line.customer}
        elif line.customer not in spelt:
            spelt.add(line.customer)
