"""Usage as weights from CSV."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from costtui.domain.customers.records import UsagePoint
from costtui.domain.period import Window
from costtui.domain.problems import SourceError
from costtui.sources import usage_files

TEXT = "day,tenant,metric,value\n2026-10-05,acme,requests,600\n2026-10-05,acme,storage,1.5\n2026-10-06,globex,requests,0\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "usage.csv").write_text(TEXT)
    return tmp_path / "usage.csv"


def test_lines_are_usage(path: Path) -> None:
    assert usage_files.read(path) == [
        UsagePoint(date(2026, 10, 5), "acme", "requests", Decimal(600)),
        UsagePoint(date(2026, 10, 5), "acme", "storage", Decimal("1.5")),
        UsagePoint(date(2026, 10, 6), "globex", "requests", Decimal(0)),
    ]


def test_a_driver_reads_its_metric_and_its_days(path: Path) -> None:
    assert [point.tenant for point in usage_files.read(path, metric="requests")] == ["acme", "globex"]
    day = Window(date(2026, 10, 5), date(2026, 10, 6))
    assert [point.metric for point in usage_files.read(path, window=day)] == ["requests", "storage"]


def test_a_resource_column_is_read(path: Path) -> None:
    path.write_text("day, tenant, metric, value, resource\n2026-10-05, acme, requests, 1e3, checkout\n")
    assert usage_files.read(path) == [UsagePoint(date(2026, 10, 5), "acme", "requests", Decimal(1000), "checkout")]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("2026-10-05,acme,requests,NaN", "the value of tenant 'acme' on 2026-10-05 is 'NaN'"),
        ("2026-10-05,acme,requests,+Inf", "the value of tenant 'acme' on 2026-10-05 is '+Inf'"),
        ("2026-10-05,acme,requests,-1", "the value of tenant 'acme' on 2026-10-05 is '-1'"),
        ("2026-10-05,acme,requests,many", "the value of tenant 'acme' on 2026-10-05 is 'many'"),
        ("05.10.2026,acme,requests,1", "line 5: '05.10.2026' is no day"),
        ("2026-10-05,acme,requests", "line 5 has not as many fields"),
        ("2026-10-05,acme,requests,1,2", "line 5 has not as many fields"),
    ],
)
def test_a_line_that_is_no_weight_is_refused_by_name(path: Path, line: str, sentence: str) -> None:
    path.write_text(TEXT + line + "\n")
    with pytest.raises(SourceError) as caught:
        usage_files.read(path, metric="requests")
    assert sentence in caught.value.problem.sentence and str(path) in caught.value.problem.sentence


def test_a_file_without_the_columns_or_without_a_file_is_one_sentence(tmp_path: Path, path: Path) -> None:
    path.write_text("day,customer,metric,value\n")
    with pytest.raises(SourceError, match="no column tenant"):
        usage_files.read(path)
    with pytest.raises(SourceError, match="cannot be read"):
        usage_files.read(tmp_path / "none.csv")
