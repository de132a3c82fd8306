"""Billing exports on this machine, FOCUS or CUR, CSV, CSV.gz or Parquet, through DuckDB into ledger lines.

Each file is read once, with bounded memory, and summed over what LedgerLine tells apart; amounts are DECIMAL(38,12) before any sum.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, get_args

import msgspec

from costtui.domain.customers.records import Category, LedgerLine
from costtui.domain.period import Window, month_start, next_month
from costtui.domain.problems import Kind, Problem, SourceError
from costtui.sources import billing_split
from costtui.sources.billing_keys import UnknownKey, customer, tag
from costtui.sources.billing_sql import CUR_REQUIRED, FOCUS_REQUIRED, Columns, Query, canonical, cur, focus

if TYPE_CHECKING:
    import duckdb

SOURCE = "files"
NAMED = 3
"""Files named in the detail of a reading; the rest is counted."""
DEFAULT_KEEP = ("account", "region")
_GROUPED = ("service", "category", "currency", "commitment")
_MONEY = ("billed", "effective", "net_effective", "list_cost")


class BillingReading(msgspec.Struct, frozen=True):
    """What the files say. `window` is the one that was asked for, else the billing periods that the files cover."""

    lines: list[LedgerLine]
    window: Window
    detail: str


def read(
    paths: Sequence[Path],
    *,
    keys: Sequence[str],
    window: Window | None = None,
    accounts: Mapping[str, str] = {},
    keep: Sequence[str] = DEFAULT_KEEP,
    root: Path | None = None,
) -> BillingReading:
    """The bill in `paths`, by day and customer (`keys`: tag:KEY, cost-category:NAME, account; first that is present wins).

    `keep` names what else lines tell apart: account, region, usage_type, resource, or tag:KEY; each makes the answer longer.
    With a `window` only its days are read; without one everything is, and a day outside its billing period counts on the
    period's nearest day, so that the bill is whole. `detail` names the files from `root` on. Raises SourceError that names the file.
    """
    if not paths:
        raise _problem("malformed", "no file matches", "set paths of [customers.billing]", "")
    with TemporaryDirectory(prefix="costtui-") as spill:
        connection = _connect(spill)
        try:
            parts = [_file(connection, path, keys, window, accounts, keep) for path in paths]
        finally:
            connection.close()
    lines = [line for part in parts for line in part.lines]
    covered = window or Window(min(part.window.start for part in parts), max(part.window.end for part in parts))
    return BillingReading(lines, covered, _detail(paths, [part.detail for part in parts], root))


def _detail(paths: Sequence[Path], formats: Sequence[str], root: Path | None) -> str:
    names = [str(path.relative_to(root)) if root and path.is_relative_to(root) else path.name for path in paths]
    told = [f"{name}, {version}" for name, version in zip(names[:NAMED], formats, strict=False)]
    return "; ".join(told) + (f"; and {len(paths) - NAMED} more files" if len(paths) > NAMED else "")


def _connect(spill: str) -> "duckdb.DuckDBPyConnection":
    import duckdb

    return duckdb.connect(
        config={
            "memory_limit": "1GB",
            "temp_directory": spill,
            "preserve_insertion_order": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
    )


def _file(
    connection: "duckdb.DuckDBPyConnection",
    path: Path,
    keys: Sequence[str],
    window: Window | None,
    accounts: Mapping[str, str],
    keep: Sequence[str],
) -> BillingReading:
    import duckdb

    try:
        source, columns = _open(connection, path)
        query = Query(columns)
        fields, version = _fields(query, str(path))
        fields["customer"] = customer(query, keys, fields["account"], accounts)
        kept = {name: tag(query, name[4:]) if name.startswith("tag:") else fields[name] for name in keep}
        rows = connection.execute(*_rollup(query, source, fields, kept, window)).fetchall()
    except UnknownKey as error:
        raise _problem("malformed", str(error), "correct the configuration", "") from None
    except duckdb.OutOfMemoryException:
        raise _problem("failed", "it does not fit in 1 GB of memory", "convert it to Parquet, or use athena", str(path)) from None
    except (duckdb.Error, OSError) as error:
        reason = str(error).strip().splitlines()[0]
        raise _problem("malformed", f"it cannot be read ({reason})", "check that it is a complete export", str(path)) from None
    lines = [_line(row[2:], list(kept), str(path)) for row in rows]
    covered = window or _covered(rows, str(path))
    return BillingReading(lines, covered, version)


def _open(connection: "duckdb.DuckDBPyConnection", path: Path) -> tuple[str, Columns]:
    """The file as a table expression, and its columns by canonical name."""
    literal = str(path).replace("'", "''")
    if path.name.casefold().endswith((".csv", ".csv.gz")):
        options = """header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', nullstr = ['NULL', '']"""
        source = f"read_csv('{literal}', {options})"
    elif path.name.casefold().endswith(".parquet"):
        source = f"read_parquet('{literal}')"
    else:
        raise _problem("malformed", "it is no CSV, CSV.gz or Parquet file", "point paths at billing exports", str(path))
    described = connection.execute(f"describe select * from {source}").fetchall()
    return source, {canonical(name): ('"' + name.replace('"', '""') + '"', str(kind)) for name, kind, *_ in described}


def _fields(query: Query, where: str) -> tuple[dict[str, str], str]:
    """SQL by LedgerLine's fields, and what the format is called."""
    columns = query.columns
    if any(name in columns for name in ("BilledCost", "EffectiveCost", "ChargePeriodStart")):
        _require(columns, FOCUS_REQUIRED, "FOCUS", where)
        later = "1.2" if "InvoiceId" in columns else "1.1" if "SkuMeter" in columns else "1.0"
        return focus(query), f"FOCUS {later}"
    if any(name.startswith("line_item_") for name in columns):
        _require(columns, CUR_REQUIRED, "CUR", where)
        maps = any(columns.get(name, ("", ""))[1].startswith("MAP") for name in ("resource_tags", "product", "tags"))
        return cur(query), "CUR 2.0" if maps else "CUR legacy"
    raise _problem("malformed", "its columns are neither FOCUS nor CUR", "point paths at billing exports", where)


def _require(columns: Columns, needed: Sequence[str], name: str, where: str) -> None:
    if missing := [column for column in needed if column not in columns]:
        raise _problem("malformed", f"a {name} export without {', '.join(missing)}", "export it with these columns", where)


def _rollup(
    query: Query, source: str, fields: Mapping[str, str], kept: Mapping[str, str], window: Window | None
) -> tuple[str, dict[str, object]]:
    names = [f"k{number}" for number in range(len(kept))]
    chosen = dict(fields) | dict(zip(names, kept.values(), strict=True))
    tables, table = billing_split.rows(query, source, chosen)
    inside = f"where day >= {query.bind(window.start)} and day < {query.bind(window.end)}" if window else ""
    day = "day" if window else "greatest(least(day, coalesce(period_end - 1, day)), coalesce(period_start, day))"
    groups = ", ".join(("customer", *_GROUPED, *names))
    sums = ", ".join(f"case when count({name}) = count(*) then sum({name}) end" for name in _MONEY)
    text = f"""with {tables} select min(period_start), max(period_end), {day} as on_day, {groups}, {sums}
        from {table} {inside} group by on_day, {groups} order by all"""
    return text, query.parameters


def _line(row: Sequence[Any], kept: Sequence[str], where: str) -> LedgerLine:
    day, owner, service, category, currency, commitment = row[:6]
    extra = dict(zip(kept, row[6 : 6 + len(kept)], strict=True))
    billed, effective, net_effective, list_cost = row[6 + len(kept) :]
    if category not in get_args(Category) or day is None or currency is None:
        raise _problem("malformed", f"a row has category {category}, day {day}, currency {currency}", "check the export", where)
    return LedgerLine(
        day=day,
        customer=owner,
        service=service or "unknown",
        category=category,
        currency=currency,
        billed=billed,
        effective=effective,
        net_effective=net_effective,
        list_cost=list_cost,
        commitment=commitment if commitment in ("Used", "Unused") else "",
        tags={name[4:]: value for name, value in extra.items() if name.startswith("tag:") and value is not None},
        account=extra.get("account") or "",
        region=extra.get("region") or "",
        usage_type=extra.get("usage_type") or "",
        resource=extra.get("resource") or "",
    )


def _covered(rows: Sequence[Sequence[Any]], where: str) -> Window:
    """The calendar months of the billing periods; where the file names none, those of its days."""
    if not rows:
        raise _problem("malformed", "it has no rows", "check that the export is complete", where)
    starts = [row[0] or row[2] for row in rows]
    last = max(max(row[0] or row[2], (row[1] or row[2] + timedelta(1)) - timedelta(1)) for row in rows)
    return Window(month_start(min(starts)), next_month(last))


def _problem(kind: Kind, what: str, action: str, where: str) -> SourceError:
    return SourceError(Problem(kind, SOURCE, what, action, where))
