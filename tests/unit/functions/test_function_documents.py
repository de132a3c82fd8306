"""Functions as documents: the contract's fields, and one column for each in CSV."""

import csv
import io
from decimal import Decimal
from typing import Any

from costtui.export.formats import to_csv
from costtui.panes.functions.document import document_row, document_totals
from tests.unit.functions.function_inputs import averages, built, function, runs, used

RESIZE, OTHER = function(), function("other")


def document() -> dict[str, Any]:
    usage = used(RESIZE, 30, 1_000_000, "145000000") + used(OTHER, 30, 1, "1")
    data = built([RESIZE, OTHER], usage=usage, tuning=[runs("resize", averages("1", {256: 145, 1024: 29}))])
    return {"rows": [document_row(row) for row in data.rows], "totals": document_totals(data.totals)}


def test_a_recommendation_has_the_contract_s_fields() -> None:
    resize, other = document()["rows"]
    advice = resize["recommendation"]
    assert list(advice) == ["memory_mb", "architecture", "monthly_saving", "confidence", "method", "reason"]
    assert (advice["memory_mb"], advice["architecture"], advice["method"]) == (1024, "x86_64", "1 tuning run, 2 measurements")
    assert Decimal(advice["monthly_saving"]) == 30_000_000 * Decimal("0.000000120833575")
    assert advice["reason"].startswith("29 ms instead of 145 ms")
    assert other["recommendation"] is None
    assert {resize["cost"][name] for name in ("init", "provisioned", "other")} == {None}


def test_the_total_saving_is_that_of_the_rows() -> None:
    found = document()
    assert found["totals"]["monthly_saving"] == found["rows"][0]["recommendation"]["monthly_saving"]


def test_csv_has_one_column_for_each_field_whichever_row_lacks_it() -> None:
    first, second = csv.DictReader(io.StringIO(to_csv(document())))
    assert "recommendation" not in first
    assert (first["recommendation.memory_mb"], second["recommendation.memory_mb"]) == ("1024", "")
    nobody = {"rows": [document()["rows"][1]]}
    assert "recommendation" in next(iter(csv.DictReader(io.StringIO(to_csv(nobody)))))
