"""The same world gives the same bytes: in any time zone, language and hash seed, from an empty cache each time."""

import json
import tomllib
from decimal import Decimal, localcontext
from pathlib import Path

from tests.e2e.command import answer

HERE = {"TZ": "Asia/Kathmandu", "LC_ALL": "C", "PYTHONHASHSEED": "1"}
THERE = {"TZ": "America/St_Johns", "LC_ALL": "", "LANG": "tr_TR.UTF-8", "LANGUAGE": "tr", "PYTHONHASHSEED": "2"}


def undated(text: str) -> str:
    lines = text.splitlines()
    kept = [line for line in lines if not line.lstrip().startswith(("generated_at", '"generated_at"'))]
    assert len(kept) == len(lines) - 1
    return "\n".join(kept)


def test_json_of_two_empty_caches_is_the_same(tmp_path: Path) -> None:
    texts = [
        answer("--demo", "show", pane, "--format", "json", cache=tmp_path / f"{at}", env=env)
        for pane in ("functions", "drift", "customers")
        for at, env in enumerate((HERE, THERE))
    ]
    for one, other in (texts[0:2], texts[2:4], texts[4:6]):
        assert undated(one) == undated(other)


def test_a_snapshot_of_two_empty_caches_is_the_same_and_adds_up(tmp_path: Path) -> None:
    files = [tmp_path / "here.toml", tmp_path / "there.toml"]
    for file, env in zip(files, (HERE, THERE), strict=True):
        answer("--demo", "snapshot", "-o", str(file), cache=tmp_path / file.stem, env=env)
    assert undated(files[0].read_text(encoding="utf-8")) == undated(files[1].read_text(encoding="utf-8"))
    snapshot = tomllib.loads(files[0].read_text(encoding="utf-8"))
    functions, drift, customers = snapshot["functions"], snapshot["drift"], snapshot["customers"]
    with localcontext(prec=60):  # the sums are exact, and the usual 28 digits could not tell
        costs = [Decimal(row["cost"]["total"]) for row in functions["rows"] if "total" in row["cost"]]
        assert sum(costs) == Decimal(functions["totals"]["cost"])
        assert sum(Decimal(row["total"]) for row in customers["rows"]) == Decimal(customers["totals"]["billed"])
    assert customers["totals"]["residual"] == "0"
    changed = [row for row in drift["rows"] if row["status"] not in ("in-sync", "unknown")]
    assert drift["totals"]["reported"] == len(changed)


def test_what_a_command_leaves_behind_is_its_users_alone(tmp_path: Path) -> None:
    cache, file = tmp_path / "cache", tmp_path / "x.toml"
    answer("--demo", "snapshot", "-o", str(file), cache=cache)
    left = [file, cache, cache / "costtui.log", cache / "store", *(cache / "store").iterdir()]
    assert len(left) > 4
    assert not {path.name: oct(path.stat().st_mode) for path in left if path.stat().st_mode & 0o077}


def test_a_larger_world_is_the_same_too(tmp_path: Path) -> None:
    texts = [
        answer("--demo", "--scale", "300", "show", "functions", "--format", "json", cache=tmp_path / f"{at}", env=env)
        for at, env in enumerate((HERE, THERE))
    ]
    assert undated(texts[0]) == undated(texts[1])
    assert len(json.loads(texts[0])["rows"]) == 300
