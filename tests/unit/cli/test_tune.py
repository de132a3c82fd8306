"""The `tune` command: its document, its formats, its refusals."""

import argparse
import csv
import io
import json
import os
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from costtui.cli import tune
from costtui.cli.errors import UsageError
from costtui.cli.main import DEFAULTS

URL = "https://lambda-power-tuning.show/#AAEABA==;AAARQwAA6EE=;KXojNSHIAjU="


@pytest.fixture(autouse=True)
def _no_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)


@pytest.fixture
def seed(tmp_path: Path) -> str:
    file = tmp_path / "runs.csv"
    file.write_text("memory_mb,duration_ms\n256,145\n1024,29\n", encoding="utf-8")
    return str(file)


def command(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--region", action="append")
    parser.add_argument("--config")
    tune.add_arguments(parser)
    parser.set_defaults(**DEFAULTS)
    return tune.run(parser.parse_args(arguments))


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert command(*arguments) == 0
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    return result


def test_the_document(capsys: pytest.CaptureFixture[str], seed: str) -> None:
    answer = document(capsys, seed, "--arch", "x86_64", "--region", "us-east-1", "--memory-mb", "256", "--invocations", "1000000")
    assert answer.pop("generated_at").endswith("Z")
    assert answer.pop("costtui")
    assert answer == {
        "schema_version": 1,
        "points": [
            {
                "memory_mb": 256,
                "duration_ms": "145",
                "billed_ms": 145,
                "cost_per_invocation": "0.000000804167875",
                "monthly": "0.804167875",
            },
            {"memory_mb": 1024, "duration_ms": "29", "billed_ms": 29, "cost_per_invocation": "0.0000006833343", "monthly": "0.6833343"},
        ],
        "current": 256,
        "cheapest": 1024,
        "fastest": 1024,
        "balanced": 1024,
        "verdict": {
            "memory_mb": 1024,
            "saving_pct": "15.0259142098",
            "saving_monthly": "0.120833575",
            "break_even_cold_rate": None,
            "confidence": "low",
            "reason": "29 ms instead of 145 ms; one average per size, spread unknown",
        },
        "rates": {
            "region": "us-east-1",
            "architecture": "x86_64",
            "gb_second": "0.0000166667",
            "request": "0.0000002",
            "currency": "USD",
            "as_of": "2026-10-01",
            "source": "AWS price list, AWSLambda",
        },
    }


def test_cold_starts_free_tier_and_region(capsys: pytest.CaptureFixture[str], seed: str) -> None:
    cold = document(capsys, seed, "--memory-mb", "256", "--cold-rate", "0.10", "--init-ms", "135")["verdict"]
    assert (cold["memory_mb"], cold["break_even_cold_rate"]) == (256, "0.0716049383")
    free = document(capsys, seed, "--memory-mb", "256", "--invocations", "10000000", "--free-tier")["verdict"]
    assert (free["saving_monthly"], free["saving_pct"]) == ("0", "0")
    africa = document(capsys, seed, "--region", "af-south-1", "--arch", "arm64")["rates"]
    assert (africa["gb_second"], africa["request"]) == ("0.00001768", "0.00000027")


def test_a_url_keeps_its_embedded_cost_beside_the_exact_one(capsys: pytest.CaptureFixture[str]) -> None:
    answer = document(capsys, URL)
    assert [point["embedded_cost"] for point in answer["points"]] == ["0.000000609", "0.0000004872"]
    assert [point["cost_per_invocation"] for point in answer["points"]] == ["0.000000804167875", "0.0000006833343"]
    assert answer["embedded"] == ["x86_64, since December 2020: 2 of 2 embedded costs are ceil(ms) × 0.0000000021 × memory/128"]
    assert answer["current"] is None
    assert answer["verdict"]["saving_pct"] is None


def test_another_architecture_is_named_an_assumption(capsys: pytest.CaptureFixture[str]) -> None:
    answer = document(capsys, URL, "--arch", "arm64")
    assert answer["rates"]["architecture"] == "arm64"
    assert (
        document(capsys, URL, "--arch", "arm64", "--memory-mb", "256")["verdict"]["reason"].count(
            "assumes that arm64 takes as long as x86_64"
        )
        == 1
    )


def test_a_comparison_is_judged_apart(capsys: pytest.CaptureFixture[str]) -> None:
    triple = URL.partition("#")[2]
    answer = document(capsys, f"https://x.show/#{triple};{triple};before;after")
    assert len(answer["points"]) == 2
    assert [one["name"] for one in answer["compared"]] == ["after"]
    assert answer["compared"][0]["points"] == answer["points"]


def test_every_format(capsys: pytest.CaptureFixture[str], seed: str) -> None:
    assert command(seed, "--format", "csv") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["cost_per_invocation"] for row in rows] == ["0.000000804167875", "0.0000006833343"]
    assert command(seed, "--format", "toml") == 0
    toml = tomllib.loads(capsys.readouterr().out)
    assert toml["points"][1]["memory_mb"] == 1024
    assert "break_even_cold_rate" not in toml["verdict"], "unknown is absent"
    assert command(seed, "--format", "table", "--memory-mb", "256", "--init-ms", "135") == 0
    table = capsys.readouterr().out
    assert "verdict: 1024 MB, saves 15.03 %, 0.12 USD a month at list price (confidence: low)" in table
    assert "1024 MB is cheaper up to 7.2 % cold starts" in table
    assert "  with the free tier: 0.00 USD a month, if the function were alone in its account" in table
    assert "  Compute Savings Plan, 12 % off GB-seconds: 0.11 USD a month, no cash while its commitment is unused" in table
    assert "next size to measure: " in table
    assert "2026-10-01" in table


def test_standard_input_and_several_sources(capsys: pytest.CaptureFixture[str], seed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("memory_mb,duration_ms\n512,70\n"))
    answer = document(capsys, seed, "-")
    assert [point["memory_mb"] for point in answer["points"]] == [256, 512, 1024]


def test_a_log_is_priced_call_by_call_with_its_own_cold_starts(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    line = "REPORT RequestId: {n}\tDuration: {ms} ms\tBilled Duration: 1 ms\tMemory Size: 1024 MB\tMax Memory Used: 90 MB{init}"
    calls = [("10.2", ""), ("10.9", ""), ("12", ""), ("20.5", "\tInit Duration: 100.1 ms")]
    file = tmp_path / "log"
    file.write_text("\n".join(line.format(n=n, ms=ms, init=init) for n, (ms, init) in enumerate(calls)), encoding="utf-8")
    (point,) = document(capsys, str(file))["points"]
    billed = Decimal(11 + 11 + 12 + 21) / 4
    cold = Decimal(114 - 14) / 4
    assert Decimal(point["cost_per_invocation"]) == Decimal("0.0000002") + (billed + cold) / 1000 * Decimal("0.0000166667")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("https://lambda-power-tuning.show/#AAEABA==;AAARQwAA6EE=;KXojNSHI",), "part 3 (costs)"),
        (("missing.csv",), "missing.csv cannot be read"),
        ((".",), ". cannot be read"),
        ((URL, "--memory-mb", "big"), "--memory-mb big"),
        ((URL, "--invocations", "-1"), "--invocations -1"),
        ((URL, "--cold-rate", "1.1"), "--cold-rate 1.1"),
        ((URL, "--init-ms", "x"), "--init-ms x"),
        ((URL, "--init-ms", "1_0"), "--init-ms 1_0"),
        ((URL, "--balanced-weight", "nan"), "--balanced-weight nan"),
        ((URL, "--region", "mars-1"), "unpriced in mars-1 for x86_64"),
        ((URL, "--region", "il-central-1", "--arch", "arm64"), "unpriced in il-central-1 for arm64"),
        ((URL, "--region", "us-east-1", "--region", "eu-west-1"), "one region"),
    ],
)
def test_bad_input_is_a_usage_error_and_prints_nothing(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        command(*arguments)
    assert words in caught.value.what
    assert caught.value.exit_code == 2
    assert capsys.readouterr().out == ""


@pytest.mark.skipif(not os.environ.get("COSTTUI_CORPUS"), reason="COSTTUI_CORPUS names no folder of published runs")
def test_every_published_run_is_priced(capsys: pytest.CaptureFixture[str]) -> None:
    with (Path(os.environ["COSTTUI_CORPUS"]) / "power-tuning" / "unfaasener_runs.csv").open(encoding="utf-8") as file:
        urls = [row["visualization_url"] for row in csv.DictReader(file)]
    for url in urls:
        for point in document(capsys, url)["points"]:
            gigabyte_seconds = Decimal(point["memory_mb"]) / 1024 * point["billed_ms"] / 1000
            assert Decimal(point["cost_per_invocation"]) == Decimal("0.0000002") + gigabyte_seconds * Decimal("0.0000166667")
            assert Decimal(point["embedded_cost"]) > 0


def test_the_private_discount_of_the_configuration_counts(capsys: pytest.CaptureFixture[str], seed: str, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[prices]\ndiscount_pct = "50"\n', encoding="utf-8")
    full = document(capsys, seed, "--memory-mb", "256")
    half = document(capsys, seed, "--memory-mb", "256", "--config", str(config))
    assert [Decimal(point["monthly"]) * 2 for point in half["points"]] == [Decimal(point["monthly"]) for point in full["points"]]
    assert (half["rates"]["discount_pct"], half["verdict"]["saving_pct"]) == ("50", full["verdict"]["saving_pct"])
    command(seed, "--memory-mb", "256", "--config", str(config), "--format", "table")
    assert "less 50 % private discount; without tax and Savings Plans" in capsys.readouterr().out


def test_a_configuration_that_cannot_be_read_stops_it(seed: str, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[prices]\ndiscount = 5\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"prices\.discount: unknown key"):
        command(seed, "--config", str(config))


def test_a_size_whose_log_has_no_cold_start_is_charged_the_init_of_the_other(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def report(memory_mb: int, ms: int, init: str = "") -> str:
        return (
            f"REPORT RequestId: 1\tDuration: {ms} ms\tBilled Duration: {ms} ms\tMemory Size: {memory_mb} MB\tMax Memory Used: 60 MB{init}"
        )

    log = tmp_path / "calls.log"
    cold = [report(256, 145, "\tInit Duration: 135 ms")] * 2
    log.write_text("\n".join([*cold, *[report(256, 145)] * 8, *[report(1024, 29)] * 10]), encoding="utf-8")
    verdict = document(capsys, str(log), "--memory-mb", "256")["verdict"]
    assert verdict["memory_mb"] == 256, "at 10 % cold starts, as the log has"
    assert verdict["break_even_cold_rate"] == "0.0716049383"
    assert "INIT of 135 ms assumed at every size" in verdict["reason"]


def test_broken_lines_are_counted_in_the_document(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    whole = "REPORT RequestId: 1\tDuration: 12 ms\tBilled Duration: 12 ms\tMemory Size: 256 MB\tMax Memory Used: 60 MB"
    log = tmp_path / "calls.log"
    log.write_text(f"{whole}\n{whole[:30]}\n{whole[:-40]}\n", encoding="utf-8")
    assert document(capsys, str(log))["broken_lines"] == 2
    log.write_text(whole, encoding="utf-8")
    assert "broken_lines" not in document(capsys, str(log))


def test_speed_may_cost_more_and_says_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "runs.csv"
    file.write_text("256,100\n512,90\n", encoding="utf-8")
    assert command(str(file), "--memory-mb", "256", "--strategy", "speed", "--format", "table") == 0
    assert "verdict: 512 MB, costs 54.05 % more, 0.33 USD a month at list price" in capsys.readouterr().out


def test_the_costs_of_an_output_keep_all_their_digits(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    cost = 63 * 2.1e-9 * (1769 / 128)
    file = tmp_path / "out.json"
    file.write_text(json.dumps({"stats": [{"value": 1769, "averagePrice": cost, "averageDuration": 62.4}]}), encoding="utf-8")
    answer = document(capsys, str(file))
    (point,) = answer["points"]
    assert float(point["embedded_cost"]) == cost
    assert "E" not in point["embedded_cost"].upper()
    assert answer["embedded"] == ["x86_64, since December 2020: 1 of 1 embedded costs are ceil(ms) × 0.0000000021 × memory/128"]
