"""Resources that changed in the same way, as one line of the table."""

from datetime import timedelta
from decimal import Decimal

import msgspec

from costtui.domain.drift.records import DriftRow
from costtui.panes.drift import PANE
from costtui.panes.drift.actors import NOT_LOOKED_UP
from costtui.panes.drift.folding import SEVERAL, kin, together
from tests.conftest import NOW
from tests.unit.drift.drift_findings import finding
from tests.unit.drift.test_drift_pane import built, text


def rows(*sizes: str, path: str = "/instance_type") -> list[DriftRow]:
    found = [finding("aws_instance", (path, "m5.large", size), address=f"aws_instance.web[{at}]") for at, size in enumerate(sizes)]
    return built(*found).rows


def test_the_same_change_of_the_same_type_is_kin_and_another_is_not() -> None:
    one, same, other = rows("m5.xlarge", "m5.xlarge", "m5.2xlarge")
    kinds = {row.address: row.kin for row in (one, same, other)}
    assert len(set(kinds.values())) == 2
    assert kin(one) == one.kin


def test_a_second_property_that_differs_is_another_change() -> None:
    double = [("/instance_type", "m5.large", "m5.xlarge")]
    one = finding("aws_instance", *double, ("/tenancy", "default", "host"), address="a")
    other = finding("aws_instance", *double, ("/tenancy", "default", "dedicated"), address="b")
    assert len({row.kin for row in built(one, other).rows}) == 2


def test_what_is_explained_stands_alone() -> None:
    (row,) = built(finding("aws_instance", ("/tags", None, {}))).rows
    assert (row.tier, row.kin) == ("noise", "")


def test_one_line_says_how_many_what_they_share_and_adds_up_their_money() -> None:
    found = rows("m5.xlarge", "m5.xlarge", "m5.xlarge")
    line = together(found)
    assert text(line, "address") == "3 × aws_instance.web[…"
    assert line.monthly_delta == sum((row.monthly_delta or Decimal(0) for row in found), Decimal(0))
    assert text(line, "what") == "instance_type m5.large → m5.xlarge"


def test_names_without_a_common_beginning_are_told_by_their_type() -> None:
    found = [msgspec.structs.replace(row, address=name) for row, name in zip(rows("m5.xlarge", "m5.xlarge"), ("one", "two"), strict=True)]
    assert together(found).address == f"2 × {found[0].type}"


def test_nobody_is_named_for_all_before_all_were_looked_up() -> None:
    one, two = rows("m5.xlarge", "m5.xlarge")
    maria = msgspec.structs.replace(one, changed_by="maria", changed_via="console", changed_at=NOW, changed_note="")
    later = msgspec.structs.replace(two, changed_by="maria", changed_via="console", changed_at=NOW + timedelta(days=2), changed_note="")
    jonas = msgspec.structs.replace(later, changed_by="jonas")
    assert two.changed_note == NOT_LOOKED_UP
    assert text(together([maria, two]), "changed_by") == "?"
    assert (text(together([maria, later]), "changed_by"), text(together([maria, later]), "changed_at")) == ("maria, console", "")
    assert text(together([maria, jonas]), "changed_by") == SEVERAL


def test_documents_know_each_row() -> None:
    data = built(*[finding("aws_instance", ("/instance_type", "m5.large", "m5.xlarge"), address=f"a{at}") for at in range(4)])
    assert len({PANE.document_row(row)["id"] for row in data.rows}) == 4
    assert len({row.kin for row in data.rows}) == 1
