"""Billing files as they should not be: each is read to the last digit or refused by name, never half or twice."""

import gzip
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from costtui.domain.money import total
from costtui.domain.problems import SourceError
from costtui.sources.billing_duckdb import Watch
from costtui.sources.billing_files import BillingReading, read

HEADER = "BilledCost,EffectiveCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ServiceName,Tags"
TAGS = '"{""customer"":""a""}"'
ROW = f"1,2,USD,Usage,2026-10-05,Web,{TAGS}"
COSTS = (
    "1.5::double as BilledCost, 1.25::double as EffectiveCost, 'USD' as BillingCurrency, 'Usage' as ChargeCategory, 'Web' as ServiceName"
)
MONTH = [f"{day}.5,1,USD,Usage,2026-10-{day:02},Web,{TAGS}" for day in range(1, 20)]


@pytest.fixture(autouse=True)
def far_from_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def csv(path: Path, *rows: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
    path.write_bytes(("\n".join([header, *rows]) + "\n").encode(encoding))
    return path


def parquet(path: Path, select: str) -> Path:
    duckdb.sql(f"copy ({select}) to '{path}' (format parquet)")
    return path


def bill(*paths: Path) -> BillingReading:
    return read(paths, keys=["tag:customer"], keep=[])


def refused(*paths: Path) -> str:
    with pytest.raises(SourceError) as caught:
        bill(*paths)
    return caught.value.problem.sentence


LAST_MOMENTS = [
    "timestamp_ns '2026-10-05 23:59:59.999999999'",
    "timestamp_ms '2026-10-05 23:59:59.999'",
    "timestamp_s '2026-10-05 23:59:59'",
    "timestamptz '2026-10-05 23:59:59.999999+00'",
    "date '2026-10-05'",
    "'2026-10-05T23:59:59Z'",
    "'2026-10-05T21:30:00-02:00'",
]


@pytest.mark.parametrize("moment", LAST_MOMENTS)
def test_a_day_is_a_utc_day_whatever_the_type_and_the_machines_time_zone(tmp_path: Path, moment: str) -> None:
    path = parquet(tmp_path / "f.parquet", f"select {COSTS}, {moment} as ChargePeriodStart, map {{'customer': 'a'}} as Tags")
    assert [str(line.day) for line in bill(path).lines] == ["2026-10-05"]


FORMS = [
    "{'customer': 'a', 'env': 'b'}",
    """'{"customer": "a"}'::json""",
    "[{'Key': 'customer', 'Value': 'a'}]",
    "[{'name': 'customer', 'value': 'a'}]",
    "map {'customer': 'a'}",
    "map {' CUSTOMER ': 'a'}",
]


@pytest.mark.parametrize("tags", FORMS)
def test_tags_in_every_form(tmp_path: Path, tags: str) -> None:
    path = parquet(tmp_path / "f.parquet", f"select {COSTS}, date '2026-10-05' as ChargePeriodStart, {tags} as Tags")
    assert [line.customer for line in bill(path).lines] == ["a"]


@pytest.mark.parametrize(("tags", "customer"), [("map {'customer': 5}", "5"), ("null::map(varchar, varchar)", ""), ("null::varchar", "")])
def test_values_that_are_no_text_and_tags_that_are_missing(tmp_path: Path, tags: str, customer: str) -> None:
    path = parquet(tmp_path / "f.parquet", f"select {COSTS}, date '2026-10-05' as ChargePeriodStart, {tags} as Tags")
    assert [line.customer for line in bill(path).lines] == [customer]


def test_names_of_columns_and_values_of_the_standard_in_another_case(tmp_path: Path) -> None:
    path = csv(tmp_path / "f.csv", ROW.replace("USD,Usage", "usd,usage"), header=HEADER.lower())
    (line,) = bill(path).lines
    assert (line.customer, line.billed, line.effective) == ("a", Decimal(1), Decimal(2))
    assert (line.currency, str(line.category)) == ("USD", "Usage")


def test_tags_that_differ_only_in_case_are_two_columns(tmp_path: Path) -> None:
    header = "lineItem/UsageStartDate,lineItem/LineItemType,lineItem/UnblendedCost,lineItem/CurrencyCode,lineItem/ProductCode"
    rows = [f"2026-10-05T00:00:00Z,Usage,{cost},USD,EC2,Big,{exact}" for cost, exact in ((1, "small"), (2, ""))]
    path = csv(tmp_path / "f.csv", *rows, header=f"{header},resourceTags/user:Customer,resourceTags/user:customer")
    assert {line.customer: line.billed for line in bill(path).lines} == {"small": 1, "Big": 2}


def test_currencies_are_never_added_up(tmp_path: Path) -> None:
    path = csv(tmp_path / "f.csv", *(ROW.replace("USD", currency) for currency in ("USD", "EUR", "JPY", "EUR")))
    assert {line.currency: line.billed for line in bill(path).lines} == {"EUR": 2, "JPY": 1, "USD": 1}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_byte_order_mark_windows_line_ends_and_lines_inside_of_fields(tmp_path: Path, encoding: str) -> None:
    text = "\r\n".join([HEADER, ROW, ROW.replace("Web", '"We\nb"'), ""])
    (tmp_path / "f.csv").write_bytes(text.encode(encoding))
    assert {line.service: line.billed for line in bill(tmp_path / "f.csv").lines} == {"Web": 1, "We\nb": 1}


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_fields_may_be_divided_otherwise(tmp_path: Path, delimiter: str) -> None:
    row = delimiter.join(["1.5", "2", "USD", "Usage", "2026-10-05", "Web, eu", TAGS])
    other = csv(tmp_path / "other.csv", row, row, header=HEADER.replace(",", delimiter))
    lines = bill(other, csv(tmp_path / "f.csv", ROW)).lines
    assert {line.service: line.billed for line in lines} == {"Web": 1, "Web, eu": 3}
    assert {line.customer for line in lines} == {"a"}


@pytest.mark.parametrize("name", ["it's [x]*.csv", "A.CSV", "?.csv", "g*.csv"])
def test_a_name_is_a_name_and_no_pattern(tmp_path: Path, name: str) -> None:
    csv(tmp_path / "gone.csv", ROW)
    assert bill(csv(tmp_path / name, ROW)).lines[0].billed == 1


def test_pieces_whose_columns_stand_in_another_order_are_one_bill(tmp_path: Path) -> None:
    other = csv(tmp_path / "b.csv", f"{TAGS},4,8,USD,Usage,2026-10-06,Web", header="Tags," + HEADER.removesuffix(",Tags"))
    assert total(line.billed or Decimal(0) for line in bill(csv(tmp_path / "a.csv", ROW), other).lines) == 5


def test_an_instance_in_one_piece_and_its_containers_in_the_next_meet(tmp_path: Path) -> None:
    header = (
        "line_item_usage_start_date,line_item_line_item_type,line_item_unblended_cost,line_item_currency_code,line_item_resource_id,"
        "line_item_usage_account_id,resource_tags_user_customer,split_line_item_parent_resource_id,split_line_item_split_cost,"
        "split_line_item_unused_cost"
    )
    start = "2026-10-05T07:00:00Z,Usage"
    instance = csv(tmp_path / "1.csv", f"{start},10,USD,i-1,1,platform,,,", header=header)
    containers = csv(tmp_path / "2.csv", f"{start},0,USD,a,1,acme,i-1,4,1", f"{start},0,USD,b,1,globex,i-1,2,1", header=header)
    lines = bill(containers, instance).lines
    assert {line.customer: line.effective for line in lines if line.effective} == {"acme": 4, "globex": 2, "__idle__": 2, "platform": 2}
    assert total(line.billed or Decimal(0) for line in lines) == 10


DAMAGE = [
    ("currency", ROW.replace("USD", "NULL"), "currency None"),
    ("too few fields", "1,1,USD,Usage,2026-10-05", "CSV Error on Line: 2 Expected Number of Columns: 7 Found: 5"),
    ("too many fields", ROW + ",x", "Expected Number of Columns: 7"),
    (
        "thousands",
        ROW.replace("1,", '"1,000.5",', 1),
        'Could not convert string "1,000.5" to DECIMAL(38,12) when casting from source column',
    ),
    ("not finite", ROW.replace("1,", "NaN,", 1), "source column BilledCost"),
    ("no day", ROW.replace("2026-10-05", "05.10.2026"), "source column ChargePeriodStart"),
]


@pytest.mark.parametrize(("name", "row", "said"), DAMAGE)
def test_a_row_that_cannot_be_read_is_refused_by_name(tmp_path: Path, name: str, row: str, said: str) -> None:
    good = csv(tmp_path / "good.csv", *MONTH)
    sentence = refused(good, csv(tmp_path / f"{name}.csv", row))
    assert said in sentence and f"{name}.csv" in sentence


@pytest.mark.parametrize(("encoding", "said"), [("utf-16", "utf-8"), ("latin-1", "utf-8")])
def test_another_encoding_is_refused(tmp_path: Path, encoding: str, said: str) -> None:
    assert said in refused(csv(tmp_path / "f.csv", ROW.replace("Web", "Wéb"), encoding=encoding))


def test_files_that_are_empty_or_cut_off_are_refused_by_name_even_among_others(tmp_path: Path) -> None:
    whole = gzip.compress(("\n".join([HEADER, *MONTH * 500]) + "\n").encode())
    good = tmp_path / "good.csv.gz"
    good.write_bytes(whole)
    for name, content, said in [
        ("cut.csv.gz", whole[: len(whole) // 2], "Unexpected end of GZIP stream"),
        ("tail.csv.gz", whole[:-6], "Unexpected end of GZIP stream"),
        ("none.csv.gz", gzip.compress(b""), "it is empty"),
        ("plain.csv.gz", HEADER.encode(), "Not a gzipped file"),
        ("none.csv", b"", "it is empty"),
        ("cut.csv", f"{HEADER}\n{ROW}\n2,2,USD,Usa".encode(), "CSV Error on Line: 3"),
        ("twice.csv", f"BilledCost,{HEADER}\n".encode(), "it has the column 'BilledCost' twice"),
    ]:
        (tmp_path / name).write_bytes(content)
        sentence = refused(good, tmp_path / name)
        assert said in sentence and name in sentence, sentence


def test_the_same_bill_twice_is_refused_with_both_places(tmp_path: Path) -> None:
    first = csv(tmp_path / "first.csv", *MONTH)
    packed = tmp_path / "first.csv.gz"
    packed.write_bytes(gzip.compress(first.read_bytes()))
    others = {
        csv(tmp_path / "copy.csv", *MONTH): "on 19 days to the last digit",
        csv(tmp_path / "later.csv", *MONTH[:-2], "9,9,USD,Usage,2026-10-20,Web,"): "on 17 days to the last digit",
        parquet(tmp_path / "converted.parquet", f"select * from read_csv('{first}')"): "on 19 days to the last digit",
        packed: "under another ending",
    }
    for other, how in others.items():
        sentence = refused(first, other)
        assert f"it holds the same bill as {first}, {how}" in sentence and str(other) in sentence


def test_pieces_of_one_bill_that_share_days_are_not_taken_for_the_same(tmp_path: Path) -> None:
    pieces = [csv(tmp_path / f"{number}.csv", *(row.replace(".5,", f".{number},", 1) for row in MONTH)) for number in (1, 2, 3)]
    assert total(line.billed or Decimal(0) for line in bill(*pieces).lines) == 3 * 190 + Decimal("0.6") * 19


def test_esc_stops_a_long_reading(tmp_path: Path) -> None:
    path = csv(tmp_path / "f.csv", *MONTH * 20_000)
    with pytest.raises(SourceError) as caught:
        read([path], keys=["tag:customer"], watch=Watch(cancelled=lambda: True))
    assert caught.value.problem.kind == "stopped"


def test_a_long_reading_says_how_far_it_is_and_nothing_on_the_terminal(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    told: list[int] = []
    read([csv(tmp_path / "f.csv", *MONTH * 40_000)], keys=["tag:customer"], watch=Watch(progress=told.append))
    assert told and set(told) <= set(range(101))
    assert capfd.readouterr() == ("", "")
