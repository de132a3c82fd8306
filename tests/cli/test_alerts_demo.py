"""`costtui alerts` on the demo company: every kind of rule finds what its story holds, and tells it safely."""

import re
from pathlib import Path

import pytest

from costtui.cli.main import main
from costtui.domain.alerts.rules import PANES
from tests.cli.test_alerts import Hooks, firm, hooks, waits
from tests.cli.test_show_bill import Firm, charge

__all__ = ["firm", "hooks", "waits"]

EXPECTED = {
    "margin-below": r"Globex: margin -[\d,.]+ USD \(-\d+\.\d%\), below 0%, without the estimated days  \(growth\)",
    "free-hog": r"Hooli: on the plan free, costs [\d,.]+ USD, \d\.\d% of the bill  \(growth\)",
    "spike": r"Acme Corp: 2026-11-18: [\d,.]+ USD, [\d,.]+ above its usual [\d,.]+ \(z \d+\.\d\)  \(growth\)",
    "drift-severity": r"aws_security_group\.db in plan\.json: critical, drifted, by maria  \(platform\)",
    "drift-cost": r"\S+ in checkout-prod: costs 411\.70 USD a month more than declared  \(payments\)",
    "saving-over": r"checkout-authorize: 512 MB would save 411\.70 USD a month at list price, medium confidence  \(payments\)",
}
PLAIN = ("Sprout", "Tinder Box", "initech", "Northlight")
"""Customers that nothing is wrong with, or nothing that a rule speaks of."""


def alerts(folder: Path, capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str]:
    capsys.readouterr()
    code = main(["--demo", "--cache-dir", str(folder / "cache"), "alerts", *argv])
    return code, capsys.readouterr().out


def kinds(out: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in out.splitlines()[:-1]:
        _, kind, text = line.split(maxsplit=2)
        found.setdefault(kind, []).append(text)
    return found


def test_every_kind_of_rule_fires_on_its_part_of_the_story(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = alerts(tmp_path, capsys, "--dry-run")
    found = kinds(out)
    assert code == 3 and {*found} == {str(kind) for kind in PANES}
    for kind, pattern in EXPECTED.items():
        assert any(re.fullmatch(pattern, text) for text in found[kind]), (kind, found[kind])
    assert not any(name in out for name in PLAIN)
    assert [len(found[kind]) for kind in ("margin-below", "free-hog", "spike")] == [1, 1, 1]


def test_the_demo_tells_once_and_each_dry_run_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], hooks: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COSTTUI_DEMO_WEBHOOK", f"{hooks.url}/demo")
    dry = alerts(tmp_path, capsys, "--dry-run")
    assert alerts(tmp_path, capsys, "--dry-run") == dry
    assert hooks.got == []
    assert alerts(tmp_path, capsys) == dry, "a dry run remembers nothing"
    told = len(hooks.told)
    assert told == len(dry[1].splitlines()) - 1
    code, out = alerts(tmp_path, capsys)
    assert (code, len(hooks.told)) == (3, told)
    assert out.endswith(f"{told} alerts on, 0 to tell\n")


def test_hostile_names_reach_slack_as_text(firm: Firm, hooks: Hooks, tmp_path: Path) -> None:
    name = "<!channel> <http://evil.example|Acme> & \x1b[31mCo\u202e"
    (tmp_path / "crm.csv").write_text(f"id,name,mrr,owner_team\nacme,{name},100,growth\n")
    firm.bill(charge("120", tag_customer="acme"))
    firm("alerts", code=3)
    ((_, text),) = hooks.told
    assert "&lt;!channel&gt; &lt;http://evil.example|Acme&gt; &amp; ␛[31mCo·: margin" in text
    assert not set(text) & set("<>\x1b\u202e")
    (block,) = hooks.got[0][1]["blocks"]
    assert block["text"]["verbatim"] is True, "bare addresses and @here stay text too"
