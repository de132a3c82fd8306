"""Documents: what `show`, `snapshot` and the explorer's `s` write, whatever the format.

Money is a decimal string, an unknown number is None, rows and keys come in a stable order.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from costtui import __version__
from costtui.domain.loaded import PaidCalls, PaneData, SourceState
from costtui.domain.money import plain
from costtui.domain.period import Window
from costtui.export.records import rest
from costtui.panes.comparing import Change, document_change
from costtui.panes.grouping import document_group, grouped
from costtui.panes.spec import Detail, Json, PaneSpec, Section

SCHEMA_VERSION = 1


class Part(NamedTuple):
    """A pane, its data, and those of its rows that go into the document, in their order."""

    spec: PaneSpec[Any, Any]
    data: PaneData[Any, Any]
    rows: Sequence[Any]
    changed: Mapping[str, Change] | None = None
    """By row id, where a comparison was asked for."""
    group_by: str | None = None


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
    return head(part.data.window, part.data.sources, paid, generated_at) | {"pane": part.spec.id} | pane_body(part)


def snapshot_document(parts: Sequence[Part], paid: PaidCalls, generated_at: datetime) -> Json:
    """Every pane, with what it takes to open it again (`record`); a source that serves several of them is named once."""
    sources = {source.name: source for part in parts for source in part.data.sources}
    document = head(parts[0].data.window, list(sources.values()), paid, generated_at)
    named = {source["name"]: source for source in document["sources"]}
    return document | {part.spec.id: _pane_with_records(part, named) for part in parts}


def _pane_with_records(part: Part, sources: Mapping[str, Json]) -> Json:
    body, data = pane_body(part), part.data
    record = {
        "totals": rest(data.totals, body["totals"]),
        "sources": [{"name": source.name} | rest(source, sources[source.name]) for source in data.sources],
        "problems": [rest(problem, {}) for problem in data.problems],
    }
    rows = [document | {"record": rest(row, document)} for row, document in zip(part.rows, body["rows"], strict=True)]
    return body | {"rows": rows, "record": record}


def pane_body(part: Part) -> Json:
    body: Json = {"totals": part.spec.document_totals(part.data.totals)}
    if part.group_by is not None:
        groups = grouped(part.spec, part.rows, part.group_by, getattr(part.data.totals, "currency", "USD"))
        body |= {"group_by": part.group_by, "groups": [document_group(group) for group in groups]}
    return body | {"rows": [_row(part, row) for row in part.rows]}


def _row(part: Part, row: Any) -> Json:
    document = part.spec.document_row(row)
    if part.changed is not None:
        document["change"] = document_change(part.changed[part.spec.row_id(row)])
    return document


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
