"""`costtui` without a command: the explorer."""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from costtui.cli.errors import UsageError
from costtui.cli.wiring import now, prepare, window_of
from costtui.config import Settings
from costtui.domain.loaded import PaidCalls
from costtui.domain.period import Window, name_of

if TYPE_CHECKING:
    from costtui.panes.spec import PaneSpec
    from costtui.service.ports import Backend
    from costtui.ui.saving import SavedPane

HEADLESS = "use a headless command instead, as in: costtui show functions"


def run(args: argparse.Namespace) -> int:
    terminal()
    prepared = prepare(args)
    period, window = window_of(args, prepared)

    from costtui.panes import panes
    from costtui.service.live import LiveBackend
    from costtui.ui import first_frame
    from costtui.ui.said import period_words

    backend = LiveBackend(prepared)
    heads = {spec.id: head for spec in panes() if (head := backend.stored(spec, window, head=True)) is not None}
    drawn = first_frame.draw(panes(), heads, backend, period_words(period, window, backend.now()), ascii_only=args.ascii)
    try:
        from costtui.ui.app import ExplorerApp

        app = ExplorerApp(backend, panes(), period, prepared.settings, Saver(), ascii_only=args.ascii)
    except BaseException:
        if drawn:
            first_frame.close()
        raise
    app.run()
    return app.return_code or 0


def explore(
    backend: "Backend", panes: "Sequence[PaneSpec[Any, Any]]", window: Window, settings: Settings, *, paid: PaidCalls, ascii_only: bool
) -> int:
    """The explorer over something that stands still: what it saves again says when that was."""
    from costtui.ui.app import ExplorerApp

    app = ExplorerApp(backend, tuple(panes), name_of(window), settings, Saver(backend.now(), paid), ascii_only=ascii_only)
    app.run()
    return app.return_code or 0


def terminal() -> None:
    """Raises UsageError where the explorer cannot be drawn."""
    if os.environ.get("TERM", "") in ("", "dumb"):
        raise UsageError("this terminal (TERM=dumb) cannot draw the explorer", HEADLESS)
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):  # Textual draws on stderr
        raise UsageError("the explorer needs a terminal", HEADLESS)


class Saver:
    """Writes a snapshot of what the explorer shows, of now or of the moment at which everything stands still."""

    def __init__(self, moment: datetime | None = None, paid: PaidCalls | None = None) -> None:
        self._moment, self._paid = moment, paid or PaidCalls()

    def __call__(self, path: Path, *, panes: "Sequence[SavedPane]") -> None:
        """Raises OSError."""
        from costtui.cli.parts import joined_parts
        from costtui.export.document import snapshot_document
        from costtui.export.formats import to_toml
        from costtui.export.write import write_private

        shown = [replace(data, rows=list(rows)) for _, data, rows in panes]
        parts = joined_parts([spec for spec, _, _ in panes], shown)
        write_private(path, to_toml(snapshot_document(parts, self._paid, self._moment or now())))
