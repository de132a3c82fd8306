"""The bill from an export's table in Athena, for exports that one machine cannot hold: the same query that DuckDB answers of files."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

import msgspec

from costtui.config import Settings
from costtui.domain.asking import Price
from costtui.domain.customers.records import LedgerLine
from costtui.domain.datasets import Batch, Scope
from costtui.domain.money import plain
from costtui.domain.period import Window, next_month
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.athena_run import Question, Runner, Wait, price_of, size
from costtui.sources.aws.athena_table import Catalog, Scan
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.billing_dialect import TRINO, positional
from costtui.sources.billing_formats import NoFormat, format_of
from costtui.sources.billing_keys import UnknownKey
from costtui.sources.billing_rollup import Asked, BadRow, reader, rollup, typed
from costtui.sources.billing_source import told_apart
from costtui.sources.billing_sql import Query
from costtui.sources.port import Request

SECONDS_A_GB = 2
"""About how long Athena takes, beside its start."""
START_SECONDS = 5
CLOSES_AFTER = timedelta(7)
"""How long after a month AWS may still restate its bill (AWS Data Exports user guide: "until your charges are finalized")."""


class Plan(NamedTuple):
    """A question, and what it will read."""

    question: Question
    scan: Scan
    words: str
    """What the table is: "billing.focus, FOCUS 1.2"."""


class AthenaBilling:
    """One export's table, a run of days a question."""

    name = "aws.athena"
    dataset = "bill"
    after: tuple[str, ...] = ()
    local = False
    paid = True

    def __init__(self, cloud: AwsCloud, settings: Settings, wait: Wait | None = None) -> None:
        self._cloud, self._customers = cloud, settings.customers
        self._billing = settings.customers.billing
        self._profile = self._billing.profile or settings.aws.billing_profile
        self._asked = Asked(
            self._customers.ordered_keys, self._customers.accounts, told_apart(settings.customers.shared, settings.ownership.team)
        )
        self._wait = {} if wait is None else {"wait": wait}
        self.unconfigured = "no AWS profile is configured" if self._asked.keys else "no customer key: set [customers] tag"

    def scopes(self) -> Sequence[Scope]:
        if not self._asked.keys:
            return []
        found = [self._cloud.scope_of(self._profile, self.name)] if self._profile is not None else self._cloud.scopes(self.name)[:1]
        return [msgspec.structs.replace(scope, about=self._about()) for scope in found]

    def price(self, request: Request) -> Price:
        plan = self._plan(request)
        seconds = START_SECONDS + SECONDS_A_GB * (plan.scan.bytes >> 30)
        return Price(self.name, 1, price_of(plan.scan.bytes), seconds, _told(request, plan))

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        request.progress("looking at the table", 0, 0)
        plan = self._plan(request)
        self._cloud.afford(self.name, price_of(plan.scan.bytes), _told(request, plan))
        runner = Runner(self._cloud, self.name, request.scope, request.cancelled, **self._wait)
        answer = runner.run(plan.question, lambda scanned: request.progress("Athena scanned, MB", scanned >> 20, plan.scan.bytes >> 20))
        days: dict[date, list[LedgerLine]] = defaultdict(list)
        line = reader(self._asked.keep)
        try:
            for row in runner.rows(answer, lambda count: request.progress("reading Athena's answer, rows", count, 0)):
                charge = line(typed(row, len(self._asked.keep)))
                days[charge.day].append(charge)
        except (BadRow, ValueError, ArithmeticError) as error:
            raise SourceError(Problem("malformed", self.name, str(error), "check the export", plan.words)) from None
        detail = f"{plan.words}, scanned {size(answer.scanned)}, ${plain(answer.usd)}"
        for day in request.days:
            yield Batch(days[day], day=day, estimated=_open(day, request.now), detail=detail)

    def _plan(self, request: Request) -> Plan:
        billing = self._billing
        catalog = Catalog(self._cloud, self.name, request.scope)
        table = catalog.table(billing.database or "", billing.table or "")
        group = catalog.workgroup(billing.workgroup)
        output = None if group.enforced else billing.output
        if output is None and group.output is None:
            what = f"the workgroup {group.name} names no place for answers"
            raise SourceError(Problem("failed", self.name, what, "set output of [customers.billing] to a place in S3"))
        query = Query(table.columns, TRINO)
        try:
            form = format_of(query)
            window = Window(request.days[0], request.days[-1] + timedelta(1))
            text = rollup(query, table.source(query, request.days), form.fields(query), self._asked, window)
        except NoFormat as error:
            raise SourceError(Problem("malformed", self.name, error.what, error.action, f"{table.database}.{table.name}")) from None
        except UnknownKey as error:
            raise SourceError(Problem("malformed", self.name, str(error), "correct the configuration")) from None
        mark = f"-- costtui bill {self._about()}\n"
        sql, parameters = positional(mark + text, query.parameters)
        scan = catalog.expected(table, group.name, mark)
        if group.most_bytes is not None:
            scan = Scan(min(scan.bytes, group.most_bytes), f"{scan.basis}; the workgroup stops it at {size(group.most_bytes)}")
        question = Question(sql, parameters, table.database, group.name, output)
        return Plan(question, scan, f"{table.database}.{table.name}, {form.words}")

    def _about(self) -> str:
        question = (self._billing.database, self._billing.table, self._asked)
        return hashlib.sha256(msgspec.json.encode(question)).hexdigest()[:16]


def _told(request: Request, plan: Plan) -> str:
    days = f"{len(request.days)} days" if len(request.days) > 1 else str(request.days[0])
    return f"the bill of {days} from {plan.words}, by Athena scanning {plan.scan.basis},"


def _open(day: date, now: datetime) -> bool:
    return now.date() < next_month(day) + CLOSES_AFTER
