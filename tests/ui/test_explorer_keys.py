"""Every key of the explorer does what it says, and says what it does."""

from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from costtui.config import Ui
from costtui.service.messages import Finished
from costtui.ui.app import ExplorerApp
from costtui.ui.keys import ALL, checked, display
from tests.ui.fakes import WINDOW, FakeBackend, Saver, cursor_of, explorer, jobs, lines_of, some_changes, some_jobs, state_of, text_of
from tests.ui.fakes import changes as changes_data

SIZE = (80, 24)


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await pilot.pause()


def names(app: ExplorerApp) -> list[str]:
    return [line.split()[0] for line in lines_of(app)[3:-2] if line.strip()]


READY: dict[str, tuple[str, ...]] = {
    "place-back": ("2",),
    "place-forward": ("2", "["),
    "beside": ("space", "space"),
    "hidden": ("2",),
    "fold": ("2", "n"),
    "columns-left": ("w", "right"),
    "columns-right": ("w",),
    "back": ("/", "w", "o", "r", "k", "enter"),
    "save-view": (),
}
"""What is pressed first, so that the key has something to do."""


@pytest.mark.parametrize("binding_id", [name for name in ALL if not name.startswith("pane-") and name not in ("quit", "interrupt")])
async def test_every_key_does_something_visible(binding_id: str) -> None:
    for key in ALL[binding_id].key.split(","):
        app = explorer()
        async with app.run_test(size=SIZE) as pilot:
            app.pane_screen.table.move_to(25)
            await press(pilot, *READY.get(binding_id, ()))
            before = text_of(app), app.screen
            await press(pilot, key)
            assert (text_of(app), app.screen) != before, key


async def test_help_lists_every_live_binding() -> None:
    app = explorer()
    async with app.run_test(size=(120, 80)) as pilot:
        await press(pilot, "w")
        live = {active.binding for active in app.screen.active_bindings.values()}
        await press(pilot, "?")
        helped = text_of(app)
        assert {binding.id for binding in live} >= {"filter", "up", "quit", "wide", "columns-left", "pane-1", "pane-2"}
        for binding in live:
            assert display(binding.key) in helped
            if binding.id and not binding.id.startswith("pane-"):
                assert binding.description in helped
        assert "Jobs" in helped
        assert "begin a count: 5j, 40G" in helped
        assert "not your invoice" in helped
        assert "columns: name, account, region" in helped


async def test_panes_by_digit_and_tab() -> None:
    app = explorer()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert lines_of(app)[1].startswith(" 0 Overview ▸1 Jobs 809.78  2 Changes 3 real")
        for keys, pane in (("2", "Changes"), ("1", "Jobs"), ("tab", "Changes"), ("tab", "Jobs"), ("shift+tab", "Changes")):
            await press(pilot, keys)
            assert f"▸{'2' if pane == 'Changes' else '1'} {pane}" in lines_of(app)[1]


async def test_moving() -> None:
    app = explorer()
    async with app.run_test(size=SIZE) as pilot:
        table = app.pane_screen.table
        page = table.page
        for key, to in (
            ("down", 1),
            ("j", 2),
            ("up", 1),
            ("k", 0),
            ("k", 0),
            ("pagedown", page),
            ("pageup", 0),
            ("ctrl+d", page // 2),
            ("ctrl+u", 0),
            ("G", 59),
            ("j", 59),
            ("g", 0),
            ("end", 59),
            ("home", 0),
        ):
            await press(pilot, key)
            assert table.cursor == to, key
            assert table.top <= table.cursor < table.top + page


async def test_sort_keys_and_the_arrow() -> None:
    app = explorer()
    async with app.run_test(size=SIZE) as pilot:
        assert "Cost $▼" in lines_of(app)[2]
        await press(pilot, "<")
        assert "Calls▼" in lines_of(app)[2]
        assert state_of(app).startswith(" sorted by Calls, largest first, unknown last")
        assert cursor_of(app).startswith("▌checkout-authorize")
        await press(pilot, "R", "g")
        assert "Calls▲" in lines_of(app)[2]
        assert cursor_of(app).startswith("▌worker-00007")
        await press(pilot, *["<"] * 9)
        assert "Job▲" in lines_of(app)[2]
        assert "no column further left" in state_of(app)


async def test_filter_works_while_it_is_typed() -> None:
    backend = FakeBackend([jobs(some_jobs())])
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        backend.hear(Finished("jobs", WINDOW, []))
        await press(pilot, "j", "slash", *"stage")
        assert "3/60" in state_of(app)
        assert names(app)[:3] == ["▌[bold]x[/]", "缩略图渲染", "geo-lookup"]
        await press(pilot, "enter")
        assert state_of(app).startswith(" /stage   3/60")
        assert lines_of(app)[-2].startswith(" 3 jobs   23.75 $")
        await press(pilot, "escape")
        assert "filter cleared" in state_of(app)
        assert cursor_of(app).startswith("▌thumbnail-render")
        await press(pilot, "escape")
        assert state_of(app).startswith(" nothing to go back to: q quits")
        assert app.is_running


async def test_keys_that_arrive_together_reach_the_field() -> None:
    app = explorer()
    async with app.run_test(size=SIZE) as pilot:
        for key in ("slash", *"wrong", "backspace", "enter"):
            app.simulate_key(key)
        await pilot.pause(0.2)
        assert (app.model.view.expression, app.model.view.wide, app.pane_screen.filter_bar) == ("wron", False, None)


async def test_escape_in_the_filter_clears_it() -> None:
    app = explorer()
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "slash", *"work", "escape")
        assert app.model.view.expression == ""
        assert app.pane_screen.filter_bar is None
        assert app.focused is app.pane_screen.table


async def test_a_bad_filter_says_why_and_stays_open() -> None:
    app = explorer()
    async with app.run_test(size=(160, 24)) as pilot:
        await press(pilot, "slash", *"owner:x", "enter")
        assert "no column 'owner' to filter by: use one of name, account" in state_of(app)
        assert app.pane_screen.filter_bar is not None
        await press(pilot, *["backspace"] * 7, *"cost>20", "enter")
        assert "/cost>20   3/60" in state_of(app)


async def test_q_is_a_letter_in_a_field_and_quits_elsewhere() -> None:
    app = explorer()
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "slash", "q")
        assert app.is_running
        assert app.model.view.expression == "q"
        await press(pilot, "ctrl+c")
        assert not app.is_running


@pytest.mark.parametrize("keys", [("q",), ("p", "q"), ("enter", "q"), ("?", "q"), ("!", "q"), ("s", "ctrl+c"), ("enter", "ctrl+c")])
async def test_quitting_from_anywhere_lets_the_fetcher_go(keys: tuple[str, ...]) -> None:
    backend = FakeBackend([jobs(some_jobs())])
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, *keys)
        assert not app.is_running
    assert backend.closed


async def test_period() -> None:
    backend = FakeBackend([jobs(some_jobs()), changes_data(some_changes())])
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "p")
        assert "30 days to 19 Nov" in cursor_of(app)
        await press(pilot, "k", "enter")
        assert "‹ 7 days to 19 Nov ›" in lines_of(app)[0]
        assert "Reading jobs for ‹ 7 days to 19 Nov ›" in text_of(app)
        assert backend.wanted[-1][0] == "jobs"
        assert len(backend.wanted[-1][1]) == 7
        await press(pilot, "p", *"2026-08", "enter")
        assert "‹ Aug 2026 ›" in lines_of(app)[0]
        await press(pilot, "p", *"2031-01", "enter")
        assert "lies in the future" in text_of(app)
        await press(pilot, "escape")
        assert state_of(app).startswith(" period unchanged: Aug 2026")


async def test_refresh_asks_for_everything_again() -> None:
    backend = FakeBackend([jobs(some_jobs())])
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await press(pilot, "r")
        assert [(pane, refresh) for pane, _, refresh in backend.wanted] == [("jobs", False), ("jobs", True)]
        assert state_of(app).startswith(" refreshing jobs from free sources")


async def test_offline_asks_for_nothing() -> None:
    backend = FakeBackend([jobs(some_jobs())], offline=True)
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "r")
        assert backend.wanted == []
        assert state_of(app).startswith(" offline: nothing is fetched")
        assert lines_of(app)[0].rstrip().endswith("offline")


async def test_wide_shows_all_columns() -> None:
    app = explorer()
    async with app.run_test(size=SIZE) as pilot:
        assert "ARN" not in lines_of(app)[2]
        await press(pilot, "w")
        seen = lines_of(app)[2]
        for _ in range(9):
            await press(pilot, "right")
            assert lines_of(app)[2].startswith(" Job")
            seen += lines_of(app)[2]
        for column in app.model.spec.columns:
            assert column.title in seen
        await press(pilot, "w")
        assert state_of(app).startswith(" the 6 of 9 columns that fit")


async def test_hidden_rows_are_one_key_away() -> None:
    app = explorer()
    async with app.run_test(size=SIZE) as pilot:
        assert "hidden" not in {active.binding.id for active in app.screen.active_bindings.values()}
        await press(pilot, "2")
        assert "4 hidden, n shows" in state_of(app)
        await press(pilot, "n")
        assert "4 explained changes are shown" in state_of(app)
        assert "4 alike" in text_of(app)
        await press(pilot, "z")
        assert "noise-3" in text_of(app)
        await press(pilot, "n")
        assert "noise-3" not in text_of(app)


async def test_rows_that_are_alike_share_a_line_that_enter_unfolds() -> None:
    app = explorer()
    async with app.run_test(size=SIZE) as pilot:
        assert "fold" not in {active.binding.id for active in app.screen.active_bindings.values()}
        await press(pilot, "2", "n", "G")
        assert "4 alike" in cursor_of(app)
        assert "7 shown" in text_of(app)
        await press(pilot, "x")
        await press(pilot, "escape", "enter")
        assert "unfolded: z folds again" in state_of(app)
        assert "noise-0" in cursor_of(app)
        await press(pilot, "enter")
        assert app.screen is not app.pane_screen
        await press(pilot, "escape", "z")
        assert "4 changes share lines" in state_of(app)
        assert "4 alike" in cursor_of(app)
        await press(pilot, "z")
        assert "every row has its own line" in state_of(app)
        assert "noise-3" in text_of(app)


async def test_snapshot_of_the_view(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    save = Saver()
    app = explorer(save=save)
    async with app.run_test(size=(120, 24)) as pilot:
        await press(pilot, "slash", *"stage", "enter", "R", "s", "enter")
        await pilot.pause(0.1)
        path = tmp_path / "costtui-jobs-2026-11-20.toml"
        assert save.saved == [(path, [("jobs", ["arn:5", "arn:4", "arn:6"])])]
        assert f" saved {path}"[:60] in state_of(app)
        await press(pilot, "s", "enter")
        assert "exists: Enter again overwrites it" in text_of(app)
        assert len(save.saved) == 1
        await press(pilot, "enter")
        await pilot.pause(0.1)
        assert len(save.saved) == 2


async def test_snapshot_of_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    save = Saver()
    app = explorer(save=save)
    async with app.run_test(size=(120, 24)) as pilot:
        await press(pilot, "slash", *"stage", "enter", "S", "enter")
        await pilot.pause(0.1)
        ((path, panes),) = save.saved
        assert path.name == "costtui-2026-11-20.toml"
        assert [(pane, len(rows)) for pane, rows in panes] == [("jobs", 60), ("changes", 7)]


async def test_a_snapshot_that_cannot_be_written_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    save = Saver()
    save.error = OSError(28, "No space left on device")
    app = explorer(save=save)
    async with app.run_test(size=(200, 24)) as pilot:
        await press(pilot, "s", "enter")
        await pilot.pause(0.1)
        assert "not saved:" in state_of(app)
        assert "No space left on device" in state_of(app)
        await press(pilot, "s", *"/x", "enter")
        assert "no folder" in text_of(app)
        await press(pilot, "escape")
        assert "nothing saved" in state_of(app)


async def test_remapped_keys() -> None:
    app = explorer(ui=Ui(keys={"refresh": "ctrl+r", "help": "f1"}))
    async with app.run_test(size=(120, 40)) as pilot:
        assert state_of(app).rstrip().endswith("f1 help")
        await press(pilot, "r")
        assert "refreshing" not in state_of(app)
        await press(pilot, "ctrl+r")
        assert "refreshing" in state_of(app)
        await press(pilot, "f1")
        assert "ctrl+r" in text_of(app)


async def test_a_keymap_or_theme_that_cannot_be_used_is_said() -> None:
    app = explorer(ui=Ui(theme="no-such", keys={"refresh": "w", "nothing": "x"}))
    async with app.run_test(size=(800, 24)) as pilot:
        await pilot.pause()
        assert "ui.keys.refresh: w is the key of wide: choose another" in state_of(app)
        assert "ui.keys.nothing: no such key binding" in state_of(app)
        assert "ui.theme 'no-such' is not known" in state_of(app)
        await press(pilot, "w")
        assert app.model.view.wide


def test_two_bindings_can_swap_their_keys() -> None:
    assert checked({"refresh": "w", "wide": "r"}) == ({"refresh": "w", "wide": "r"}, [])


async def test_keys_typed_behind_the_enter_of_a_filter_belong_to_the_table() -> None:
    app = explorer()
    async with app.run_test(size=SIZE) as pilot:
        for key in ("slash", "j", "o", "b", "enter", "2"):
            app.post_message(events.Key(key, key if len(key) == 1 else "/" if key == "slash" else None))
        for _ in range(20):
            await pilot.pause()
        assert app.model.views["jobs"].expression == "job"
        assert app.model.spec.id == "changes"
