"""A snapshot for strangers: no name, no true revenue, and the same pseudonym for the same name."""

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costtui.cli.main import main
from costtui.domain.customers.records import NOBODY
from costtui.export.anonymise import anonymised

KEY = b"k" * 32


def snapshot(*rows: dict[str, Any]) -> dict[str, Any]:
    return {
        "sources": [{"name": "terraform:acme/plan.json", "detail": "acme"}],
        "customers": {"totals": {}, "record": {}, "rows": list(rows)},
    }


def customer(name: str, total: str, revenue: str) -> dict[str, Any]:
    margin = str(Decimal(revenue) - Decimal(total))
    return {"id": name, "name": name, "total": total, "revenue": revenue, "margin": margin, "margin_pct": "1", "record": {"packed": name}}


def test_the_demo_without_a_name(tmp_path: Path) -> None:
    where = ["--demo", "--cache-dir", str(tmp_path / "cache"), "snapshot", "-o"]
    assert main([*where, str(tmp_path / "plain.toml")]) == 0
    assert main([*where, str(tmp_path / "hidden.toml"), "--anonymise"]) == 0
    assert main([*where, str(tmp_path / "again.toml"), "--anonymise"]) == 0
    plain, hidden, again = (tomllib.loads((tmp_path / f"{name}.toml").read_text(encoding="utf-8")) for name in ("plain", "hidden", "again"))
    assert hidden["customers"] == again["customers"], "the same name, the same pseudonym"
    text = (tmp_path / "hidden.toml").read_text(encoding="utf-8").casefold()
    rows = [row for pane in ("functions", "drift", "customers") for row in plain[pane]["rows"]]
    names = {row[field] for row in rows for field in FIELDS if row.get(field)}
    names -= {*NOBODY, *(row["name"] for row in rows if row.get("id") in NOBODY), "0"}
    leaked = sorted(name for name in names if len(name) > 5 and name.casefold() in text)
    assert not leaked
    assert [row["cost"] for row in hidden["functions"]["rows"]] == [row["cost"] for row in plain["functions"]["rows"]]
    assert [row["flags"] for row in hidden["customers"]["rows"]] == [row["flags"] for row in plain["customers"]["rows"]]


FIELDS = ("arn", "name", "account", "account_name", "owner_team", "stack", "id", "scope", "address", "physical_id", "changed_by", "revenue")


def test_pseudonyms_join_and_cannot_be_tried_out() -> None:
    once = anonymised(snapshot(customer("acme", "10", "12")), KEY)
    other = anonymised(snapshot(customer("acme", "10", "12")), b"x" * 32)
    assert once["customers"]["rows"][0]["name"] != other["customers"]["rows"][0]["name"]
    assert once["sources"] == [{"name": "terraform", "detail": ""}]


amounts = st.decimals(Decimal("0.01"), Decimal(10**6), places=2)


@given(amounts, amounts)
def test_the_sign_of_a_margin_stays_and_its_size_does_not(total: Decimal, revenue: Decimal) -> None:
    row = anonymised(snapshot(customer("acme", str(total), str(revenue))), KEY)["customers"]["rows"][0]
    shown, margin = Decimal(row["revenue"]), Decimal(row["margin"])
    assert shown - Decimal(row["total"]) == margin
    assert shown >= 0
    assert margin * (revenue - total) >= 0
    if abs(revenue - total) > 1:
        assert shown != revenue


def test_a_free_customer_stays_free() -> None:
    row = anonymised(snapshot(customer("acme", "10", "0")), KEY)["customers"]["rows"][0]
    assert (row["revenue"], row["margin"]) == ("0", "-10")


@pytest.mark.parametrize("name", ["__untagged__", "__tax__"])
def test_what_is_nobodys_keeps_its_name(name: str) -> None:
    assert anonymised(snapshot(customer(name, "10", "0")), KEY)["customers"]["rows"][0]["id"] == name
