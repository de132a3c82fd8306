"""The bill from Athena: the query that files are asked, priced before, stopped on Esc, entered by what it scanned."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from costtui.config import parse
from costtui.domain.asking import Price
from costtui.domain.customers.records import LedgerLine
from costtui.domain.datasets import Batch
from costtui.domain.problems import Problem, SourceError
from costtui.sources import billing_files
from costtui.sources.aws.athena import AthenaBilling
from costtui.sources.aws.athena_run import price_of
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.bridge import Pacer
from costtui.sources.port import Request
from tests.fakes.athena import MB, Athena, Refused
from tests.fakes.aws_account import Meter

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
OCTOBER = [date(2026, 10, 1) + timedelta(number) for number in range(31)]
KEYS = ["tag:customer", "cost-category:Tenant", "account"]
RULES = """
[[customers.shared]]
match = { usage_type = "x*", tag = "team=web", region = "eu" }
split = "even"
"""
KEEP = ("region", "usage_type", "tag:team")


class Asker:
    """The source over a fake Athena; `waited` are the pauses between its looks."""

    def __init__(self) -> None:
        self.athena, self.meter, self.waited = Athena(), Meter(), list[float]()
        self.esc_after: int | None = None
        self.progress: list[tuple[str, int, int]] = []

    def source(self, more: str = "", keys: Sequence[str] = KEYS) -> AthenaBilling:
        text = (
            f"""[customers]\nkeys = {list(keys)}\n[customers.billing]\nsource = "athena"\ndatabase = "billing"\ntable = "export"\n{more}"""
        )
        cloud = AwsCloud(
            self.meter, Pacer(unlimited=True), profiles=["p"], regions=["eu-west-1"], prompt=lambda _: "", install=self.athena.install
        )
        return AthenaBilling(cloud, parse(text, name="config.toml", base=Path()), self.waited.append)

    def request(self, source: AthenaBilling, days: Sequence[date]) -> Request:
        def cancelled() -> bool:
            return self.esc_after is not None and len(self.waited) >= self.esc_after

        told: Callable[[str, int, int], None] = lambda *words: self.progress.append(words)  # noqa: E731
        return Request(source.scopes()[0], NOW, days, progress=told, cancelled=cancelled)

    def ask(self, more: str = "", days: Sequence[date] = OCTOBER, keys: Sequence[str] = KEYS) -> list[Batch | Problem]:
        source = self.source(more, keys)
        return list(source.fetch(self.request(source, days)))

    def lines(self, more: str = "", days: Sequence[date] = OCTOBER, keys: Sequence[str] = KEYS) -> list[LedgerLine]:
        return [line for item in self.ask(more, days, keys) if isinstance(item, Batch) for line in item.records]

    def price(self, days: Sequence[date] = OCTOBER) -> Price:
        source = self.source()
        return source.price(self.request(source, days))

    def fails(self, more: str = "") -> Problem:
        with pytest.raises(SourceError) as caught:
            self.ask(more)
        return caught.value.problem


@pytest.fixture
def asker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Asker:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    (tmp_path / "aws").write_text("[profile p]\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "aws"))
    asker = Asker()
    asker.athena.table(FOCUS)
    return asker


FOCUS = """select timestamp '2026-10-05 01:00:00' + to_hours(hour::integer) as ChargePeriodStart, date '2026-10-01' as BillingPeriodStart,
    date '2026-11-01' as BillingPeriodEnd, (hour * 0.1 + 0.0000001)::double as BilledCost, (hour * 0.07)::double as EffectiveCost,
    case when hour = 7 then null else 2.5::double end as ListCost, case hour % 3 when 0 then 'EUR' else 'USD' end as BillingCurrency,
    case hour % 5 when 0 then 'Tax' else 'Usage' end as ChargeCategory, 'Web' as ServiceName, 'i-' || hour as ResourceId,
    '11112222333' || (hour % 2) as SubAccountId, 'eu' as RegionId, 'x' || (hour % 4) as x_UsageType,
    case hour % 6 when 0 then map {'customer': 'acme', 'team': 'web'} when 1 then map {'CUSTOMER': 'o''brien', 'Customer': 'zed'}
      when 2 then map {'customer': ' '} when 3 then map {'user:customer': 'globex'}
      when 4 then cast(map {} as map(varchar, varchar)) end as Tags,
    map {'Tenant': 't' || (hour % 2)} as x_CostCategories, '2026-10' as billing_period from range(60) hours(hour)"""
CUR = """select timestamp '2026-10-05 07:00:00' as line_item_usage_start_date, date '2026-10-01' as bill_billing_period_start_date,
    date '2026-11-01' as bill_billing_period_end_date, kind as line_item_line_item_type, cost::double as line_item_unblended_cost,
    'USD' as line_item_currency_code, 'AmazonEC2' as line_item_product_code, '1' as line_item_usage_account_id,
    map {'product_name': 'Amazon EC2', 'region': 'eu-west-1'} as product, resource as line_item_resource_id,
    map {'user_customer': who} as resource_tags, parent as split_line_item_parent_resource_id, split::double as split_line_item_split_cost,
    unused::double as split_line_item_unused_cost, saved::double as savings_plan_savings_plan_effective_cost
    from (values ('Usage', 10, 'i-1', 'platform', null, null, null, null), ('Usage', 0, 'task-a', 'acme', 'i-1', 4, 1, null),
      ('Usage', 0, 'task-b', 'globex', 'i-1', 2, 1, null), ('SavingsPlanCoveredUsage', 5, 'i-2', 'platform', null, null, null, 3),
      ('Usage', 0, 'task-c', 'acme', 'i-9', 2, 1, null), ('Tax', 1, null, '', null, null, null, null))
    rows(kind, cost, resource, who, parent, split, unused, saved)"""
ARRAYS = (
    FOCUS.replace("map {'Tenant'", "map {'tenant'")
    .replace("as Tags", "as Old")
    .replace("'2026-10' as billing_period", "[{'key': 'customer', 'value': 'c' || hour % 3}] as Tags")
)
TEXTS = (
    FOCUS.replace("as Tags", "as Old")
    .replace("'2026-10' as billing_period", """case hour % 2 when 0 then '{"customer": "c"}' else 'no json' end as Tags""")
    .replace(
        "timestamp '2026-10-05 01:00:00' + to_hours(hour::integer)", "'2026-10-05T' || lpad((hour % 24)::varchar, 2, '0') || ':00:00Z'"
    )
)


@pytest.mark.parametrize("rows", [FOCUS, CUR, ARRAYS, TEXTS], ids=["maps", "cur with split cost", "structs", "json and text times"])
def test_athena_says_what_the_same_export_says_as_a_file(asker: Asker, tmp_path: Path, rows: str) -> None:
    asker.athena.table(rows)
    duckdb.sql(f"copy ({rows}) to '{tmp_path}/export.parquet' (format parquet)")
    expected = billing_files.read([tmp_path / "export.parquet"], keys=KEYS, keep=KEEP).lines
    assert len(expected) > 4
    assert sorted(map(repr, asker.lines(RULES))) == sorted(map(repr, expected))


def test_parameters_are_bound_as_literals_and_never_part_of_the_text(asker: Asker) -> None:
    keys = [f"tag:it's {'x' * 400} {number}" for number in range(3)]
    asker.ask(keys=[*keys, "tag:customer"])
    asked = next(params for name, params in asker.athena.asked if name == "StartQueryExecution")
    assert "it''s" in "".join(asked["ExecutionParameters"]) and "it'" not in asked["QueryString"]
    assert asked["QueryString"].count("?") == len(asked["ExecutionParameters"])


@pytest.mark.parametrize(
    ("partitions", "column", "wanted"),
    [
        (["billing_period"], "'2026-10' as billing_period", "\"billing_period\" in ('2026-10', '2026-11')"),
        (["year", "month"], "'2026' as year, '10' as month", "cast(\"year\" as varchar) in ('2026')"),
        ([], "'2026-10' as billing_period", ""),
    ],
)
def test_only_the_partitions_of_the_days_are_scanned(asker: Asker, partitions: list[str], column: str, wanted: str) -> None:
    asker.athena.table(FOCUS.replace("'2026-10' as billing_period", column))
    asker.athena.partitions = partitions
    assert asker.lines(days=[date(2026, 10, 31), date(2026, 11, 1)]) == []
    asked = next(params for name, params in asker.athena.asked if name == "StartQueryExecution")
    text, values = asked["QueryString"], list(asked["ExecutionParameters"])
    for value in values:
        text = text.replace("?", value, 1)
    assert wanted in text
    assert ('where "' in text or "where cast" in text) == bool(wanted)


def test_the_price_is_said_before_and_what_was_scanned_is_entered_after(asker: Asker) -> None:
    asker.athena.parameters = {"sizeKey": str(2 << 40)}
    words = "the bill of 31 days from billing.export, FOCUS 1.0, by Athena scanning {},"
    first = asker.price()
    assert (first.usd, first.words) == (Decimal(10), words.format("at most 2,048.00 GB, all of the table as Glue counted it"))
    assert "StartQueryExecution" not in asker.athena.operations()
    batch = next(item for item in asker.ask() if isinstance(item, Batch))
    assert asker.meter.afforded == [(Decimal(10), first.words)]
    assert asker.meter.charges == [("aws.athena", "StartQueryExecution", Decimal("0.00143051147460937500"))]
    assert batch.detail == "billing.export, FOCUS 1.0, scanned 300.0 MB, $0.001430511474609375"
    again = asker.price()
    assert (again.usd, again.words) == (price_of(300 * MB), words.format("300.0 MB, as the last time"))


def test_an_unknown_size_is_said_to_be_unknown_and_the_minimum_is_asked_for(asker: Asker) -> None:
    asker.athena.refused["ListQueryExecutions"] = Refused("AccessDeniedException", "not authorized to perform: athena:ListQueryExecutions")
    price = asker.price()
    assert price.usd == price_of(0) == Decimal(5) * 10 * MB / (1 << 40)
    assert "an unknown amount: nobody has counted the table, and 10 MB is the least that is billed" in price.words


def test_a_workgroup_limits_what_one_query_scans(asker: Asker) -> None:
    asker.athena.parameters = {"sizeKey": str(2 << 40)}
    asker.athena.workgroup["BytesScannedCutoffPerQuery"] = 1 << 30
    price = asker.price()
    assert price.usd == price_of(1 << 30)
    assert price.words.endswith("; the workgroup stops it at 1.00 GB,")


def test_it_looks_ever_less_often(asker: Asker) -> None:
    asker.athena.states = ("QUEUED", *["RUNNING"] * 12, "SUCCEEDED")
    asker.ask()
    assert max(asker.waited) <= 0.25
    assert 12 * 0.25 < sum(asker.waited) < 12 * 5
    assert ("Athena scanned, MB", 300, 0) in asker.progress


def test_esc_stops_the_query_and_what_it_scanned_is_still_paid(asker: Asker) -> None:
    asker.athena.states, asker.esc_after = ("RUNNING",), 3
    problem = asker.fails()
    assert (problem.kind, problem.what) == ("stopped", "the query was stopped after 300.0 MB, $0.001430511474609375")
    assert asker.athena.operations()[-2:] == ["StopQueryExecution", "GetQueryExecution"]
    assert len(asker.meter.charges) == 1


def test_answers_come_in_pages_and_the_header_is_no_row(asker: Asker) -> None:
    whole = sorted(map(repr, asker.lines()))
    asker.athena.page = 7
    assert sorted(map(repr, asker.lines())) == whole
    assert asker.athena.operations().count("GetQueryResults") > 3


def test_days_of_a_bill_that_is_still_open_are_asked_again(asker: Asker) -> None:
    days = [date(2026, 10, 31), date(2026, 11, 1)]
    assert [(item.day, item.estimated) for item in asker.ask(days=days) if isinstance(item, Batch)] == [(days[0], False), (days[1], True)]


FAILURES = [
    ("Query exhausted resources at this scale factor", "failed", "it was too large for Athena"),
    ("Query cancelled! : Bytes scanned limit was exceeded", "over-budget", "the workgroup's limit of bytes"),
    ("COLUMN_NOT_FOUND: line 1:8: Column 'x' cannot be resolved", "failed", "Athena gave up (COLUMN_NOT_FOUND"),
    ("Access Denied (Service: S3)", "denied", "Athena may not read the export or write its answer"),
]


@pytest.mark.parametrize(("reason", "kind", "what"), FAILURES)
def test_a_query_that_fails_says_why_and_costs_nothing(asker: Asker, reason: str, kind: str, what: str) -> None:
    asker.athena.states, asker.athena.reason = ("RUNNING", "FAILED"), reason
    problem = asker.fails()
    assert problem.kind == kind and problem.what.startswith(what)
    assert asker.meter.charges == []


def test_what_is_missing_is_said_before_anything_is_started(asker: Asker) -> None:
    asker.athena.workgroup = {}
    assert asker.fails().what == "the workgroup primary names no place for answers"
    asker.athena.table("select 1 as ChargePeriodStart, 2 as BilledCost")
    asker.athena.workgroup = {"ManagedQueryResultsConfiguration": {"Enabled": True}}
    assert asker.fails().what == "a FOCUS export without EffectiveCost, BillingCurrency, ChargeCategory, ServiceName"
    asker.athena.refused["GetTableMetadata"] = Refused("MetadataException", "EntityNotFoundException")
    assert asker.fails().what == "there is no table billing.export"
    assert "StartQueryExecution" not in asker.athena.operations()


def test_the_workgroups_own_place_for_answers_counts_where_it_is_enforced(asker: Asker) -> None:
    output = 'output = "s3://mine/"'
    asker.ask(output)
    asker.athena.workgroup["EnforceWorkGroupConfiguration"] = True
    asker.ask(output)
    places = [params.get("ResultConfiguration") for name, params in asker.athena.asked if name == "StartQueryExecution"]
    assert places == [{"OutputLocation": "s3://mine/"}, None]
