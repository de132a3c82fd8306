"""`costtui diff`: new, gone and changed rows, the most money first, and a bar that CI can set."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from costtui.cli.main import main


def function(name: str, cost: str | None, memory: int = 128) -> dict[str, Any]:
    money = {"currency": "USD", "basis": "estimated"} | ({} if cost is None else {"total": cost})
    return {"arn": f"arn:{name}", "name": name, "memory_mb": memory, "invocations": 5, "cost": money, "tags": {}}


def drift(name: str, delta: str | None, tier: str = "declared") -> dict[str, Any]:
    row = {"id": name, "address": f"stack/{name}", "tier": tier, "severity": "high", "last_checked": "x"}
    return row | ({} if delta is None else {"monthly_delta": delta})


def customer(name: str, amount: str) -> dict[str, Any]:
    return {"id": name, "name": name.title(), "total": amount, "currency": "USD", "flags": []}


def snapshot(path: Path, functions: list[Any], drifts: list[Any], customers: list[Any], currency: str = "USD") -> str:
    def sums(values: list[str | None]) -> str:
        return str(sum((Decimal(value) for value in values if value), Decimal(0)))

    document = {
        "schema_version": 1,
        "generated_at": "2026-11-20T12:00:00Z",
        "costtui": "0.1.0",
        "window": {"start": "2026-10-21", "end": "2026-11-20"},
        "functions": {"totals": {"cost": sums([row["cost"].get("total") for row in functions]), "currency": "USD"}, "rows": functions},
        "drift": {"totals": {"monthly_delta": sums([row.get("monthly_delta") for row in drifts]), "currency": "USD"}, "rows": drifts},
        "customers": {"totals": {"rows": sums([row["total"] for row in customers]), "currency": currency}, "rows": customers},
    }
    path.write_text(tomli_w.dumps(document), encoding="utf-8")
    return str(path)


@pytest.fixture
def before(tmp_path: Path) -> str:
    rows = [function("a", "10", 512), function("b", "5"), function("dark", None)]
    return snapshot(tmp_path / "before.toml", rows, [drift("x", "3"), drift("n", "0", "noise")], [customer("acme", "100")])


@pytest.fixture
def after(tmp_path: Path) -> str:
    rows = [function("a", "40", 3008), function("c", "1"), function("dark", "2")]
    return snapshot(tmp_path / "after.toml", rows, [drift("y", None), drift("m", "0", "noise")], [customer("acme", "105")])


def found(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict[str, Any]:
    assert main(["diff", *words, "--format", "json"]) == code
    panes: dict[str, Any] = json.loads(capsys.readouterr().out)["panes"]
    return panes


def test_a_file_and_itself(before: str, capsys: pytest.CaptureFixture[str]) -> None:
    panes = found(capsys, before, before, "--fail-over", "0")
    assert all(not pane[kind] for pane in panes.values() for kind in ("new", "gone", "changed"))
    assert {pane["total"]["amount"] for pane in panes.values()} == {"0"}


def test_new_gone_and_changed(before: str, after: str, capsys: pytest.CaptureFixture[str]) -> None:
    functions = found(capsys, before, after)["functions"]
    amounts = {name: functions["total"][name] for name in ("old", "new", "amount", "pct")}
    assert amounts == {"old": "15", "new": "43", "amount": "28", "pct": "186.6666666667"}
    assert [(row["id"], row["amount"]) for row in functions["new"]] == [("arn:c", "1")]
    assert [(row["id"], row["amount"]) for row in functions["gone"]] == [("arn:b", "-5")]
    assert [(row["label"], row["amount"]) for row in functions["changed"]] == [("a", "30"), ("dark", None)]
    assert {"field": "memory_mb", "old": 512, "new": 3008} in functions["changed"][0]["fields"]


def test_a_row_without_a_price_is_no_row_of_nothing(before: str, after: str, capsys: pytest.CaptureFixture[str]) -> None:
    drifts = found(capsys, before, after)["drift"]
    assert [(row["id"], row["amount"]) for row in drifts["new"]] == [("y", None)]
    assert [(row["id"], row["amount"]) for row in drifts["gone"]] == [("x", "-3")]
    assert "noise" not in json.dumps(drifts)


@pytest.mark.parametrize(("bar", "code"), [("4", 3), ("5", 0), ("5%", 0), ("4.99", 3), ("6", 0)])
def test_strictly_more_than_the_bar(bar: str, code: int, tmp_path: Path, before: str, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [function("a", "10", 512), function("b", "5"), function("dark", None)]
    more = snapshot(tmp_path / "more.toml", rows, [drift("x", "3")], [customer("acme", "105")])
    found(capsys, before, more, "--fail-over", bar, code=code)
    found(capsys, more, before, "--fail-over", "4.7", code=3)


def test_from_nothing_to_something_is_over_any_bar(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nothing = snapshot(tmp_path / "nothing.toml", [], [], [])
    something = snapshot(tmp_path / "something.toml", [], [drift("x", "0.01")], [])
    found(capsys, nothing, something, "--fail-over", "1000", code=3)


def test_currencies_are_not_compared(tmp_path: Path, before: str, capsys: pytest.CaptureFixture[str]) -> None:
    euros = snapshot(tmp_path / "eur.toml", [], [], [customer("acme", "900")], currency="EUR")
    assert found(capsys, before, euros)["customers"]["total"]["note"] == "amounts are in EUR and USD: not compared"


def test_the_table_says_it_in_money(before: str, after: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", before, after, "--format", "table"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "functions  15.00 → 43.00 USD (+28.00, +186.7 %)   1 new, 1 gone, 2 changed"
    assert lines[1].split() == ["+30.00", "changed", "a:", "memory_mb", "512", "→", "3008"]
    assert any(line.split()[:3] == ["?", "new", "stack/y"] for line in lines)
    assert main(["diff", before, before, "--format", "table"]) == 0
    assert capsys.readouterr().out == f"no difference between {before} and {before}\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x = [", "is no TOML"),
        ("x = 1", "has no schema_version"),
        ("schema_version = 2", "has schema_version 2, and this costtui reads 1"),
    ],
)
def test_what_is_no_snapshot_is_named(text: str, why: str, tmp_path: Path, before: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "odd.toml").write_text(text, encoding="utf-8")
    assert main(["diff", before, str(tmp_path / "odd.toml")]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert f"{tmp_path}/odd.toml" in said.err
    assert why in said.err


def test_a_bar_that_is_no_number(before: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", before, before, "--fail-over", "much"]) == 2
    assert capsys.readouterr().err == "costtui: --fail-over 'much': give a percentage, as in 5\n"


def test_a_week_of_the_demo_in_money(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = []
    for scenario in ("before", "after"):
        files.append(str(tmp_path / f"{scenario}.toml"))
        where = ["--demo", "--scenario", scenario, "--cache-dir", str(tmp_path / "cache")]
        assert main([*where, "snapshot", "-o", files[-1]]) == 0
    panes = found(capsys, *files)
    assert Decimal(panes["functions"]["total"]["amount"]) != 0
    assert panes["drift"]["new"] or panes["drift"]["gone"]
    assert panes["customers"]["changed"]
    assert main(["--demo", "--scenario", "after", "--cache-dir", str(tmp_path / "cache"), "diff", files[0], "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["panes"] == panes, "a file and now"


def test_a_secret_that_changed_again_is_told_by_its_fingerprint_and_only_by_one_of_the_same_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def kept(name: str, print_: str) -> str:
        return snapshot(tmp_path / name, [], [drift("x", "3") | {"secrets": {"/password": print_}}], [])

    first = kept("1.toml", "aaaaaaaa:1111")
    (row,) = found(capsys, first, kept("2.toml", "aaaaaaaa:2222"))["drift"]["changed"]
    assert row["fields"] == [{"field": "secrets./password", "old": "aaaaaaaa:1111", "new": "aaaaaaaa:2222"}]
    assert found(capsys, first, kept("3.toml", "aaaaaaaa:1111"))["drift"]["changed"] == []
    assert found(capsys, first, kept("4.toml", "bbbbbbbb:2222"))["drift"]["changed"] == []
