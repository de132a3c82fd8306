"""`costtui doctor` and `costtui init`: what is found, what is missing, and what to do about it."""

import io
import tomllib
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from costtui.cli.init import proposal
from costtui.cli.main import main
from costtui.config import load
from costtui.sources.aws.discovery import Found


def verdicts(text: str) -> dict[str, tuple[str, str]]:
    """Verdict and words by what they are about."""
    lines = [line.split(None, 1) for line in text.splitlines()]
    return {rest[:30].strip(): (verdict, rest[30:].strip()) for verdict, rest in lines}


def test_the_demo_is_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--demo", "--cache-dir", str(tmp_path), "doctor"]) == 0
    out = capsys.readouterr().out
    assert "fail" not in out
    assert verdicts(out)["aws.lambda prod/us-east-1"][0] == "ok"
    assert verdicts(out)["cache"][1].startswith(str(tmp_path))


def test_nothing_at_all_is_a_normal_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--cache-dir", str(tmp_path), "doctor"]) == 1
    found = verdicts(capsys.readouterr().out)
    assert found["aws.sts us-east-1"][0] == "fail"
    assert "sign in (aws sso login)" in found["aws.sts us-east-1"][1]
    assert found["aws.cost-explorer"] == ("ok", "not asked: no customer key: set [customers] tag")


def test_a_file_that_cannot_be_read_is_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "plan.json").write_text("{", encoding="utf-8")
    config = tmp_path / "c.toml"
    config.write_text("[aws]\nprofiles = []\n[drift]\nterraform = ['plan.json']", encoding="utf-8")
    assert main(["--config", str(config), "--cache-dir", str(tmp_path), "doctor"]) == 1
    verdict, words = verdicts(capsys.readouterr().out)["terraform:plan.json"]
    assert verdict == "fail"
    assert "JSON" in words


def test_paid_sources_name_their_price_and_are_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = ThreadedMotoServer("127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    values = {"ENDPOINT_URL": f"http://{host}:{port}", "ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "x", "REGION": "us-east-1"}
    for name, value in values.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    try:
        main(["--cache-dir", str(tmp_path), "doctor"])
    finally:
        server.stop()
    found = verdicts(capsys.readouterr().out)
    assert found["aws.sts us-east-1"][0] == "ok"
    assert "--budget asks it too" in found["aws.cloudwatch us-east-1"][1]


PROD = Found("prod", "111122223333", "eu-west-1", ["Tenant", "team", "env"], ["s3://bills/focus/"], [])


def test_what_was_found_is_proposed_and_reads_back(tmp_path: Path) -> None:
    text = proposal([PROD], ("http://127.0.0.1:9090", ["job", "tenant"]), ["infra/plan.json"])
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    settings = load(tmp_path / "config.toml", required=True)
    assert (settings.aws.profiles, settings.aws.regions) == (["prod"], ["eu-west-1"])
    assert settings.customers.tag == "Tenant"
    assert settings.customers.billing.paths == ["s3://bills/focus/"]
    assert settings.customers.usage[0].label == "tenant"
    assert settings.drift.terraform == ["infra/plan.json"]
    assert settings.budget.paid_calls_usd_per_day is None, "nothing is paid for without being asked"


def test_nothing_found_is_all_comments() -> None:
    text = proposal([], None, [])
    assert all(not table for table in tomllib.loads(text).values())


def test_init_writes_once_and_never_over_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "new" / "config.toml"
    where = ["--config", str(path), "--cache-dir", str(tmp_path / "cache"), "init", "--yes"]
    assert main(where) == 0
    said = capsys.readouterr()
    assert path.read_text(encoding="utf-8") == said.out
    assert "three ways on: costtui --demo" in said.err
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("# mine\n", encoding="utf-8")
    assert main(where) == 0
    assert path.read_text(encoding="utf-8") == "# mine\n"
    assert "exists and was left alone" in capsys.readouterr().err


def test_without_a_terminal_nothing_is_written_unasked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    path = tmp_path / "config.toml"
    assert main(["--config", str(path), "--cache-dir", str(tmp_path / "cache"), "init"]) == 0
    assert not path.exists()
    assert "--yes" in capsys.readouterr().err


def test_over_ssh_the_sign_in_needs_no_browser(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert main(["--config", str(tmp_path / "c.toml"), "--cache-dir", str(tmp_path / "cache"), "init"]) == 0
    assert "--use-device-code" in capsys.readouterr().err
