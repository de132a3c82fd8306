"""The command line: exit codes, one line on stderr, options before and after the command."""

import json
import os
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest

from costtui import __version__
from costtui.cli import wiring
from costtui.cli.main import COMMANDS, build_parser, main
from costtui.store import Store
from tests.conftest import NOW
from tests.fakes.plans import project

COSTTUI = [sys.executable, "-m", "costtui"]


def refused(capsys: pytest.CaptureFixture[str], *argv: str, code: int = 2) -> str:
    """The sentence that a command line is refused with."""
    try:
        ended = main(argv)
    except SystemExit as error:
        ended = int(error.code or 0)
    out, err = capsys.readouterr()
    assert (ended, out) == (code, "")
    assert err.startswith("costtui: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    return err


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["shwo"], "invalid choice: 'shwo'"),
        (["show"], "the following arguments are required: PANE"),
        (["show", "bills"], "no pane 'bills': use one of functions, drift, customers"),
        (["show", "drift", "--format", "xml"], "invalid choice: 'xml'"),
        (["show", "drift", "--sort", "price"], "no column 'price': use one of severity"),
        (["show", "drift", "--filter", "price>1"], "no column 'price' to filter by"),
        (["show", "drift", "--limit", "-1"], "give 0 or more"),
        (["show", "functions", "--fail-on", "high"], "only drift has a severity"),
        (["show", "drift", "--period", "2099-01"], "lies in the future"),
        (["show", "drift", "--period", "week"], "period 'week' is not known"),
        (["show", "drift", "--budget", "lots"], "expected an amount in USD"),
        (["show", "drift", "--scale", "many"], "invalid int value"),
        (["show", "drift", "--demo", "--scale", "-1"], "--scale -1"),
        (["show", "drift", "--config", "nowhere.toml"], "nowhere.toml: no such file"),
        (["show", "drift", "--log-file", "no/such/folder/x.log"], "a folder that exists"),
        (["cache", "fill"], "invalid choice: 'fill'"),
        (["--unknown"], "unrecognized arguments: --unknown"),
    ],
)
def test_what_is_wrong_is_one_line_and_exit_2(capsys: pytest.CaptureFixture[str], argv: list[str], sentence: str) -> None:
    assert sentence in refused(capsys, *argv)


def test_a_wrong_configuration_names_file_and_key(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = project(tmp_path, config="[drift]\nterrafrom = ['plan.json']")
    said = refused(capsys, "--config", str(path), "show", "drift")
    assert said == f"costtui: {path}: key drift.terrafrom: unknown key\n"


@pytest.mark.parametrize("name", ["help", *COMMANDS])
def test_help_and_version_go_everywhere(capsys: pytest.CaptureFixture[str], name: str) -> None:
    before = [] if name == "help" else [name]
    for option, words in (("--help", "usage: costtui"), ("--version", f"costtui {__version__}")):
        with pytest.raises(SystemExit) as ended:
            main([*before, option])
        assert ended.value.code == 0
        out, err = capsys.readouterr()
        assert out.startswith(words)
        assert err == ""


def test_options_count_before_and_after_the_command() -> None:
    words = ["--profile", "p", "--cache-dir", "d", "--offline", "--demo", "--scale", "7", "--scenario", "after", "--period", "7d"]
    words += ["--budget", "1", "--log-file", "l", "--config", "c"]
    before = vars(build_parser("info").parse_args([*words, "info"]))
    after = vars(build_parser("info").parse_args(["info", *words]))
    assert before == after
    assert before["scale"] == 7


def seen(monkeypatch: pytest.MonkeyPatch, *argv: str) -> object:
    """The arguments that a command is run with."""
    from costtui.cli import info

    got: list[object] = []

    def run(args: object) -> int:
        got.append(args)
        return 0

    monkeypatch.setattr(info, "run", run)
    assert main(argv) == 0
    return got[0]


def test_regions_of_both_places_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    assert vars(seen(monkeypatch, "--region", "a", "info", "--region", "b", "--region", "c"))["region"] == ["a", "b", "c"]
    assert vars(seen(monkeypatch, "info"))["region"] is None


def test_a_profile_may_be_called_like_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    assert vars(seen(monkeypatch, "--profile", "show", "info"))["profile"] == "show"


def test_flag_over_environment_over_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = project(tmp_path, config="[aws]\nprofiles = ['file']\nregions = ['eu-west-1']")
    monkeypatch.setenv("COSTTUI_CONFIG", str(path))
    monkeypatch.setenv("AWS_PROFILE", "environment")
    cache = ["--cache-dir", str(tmp_path / "cache")]

    def aws(*argv: str) -> tuple[object, object]:
        args = seen(monkeypatch, "info", *cache, *argv)
        settings = wiring.prepare(args).settings  # type: ignore[arg-type]
        return settings.aws.profiles, settings.aws.regions

    assert aws() == (["file"], ["eu-west-1"])
    assert aws("--profile", "flag", "--region", "us-east-2") == (["flag"], ["us-east-2"])
    path.write_text("")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    assert aws() == (["environment"], ["ap-south-1"])
    monkeypatch.setenv("AWS_REGION", "")
    monkeypatch.setenv("AWS_PROFILE", "")
    assert aws() == ([""], ["ap-south-1"])


def test_an_empty_variable_counts_as_unset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COSTTUI_CONFIG", "")
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert main(["info"]) == 0
    out = capsys.readouterr().out
    assert f"{tmp_path}/.cache/costtui " in out
    assert f"{tmp_path}/.config/costtui/config.toml (not there; not needed)" in out


def test_accounts_and_endpoints_have_drawers_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = set()
    for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "NOTHING"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
        args = seen(monkeypatch, "info", "--cache-dir", str(tmp_path))
        ids.add(wiring.prepare(args).connection.id)  # type: ignore[arg-type]
        monkeypatch.delenv(name)
    assert len(ids) == 6
    assert not any("127.0.0.1" in one for one in ids)


def test_info_says_where_everything_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = project(tmp_path, config="[aws]\nprofiles = []\n[budget]\npaid_calls_usd_per_day = '0.50'")
    assert main(["info", "--config", str(path), "--cache-dir", str(tmp_path / "cache")]) == 0
    out = capsys.readouterr().out
    for words in (__version__, str(path), str(tmp_path / "cache"), "files only", "0 on ", "budget $0.5"):
        assert words in out


def test_clearing_the_cache_keeps_the_ledger(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--config", str(project(tmp_path)), "--cache-dir", str(tmp_path / "cache")]
    assert main(["show", "drift", *where]) == 0
    store = Store(tmp_path / "cache")
    store.charge("real", NOW.date(), Decimal("0.01"), None)
    capsys.readouterr()
    assert main(["cache", "clear", *where]) == 0
    assert int(capsys.readouterr().out.split()[0]) > 0
    assert store.paid("real", NOW.date()).count == 1
    assert store.clear() == 0
    store.close()


def test_a_bug_is_one_line_too_and_the_log_has_the_story(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom costtui.cli import info\nfrom costtui.cli.main import main\n"
        "def broken(args): raise ZeroDivisionError('by \\x1b[31mzero')\n"
        "info.run = broken\nsys.exit(main(sys.argv[1:]))"
    )
    log = tmp_path / "log"
    for more in ([], ["--log-file", str(log)]):
        ran = subprocess.run([sys.executable, "-c", code, "info", *more], capture_output=True, text=True, check=False)
        assert (ran.returncode, ran.stdout) == (1, "")
        assert ran.stderr.startswith("costtui: ZeroDivisionError: by ␛[31mzero: this is a bug")
        assert ran.stderr.count("\n") == 1
    assert "Traceback" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_dumb_terminal_is_refused_with_the_command_to_use_instead(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for term in ("dumb", ""):
        monkeypatch.setenv("TERM", term)
        assert "costtui show functions" in refused(capsys, "--demo")
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "needs a terminal" in refused(capsys, "--demo")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_an_answer_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run([*COSTTUI, "info", "--cache-dir", str(tmp_path)], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ran.returncode == 1
    assert ran.stderr.startswith("costtui: ")
    assert ran.stderr.count("\n") == 1


def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    path = project(tmp_path)
    command = (
        f"{' '.join(COSTTUI)} show drift --config {path} --cache-dir {tmp_path}/cache --format table | head -n 1; echo ${{PIPESTATUS[0]}}"
    )
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    first, status = ran.stdout.splitlines()
    assert first.startswith("Severity")
    assert (status, ran.stderr) == ("0", "")


def test_ctrl_c_exits_130_and_leaves_the_cache_sound(tmp_path: Path) -> None:
    fifo = tmp_path / "plan.json"
    path = tmp_path / "config.toml"
    path.write_text("[aws]\nprofiles = []\n[drift]\nterraform = ['plan.json']\n")
    os.mkfifo(fifo)  # a source that never answers
    command = [*COSTTUI, "show", "drift", "--config", str(path), "--cache-dir", str(tmp_path / "cache")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        end = time.monotonic() + 10
        while not (tmp_path / "cache" / "store" / "cache.db").exists() and time.monotonic() < end:
            time.sleep(0.02)
        time.sleep(0.5)
        began = time.monotonic()
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=10)
    assert time.monotonic() - began < 2
    assert (running.returncode, out, err) == (130, "", "")
    fifo.unlink()
    project(tmp_path)
    again = subprocess.run([*command, "--format", "json"], capture_output=True, text=True, check=False)
    assert again.returncode == 0
    assert len(json.loads(again.stdout)["rows"]) == 2
