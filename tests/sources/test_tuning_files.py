"""Tuning files on disk: whose they are, and one sentence for each that cannot be read."""

from decimal import Decimal
from pathlib import Path

import pytest

from costtui.config import Settings, parse
from costtui.domain.datasets import Batch
from costtui.domain.functions.tuning import FunctionRuns
from costtui.domain.functions.tuning_runs import read_tuning
from costtui.domain.prices.price_book import price_book
from costtui.domain.problems import Problem, SourceError
from costtui.sources.demo import World
from costtui.sources.demo.tuning import tuning_files, write_tuning_files
from costtui.sources.port import Request
from costtui.sources.tuning_files import TuningFiles
from tests.conftest import NOW

URL = "https://lambda-power-tuning.show/#AAEABA==;AAARQwAA6EE=;KXojNSHIAjU="
COMPARISON = f"{URL};{URL.partition('#')[2]};resize;resize-arm"
ARN = "arn:aws:lambda:eu-west-1:111122223333:function:resize"
REPORT = "REPORT RequestId: 1\tDuration: 12 ms\tBilled Duration: 12 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB"


def settings(base: Path) -> Settings:
    return parse('[functions]\ntuning = ["tuning/*"]\n', name="t", base=base)


def read(base: Path) -> tuple[list[FunctionRuns], list[Problem]]:
    source = TuningFiles(settings(base), "tuning/*")
    found: list[FunctionRuns] = []
    problems: list[Problem] = []
    for scope in source.scopes():
        for item in source.fetch(Request(scope, NOW)):
            if isinstance(item, Batch):
                found += item.records
            else:
                problems.append(item)
    return found, problems


def write(base: Path, **files: str) -> None:
    (base / "tuning").mkdir()
    for name, text in files.items():
        (base / "tuning" / name.replace("__", ".")).write_text(text, encoding="utf-8")


def test_a_file_is_of_its_function_key_its_one_arn_or_its_name(tmp_path: Path) -> None:
    write(
        tmp_path,
        a__json='{"function": "resize", "power": 512, "duration": 9.5}',
        b__json=f'{{"function": "{ARN}:live", "power": 512, "duration": 9.5}}',
        c__log=f"{ARN}\n{REPORT}\n{ARN}:3\n{REPORT}",
        d__log=f"{ARN}\n{ARN}-other\n{REPORT}",
        e__2__csv="128,12\n",
    )
    found, problems = read(tmp_path)
    assert [(one.file, one.function) for one in found] == [
        ("a.json", "resize"),
        ("b.json", ARN),
        ("c.log", ARN),
        ("d.log", "d"),
        ("e.2.csv", "e"),
    ]
    assert problems == []


@pytest.mark.parametrize("text", [URL, f"{URL}\n", f"[InternetShortcut]\r\nURL={URL}\r\n"])
def test_a_url_file_is_a_url_or_a_browser_s_shortcut(tmp_path: Path, text: str) -> None:
    write(tmp_path, resize__url=text)
    ((one,), _) = read(tmp_path)
    assert one.function == "resize"
    assert [(seen.memory_mb, seen.duration_ms) for seen in one.runs[0].observations] == [(256, Decimal(145)), (1024, Decimal(29))]


def test_the_second_of_a_comparison_is_of_the_function_that_its_label_names(tmp_path: Path) -> None:
    write(tmp_path, resize__url=COMPARISON)
    first, second = read(tmp_path)[0]
    assert (first.function, first.guessed, len(first.runs)) == ("resize", False, 1)
    assert (second.function, second.guessed, len(second.runs)) == ("resize-arm", True, 1)


def test_broken_lines_are_counted_aloud(tmp_path: Path) -> None:
    write(tmp_path, resize__log=f"{REPORT}\nREPORT RequestId: 2\tDuration: \nREPORT RequestId: 3\tDuration: \n")
    found, (problem,) = read(tmp_path)
    assert len(found[0].runs[0].observations) == 1
    assert (problem.kind, problem.what) == ("warning", "2 broken REPORT lines were skipped")


def test_a_file_that_cannot_be_read_is_one_sentence_with_its_path(tmp_path: Path) -> None:
    write(tmp_path, resize__csv="memory_mb,duration_ms\n256,fast\n")
    with pytest.raises(SourceError) as caught:
        read(tmp_path)
    problem = caught.value.problem
    assert (problem.kind, problem.where) == ("malformed", str(tmp_path / "tuning" / "resize.csv"))
    assert problem.what == "resize.csv line 2, column duration_ms, is 'fast', not a number"


def test_a_pattern_without_files_says_so(tmp_path: Path) -> None:
    (tmp_path / "tuning" / "folder").mkdir(parents=True)
    with pytest.raises(SourceError) as caught:
        TuningFiles(settings(tmp_path), "tuning/*").scopes()
    assert caught.value.problem.where == str(tmp_path / "tuning" / "*")


def test_every_file_of_the_demo_can_be_read_and_names_a_function_of_it(tmp_path: Path) -> None:
    world = World()
    write_tuning_files(world, tmp_path / "tuning")
    found, problems = read(tmp_path)
    assert problems == []
    assert {one.function for one in found} <= {function.name for function in world.functions}
    assert len(found) == len(tuning_files(world)) == 15


def test_the_demo_s_files_are_written_once_and_are_the_same_bytes(tmp_path: Path) -> None:
    folder = tmp_path / "tuning"
    write_tuning_files(World(), folder)
    kept = (folder / "report-nightly.log").stat().st_mtime_ns
    write_tuning_files(World(), folder)
    assert (folder / "report-nightly.log").stat().st_mtime_ns == kept
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == tuning_files(World())
    assert list(tuning_files(World(1))) == [f"thumbnail-render.{number}" for number in ("1.json", "2.json", "4.json", "3.url", "5.csv")]


def test_the_demo_s_url_on_arm_is_told_from_its_prices() -> None:
    text = tuning_files(World())["checkout-authorize.1.url"].decode()
    (run,) = read_tuning(text.partition("URL=")[2], "f", price_book().power_tuning)
    assert run.match is not None
    assert run.match.price.architecture == "arm64"
