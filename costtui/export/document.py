"""Documents: what `show`, `snapshot` and the explorer's `s` write, whatever the format.

Money is a decimal string, an unknown number is None, rows and keys come in a stable order.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from costtui import __version__
from costtui.domain.loaded import PaidCalls, PaneData, SourceState
from costtui.domain.money import plain
from costtui.domain.period import Window
from costtui.panes.spec import Detail, Json, PaneSpec, Section

SCHEMA_VERSION = 1

Part = tuple[PaneSpec[Any, Any], PaneData[Any, Any], Sequence[Any]]
"""A pane, its data, and those of its rows that go into the document, in their order."""


def head(window: Window, sources: Sequence[SourceState], paid: PaidCalls, generated_at: datetime) -> Json:
    """The keys that every document has."""
    return {
        "schema_version": SCHEMA_VERSION,
        "generated_at": generated_at.astimezone(UTC).replace(microsecond=0),
        "costtui": __version__,
        "window": {"start": window.start, "end": window.end},
        "sources": [
            {"name": source.name, "state": source.state, "as_of": _seconds(source.as_of), "detail": source.detail} for source in sources
        ],
        "paid_calls": {"count": paid.count, "usd": plain(paid.usd)},
    }


def show_document(part: Part, paid: PaidCalls, generated_at: datetime) -> Json:
    """One pane."""
    spec, data, _ = part
    return head(data.window, data.sources, paid, generated_at) | {"pane": spec.id} | pane_body(part)


def snapshot_document(parts: Sequence[Part], paid: PaidCalls, generated_at: datetime) -> Json:
    """Every pane; a source that serves several of them is named once."""
    sources = {source.name: source for _, data, _ in parts for source in data.sources}
    document = head(parts[0][1].window, list(sources.values()), paid, generated_at)
    return document | {spec.id: pane_body((spec, data, rows)) for spec, data, rows in parts}


def pane_body(part: Part) -> Json:
    spec, data, rows = part
    return {"totals": spec.document_totals(data.totals), "rows": [spec.document_row(row) for row in rows]}


def detail_document(detail: Detail) -> Json:
    """What Enter shows of a row, as data."""
    return {
        "title": detail.title,
        "facts": dict(detail.facts),
        "sections": [_section(section) for section in detail.sections],
    }


def _section(section: Section) -> Json:
    lines = [list(line.cells) for line in section.lines]
    return {"title": section.title, "head": list(section.head), "lines": lines, "note": section.note}


def _seconds(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC).replace(microsecond=0)
