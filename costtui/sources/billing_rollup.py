"""The one question that is asked of every billing export, by DuckDB of files and by Athena of tables: the bill by day and customer."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, get_args

from costtui.domain.customers.records import Category, LedgerLine
from costtui.domain.period import Window, month_start, next_month
from costtui.sources import billing_split
from costtui.sources.billing_ai import tokens
from costtui.sources.billing_formats import Fields
from costtui.sources.billing_keys import customer, tag
from costtui.sources.billing_sql import NO_MONEY, Query

Row = Sequence[Any]
"""One group of the answer: its keys, its sums, and the first and last day of its billing periods."""

GROUPED = ("customer", "service", "category", "currency", "commitment", "ai")
KEYS = 1 + len(GROUPED)
"""The day and these are what every row begins with."""
FILE = "file"
MONEY = ("billed", "effective", "net_effective", "list_cost", "quantity")

_AI = """case when {meter} like '%oken%' or {unit} like '%oken%'
 then concat(coalesce({meter}, ''), chr(31), coalesce({unit}, ''), chr(31), coalesce({model}, '')) end"""
"""Tokens and "Tokens": a search without regard to case takes a tenth of the whole query."""

_IN_PERIOD = """case when day >= period_end then cast(period_end - interval '1' day as date)
 when day < period_start then period_start else day end"""
"""A charge of an earlier day belongs to the bill that it is in: to the nearest day of that."""


_CATEGORIES: dict[str, Category] = {spelt: name for name in get_args(Category) for spelt in (name, name.casefold())}


class Asked(NamedTuple):
    """What lines are to tell apart: whose they are by `keys` (and `accounts`), and `keep` (account, region, usage_type, resource,
    tag:KEY), each of which makes the answer longer."""

    keys: Sequence[str]
    accounts: Mapping[str, str] = {}
    keep: Sequence[str] = ()


class BadRow(ValueError):
    """A row that no ledger line can be made of; its text is a sentence."""


def rollup(query: Query, source: str, fields: Fields, asked: Asked, window: Window | None = None, *, by_file: bool = False) -> str:
    """The SQL text; its parameters are in `query`. `source` is a table and, where only some of its partitions are meant, the `where`
    of them. `by_file` tells apart what file a charge is in, as the last key. Raises UnknownKey."""
    chosen = {name: sql for name, sql in fields.items() if name not in ("meter", "unit", "model")}
    chosen["ai"] = _AI.format(**fields)
    keys, chosen["customer"] = customer(query, asked.keys, fields["account"], asked.accounts)
    kept = [tag(query, name[4:]) if name.startswith("tag:") else fields[name] for name in asked.keep]
    names = [f"k{number}" for number in range(len(kept))]
    chosen |= dict(zip(names, kept, strict=True))
    if by_file:
        chosen[FILE] = "filename"
    tables, table = billing_split.rows(query, f"(select *, {keys} from {source}) as keyed", chosen)
    inside = (
        f" where on_day >= {query.dialect.day(query, window.start)} and on_day < {query.dialect.day(query, window.end)}" if window else ""
    )
    without = [name for name in MONEY if fields[name] == NO_MONEY]
    told = [*GROUPED, *names, *([FILE] if by_file else [])]
    by_period = _sums(["day", "period_start", "period_end", *told], table, without)
    placed = f"(select periods.*, {_IN_PERIOD} as on_day from ({by_period}) as periods) as placed{inside}"
    return f"with {tables} {_sums(['on_day', *told], placed, without, _covered('period_start', 'period_end'))}"


def merged(table: str, asked: Asked) -> str:
    """The SQL text that sums a stored rollup over its files."""
    told = ["on_day", *GROUPED, *(f"k{number}" for number in range(len(asked.keep)))]
    return _sums(told, table, (), _covered("first_day", "end_day"))


def _covered(first: str, end: str) -> str:
    return f", min({first}) as first_day, max({end}) as end_day"


def _sums(told: Sequence[str], table: str, without: Collection[str], covered: str = "") -> str:
    """The groups of a table; the measures `without` which an export is are not worth counting. (By period first and then by day:
    to look for each group's first and last day among millions of charges took a tenth of the time.)"""
    by = ", ".join(str(number) for number in range(1, 1 + len(told)))
    sums = ", ".join(
        f"{NO_MONEY} as {name}" if name in without else f"case when count({name}) = count(*) then sum({name}) end as {name}"
        for name in MONEY
    )
    return f"select {', '.join(told)}, {sums}{covered} from {table} group by {by}"


def reader(keep: Sequence[str]) -> Callable[[Row], LedgerLine]:
    """Makes lines of groups, 700,000 a second: a bill of ten million charges has 100,000 of them. What it returns raises BadRow."""
    places = {name: KEYS + number for number, name in enumerate(keep)}
    tags = [(name[4:], at) for name, at in places.items() if name.startswith("tag:")]
    account, region, usage_type, resource = (places.get(name, 0) for name in ("account", "region", "usage_type", "resource"))
    money_from, money_to = _money(len(keep))

    def line(row: Row) -> LedgerLine:
        day, owner, service, category, currency, commitment, ai = row[:KEYS]
        billed, effective, net_effective, list_cost, quantity = row[money_from:money_to]
        known = _CATEGORIES.get(category) or _CATEGORIES.get(str(category).casefold())
        if known is None or day is None or not currency:
            raise BadRow(f"a row has category {category}, day {day}, currency {currency}")
        model, kind, used = tokens(ai, service or "", quantity) if ai else ("", "", None)
        return LedgerLine(  # by position, which takes a third of the time
            day,
            "" if owner.isspace() else owner,
            service or "unknown",
            known,
            currency.upper(),
            billed,
            effective,
            net_effective,
            list_cost,
            commitment if commitment in ("Used", "Unused") else "",
            (account and row[account]) or "",
            (region and row[region]) or "",
            (usage_type and row[usage_type]) or "",
            (resource and row[resource]) or "",
            {name: row[at] for name, at in tags if row[at] is not None} if tags else {},
            False,
            model,
            kind,
            used,
        )

    return line


def _money(keep: int) -> tuple[int, int]:
    """From where to where a row has its sums."""
    return KEYS + keep, KEYS + keep + len(MONEY)


def spans(rows: Sequence[Row]) -> set[tuple[date, date]]:
    """The first and the last day of the billing periods in groups; a group's own day where the export names none."""
    told = {(row[0], row[-2], row[-1]) for row in rows}
    return {(first or day, (end - timedelta(1)) if end else day) for day, first, end in told}


def months(touched: Collection[tuple[date, date]]) -> Window:
    """The calendar months that spans (of at least one group) touch."""
    return Window(month_start(min(first for first, _ in touched)), next_month(max(last for _, last in touched)))


def typed(row: Sequence[str | None], keep: int) -> Row:
    """A row of an engine that answers everything as text, like one of an engine that does not."""
    money_from, money_to = _money(keep)

    def value(at: int, text: str | None) -> Any:
        if text is None:
            return None
        if at == 0 or at >= money_to:
            return date.fromisoformat(text[:10])
        return Decimal(text) if money_from <= at else text

    return [value(at, text) for at, text in enumerate(row)]
