"""What is new since the last snapshot of every pane, in a line for each pane."""

from pathlib import Path

from costtui.domain.loaded import PaidCalls
from costtui.export.diff import KINDS, PaneDiff, diff
from costtui.export.document import Part, snapshot_document
from costtui.export.formats import known_only
from costtui.export.reopen import SnapshotError, read_document
from costtui.panes.join import with_drift_ids
from costtui.panes.words import signed
from costtui.ui.model import Model

MOST_BYTES = 2_000_000
"""Of a file that is read beside the screen: a larger one would hold up the keys."""


def news(model: Model) -> list[str]:
    """Empty where no snapshot is known, or nothing changed since."""
    path = Path(model.memory.snapshots.get(model.backend.place, ""))
    try:
        if not path.is_file():
            return []
        if path.stat().st_size > MOST_BYTES:
            return [f"costtui diff {path.name} now compares with the last snapshot, which is too long to be read here"]
        old = read_document(path)
    except (OSError, SnapshotError):
        return []
    world = model.world()
    parts = [Part(spec, joined := with_drift_ids(data, world), joined.rows) for spec, data in world.panes.values()]
    if not parts:
        return []
    new = known_only(snapshot_document(parts, PaidCalls(), model.backend.now()))
    titles = {spec.id: spec.title for spec in model.panes}
    changed = [_words(titles[one.pane], one) for one in diff(old, new, model.panes) if one.rows or one.amount]
    return [f"since {path.name}: {'; '.join(changed)}"] if changed else [f"nothing since {path.name}"]


def _words(title: str, one: PaneDiff) -> str:
    counts = [f"{number:,} {kind}" for kind in KINDS if (number := sum(row.kind == kind for row in one.rows))]
    amount = [f"{signed(one.amount)} {one.currency}"] if one.amount else []
    return f"{title} {', '.join([*amount, *counts])}"
