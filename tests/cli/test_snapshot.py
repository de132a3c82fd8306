"""`costtui snapshot`: every pane in one TOML file that any reader reads back."""

import stat
import tomllib
from datetime import UTC
from decimal import Decimal
from pathlib import Path

import pytest

from costtui.cli.main import main
from costtui.domain.money import plain, total
from tests.fakes.plans import project


def test_the_demo_in_one_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = []
    for name in ("one", "two"):
        assert main(["--demo", "--cache-dir", str(tmp_path / name), "snapshot", "-o", str(tmp_path / f"{name}.toml")]) == 0
        texts.append((tmp_path / f"{name}.toml").read_text(encoding="utf-8"))
    assert capsys.readouterr().out == ""
    assert stat.S_IMODE((tmp_path / "one.toml").stat().st_mode) == 0o600
    documents = [tomllib.loads(text) for text in texts]
    stamps = [document.pop("generated_at") for document in documents]
    assert all(stamp.tzinfo is not None and stamp.astimezone(UTC).microsecond == 0 for stamp in stamps)
    assert documents[0] == documents[1]
    lines = [[line for line in text.splitlines() if not line.startswith("generated_at")] for text in texts]
    assert lines[0] == lines[1], "from an empty cache, the same bytes but for the moment"
    document = documents[0]
    assert {"schema_version", "costtui", "window", "sources", "paid_calls", "functions", "drift", "customers"} == set(document)
    assert Decimal(document["paid_calls"]["usd"]) > 0
    names = [source["name"] for source in document["sources"]]
    assert len(names) == len(set(names))
    functions, customers = document["functions"], document["customers"]
    costs = [Decimal(row["cost"]["total"]) for row in functions["rows"] if "total" in row["cost"]]
    assert plain(total(costs)) == functions["totals"]["cost"]
    assert plain(total(Decimal(row["total"]) for row in customers["rows"])) == customers["totals"]["billed"]
    assert {"thumbnail-render", "checkout-authorize", "report-nightly"} <= {row["name"] for row in functions["rows"]}
    assert {"acme", "globex", "hooli"} <= {row["id"] for row in customers["rows"]}


def test_to_stdout_and_to_a_file_it_is_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--config", str(project(tmp_path)), "--cache-dir", str(tmp_path / "cache"), "snapshot"]
    assert main(where) == 0
    out = capsys.readouterr().out
    assert main([*where, "--output", str(tmp_path / "x.toml")]) == 0
    written = (tmp_path / "x.toml").read_text(encoding="utf-8")
    assert [line for line in out.splitlines() if "generated_at" not in line] == [
        line for line in written.splitlines() if "generated_at" not in line
    ]
    assert len(tomllib.loads(out)["drift"]["rows"]) == 2
    assert tomllib.loads(out)["functions"]["rows"] == []


def test_a_folder_that_is_not_there_is_one_line_and_leaves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--config", str(project(tmp_path)), "--cache-dir", str(tmp_path / "cache")]
    assert main([*where, "snapshot", "-o", str(tmp_path / "no" / "x.toml")]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"costtui: {tmp_path}/no/x.toml could not be written")
    assert said.err.count("\n") == 1


def test_one_pane_that_fails_does_not_take_the_others_with_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = "[aws]\nprofiles = ['nowhere']\nregions = ['us-east-1']\n[drift]\nterraform = ['plan.json']\n"
    where = ["--config", str(project(tmp_path, config=config)), "--cache-dir", str(tmp_path / "cache")]
    assert main([*where, "snapshot"]) == 0
    document = tomllib.loads(capsys.readouterr().out)
    assert len(document["drift"]["rows"]) == 2
    states = {source["name"]: source["state"] for source in document["sources"]}
    assert (states["aws.lambda"], states["terraform:plan.json"]) == ("failed", "fresh")


def test_nothing_but_failures_is_no_snapshot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = "[aws]\nprofiles = ['nowhere']\nregions = ['us-east-1']"
    where = ["--config", str(project(tmp_path, config=config)), "--cache-dir", str(tmp_path / "cache")]
    assert main([*where, "snapshot", "-o", str(tmp_path / "x.toml")]) == 1
    assert "no AWS configuration for profile 'nowhere'" in capsys.readouterr().err
    assert not (tmp_path / "x.toml").exists()
