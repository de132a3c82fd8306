"""Billing exports of every format into one ledger, to the last digit."""

import gzip
import os
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from costtui.domain.customers.records import LedgerLine
from costtui.domain.customers.rows import customer_rows
from costtui.domain.money import total
from costtui.domain.period import Window
from costtui.domain.problems import SourceError
from costtui.sources.billing_files import BillingReading, read

CUSTOMER = ["tag:customer"]
OCTOBER = Window(date(2026, 10, 1), date(2026, 11, 1))
HEADER = (
    "BilledCost,EffectiveCost,ListCost,BillingCurrency,ChargeCategory,ChargePeriodStart,BillingPeriodStart,BillingPeriodEnd,"
    "ServiceName,ResourceId,SubAccountId,RegionId,CommitmentDiscountStatus,Tags"
)


def charge(cost: str, tags: str = "NULL", *, day: str = "2026-10-05 00:00:00", category: str = "Usage", status: str = "NULL") -> str:
    quoted = tags if tags == "NULL" else '"' + tags.replace('"', '""') + '"'
    return f"{cost},{cost},{cost},USD,{category},{day},2026-10-01,2026-11-01,Web,i-1,111122223333,eu-west-1,{status},{quoted}"


@pytest.fixture
def focus(tmp_path: Path) -> Callable[..., Path]:
    def write(*rows: str, name: str = "focus.csv", header: str = HEADER) -> Path:
        path = tmp_path / name
        text = "\n".join([header, *rows]) + "\n"
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        return path

    return write


def parquet(path: Path, *selects: str) -> Path:
    duckdb.sql(f"copy ({' union all by name '.join(selects)}) to '{path}' (format parquet)")
    return path


def by_customer(reading: BillingReading, measure: str = "effective") -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for line in reading.lines:
        found[line.customer] = found.get(line.customer, Decimal(0)) + getattr(line, measure)
    return found


def corpus(name: str) -> Path:
    folder = os.environ.get("COSTTUI_CORPUS")
    if not folder:
        pytest.skip("COSTTUI_CORPUS is not set: the real exports were not read")
    return Path(folder) / "focus" / name


def test_the_focus_sample_to_the_last_digit() -> None:
    reading = read([corpus("focus_sample_1_0.csv")], keys=["tag:application"])
    sums = {name: total(getattr(line, name) for line in reading.lines) for name in ("billed", "effective", "list_cost")}
    assert sums == {"billed": Decimal("20.52022672899"), "effective": Decimal("14.97651418586"), "list_cost": Decimal("20.39090575119")}
    assert by_customer(reading)["BrightPathMatrix"] == 16
    assert by_customer(reading, "billed")["BrightPathMatrix"] == Decimal("15.9580993182")
    assert total(line.billed or Decimal(0) for line in reading.lines if line.category == "Credit") == Decimal("-2.6137")
    assert reading.window == Window(date(2024, 9, 1), date(2024, 11, 1))
    assert reading.detail == "focus_sample_1_0.csv, FOCUS 1.0"
    _, totals = customer_rows(reading.lines, [], [], [], reading.window)
    assert totals.billed == Decimal("14.97651418586") and totals.residual == 0


def test_the_legacy_cur_sample_to_the_last_digit() -> None:
    reading = read([corpus("aws_cur_legacy_sample.csv")], keys=CUSTOMER)
    assert total(line.billed or Decimal(0) for line in reading.lines) == Decimal("1.6823086974")
    assert total(line.effective or Decimal(0) for line in reading.lines) == Decimal("1.6823086974")
    assert reading.window == Window(date(2023, 11, 1), date(2023, 12, 1))
    assert reading.detail == "aws_cur_legacy_sample.csv, CUR legacy"
    assert {line.service for line in reading.lines} >= {"Amazon Simple Storage Service", "AWS Glue"}


def test_a_line_holds_what_the_row_said(focus: Callable[..., Path]) -> None:
    path = focus("0.1,0.2,0.3,EUR,Usage,2026-10-05T23:59:59Z,2026-10-01,2026-11-01,Web,i-1,111122223333,eu-west-1,Unused,NULL")
    reading = read([path], keys=CUSTOMER, keep=["account", "region", "resource"])
    assert reading.window == OCTOBER
    assert reading.lines == [
        LedgerLine(
            day=date(2026, 10, 5),
            customer="",
            service="Web",
            category="Usage",
            currency="EUR",
            billed=Decimal("0.1"),
            effective=Decimal("0.2"),
            list_cost=Decimal("0.3"),
            commitment="Unused",
            account="111122223333",
            region="eu-west-1",
            resource="i-1",
        )
    ]


CUR_HEADER = "line_item_usage_start_date,line_item_unblended_cost,line_item_currency_code,line_item_line_item_type,line_item_product_code"
CUR_ROW = "2026-10-05T00:00:00.000Z,1.5,USD,Usage,AmazonEC2"
SPELLINGS = [
    ('{"customer": "acme"}', "acme"),
    ('{"customer": "acme", "Customer": "other"}', "acme"),
    ('{"Customer": "b", "CUSTOMER": "c"}', "c"),
    ('{" customer ": "d"}', "d"),
    ('{"customer": ""}', ""),
    ('{"customer": null}', ""),
    ('{"user:customer": "e"}', "e"),
    ('[{"key": "customer", "value": "f"}]', "f"),
    ('[{"key": "Customer", "value": "g"}]', "g"),
    ('{"customer": "Müller & Söhne, \\"x\\""}', 'Müller & Söhne, "x"'),
    ("{}", ""),
    ("not json", ""),
    ("NULL", ""),
]


@pytest.mark.parametrize(("tags", "customer"), SPELLINGS)
def test_tags_as_json_text(focus: Callable[..., Path], tags: str, customer: str) -> None:
    assert by_customer(read([focus(charge("1", tags))], keys=CUSTOMER)) == {customer: 1}


@pytest.mark.parametrize(
    ("tags", "customer"),
    [
        ("map {'customer': 'acme', 'Customer': 'x'}", "acme"),
        ("map {'CUSTOMER': 'c', 'Customer': 'b'}", "c"),
        ("cast(map {} as map(varchar, varchar))", ""),
        ("[{'key': 'customer', 'value': 'acme'}]", "acme"),
        ("[{'key': ' Customer', 'value': 'b'}, {'key': 'env', 'value': 'dev'}]", "b"),
    ],
)
def test_tags_as_map_or_structs_in_parquet(tmp_path: Path, tags: str, customer: str) -> None:
    row = f"""select 1.5::double as BilledCost, 1.25::double as EffectiveCost, 'USD' as BillingCurrency, 'Usage' as ChargeCategory,
        timestamptz '2026-10-05 22:00:00+00' as ChargePeriodStart, 'Web' as ServiceName, {tags} as Tags, 'x' as InvoiceId"""
    reading = read([parquet(tmp_path / "focus.parquet", row)], keys=CUSTOMER)
    assert by_customer(reading) == {customer: Decimal("1.25")}
    assert (reading.lines[0].day, reading.window, reading.lines[0].list_cost) == (date(2026, 10, 5), OCTOBER, None)
    assert reading.detail == "focus.parquet, FOCUS 1.2"


def test_keys_are_asked_in_order_and_a_blank_value_is_no_answer(focus: Callable[..., Path]) -> None:
    path = focus(
        charge("1", '{"tenant": "t"}'), charge("2", '{"customer": " ", "tenant": "u"}'), charge("4", '{"customer": "c", "tenant": "u"}')
    )
    assert by_customer(read([path], keys=["tag:customer", "tag:tenant"])) == {"t": 1, "u": 2, "c": 4}


def test_an_account_of_its_own_is_a_customer(focus: Callable[..., Path]) -> None:
    path = focus(charge("1"), charge("2", '{"customer": "c"}'))
    assert by_customer(read([path], keys=["tag:customer", "account"])) == {"111122223333": 1, "c": 2}
    assert by_customer(read([path], keys=["account"], accounts={"111122223333": "acme"})) == {"acme": 3}
    assert by_customer(read([path], keys=["account"], accounts={"999999999999": "acme"})) == {"": 3}


def test_a_tag_is_kept_where_it_is_asked_for(focus: Callable[..., Path]) -> None:
    path = focus(charge("1", '{"Team": "pay"}'), charge("2", '{"team": "data"}'), charge("4"))
    lines = read([path], keys=CUSTOMER, keep=["tag:team"]).lines
    assert {(line.tags.get("team"), line.effective) for line in lines} == {("pay", Decimal(1)), ("data", Decimal(2)), (None, Decimal(4))}
    assert len(read([path], keys=CUSTOMER).lines) == 1


def test_a_window_reads_its_days_only(focus: Callable[..., Path]) -> None:
    path = focus(charge("1"), charge("2", day="2026-10-06 00:00:00"), charge("4", day="2026-10-04 23:59:59"))
    window = Window(date(2026, 10, 5), date(2026, 10, 6))
    reading = read([path], keys=CUSTOMER, window=window)
    assert by_customer(reading) == {"": 1} and reading.window == window
    assert read([path], keys=CUSTOMER, window=Window(date(2026, 9, 1), date(2026, 9, 2))).lines == []


def test_a_charge_of_an_earlier_day_belongs_to_the_bill_it_is_in(focus: Callable[..., Path]) -> None:
    reading = read([focus(charge("1", day="2026-08-15"), charge("2", day="2026-11-01"))], keys=CUSTOMER)
    assert {line.day: line.effective for line in reading.lines} == {date(2026, 10, 1): 1, date(2026, 10, 31): 2}
    assert reading.window == OCTOBER


def test_several_files_are_one_bill(focus: Callable[..., Path]) -> None:
    paths = [focus(charge("1")), focus(charge("2"), name="more.csv.gz")]
    reading = read(paths, keys=CUSTOMER)
    assert by_customer(reading) == {"": 3}
    assert reading.detail == "focus.csv, FOCUS 1.0; more.csv.gz, FOCUS 1.0"


def test_every_row_is_cast_before_it_is_summed(focus: Callable[..., Path]) -> None:
    """As floats, 0.1 added ten thousand times is 1000.0000000001588."""
    reading = read([focus(*[charge("0.10000000001")] * 10_000, charge("1e-12"))], keys=CUSTOMER)
    assert by_customer(reading) == {"": Decimal("1000.000000100001")}


def test_a_cost_that_one_row_lacks_is_unknown_and_not_zero(focus: Callable[..., Path]) -> None:
    path = focus("1,2,NULL,USD,Usage,2026-10-05,2026-10-01,2026-11-01,Web,i-1,1,eu-west-1,NULL,NULL", charge("1"))
    assert all(line.list_cost is None for line in read([path], keys=CUSTOMER, keep=[]).lines)


LEGACY = (
    "lineItem/UsageStartDate,bill/BillingPeriodStartDate,bill/BillingPeriodEndDate,lineItem/LineItemType,lineItem/UnblendedCost,"
    "lineItem/CurrencyCode,lineItem/ProductCode,reservation/EffectiveCost,reservation/UnusedAmortizedUpfrontFeeForBillingPeriod,"
    "reservation/UnusedRecurringFee,savingsPlan/SavingsPlanEffectiveCost,savingsPlan/TotalCommitmentToDate,savingsPlan/UsedCommitment,"
    "reservation/ReservationARN,resourceTags/user:Customer"
)
LINE_TYPES = [
    ("Usage,5,USD,EC2,,,,,,,,acme", "Usage", "", 5),
    ("DiscountedUsage,0,USD,EC2,3,,,,,,arn:ri,acme", "Usage", "Used", 3),
    ("SavingsPlanCoveredUsage,10,USD,EC2,,,,7,,,,acme", "Usage", "Used", 7),
    ("SavingsPlanNegation,-10,USD,EC2,,,,,,,,acme", "Usage", "", 0),
    ("SavingsPlanRecurringFee,20,USD,EC2,,,,,20,16,,", "Purchase", "Unused", 4),
    ("SavingsPlanUpfrontFee,90,USD,EC2,,,,,,,,", "Purchase", "", 0),
    ("RIFee,30,USD,EC2,,2,1.5,,,,arn:ri,", "Purchase", "Unused", Decimal("3.5")),
    ("Fee,100,USD,EC2,,,,,,,arn:ri,", "Purchase", "", 0),
    ("Fee,29,USD,Support,,,,,,,,", "Purchase", "", 29),
    ("Tax,6,USD,EC2,,,,,,,,", "Tax", "", 6),
    ("Credit,-8,USD,EC2,,,,,,,,", "Credit", "", -8),
    ("Refund,-1,USD,EC2,,,,,,,,", "Adjustment", "", -1),
    ("EdpDiscount,-2,USD,EC2,,,,,,,,acme", "Adjustment", "", -2),
]


@pytest.mark.parametrize(("row", "category", "commitment", "effective"), LINE_TYPES, ids=[case[0].split(",U")[0] for case in LINE_TYPES])
def test_amortized_cost_of_legacy_cur_by_line_type(
    focus: Callable[..., Path], row: str, category: str, commitment: str, effective: Decimal
) -> None:
    path = focus(f"2026-10-05T07:00:00.000Z,2026-10-01T00:00:00.000Z,2026-11-01T00:00:00.000Z,{row}", header=LEGACY)
    (found,) = read([path], keys=CUSTOMER).lines
    assert (found.category, found.commitment) == (category, commitment) and found.effective == effective
    assert found.billed == Decimal(row.split(",")[1]) and found.customer == row.rpartition(",")[2]


CUR_2 = """select timestamp '2026-10-05 07:00:00' as line_item_usage_start_date, date '2026-10-01' as bill_billing_period_start_date,
    date '2026-11-01' as bill_billing_period_end_date, 'Usage' as line_item_line_item_type, {cost}::double as line_item_unblended_cost,
    'USD' as line_item_currency_code, 'AmazonEC2' as line_item_product_code, '1' as line_item_usage_account_id,
    map {{'product_name': 'Amazon EC2', 'region': 'eu-west-1'}} as product, '{resource}' as line_item_resource_id, {tags} as {column}"""
SPLIT = """, '{parent}' as split_line_item_parent_resource_id, {split}::double as split_line_item_split_cost,
    {unused}::double as split_line_item_unused_cost"""


@pytest.mark.parametrize(
    ("column", "tags"),
    [
        ("resource_tags", "map {'user_customer': 'acme'}"),
        ("tags", "map {'resourceTags/customer': 'acme'}"),
        ("tags", "map {'resourceTags/user:customer': 'acme'}"),
        ("resource_tags_user_customer", "'acme'"),
    ],
)
def test_a_tag_in_the_spellings_of_cur(tmp_path: Path, column: str, tags: str) -> None:
    path = parquet(tmp_path / "cur.parquet", CUR_2.format(cost="2.5", resource="i-1", tags=tags, column=column))
    reading = read([path], keys=CUSTOMER)
    assert by_customer(reading) == {"acme": Decimal("2.5")}
    assert (reading.lines[0].service, reading.lines[0].region) == ("Amazon EC2", "eu-west-1")
    assert "CUR 2.0" in reading.detail


def test_cur_2_is_told_from_the_legacy_one_also_as_csv(tmp_path: Path) -> None:
    path = tmp_path / "cur.csv"
    path.write_text(f'{CUR_HEADER},resource_tags\n{CUR_ROW},"{{""user_customer"":""acme""}}"\n')
    reading = read([path], keys=CUSTOMER)
    assert (reading.detail, by_customer(reading)) == ("cur.csv, CUR 2.0", {"acme": Decimal("1.5")})


def test_a_cost_category_is_a_key(tmp_path: Path) -> None:
    path = parquet(tmp_path / "cur.parquet", CUR_2.format(cost=1, resource="i", tags="map {'tenant': 'acme'}", column="cost_category"))
    assert by_customer(read([path], keys=["tag:customer", "cost-category:Tenant"])) == {"acme": 1}


def container(tenant: str, split: float, unused: float, parent: str = "i-1") -> str:
    row = CUR_2.format(cost=0, resource=f"task-{tenant}", tags=f"map {{'user_customer': '{tenant}'}}", column="resource_tags")
    return row + SPLIT.format(parent=parent, split=split, unused=unused)


def instance(cost: float, resource: str = "i-1") -> str:
    return CUR_2.format(cost=cost, resource=resource, tags="map {'user_customer': 'platform'}", column="resource_tags") + (
        ", null::varchar as split_line_item_parent_resource_id, null::double as split_line_item_split_cost,"
        " null::double as split_line_item_unused_cost"
    )


def test_split_cost_replaces_the_instance_and_is_never_counted_twice(tmp_path: Path) -> None:
    path = parquet(tmp_path / "cur.parquet", instance(10), container("acme", 4, 1), container("globex", 2, 1), instance(3, "i-2"))
    reading = read([path], keys=CUSTOMER)
    assert by_customer(reading) == {"acme": 4, "globex": 2, "__idle__": 2, "platform": 5}
    assert by_customer(reading, "billed") == {"acme": 0, "globex": 0, "__idle__": 0, "platform": 13}


def test_split_cost_of_an_instance_that_is_not_in_the_file_adds_nothing(tmp_path: Path) -> None:
    path = parquet(tmp_path / "cur.parquet", instance(10), container("acme", 4, 1, parent="i-9"))
    assert by_customer(read([path], keys=CUSTOMER)) == {"acme": 0, "platform": 10}


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("a.csv", "x,y\n1,2\n", "its columns are neither FOCUS nor CUR"),
        ("a.csv", "ChargePeriodStart,BilledCost,BillingCurrency\n", "a FOCUS export without EffectiveCost, ChargeCategory, ServiceName"),
        ("a.csv", HEADER + "\n", "it has no rows"),
        ("a.csv", HEADER + "\n" + charge("abc") + "\n", "it cannot be read"),
        ("a.csv", HEADER + "\n" + charge("1", category="Gift") + "\n", "a row has category Gift"),
        ("a.parquet", "no parquet", "it cannot be read"),
        ("a.txt", HEADER, "it is no CSV, CSV.gz or Parquet file"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, text: str, sentence: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(SourceError) as caught:
        read([tmp_path / name], keys=CUSTOMER)
    assert sentence in caught.value.problem.sentence and name in caught.value.problem.sentence


def test_no_file_a_missing_file_and_an_unknown_key_are_sentences(tmp_path: Path, focus: Callable[..., Path]) -> None:
    with pytest.raises(SourceError, match="no file matches"):
        read([], keys=CUSTOMER)
    with pytest.raises(SourceError, match="cannot be read"):
        read([tmp_path / "it's gone.csv"], keys=CUSTOMER)
    with pytest.raises(SourceError, match="holds 'label:x'"):
        read([focus(charge("1"))], keys=["label:x"])
