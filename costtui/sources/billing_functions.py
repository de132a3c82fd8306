"""What AWS billed each Lambda function, from the exports of [customers.billing] paths that have resource ids.

INIT, discounts and a Savings Plan's part are in it; credits and tax are nobody's use and are left out.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from costtui.config import Settings
from costtui.domain.datasets import Batch, Scope
from costtui.domain.functions.bill_records import BilledLine
from costtui.domain.money import ZERO
from costtui.domain.period import Window
from costtui.domain.problems import Problem
from costtui.sources.billing_files import ask_each
from costtui.sources.billing_source import BillingFiles
from costtui.sources.billing_sql import Query
from costtui.sources.port import Request

FUNCTION = re.compile(r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[^:]+")
"""The function in a resource id: one with provisioned concurrency has a version or alias behind it."""
OF_LAMBDA = "regexp_matches(resource, '^arn:aws[a-z-]*:lambda:')"
OF_USE = ("Usage", "Adjustment")
NAMES = ("x_UsageType", "line_item_usage_type", "SkuMeter", "ChargeDescription", "line_item_line_item_description")
"""Columns that name the meter, the first that a file has; FOCUS 1.0 has only the description."""


class FunctionBilling:
    """Functions' own billed cost by usage type, where the files hold the whole window."""

    name = "files.functions"
    dataset = "function-billed"
    after: tuple[str, ...] = ()
    local = True
    paid = False
    unconfigured = "no billing files: they are where a function's own billed cost is"

    def __init__(self, settings: Settings, bill: BillingFiles | None = None) -> None:
        self._settings = settings
        self._bill = bill or BillingFiles(settings)

    def scopes(self) -> Sequence[Scope]:
        states = [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in self._bill.files()]
        return [Scope(self.name, about=_digest(self._settings.customers.billing.paths), version=_digest(states))]

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        request.progress("reading billed functions", 0, 0)
        files = self._bill.files()
        window = Window(request.days[0], request.days[-1] + timedelta(1))
        covered = _covered(files)
        written = max(datetime.fromtimestamp(file.stat().st_mtime, UTC) for file in files)
        if covered is None or covered.start > window.start or covered.end < min(window.end, request.now.date()):
            held = f"only {covered.start} to {covered.end - timedelta(1)}" if covered else "no day"
            what = f"the export holds {held}, not all of {window.start} to {window.end - timedelta(1)}: the modelled cost is shown"
            yield Problem("warning", self.name, what, "choose a period that it holds with --period or p, as last-month")
            yield Batch([], as_of=written)
            return
        yield Batch(_lines(files, window), as_of=written, detail=f"{len(files)} files")


def _covered(files: Sequence[Path]) -> Window | None:
    """From the first billing period's start to the last day that has a charge."""

    def question(_: Query, source: str, fields: Mapping[str, str]) -> str:
        day, opens = fields["day"], fields["period_start"]
        return f"select min(coalesce({opens}, {day})), max({day}) from {source}"

    spans: list[tuple[date, date]] = [(first, last) for first, last in ask_each(files, question) if first is not None]
    return Window(min(first for first, _ in spans), max(last for _, last in spans) + timedelta(1)) if spans else None


def _lines(files: Sequence[Path], window: Window) -> list[BilledLine]:
    def question(query: Query, source: str, fields: Mapping[str, str]) -> str:
        columns = {name: fields[name] for name in ("day", "resource", "category", "commitment", "currency")}
        columns |= {name: fields[name] for name in ("effective", "billed", "list_cost")} | {"meter": query.text(*NAMES)}
        chosen = ", ".join(f"{sql} as {name}" for name, sql in columns.items())
        among = ", ".join(query.bind(category) for category in OF_USE)
        return f"""with charges as (select {chosen} from {source})
            select resource, meter, category, commitment, currency, sum(effective), sum(billed),
              case when count(list_cost) = count(*) then sum(list_cost) end
            from charges where {OF_LAMBDA} and day >= {query.bind(window.start)} and day < {query.bind(window.end)}
              and category in ({among}) and effective is not null
            group by all order by all"""

    found: dict[tuple[str, str, str, str, str], list[Decimal | None]] = {}
    for resource, meter, category, commitment, currency, *amounts in ask_each(files, question):
        arn = FUNCTION.match(resource)
        if arn is None or currency is None:
            continue
        key = (arn[0], meter or "", category, commitment or "", currency)
        found[key] = [_sum(one, other) for one, other in zip(found[key], amounts, strict=True)] if key in found else amounts
    return [BilledLine(*key, effective or ZERO, billed, list_cost) for key, (effective, billed, list_cost) in sorted(found.items())]


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other


def _digest(what: Any) -> str:
    return hashlib.sha256(msgspec.json.encode(what)).hexdigest()[:16]
