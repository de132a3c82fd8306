"""Reading a snapshot back: as a document to compare, or as the panes that it was made of."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from costtui.domain.loaded import PaidCalls, PaneData, SourceState
from costtui.domain.period import Window
from costtui.domain.problems import Problem
from costtui.export.document import SCHEMA_VERSION
from costtui.export.records import restored
from costtui.panes.spec import Json, PaneSpec


class SnapshotError(Exception):
    """A file that is no snapshot, or not one that can be read here; its text says where and why."""


class Snapshot(NamedTuple):
    """Everything that one file holds."""

    generated_at: datetime
    window: Window
    paid: PaidCalls
    panes: dict[str, PaneData[Any, Any]]
    """By pane id; a pane that the file does not hold is absent."""


def read_document(path: Path) -> Json:
    """The snapshot at `path` as it was written. Raises SnapshotError."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        document = tomllib.loads(text)
    except OSError as error:
        raise SnapshotError(f"{path} cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise SnapshotError(f"{path} is no text (byte {error.start}): a snapshot is a TOML file") from None
    except tomllib.TOMLDecodeError as error:
        raise SnapshotError(f"{path} is no TOML: {error}") from None
    version = document.get("schema_version")
    if version is None:
        raise SnapshotError(f"{path} is no snapshot: it has no schema_version")
    if version != SCHEMA_VERSION:
        raise SnapshotError(f"{path} has schema_version {version}, and this costtui reads {SCHEMA_VERSION}")
    return document


def read_snapshot(path: Path, specs: Sequence[PaneSpec[Any, Any]]) -> Snapshot:
    """The panes of the snapshot at `path`. Raises SnapshotError."""
    document = read_document(path)
    try:
        window = msgspec.convert(document["window"], Window, builtin_types=(date,))
        paid = document.get("paid_calls", {})
        return Snapshot(
            generated_at=document["generated_at"].astimezone(UTC),
            window=window,
            paid=PaidCalls(int(paid.get("count", 0)), Decimal(paid.get("usd", "0"))),
            panes={spec.id: _pane(path, spec, document, window) for spec in specs if spec.id in document},
        )
    except (KeyError, TypeError, AttributeError, InvalidOperation, msgspec.ValidationError) as error:
        raise SnapshotError(f"{path} is not as a snapshot is written: {error}") from None


def _pane(path: Path, spec: PaneSpec[Any, Any], document: Json, window: Window) -> PaneData[Any, Any]:
    body: Json = document[spec.id]
    record: Json = body.get("record", {})
    named = {source["name"]: source for source in document.get("sources", ())}
    rows = []
    for number, row in enumerate(body.get("rows", ()), 1):
        try:
            rows.append(restored(spec.row_type, row, row.get("record", {})))
        except (msgspec.ValidationError, TypeError) as error:
            raise SnapshotError(f"{path}: row {number} of {spec.id} cannot be shown: {error}") from None
    return PaneData(
        spec.id,
        window,
        rows,
        restored(spec.totals_type, body.get("totals", {}), record.get("totals", {})),
        [_source(named, source) for source in record.get("sources", named.values())],
        [restored(Problem, problem, {}) for problem in record.get("problems", ())],
    )


def _source(named: Mapping[str, Json], source: Json) -> SourceState:
    state: SourceState = restored(SourceState, named.get(source["name"], {}), source)
    return state
