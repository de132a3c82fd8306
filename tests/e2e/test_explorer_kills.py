"""Processes that are killed in the middle of their work: the screen stays, nothing is left behind, the store opens."""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from costtui.sources.demo import World
from costtui.sources.demo.faults import Slow
from tests.e2e.command import COSTTUI, document
from tests.e2e.processes import children, gone_within
from tests.e2e.terminal import Terminal
from tests.fakes.demo import function
from tests.fakes.http_cloud import HttpCloud, served

HANGS = Slow(60)
LIST = ("lambda", "ListFunctions")
ROW = "checkout-authorize"


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpCloud]:
    """The demo company's production account behind HTTP."""
    with served(World()) as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL", running.url)
        monkeypatch.setenv("AWS_REGION", "us-east-1")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        yield running
        running.world.faults.clear()


def explorer(cache: Path) -> Terminal:
    return Terminal([*COSTTUI, "--cache-dir", str(cache)])


def fetcher_of(terminal: Terminal) -> int:
    (fetcher,) = children(terminal.process.pid)
    return fetcher


@contextlib.contextmanager
def refreshing(cache: Path, cloud: HttpCloud) -> Iterator[Terminal]:
    """An explorer with rows on its screen, in the middle of a refresh that hangs."""
    with explorer(cache) as terminal:
        terminal.wait("Overview")
        terminal.press("1")
        terminal.wait(ROW)
        terminal.wait("fetching", gone=True)
        asked = cloud.calls.count(LIST)
        cloud.world.faults[LIST] = HANGS
        terminal.press("r")
        while cloud.calls.count(LIST) == asked:
            terminal.settle()
        yield terminal


def test_a_killed_fetcher_costs_a_refresh_and_never_the_screen(cloud: HttpCloud, tmp_path: Path) -> None:
    with refreshing(tmp_path, cloud) as terminal:
        before = fetcher_of(terminal)
        os.kill(before, signal.SIGKILL)
        terminal.wait(r"fetcher stopped: it was killed by signal 9: press r to start it again")
        assert ROW in terminal.text
        terminal.press("down")
        assert sum(line.startswith("▌") for line in terminal.lines) == 1
        cloud.world.faults.clear()
        cloud.world = World(extra_functions=(function("aaa-newcomer"),))
        terminal.press("r")
        terminal.wait("fetcher stopped", gone=True)
        terminal.press("/")
        terminal.wait("column:text")
        terminal.press("aaa-new")
        terminal.wait(r"▌aaa-newcomer")
        assert fetcher_of(terminal) != before


def test_quitting_does_not_wait_for_a_refresh_that_hangs(cloud: HttpCloud, tmp_path: Path) -> None:
    with refreshing(tmp_path, cloud) as terminal:
        fetcher = fetcher_of(terminal)
        terminal.press("q")
        assert terminal.exit_code(1.0) == 0
        assert gone_within(fetcher, 0.5)


def test_a_killed_explorer_leaves_no_child_and_a_store_that_opens(cloud: HttpCloud, tmp_path: Path) -> None:
    with refreshing(tmp_path, cloud) as terminal:
        fetcher = fetcher_of(terminal)
        terminal.process.kill()
        assert gone_within(fetcher, 2.0)
    shown = document("--offline", "show", "functions", cache=tmp_path)
    assert ROW in {row["name"] for row in shown["rows"]}
    with explorer(tmp_path) as again:
        again.wait("Overview")
        again.press("1")
        assert again.wait(ROW) < 10
        assert not list(tmp_path.glob("store.*-*")), "the store was set aside"


def test_a_fetcher_killed_while_it_writes_leaves_a_store_that_opens(tmp_path: Path) -> None:
    """At several moments of a first fetch, among them those in which rows are written."""
    with Terminal([*COSTTUI, "--demo", "--scale", "2000", "--cache-dir", str(tmp_path)]) as terminal:
        for key, progress in (("1", r"\d"), ("2", "fetching|drift"), ("1", r"\d")):
            terminal.press(key)
            terminal.wait(progress)
            for fetcher in children(terminal.process.pid):
                os.kill(fetcher, signal.SIGKILL)
                terminal.wait("fetcher stopped")
            terminal.press("r")
        terminal.wait("2,000 functions")
        terminal.press("q")
        assert terminal.exit_code(2.0) == 0
    shown = document("--demo", "--scale", "2000", "show", "functions", cache=tmp_path)
    assert len(shown["rows"]) == 2000
    assert not list(tmp_path.glob("store.*-*"))
