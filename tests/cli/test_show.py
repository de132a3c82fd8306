"""`costtui show`: four formats of one document, filters, order, one row with its detail, and what it exits with."""

import csv
import io
import json
import subprocess
import sys
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from costtui.cli.main import main
from costtui.domain.money import plain, total
from tests.fakes.plans import TWO_DRIFTS, plan, project

FOCUS_ON = ("schema_version", "generated_at", "costtui", "window", "sources", "paid_calls", "pane", "totals", "rows")


class Shell:
    """Runs `costtui` on a project of files, or on the demo."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        self.where = ["--config", str(project(folder)), "--cache-dir", str(folder / "cache")]
        self.known: dict[tuple[str, ...], dict[str, Any]] | None = None

    def __call__(self, *argv: str, code: int = 0) -> tuple[str, str]:
        self.capsys.readouterr()
        ended = main([*self.where, *argv])
        said = self.capsys.readouterr()
        assert ended == code, said.err
        return said.out, said.err

    def document(self, *argv: str, code: int = 0) -> dict[str, Any]:
        if self.known is not None and argv in self.known:
            return self.known[argv]
        out, err = self("show", *argv, "--format", "json", code=code)
        assert err == ""
        read: dict[str, Any] = json.loads(out)
        if self.known is not None:
            self.known[argv] = read
        return read


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


Demo = tuple[str, dict[tuple[str, ...], dict[str, Any]]]


@pytest.fixture(scope="module")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The cache, and the documents, that every test of the demo shares: its clock stands still."""
    return str(tmp_path_factory.mktemp("demo")), {}


@pytest.fixture
def demo(capsys: pytest.CaptureFixture[str], demo_data: Demo, tmp_path: Path) -> Shell:
    shell = Shell(tmp_path, capsys)
    cache, shell.known = demo_data
    shell.where = ["--demo", "--cache-dir", cache]
    return shell


def test_a_document_has_the_common_keys_in_their_order(shell: Shell) -> None:
    document = shell.document("drift")
    assert tuple(document) == FOCUS_ON
    assert document["schema_version"] == 1
    assert document["pane"] == "drift"
    assert document["paid_calls"] == {"count": 0, "usd": "0"}
    (plan_file,) = [source for source in document["sources"] if source["name"] == "terraform:plan.json"]
    assert plan_file == {
        "name": "terraform:plan.json",
        "state": "fresh",
        "as_of": "2026-11-20T10:00:00Z",
        "detail": "terraform 1.11.4, refresh-only",
    }


def test_json_is_the_default_in_a_pipe(shell: Shell) -> None:
    assert json.loads(shell("show", "drift")[0])["pane"] == "drift"


def test_toml_reads_back_as_the_same_document_without_what_is_unknown(shell: Shell) -> None:
    out, _ = shell("show", "drift", "--format", "toml")
    read, document = tomllib.loads(out), shell.document("drift")
    assert str(read["window"]["start"]) == document["window"]["start"]
    assert read["generated_at"].tzinfo is not None
    assert read["totals"] == {key: value for key, value in document["totals"].items() if value is not None}
    for row, whole in zip(read["rows"], document["rows"], strict=True):
        unknown = {key for key, value in whole.items() if value is None}
        assert unknown, "this document should hold something unknown"
        assert set(row) == set(whole) - unknown
    deleted = next(row for row in document["rows"] if row["status"] == "deleted")
    assert deleted["changed_by"] is None


def test_csv_has_a_line_a_row_and_nested_values_as_json(shell: Shell) -> None:
    rows = list(csv.DictReader(io.StringIO(shell("show", "drift", "--format", "csv")[0])))
    document = shell.document("drift")
    assert [row["address"] for row in rows] == [row["address"] for row in document["rows"]]
    assert json.loads(rows[0]["differences"]) == document["rows"][0]["differences"]


def test_csv_gives_the_cost_columns_of_their_own(demo: Shell) -> None:
    rows = list(csv.DictReader(io.StringIO(demo("show", "functions", "--format", "csv")[0])))
    document = demo.document("functions")
    assert [row["cost.total"] for row in rows] == [row["cost"]["total"] or "" for row in document["rows"]]


def test_a_table_shows_rows_totals_and_sources(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = shell("show", "drift", "--format", "table")[0].splitlines()
    assert lines[0].split()[:2] == ["Severity", "Resource"]
    assert any("aws_instance.web" in line for line in lines[1:3])
    assert "2 reported → 2 real" in lines[3]
    assert lines[4].startswith("terraform:plan.json ")


def test_money_is_the_golden_one(shell: Shell) -> None:
    row = next(row for row in shell.document("drift")["rows"] if row["address"] == "aws_instance.web")
    assert (row["severity"], row["monthly_delta"]) == ("high", "490.56")


def test_filters_order_and_limit(demo: Shell) -> None:
    every = demo.document("functions")["rows"]
    cost = [Decimal(row["cost"]["total"]) for row in every if row["cost"]["total"] is not None]
    assert cost == sorted(cost, reverse=True)
    found = demo.document("functions", "--filter", "region:us-east-1 cost>10 !checkout")["rows"]
    assert [row["arn"] for row in found] == [
        row["arn"]
        for row in every
        if row["region"] == "us-east-1" and Decimal(row["cost"]["total"] or 0) > 10 and "checkout" not in repr(row)
    ]
    assert found
    sizes = sorted(row["memory_mb"] for row in every)
    assert [row["memory_mb"] for row in demo.document("functions", "--sort", "memory_mb")["rows"]] == sizes
    team = every[0]["tags"]["team"]
    tagged = demo.document("functions", "--filter", f"tag.team:{team}", "--sort", "-memory_mb", "--limit", "3")["rows"]
    assert [row["memory_mb"] for row in tagged] == sorted(
        (row["memory_mb"] for row in every if row["tags"].get("team") == team), reverse=True
    )[:3]


def test_filtering_and_sorting_never_change_a_total(demo: Shell) -> None:
    whole = demo.document("functions")
    few = demo.document("functions", "--filter", "thumbnail", "--limit", "1", "--sort", "name")
    assert (len(few["rows"]), few["totals"]) == (1, whole["totals"])
    costs = [row["cost"]["total"] for row in whole["rows"]]
    assert plain(total(Decimal(cost) for cost in costs if cost is not None)) == whole["totals"]["cost"]
    customers = demo.document("customers")
    assert plain(total(Decimal(row["total"]) for row in customers["rows"])) == customers["totals"]["rows"] == customers["totals"]["billed"]
    assert customers["totals"]["residual"] == "0"


def test_unknown_sorts_last_in_both_directions(demo: Shell) -> None:
    for order in ("changed_by", "-changed_by"):
        known = [row["changed_by"] is not None for row in demo.document("drift", "--sort", order)["rows"]]
        assert known == sorted(known, reverse=True)


def test_one_row_with_its_detail(demo: Shell) -> None:
    document = demo.document("functions", "--id", "thumbnail-render")
    (row,) = document["rows"]
    assert row["name"] == "thumbnail-render"
    assert document["detail"]["title"] == "thumbnail-render"
    assert document["detail"]["facts"]["ARN"] == row["arn"]
    assert demo.document("functions", "--id", row["arn"])["rows"] == [row]
    bill = next(section for section in document["detail"]["sections"] if section["title"] == "Bill")
    assert bill["head"][0] == "Meter"
    out, _ = demo("show", "functions", "--id", "thumbnail-render", "--format", "table")
    assert row["arn"] in out
    assert "Requests" in out
    customer = demo.document("customers", "--id", "acme")
    assert customer["rows"][0]["name"] == customer["detail"]["title"]


def test_an_id_that_nobody_has_is_an_error_without_an_answer(shell: Shell) -> None:
    out, err = shell("show", "drift", "--id", "nobody", code=1)
    assert out == ""
    assert err == "costtui: no resources row has the id 'nobody': see costtui show drift for the ids\n"


@pytest.mark.parametrize(("bar", "code"), [("critical", 0), ("high", 3), ("low", 3)])
def test_fail_on_exits_3_and_still_answers(shell: Shell, bar: str, code: int) -> None:
    assert len(shell.document("drift", "--fail-on", bar, "--limit", "1", code=code)["rows"]) == 1


def test_what_is_not_configured_is_an_empty_pane_and_no_failure(shell: Shell) -> None:
    for name in ("functions", "customers"):
        document = shell.document(name)
        assert document["rows"] == []
        assert {source["state"] for source in document["sources"]} == {"not-configured"}
        assert all(source["detail"] for source in document["sources"])


def test_a_source_that_failed_without_an_answer_exits_1(shell: Shell) -> None:
    (shell.folder / "plan.json").write_text("{}")
    out, err = shell("show", "drift", code=1)
    assert out == ""
    assert err.startswith("costtui: drift: terraform:plan.json: ")
    assert err.count("\n") == 1


def test_a_source_that_fails_later_leaves_the_stored_answer_stale(shell: Shell) -> None:
    shell.document("drift")
    (shell.folder / "plan.json").write_text("not json")
    document = shell.document("drift")
    assert len(document["rows"]) == 2
    (source,) = [source for source in document["sources"] if source["name"].startswith("terraform")]
    assert source["state"] == "stale"
    assert "plan.json" in source["detail"]


def test_offline_without_a_cache_says_so(tmp_path: Path, shell: Shell) -> None:
    shell.where = [
        "--config",
        str(project(tmp_path, config="[aws]\nprofiles = ['x']\nregions = ['us-east-1']")),
        "--cache-dir",
        str(tmp_path),
    ]
    out, err = shell("show", "functions", "--offline", code=1)
    assert (out, err) == ("", "costtui: functions: aws.lambda: nothing is stored yet\n")


def test_offline_the_demo_shows_what_it_stored_marked_stale(demo: Shell) -> None:
    fresh, stale = demo.document("functions"), demo.document("functions", "--offline")
    assert stale["rows"] == fresh["rows"]
    assert {source["state"] for source in stale["sources"] if source["name"].startswith("aws.") and source["as_of"]} == {"stale"}


def test_a_second_look_makes_no_paid_call(demo: Shell) -> None:
    demo.document("customers")
    again = json.loads(demo("show", "customers")[0])
    assert again["paid_calls"] == {"count": 0, "usd": "0"}
    assert again["rows"] == demo.document("customers")["rows"]


def test_a_changed_plan_counts_at_once_even_under_its_old_date(shell: Shell) -> None:
    assert len(shell.document("drift")["rows"]) == 2
    (shell.folder / "plan.json").write_text(plan(("aws_instance.web", {"instance_type": "m5.large"}, {"instance_type": "m5.xlarge"})))
    assert [row["address"] for row in shell.document("drift")["rows"]] == ["aws_instance.web"]


HOSTILE = "[bold]x[/] \x1b[31m\u202e缩略图\u009b2J"


def test_hostile_names_are_text(shell: Shell) -> None:
    (shell.folder / "plan.json").write_text(TWO_DRIFTS.replace("aws_instance.web", json.dumps(f"aws_instance.{HOSTILE}")[1:-1]))
    out, _ = shell("show", "drift", "--format", "table")
    assert "[bold]x[/] ␛[31m·缩略图·2J" in out
    assert not any((ord(char) < 32 and char != "\n") or char in "\x7f\u009b\u202e" for char in out)
    assert f"aws_instance.{HOSTILE}" in [row["address"] for row in shell.document("drift")["rows"]]
    read = tomllib.loads(shell("show", "drift", "--format", "toml")[0])
    assert f"aws_instance.{HOSTILE}" in [row["address"] for row in read["rows"]]


def test_a_hostile_error_is_text(shell: Shell) -> None:
    _, err = shell("show", "drift", "--id", "\x1b[31mred\n", code=1)
    assert "\x1b" not in err
    assert err.count("\n") == 1


def test_a_cache_that_cannot_be_written_says_what_to_do(tmp_path: Path, shell: Shell) -> None:
    (tmp_path / "file").write_text("in the way")
    shell.where[-1] = str(tmp_path / "file" / "cache")
    out, err = shell("show", "drift", code=1)
    assert out == ""
    assert "working without a cache" in err
    assert "--cache-dir" in err


def test_two_runs_at_once_give_the_same_answer(tmp_path: Path) -> None:
    where = ["--config", str(project(tmp_path)), "--cache-dir", str(tmp_path / "cache")]
    command = [sys.executable, "-m", "costtui", "show", "drift", *where, "--format", "csv"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    answers = {process.communicate()[0] for process in running}
    assert [process.returncode for process in running] == [0, 0, 0]
    assert len(answers) == 1
