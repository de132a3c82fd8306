"""From place to place: back and forward, by name, by count."""

import pytest
from textual.pilot import Pilot

from costtui.ui.memory import Memory
from costtui.ui.palette import Command, ranked
from tests.ui.fakes import FakeBackend, changes, cursor_of, explorer, jobs, lines_of, some_changes, some_jobs, state_of, text_of

SIZE = (120, 30)


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await pilot.pause()


async def test_back_and_forward_through_panes_filters_and_details() -> None:
    app = explorer()
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "slash", *"stage", "enter", "j", "enter", "G", "enter")
        deepest = lines_of(app)[0]
        assert "step 30" in deepest
        await press(pilot, "2", "j")
        await press(pilot, "[")
        assert lines_of(app)[0] == deepest
        assert "place" in state_of(app)
        await press(pilot, "[")
        assert "step 30" not in lines_of(app)[0] and "缩略图渲染" in lines_of(app)[0]
        await press(pilot, "[")
        assert app.model.view.expression == "stage"
        assert cursor_of(app).startswith("▌缩略图渲染")
        await press(pilot, "[")
        assert app.model.view.expression == ""
        for _ in range(9):
            await press(pilot, "[")
        assert state_of(app).startswith(" no place before this one")
        for _ in range(4):
            await press(pilot, "]")
        assert app.model.spec.id == "changes"
        assert cursor_of(app).startswith("▌high")
        await press(pilot, "]")
        assert state_of(app).startswith(" no place after this one")


async def test_going_on_from_the_past_forgets_what_lay_ahead() -> None:
    app = explorer()
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "2", "[", "enter", "]")
        assert state_of(app).startswith(" no place after this one")


async def test_a_place_has_its_period() -> None:
    app = explorer()
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "p", "k", "enter", "2")
        assert "‹ 7 days" in lines_of(app)[0]
        await press(pilot, "[", "[")
        assert "‹ 30 days" in lines_of(app)[0]
        assert app.model.spec.id == "jobs"


async def test_counts() -> None:
    app = explorer()
    async with app.run_test(size=SIZE) as pilot:
        table = app.pane_screen.table
        await press(pilot, "5", "j")
        assert table.cursor == 5
        await press(pilot, "4", "0")
        assert state_of(app).startswith(" 40 …: a move takes it as its count")
        await press(pilot, "G")
        assert table.cursor == 39
        await press(pilot, "9", "1", "k")
        assert (table.cursor, app.model.spec.id) == (0, "jobs")
        await press(pilot, "7", "escape", "j")
        assert table.cursor == 1


async def test_clicks_on_the_line_of_panes_open_them() -> None:
    app = explorer()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await pilot.click("#panes", offset=(lines_of(app)[1].index("Changes"), 0))
        assert app.model.spec.id == "changes"
        await pilot.click("#panes", offset=(3, 0))
        assert app.model.at_overview


async def palette(pilot: Pilot[None], line: str) -> None:
    await press(pilot, ":", *("space" if char == " " else char for char in line))
    await pilot.pause(0.1)
    await press(pilot, "enter")


@pytest.mark.parametrize(("line", "pane"), [("changes", "changes"), ("chg", "changes"), ("overview", ""), ("home", "")])
async def test_panes_by_name(line: str, pane: str) -> None:
    app = explorer()
    async with app.run_test(size=SIZE) as pilot:
        await palette(pilot, line)
        assert ("" if app.model.at_overview else app.model.spec.id) == pane


async def test_commands_with_a_word() -> None:
    app = explorer()
    async with app.run_test(size=SIZE) as pilot:
        await palette(pilot, "period 7d")
        assert "‹ 7 days" in lines_of(app)[0]
        await palette(pilot, "period 30d")
        await palette(pilot, "sort name")
        assert app.model.view.sort == "name"
        await palette(pilot, "filter account:stage cost>11.5")
        assert state_of(app).startswith(" /account:stage cost>11.5   1/60")
        await palette(pilot, "filter owner:x")
        assert "no column 'owner' to filter by" in state_of(app)
        await palette(pilot, "filter work")
        await palette(pilot, "12")
        assert app.pane_screen.table.cursor == 11
        await palette(pilot, "theme light")
        assert app.theme == "textual-light"
        await palette(pilot, "q")
        assert not app.is_running


async def test_every_live_binding_is_a_command() -> None:
    app = explorer()
    async with app.run_test(size=SIZE) as pilot:
        live = {
            active.binding.description
            for active in app.screen.active_bindings.values()
            if not (active.binding.id or "").startswith("pane-")
        }
        await press(pilot, "ctrl+p")
        names = {command.name for command in app.screen.commands}  # type: ignore[attr-defined]
        assert live - names == {"commands, panes, rows: type a name"}


async def test_a_row_of_any_pane_by_its_name() -> None:
    app = explorer()
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "slash", *"stage", "enter")
        await palette(pilot, "ingress")
        assert app.model.spec.id == "changes"
        await palette(pilot, "report-nightly")
        assert (app.model.spec.id, app.model.view.expression) == ("jobs", "")
        assert cursor_of(app).startswith("▌report-nightly")


async def test_what_was_used_last_comes_first_and_esc_does_nothing() -> None:
    backend = FakeBackend([jobs(some_jobs()), changes(some_changes())])
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await palette(pilot, "wide")
        assert app.model.view.wide
        await press(pilot, ":")
        assert "wide: all columns" in text_of(app).split("▌", 1)[1].splitlines()[0]
        await press(pilot, "escape")
        assert app.model.view.wide
    assert backend.memory.recent == ["wide: all columns"]


async def test_a_filter_saved_under_a_name_comes_back_in_a_later_run() -> None:
    backend = FakeBackend([jobs(some_jobs()), changes(some_changes())])
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "slash", *"stage", "enter")
        await palette(pilot, "save mine")
        assert "saved as mine" in state_of(app)
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "2")
        await palette(pilot, "filter mine")
        assert (app.model.spec.id, app.model.view.expression) == ("jobs", "stage")
        await palette(pilot, "forget mine")
        assert backend.memory.saved == {}


async def test_sort_filters_and_theme_are_remembered() -> None:
    backend = FakeBackend([jobs(some_jobs())])
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "<", "R", "slash", *"one", "enter", "escape", "slash", *"two", "enter")
    app = explorer(backend)
    async with app.run_test(size=SIZE) as pilot:
        assert app.model.view.sort == "calls"
        await press(pilot, "slash", "up")
        assert app.model.view.expression == "two"
        await press(pilot, "up")
        assert app.model.view.expression == "one"
        await press(pilot, "down", "down")
        assert app.model.view.expression == ""


async def test_a_filter_completes_columns_and_values() -> None:
    app = explorer()
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "slash", *"acc")
        assert "Tab: account:" in text_of(app)
        await press(pilot, "tab", "p", "tab")
        assert app.model.view.expression == "account:prod"
        await press(pilot, "space", "!", *"tag.t", "tab", "m", "right")
        assert app.model.view.expression == "account:prod !tag.team:media"


async def test_help_is_searched() -> None:
    app = explorer()
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "?", "slash", *"snapshot", "enter")
        assert "snapshot of every pane" in text_of(app)
        assert "half a page" not in text_of(app)
        await press(pilot, "escape")
        assert "half a page" in text_of(app)
        await press(pilot, "escape")
        assert app.screen is app.pane_screen


def test_ranking() -> None:
    def named(*names: str) -> list[Command]:
        return [Command(name, "", lambda: None) for name in names]

    commands = named("sort cost", "next cost basis", "cost", "customers", "discount of cost")
    assert [one.name for one in ranked("cost", commands, [])][:3] == ["cost", "sort cost", "next cost basis"]
    assert [one.name for one in ranked("nb", commands, [])] == ["next cost basis"]
    assert ranked("", commands, ["customers"])[0].name == "customers"
    row = Command("customers of acme", "", lambda: None, is_row=True)
    assert ranked("coa", [row], []) == [] and ranked("acme", [row], []) == [row]


def test_memory_keeps_the_newest_first_and_once() -> None:
    memory = Memory()
    for number in range(60):
        memory.filtered("jobs", f"cost>{number % 55}")
    assert memory.filters["jobs"][:6] == ["cost>4", "cost>3", "cost>2", "cost>1", "cost>0", "cost>54"]
    assert len(memory.filters["jobs"]) == 50
