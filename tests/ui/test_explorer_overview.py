"""The overview: first seen, to be pasted to a colleague, and a door to every row that it names."""

import base64
from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from costtui.domain.loaded import SourceState
from costtui.service.messages import Finished, Updated
from tests.ui.fakes import (
    DENIED,
    NOW,
    WINDOW,
    FakeBackend,
    Saver,
    changes,
    cursor_of,
    explorer,
    jobs,
    lines_of,
    some_changes,
    some_jobs,
    state_of,
    text_of,
)

SIZE = (80, 24)


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await pilot.pause()


async def test_it_shows_a_little_of_every_pane_and_opens_what_it_names() -> None:
    app = explorer(first="0")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert lines_of(app)[1].startswith("▸0 Overview")
        text = text_of(app)
        for said in ("809.78", "3 real", "checkout-authorize", "ingress", "3 calls, paid today $0.03 of $0.50", "2 fresh, the oldest 3 m"):
            assert said in text
        assert "noise-" not in text
        assert cursor_of(app).split()[1:3] == ["Jobs", "checkout-authorize"]
        await press(pilot, "j", "enter")
        assert lines_of(app)[0].startswith(" Overview › thumbnail-render")
        await press(pilot, "escape")
        assert app.screen is app.overview_screen
        assert cursor_of(app).split()[1:3] == ["Jobs", "thumbnail-render"]
        await press(pilot, "1", "0")
        assert app.model.at_overview
        await press(pilot, "tab")
        assert app.model.spec.id == "jobs"


async def test_every_pane_is_asked_for_and_arrives_in_place() -> None:
    backend = FakeBackend()
    app = explorer(backend, first="0")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert [pane for pane, _, _ in backend.wanted] == ["jobs", "changes"]
        assert "Reading jobs for ‹ 30 days to 19 Nov ›" in text_of(app)
        backend.put(jobs(some_jobs()))
        backend.hear(Updated("jobs", WINDOW))
        await pilot.pause()
        assert "checkout-authorize" in text_of(app)
        backend.hear(Finished("jobs", WINDOW, []))
        backend.hear(Finished("changes", WINDOW, [DENIED]))
        await pilot.pause()
        assert "No changes could be read: ListFunctions is not allowed" in " ".join(text_of(app).split())
        await press(pilot, "r")
        assert [(pane, refresh) for pane, _, refresh in backend.wanted[2:]] == [("jobs", True), ("changes", True)]


async def test_the_sentences_are_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    app = explorer(first="0")
    async with app.run_test(size=SIZE) as pilot:
        out: list[str] = []
        assert app._driver is not None
        monkeypatch.setattr(app._driver, "write", lambda text: out.append(text) if "]52;" in text else None)
        await press(pilot, "y")
        assert base64.b64decode(out[0].removeprefix("\x1b]52;c;").removesuffix("\a")).decode() == "809.78.\n3 real."
        assert "the sentences sent to the terminal: 15 characters" in state_of(app)


@pytest.mark.parametrize("key", ["e", "x", "o", "Y", "J", "p", "m", "S", "!", "?", "$", "[", "]", ":", "r", "escape", "enter", "g", "G"])
async def test_every_key_does_something_visible(key: str) -> None:
    app = explorer(first="0")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "j")
        if key == "G":
            await press(pilot, "g")
        before = text_of(app), app.screen
        await press(pilot, key)
        assert (text_of(app), app.screen) != before


async def test_sources_that_are_not_fresh_are_named() -> None:
    sources = [SourceState("lambda", "fresh", NOW - timedelta(minutes=2)), SourceState("bill", "stale", NOW - timedelta(days=2))]
    app = explorer(FakeBackend([jobs(some_jobs(), sources=sources)]), first="0")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert "1 fresh, the oldest 2 m · bill 2 d stale" in text_of(app)


async def test_it_says_what_is_new_since_the_last_snapshot_of_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    backend = FakeBackend([jobs(some_jobs()), changes(some_changes())])

    class Toml(Saver):
        def __call__(self, path: Path, **_named: object) -> None:
            path.write_text(
                'schema_version = 1\n[window]\nstart = 2026-10-21\nend = 2026-11-20\n[jobs.totals]\ntotal = "1"\n'
                '[[jobs.rows]]\nid = "arn:1"\n[[jobs.rows]]\nid = "arn:gone"\n',
                encoding="utf-8",
            )

    app = explorer(backend, save=Toml(), first="0")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "S", "enter")
        await pilot.pause(0.1)
        assert backend.memory.snapshots == {backend.place: str(tmp_path / "costtui-2026-11-20.toml")}
    app = explorer(backend, first="0")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        for pane in ("jobs", "changes"):
            backend.hear(Finished(pane, WINDOW, []))
        await pilot.pause(0.3)
        assert "since costtui-2026-11-20.toml: Jobs 59 new, 1 gone" in " ".join(text_of(app).split())
