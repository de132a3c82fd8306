"""One row: explained, marked, laid beside others, copied out to the terminal."""

import base64
import re
from pathlib import Path

import pytest
from textual.pilot import Pilot

from costtui.panes.spec import PaneSpec
from costtui.ui.app import ExplorerApp
from tests.ui.fakes import JOBS, FakeBackend, cursor_of, explorer, jobs, lines_of, some_jobs, state_of, text_of

SIZE = (120, 30)


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await pilot.pause()


async def test_explain_takes_the_sorted_column_of_the_row_under_the_cursor() -> None:
    app = explorer()
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "j", "e")
        assert "Jobs › cost of arn:2" in lines_of(app)[0]
        assert state_of(app).startswith(" how Cost $ came about, the column that is sorted by")
        await press(pilot, "escape", "<", "e")
        assert "calls of arn:" in lines_of(app)[0]


async def test_explain_on_a_detail_takes_the_rows_money_where_the_line_says_nothing() -> None:
    app = explorer()
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "enter", "j", "e")
        assert "Jobs › checkout-authorize › cost of arn:1" in lines_of(app)[0]
        await press(pilot, "e")
        assert "nothing more is known of how this line came about" in state_of(app)


async def test_the_change_since_the_period_before_explains_itself() -> None:
    backend = FakeBackend([jobs(some_jobs())])
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        backend.put(jobs(some_jobs()[1:], window=app.model.before))
        await press(pilot, "c", "slash", *"checkout", "enter", ">", ">", "e")
        assert "The change" in lines_of(app)[0]
        assert re.search(r"this period +505.97 +USD", text_of(app))
        assert re.search(r"difference +\+505.97", text_of(app))


async def test_marks_outlive_sorting_and_filtering_and_go_after_the_filter() -> None:
    app = explorer()
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "space", "space")
        assert [line[:9] for line in lines_of(app)[3:5]] == ["+checkout", "+thumbnai"]
        assert "2 marked, = compares" in state_of(app)
        await press(pilot, "R", "slash", *"checkout", "enter")
        assert app.model.view.marks == {"arn:1", "arn:2"}
        assert lines_of(app)[3].startswith(("+checkout", "╋checkout"))
        await press(pilot, "escape")
        assert len(app.model.view.marks) == 2
        await press(pilot, "escape")
        assert app.model.view.marks == set()


async def test_compare_lays_rows_beside_each_other_and_signs_what_differs() -> None:
    app = explorer()
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "space", "=")
        assert "mark 2 to 4 jobs with space: 1 are marked" in state_of(app)
        await press(pilot, "space", "=")
        lines = {line[6:].split("  ")[0].strip(): line for line in lines_of(app)}
        assert "≠" in lines["MB"] and "3008" in lines["MB"] and "−2,752" in lines["MB"]
        assert "≠" not in lines["Account"]
        assert "tag team" in text_of(app)


def sent(app: ExplorerApp, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What goes to the terminal from now on, beside what is drawn."""
    out: list[str] = []
    assert app._driver is not None
    monkeypatch.setattr(app._driver, "write", lambda text: out.append(text) if "\x1b]52" in text else None)
    return out


@pytest.fixture(autouse=True)
def _plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TMUX", "STY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def decoded(sequence: str) -> str:
    match = re.fullmatch(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", sequence)
    assert match is not None
    return base64.b64decode(match[1]).decode()


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("y", "arn:1", "the id sent to the terminal: 5 characters"),
        ("Y", "arn:1", "the ARN sent to the terminal: 5 characters"),
        ("J", 'id = "arn:1"\narn = "arn:1"\n', "the row as TOML sent to the terminal: 27 characters"),
    ],
)
async def test_copies(key: str, text: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = with_arn()
    app = explorer(FakeBackend([jobs(some_jobs())]), panes=(spec,))
    async with app.run_test(size=SIZE) as pilot:
        out = sent(app, monkeypatch)
        await press(pilot, key)
        assert [decoded(one) for one in out] == [text]
        assert said in state_of(app)
        assert "copied" not in state_of(app)


def with_arn() -> PaneSpec[object, object]:
    from dataclasses import replace

    return replace(JOBS, document_row=lambda job: {"id": job.id, "arn": job.id})  # type: ignore[return-value]


async def test_what_a_row_has_not_is_said() -> None:
    app = explorer()
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "Y")
        assert "this row has no ARN" in state_of(app)
        await press(pilot, "o")
        assert "no console has a page of its own for jobs like this one" in state_of(app)


async def test_a_detail_copies_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    app = explorer()
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "enter", *["j"] * 3)
        line = cursor_of(app)
        out = sent(app, monkeypatch)
        await press(pilot, "y")
        assert decoded(out[0]) == " ".join(line.removeprefix("▌").split())


async def test_too_much_goes_to_a_file_and_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    app = explorer()
    async with app.run_test(size=(200, 24)):
        out = sent(app, monkeypatch)
        await app.send_out("é" * 50_001, "the view")
        assert out == []
        (path,) = tmp_path.iterdir()
        assert path.read_text(encoding="utf-8") == "é" * 50_001
        assert path.stat().st_mode & 0o077 == 0
        assert f"written to {path}: " in state_of(app)


async def test_markdown_of_the_view(monkeypatch: pytest.MonkeyPatch) -> None:
    app = explorer()
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "slash", *"stage", "enter")
        out = sent(app, monkeypatch)
        await press(pilot, ":", *"markdown", "enter")
        text = decoded(out[0])
        assert text.startswith("**Jobs**, prod +2 accounts · 4 regions, 30 days to 19 Nov UTC\n")
        assert "| Job | Account | Region | MB | Calls | Cost $ | 30 days |" in text
        assert "| \\[bold]x\\[/] ␛\\[31m |" in text
        assert text.count("\n| ") == 5
