"""The real explorer over the demo company's filled store, without a fetcher: what its screens look like is then always the same."""

from collections.abc import Callable
from pathlib import Path

from costtui.cli.explore import Saver
from costtui.cli.headless import fetch
from costtui.domain.asking import Ask
from costtui.domain.period import Window, resolve
from costtui.panes import panes
from costtui.service.live import LiveBackend, Run
from costtui.service.messages import Connection, Event, Finished
from costtui.sources.demo.setting import demo_clock, demo_settings
from costtui.ui.app import ExplorerApp

PERIOD = "30d"


class FilledBackend(LiveBackend):
    """Everything that can be wanted is there already: no fetcher is started."""

    def listen(self, hear: Callable[[Event], None]) -> None:
        self.answer_with = hear

    def want(
        self,
        pane: str,
        window: Window | None,
        *,
        refresh: bool = False,  # noqa: ARG002
        paid: bool = False,  # noqa: ARG002
        asks: tuple[Ask, ...] = (),  # noqa: ARG002
    ) -> None:
        assert window is not None, "the explorer names its window"
        self.answer_with(Finished(pane, window, []))


def demo_run(cache: Path) -> Run:
    """A run of the demo company at its own size."""
    return Run(
        settings=demo_settings(cache, scale=0, scenario="before"),
        connection=Connection("demo:0:before", demo=True),
        cache_dir=cache,
        log_file=cache / "costtui.log",
        place="demo company",
        clock=demo_clock("before"),
    )


def fill(cache: Path) -> None:
    """Bring every pane into the store, as a headless command does."""
    cache.mkdir(parents=True, exist_ok=True)
    run = demo_run(cache)
    fetch(run, panes(), resolve(PERIOD, run.now()))


def demo_explorer(cache: Path) -> ExplorerApp:
    """An explorer on that store."""
    run = demo_run(cache)
    return ExplorerApp(FilledBackend(run), panes(), PERIOD, run.settings, Saver())
