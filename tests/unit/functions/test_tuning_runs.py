"""Imports: what they hold, and the one sentence where they cannot be read."""

import base64
import csv
import json
import os
import struct
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costtui.domain.functions.measured_sizes import Observation
from costtui.domain.functions.power_tuning import float32, tool_price
from costtui.domain.functions.tuning_runs import read_tuning
from costtui.domain.functions.visualization_url import TuningError, read_visualization_url
from costtui.domain.prices.price_book import price_book

PRICES = price_book().power_tuning
SITE = "https://lambda-power-tuning.show/"


def packed(code: str, values: Iterable[float]) -> str:
    return base64.b64encode(b"".join(struct.pack("<" + code, value) for value in values)).decode()


def parts(points: list[tuple[int, float]], price: int = 0) -> str:
    costs = [tool_price(PRICES[price], memory, float32(ms)) for memory, ms in points]
    return ";".join((packed("h", [m for m, _ in points]), packed("f", [ms for _, ms in points]), packed("f", costs)))


POINTS = [(256, 145.0), (1024, 29.0)]
URL = f"{SITE}#{parts(POINTS)}"


def test_three_parts() -> None:
    (run,) = read_visualization_url(URL, PRICES)
    assert [(one.memory_mb, one.duration_ms) for one in run.observations] == [(256, Decimal(145)), (1024, Decimal(29))]
    assert run.match is not None
    assert run.match.text == "x86_64, since December 2020: 2 of 2 embedded costs are ceil(ms) × 0.0000000021 × memory/128"


def test_eight_parts_are_two_runs_with_names() -> None:
    first, second = read_visualization_url(f"{SITE}#{parts(POINTS)};{parts([(512, 60.0)], 1)};x86%20build;arm", PRICES)
    assert (first.name, second.name, first.compared, second.compared) == ("x86 build", "arm", False, True)
    assert second.match is not None
    assert second.match.price.architecture == "arm64"


@given(st.lists(st.tuples(st.integers(128, 32_767), st.floats(1, 900_000, width=32)), min_size=1, max_size=20))
def test_what_was_packed_comes_out_to_the_last_bit(points: list[tuple[int, float]]) -> None:
    (run,) = read_visualization_url(f"{SITE}?currency=USD#{parts(points)}", PRICES)
    assert [(one.memory_mb, float(one.duration_ms)) for one in run.observations] == points
    assert run.match is not None
    assert run.match.sure


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (SITE, "nothing after #"),
        (f"{SITE}#{parts(POINTS).rsplit(';', 1)[0]}", "2 parts after #"),
        (URL[:-3], "part 3 (costs)"),
        (URL[:-9], "parts 1 to 3 of the visualization URL hold 2 memory sizes, 2 durations and"),
        (f"{SITE}#AAE=;AAA=;AAAAAA==", "part 2 (durations) of the visualization URL decodes to 2 bytes"),
        (f"{SITE}#;AAAAAA==;AAAAAA==", "part 1 (memory sizes) of the visualization URL decodes to 0 bytes"),
        (f"{SITE}#{packed('h', [128, -32768])};{packed('f', [1, 1])};{packed('f', [0, 0])}", "memory size 2 in part 1"),
        (f"{SITE}#{packed('h', [128, 256])};{packed('f', [1, float('nan')])};{packed('f', [0, 0])}", "duration 2 in part 2"),
        (f"{SITE}#{packed('h', [128])};{packed('f', [1])};{packed('f', [-1])}", "cost 1 in part 3"),
        (f"{SITE}#é;é;é", "part 1 (memory sizes)"),
    ],
)
def test_a_bad_url_names_the_part(url: str, words: str) -> None:
    if words.endswith("and"):
        url = f"{SITE}#{packed('h', [128, 256])};{packed('f', [1, 1])};{packed('f', [0])}"
    with pytest.raises(TuningError) as caught:
        read_visualization_url(url, PRICES)
    assert words in caught.value.what
    assert caught.value.action


def test_output_with_stats_url_or_one_size() -> None:
    stats = {"power": "512", "cost": 1e-7, "duration": 9.5, "stats": [{"value": 128, "averagePrice": 2e-7, "averageDuration": 35.25}]}
    (run,) = read_tuning(json.dumps(stats), "out.json", PRICES)
    assert [(one.memory_mb, one.duration_ms, one.tool_cost) for one in run.observations] == [(128, Decimal("35.25"), 2e-7)]
    (linked,) = read_tuning(json.dumps({"power": 1024, "stateMachine": {"visualization": URL}}), "out.json", PRICES)
    assert [one.memory_mb for one in linked.observations] == [256, 1024]
    (best,) = read_tuning(json.dumps(json.dumps({"power": "512", "cost": 1e-7, "duration": 9.5})), "out.json", PRICES)
    assert [(one.memory_mb, one.duration_ms) for one in best.observations] == [(512, Decimal("9.5"))]
    (wrapped,) = read_tuning(json.dumps({"status": "SUCCEEDED", "output": json.dumps(stats)}), "execution.json", PRICES)
    assert wrapped.observations == run.observations


def test_csv_with_and_without_header_and_with_init() -> None:
    (plain,) = read_tuning("256,145\n1024,29.5\n", "a.csv", PRICES)
    (named,) = read_tuning("\ufeffinit_ms,Duration_MS, memory_mb,note\n135,145,256,x\n\n,29.5,1024,\n", "a.csv", PRICES)
    assert [(one.memory_mb, one.duration_ms, one.init_ms) for one in plain.observations] == [
        (256, 145, None),
        (1024, Decimal("29.5"), None),
    ]
    assert [(one.memory_mb, one.duration_ms, one.init_ms) for one in named.observations] == [(256, 145, 135), (1024, Decimal("29.5"), None)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_with_any_usual_delimiter(delimiter: str) -> None:
    (named,) = read_tuning("memory_mb,duration_ms\n256,145.5\n".replace(",", delimiter), "f", PRICES)
    (bare,) = read_tuning("256,145.5\n".replace(",", delimiter), "f", PRICES)
    assert named.observations == bare.observations == [Observation(256, Decimal("145.5"))]


def test_an_output_without_url_or_stats_of_null_and_a_bare_list_of_sizes() -> None:
    entry = {"value": "256", "averagePrice": 145 * 2.1e-9 * 2, "averageDuration": 144.2}
    (listed,) = read_tuning(json.dumps([entry]), "stats.json", PRICES)
    assert [(one.memory_mb, one.duration_ms) for one in listed.observations] == [(256, Decimal("144.2"))]
    assert listed.match is not None
    assert listed.match.price == PRICES[0]
    (linked,) = read_tuning(json.dumps({"stats": None, "stateMachine": {"visualization": URL}}), "f", PRICES)
    assert len(linked.observations) == 2


def test_prices_of_a_region_tell_where_a_run_was_made() -> None:
    (run,) = read_visualization_url(
        f"{SITE}#{parts(POINTS, next(n for n, price in enumerate(PRICES) if price.where == 'af-south-1'))}", PRICES
    )
    assert run.match is not None
    assert run.match.sure
    assert run.match.text.startswith("x86_64, as in af-south-1, since December 2020: 2 of 2")


def test_a_duration_that_became_whole_as_a_32_bit_float_still_dates_its_run() -> None:
    cost = tool_price(PRICES[0], 256, 62.0000001)
    (run,) = read_visualization_url(f"{SITE}#{packed('h', [256])};{packed('f', [62.0000001])};{packed('f', [cost])}", PRICES)
    assert cost == 63 * 2.1e-9 * 2
    assert run.match is not None
    assert run.match.sure


TEXT_REPORT = "REPORT RequestId: a\tDuration: 12.5 ms\tBilled Duration: 13 ms\tMemory Size: 256 MB\tMax Memory Used: 50 MB\t\n"
JSON_REPORT = {"time": "2026-01-01T00:00:00Z", "type": "platform.report", "record": {"metrics": {"durationMs": 12.5, "memorySizeMB": 256}}}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"events": [{"message": "START\n"}, {"message": TEXT_REPORT}, {"message": TEXT_REPORT}]}),
        json.dumps({"events": [{"message": json.dumps(JSON_REPORT)}, {"message": TEXT_REPORT}]}, indent=2),
        json.dumps({"results": [[{"field": "@message", "value": TEXT_REPORT}], [{"field": "@message", "value": TEXT_REPORT}]]}),
        json.dumps([JSON_REPORT, {"type": "platform.start", "record": {}}, JSON_REPORT], indent=1),
        "\n".join(json.dumps({"timestamp": 1, "message": one}) for one in (TEXT_REPORT, "INFO hello", json.dumps(JSON_REPORT))),
        f"{json.dumps(JSON_REPORT)}\n2026-01-01 {TEXT_REPORT}plain words\n",
    ],
)
def test_logs_however_they_were_exported(text: str) -> None:
    (run,) = read_tuning(text, "f", PRICES)
    assert [(one.memory_mb, one.duration_ms) for one in run.observations] == [(256, Decimal("12.5"))] * 2
    assert (run.calls, run.broken) == (True, 0)


def test_what_a_function_logs_itself_is_no_report() -> None:
    own = json.dumps({"timestamp": 1, "level": "INFO", "requestId": "r", "message": TEXT_REPORT})
    (run,) = read_tuning(f"{json.dumps(JSON_REPORT)}\n{own}\n", "f", PRICES)
    assert len(run.observations) == 1


def test_a_log_keeps_every_call_and_counts_what_is_broken() -> None:
    line = "REPORT RequestId: 1\tDuration: 12 ms\tBilled Duration: 12 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB"
    snap = "\tRestore Duration: 400 ms\tBilled Restore Duration: 75 ms"
    (run,) = read_tuning(f"START\n{line}\n{line}{snap}\nREPORT RequestId: 2\tDuration: ", "log", PRICES)
    assert run.calls
    assert run.broken == 1
    assert [(one.duration_ms, one.init_ms, one.max_memory_used_mb) for one in run.observations] == [
        (Decimal(12), None, 60),
        (Decimal(12), Decimal(75), 60),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "f is empty"),
        (" \n\n", "f is empty"),
        (",,\n,", "f is empty"),
        ("hello\nworld", "f has no readable REPORT line in 2 lines"),
        ("REPORT RequestId: 1\tDuration: x", "f has no readable REPORT line in 1 line (1 broken, the first is line 1)"),
        ("memory_mb,duration_ms\n256,145\n512,fast\n", "f line 3, column duration_ms, is 'fast'"),
        ("memory_mb,duration_ms\n256,-1\n", "f line 2, column duration_ms, is '-1'"),
        ("memory_mb,duration_ms\n256,nan\n", "f line 2, column duration_ms, is 'nan'"),
        ("memory_mb,duration_ms\n256,1e999999999\n", "f line 2, column duration_ms, is 1e999999999"),
        ("memory_mb,duration_ms,init_ms\n256,1,x\n", "f line 2, column init_ms, is 'x'"),
        ("memory_mb,duration_ms\n256\n", "f line 2, column duration_ms, is ''"),
        ("memory_mb,duration_ms\n40000,1\n", "f line 2, column memory_mb, is 40000"),
        ("memory_mb,duration_ms\n127,1\n", "f line 2, column memory_mb, is 127"),
        ("memory_mb,duration_ms\n256.5,1\n", "f line 2, column memory_mb, is 256.5"),
        ("memory_mb,duration_ms\n256,1_000\n", "f line 2, column duration_ms, is '1_000'"),
        ("memory_mb,duration_ms\n256,\uff11\uff12\n", "f line 2, column duration_ms, is"),
        ("memory_mb;duration_ms\n256;145,5\n", "f line 2, column duration_ms, is '145,5'"),
        ("memory_mb,duration_ms\n", "f has a header and no rows"),
        ("size,time\n256,1\n", "f line 1 names no columns"),
        ('{"power":', "f line 1 column 10 is not JSON"),
        ('{"power": 512}', "f has neither stats"),
        ("[1]", "f is JSON without a tuning output"),
        ('{"stats": []}', "stats is not a list"),
        ('{"stats": [{"value": 128, "averageDuration": 1}, {"value": true, "averageDuration": 1}]}', "stats[1].value is 'True'"),
        ('{"power":' + "9" * 5000 + "}", "f holds a number of thousands of digits"),
        ('{"type":"platform.start"}\n{"type":"platform.runtimeDone"}', "f has no readable REPORT line in 2 lines"),
        ('{"type":"platform.report","record":{"metrics":{"durationMs":-1,"memorySizeMB":256}}}', "(1 broken, the first is line 1)"),
        ('{"type":"platform.report","record":{"metrics":{"durationMs":"Infinity","memorySizeMB":256}}}', "(1 broken"),
        ('{"type":"platform.report","record":{"metrics":{"durationMs":1e400,"memorySizeMB":256}}}', "(1 broken"),
        ('{"type":"platform.report","record":{"metrics":{"durationMs":1,"memorySizeMB":0}}}', "(1 broken"),
        ('{"type":"platform.report","record":{"metrics":{"durationMs":1,"memorySizeMB":256.5}}}', "(1 broken"),
        ('{"stats": [7]}', "stats[0].value is 'None'"),
        ("{" * 100_000, "f line 1 column 2 is not JSON"),
        ("[" * 100_000, "f is nested too deeply"),
    ],
)
def test_what_cannot_be_read_is_one_sentence_with_its_position(text: str, words: str) -> None:
    with pytest.raises(TuningError) as caught:
        read_tuning(text, "f", PRICES)
    assert words in caught.value.what
    assert "\n" not in str(caught.value)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        runs = read_tuning(text, "f", PRICES)
    except TuningError:
        return
    assert all(run.observations for run in runs)


@pytest.mark.skipif(not os.environ.get("COSTTUI_CORPUS"), reason="COSTTUI_CORPUS names no folder of published runs")
def test_published_runs_are_reproduced_to_the_last_bit() -> None:
    with (Path(os.environ["COSTTUI_CORPUS"]) / "power-tuning" / "unfaasener_runs.csv").open(encoding="utf-8") as file:
        runs = [run for row in csv.DictReader(file) for run in read_visualization_url(row["visualization_url"], PRICES)]
    assert len(runs) == 60
    for run in runs:
        assert run.match is not None
        assert run.match.sure
        assert run.match.price == PRICES[0]
        assert all(one.tool_cost == float32(tool_price(PRICES[0], one.memory_mb, float(one.duration_ms))) for one in run.observations)
