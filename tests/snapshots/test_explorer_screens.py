"""The look of the explorer's screens over a small fake company, at the sizes that people use."""

from collections.abc import Callable, Iterable

import pytest
from textual.pilot import Pilot

from costtui.config import Ui
from costtui.service.messages import Finished
from tests.ui.fakes import DENIED, WINDOW, FakeBackend, changes, explorer, jobs, some_changes, some_jobs

Compare = Callable[..., bool]
SIZES = [(80, 24), (120, 40)]
SCREENS: dict[str, Iterable[str]] = {
    "table": ("j", "j"),
    "hidden": ("2", "n", "j"),
    "filter": ("slash", *"!stage", "space", *"cost>20"),
    "detail": ("j", "enter", "j"),
    "help": ("question_mark",),
    "problems": ("exclamation_mark",),
    "period": ("p",),
    "save": ("s",),
    "wide": ("w", "right", "right"),
    "marked": ("space", "space", "j", "space", "k"),
    "commands": ("colon", *"per"),
    "completion": ("slash", *"account:"),
}


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x40"])
@pytest.mark.parametrize("screen", SCREENS)
def test_screens(snap_compare: Compare, screen: str, size: tuple[int, int]) -> None:
    backend = FakeBackend([jobs(some_jobs()), changes(some_changes())])

    async def finish(pilot: Pilot[None]) -> None:
        await pilot.pause()
        for pane in ("jobs", "changes"):
            backend.hear(Finished(pane, WINDOW, [DENIED] if pane == "jobs" else []))
        await pilot.pause()
        for key in SCREENS[screen]:
            await pilot.press(key)
        if screen == "hidden":
            backend.hear(Finished("changes", WINDOW, []))
        await pilot.pause()

    assert snap_compare(explorer(backend), terminal_size=size, run_before=finish)


def test_light_theme(snap_compare: Compare) -> None:
    async def finish(pilot: Pilot[None]) -> None:
        await pilot.press("2", "j")
        await pilot.pause()

    assert snap_compare(explorer(ui=Ui(theme="textual-light")), terminal_size=(80, 24), run_before=finish)


@pytest.mark.parametrize("theme", ["high-contrast", "ansi"])
def test_themes(snap_compare: Compare, theme: str) -> None:
    assert snap_compare(explorer(ui=Ui(theme=theme)), press=["2", "j"], terminal_size=(80, 24))


def test_ascii(snap_compare: Compare) -> None:
    assert snap_compare(explorer(ascii_only=True), press=["space"], terminal_size=(80, 24))
