"""Which files are an export's newest delivery: manifests decide, then the folder with the newest file."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from costtui.domain.period import Window
from costtui.domain.problems import SourceError
from costtui.sources.billing_deliveries import Entry, covered, newest
from costtui.sources.billing_formats import NoFormat
from costtui.sources.billing_source import newest_files

EXPORTS = "s3://b/p/focus/data/BILLING_PERIOD=2026-10"
ABOUT = "s3://b/p/focus/metadata/BILLING_PERIOD=2026-10"
CUR = "s3://b/p/cur/20261001-20261101"


def chosen(files: dict[str, float], manifests: Mapping[str, tuple[float, Mapping[str, object]]]) -> list[str]:
    entries = [Entry(name, modified) for name, modified in files.items()]
    entries += [Entry(name, modified) for name, (modified, _) in manifests.items()]
    return newest(entries, lambda name: json.dumps(manifests[name][1]).encode())


def test_the_newest_manifest_of_a_period_names_its_files() -> None:
    files = {f"{EXPORTS}/e1/f-1.parquet": 1.0, f"{EXPORTS}/e2/f-1.parquet": 2.0, f"{EXPORTS}/e2/f-2.parquet": 2.0}
    manifests = {
        f"{ABOUT}/e1/f-Manifest.json": (9.0, {"dataFiles": [f"{EXPORTS}/e1/f-1.parquet"]}),
        f"{ABOUT}/e2/f-Manifest.json": (5.0, {"dataFiles": [f"{EXPORTS}/e2/f-1.parquet", f"{EXPORTS}/e2/f-2.parquet"]}),
    }
    assert chosen(files, manifests) == [f"{EXPORTS}/e1/f-1.parquet"]
    manifests[f"{ABOUT}/e2/f-Manifest.json"] = (10.0, manifests[f"{ABOUT}/e2/f-Manifest.json"][1])
    assert chosen(files, manifests) == [f"{EXPORTS}/e2/f-1.parquet", f"{EXPORTS}/e2/f-2.parquet"]


def test_a_file_that_was_overwritten_away_does_not_count() -> None:
    """OVERWRITE_REPORT leaves a third piece of yesterday behind where today has two."""
    pieces = [f"{EXPORTS}/f-0000{number}.csv.gz" for number in (1, 2, 3)]
    manifest = {f"{ABOUT}/f-Manifest.json": (5.0, {"dataFiles": pieces[:2]})}
    assert chosen(dict.fromkeys(pieces, 1.0), manifest) == pieces[:2]


def test_a_legacy_report_is_what_its_manifest_of_the_period_says() -> None:
    files = {f"{CUR}/a1/cur-1.csv.gz": 1.0, f"{CUR}/a2/cur-1.csv.gz": 2.0}
    keys = {assembly: {"reportKeys": [f"p/cur/20261001-20261101/{assembly}/cur-1.csv.gz"]} for assembly in ("a1", "a2")}
    manifests: Mapping[str, tuple[float, Mapping[str, object]]] = {
        f"{CUR}/a1/cur-Manifest.json": (1.0, {**keys["a1"]}),
        f"{CUR}/a2/cur-Manifest.json": (2.0, {**keys["a2"]}),
        f"{CUR}/cur-Manifest.json": (2.0, {**keys["a2"]}),
    }
    assert chosen(files, manifests) == [f"{CUR}/a2/cur-1.csv.gz"]


def test_periods_and_exports_are_chosen_apart() -> None:
    other = EXPORTS.replace("2026-10", "2026-11")
    files = {
        f"{EXPORTS}/e1/f.csv": 1.0,
        f"{other}/e0/f.csv": 0.5,
        "s3://b/q/x/data/BILLING_PERIOD=2026-10/e0/f.csv": 0.1,
        "s3://b/loose.csv": 0.0,
    }
    assert chosen(files, {}) == list(files)
    manifest = {f"{ABOUT}/e1/f-Manifest.json": (9.0, {"dataFiles": [f"{EXPORTS}/e1/f.csv"]})}
    assert chosen(files, manifest) == list(files)


def test_without_a_manifest_the_folder_with_the_newest_file_counts() -> None:
    assert chosen({f"{EXPORTS}/a/f.csv": 2.0, f"{EXPORTS}/b/f.csv": 1.0, f"{EXPORTS}/a/g.csv": 0.0}, {}) == [
        f"{EXPORTS}/a/f.csv",
        f"{EXPORTS}/a/g.csv",
    ]


def test_a_delivery_that_is_not_whole_or_a_manifest_that_cannot_be_read_is_said() -> None:
    manifest = {f"{ABOUT}/f-Manifest.json": (1.0, {"dataFiles": [f"{EXPORTS}/f-1.csv", f"{EXPORTS}/f-2.csv"]})}
    with pytest.raises(NoFormat, match=r"names f-2\.csv, which is not there"):
        chosen({f"{EXPORTS}/f-1.csv": 1.0}, manifest)
    with pytest.raises(NoFormat, match="cannot be read"):
        newest([Entry(f"{EXPORTS}/f-1.csv", 1.0), Entry(f"{ABOUT}/f-Manifest.json", 1.0)], lambda _: b"{")


def test_a_synchronised_folder_is_chosen_from_like_the_bucket(tmp_path: Path) -> None:
    for execution in ("e1", "e2"):
        file = tmp_path / "data" / "BILLING_PERIOD=2026-10" / execution / "f.csv"
        file.parent.mkdir(parents=True)
        file.write_text("x")
    manifest = tmp_path / "metadata" / "BILLING_PERIOD=2026-10" / "e1" / "f-Manifest.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text(json.dumps({"dataFiles": [f"{EXPORTS}/e1/f.csv"]}))
    files = sorted(file for file in tmp_path.rglob("*") if file.is_file())
    assert newest_files(files) == [tmp_path / "data" / "BILLING_PERIOD=2026-10" / "e1" / "f.csv"]
    manifest.write_text("no json")
    with pytest.raises(SourceError, match="cannot be read"):
        newest_files(files)


@pytest.mark.parametrize(
    ("name", "window"),
    [
        (f"{EXPORTS}/e/f.csv", Window(date(2026, 10, 1), date(2026, 11, 1))),
        (f"{CUR}/a/c.csv.gz", Window(date(2026, 10, 1), date(2026, 11, 1))),
        ("s3://b/focus/f.csv", None),
        ("s3://b/BILLING_PERIOD=2026-13/f.csv", None),
    ],
)
def test_a_path_may_name_its_billing_period(name: str, window: Window | None) -> None:
    assert covered(name) == window
