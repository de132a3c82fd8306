"""`costtui` without a command: the explorer."""

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from costtui.cli.errors import UsageError
from costtui.cli.wiring import now, prepare, window_of
from costtui.domain.loaded import PaidCalls

if TYPE_CHECKING:
    from costtui.ui.saving import SavedPane

HEADLESS = "use a headless command instead, as in: costtui show functions"


def run(args: argparse.Namespace) -> int:
    if os.environ.get("TERM", "") in ("", "dumb"):
        raise UsageError("this terminal (TERM=dumb) cannot draw the explorer", HEADLESS)
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):  # Textual draws on stderr
        raise UsageError("the explorer needs a terminal", HEADLESS)
    prepared = prepare(args)
    period, window = window_of(args, prepared)

    from costtui.panes import panes
    from costtui.service.live import LiveBackend
    from costtui.ui import first_frame

    backend = LiveBackend(prepared)
    head = backend.stored(panes()[0], window, head=True)
    drawn = head is not None and first_frame.draw(panes(), head, backend.place, shutil.get_terminal_size())
    try:
        from costtui.ui.app import ExplorerApp

        app = ExplorerApp(backend, panes(), period, prepared.settings, save)
    except BaseException:
        if drawn:
            first_frame.close()
        raise
    app.run()
    return app.return_code or 0


def save(path: Path, *, panes: "Sequence[SavedPane]") -> None:
    """Write a snapshot of what the explorer shows. Raises OSError."""
    from costtui.export.document import Part, snapshot_document
    from costtui.export.formats import to_toml
    from costtui.export.write import write_private

    parts = [Part(spec, data, rows) for spec, data, rows in panes]
    write_private(path, to_toml(snapshot_document(parts, PaidCalls(), now())))
