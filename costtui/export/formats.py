"""One document in four formats: JSON, TOML, CSV, and a table for people."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from costtui.domain.text import cells as width_of
from costtui.domain.text import literal, padded
from costtui.export.document import Part
from costtui.panes.spec import Column, Json
from costtui.panes.words import of_sources

FORMATS = ("table", "json", "csv", "toml")


def to_json(document: Json) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False, default=_moment) + "\n"


def to_toml(document: Json) -> str:
    """TOML 1.0; an unknown value is absent."""
    import tomli_w

    return tomli_w.dumps(_without_none(document))


def to_csv(document: Json) -> str:
    """The rows alone: nested keys joined by dots, lists and tables that vary as JSON."""
    rows = [dict(_flat(row)) for row in document["rows"]]
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def to_table(part: Part, width: int, now: datetime) -> str:
    """Columns that fit `width`, as the explorer shows them, with totals and sources below."""
    spec, data, rows = part
    columns = [column for column in spec.columns if column.from_width <= width]
    cells = [[literal(column.text(row)) for column in columns] for row in rows]
    widths = [_width(column, [line[at] for line in cells]) for at, column in enumerate(columns)]
    lines = [_line([column.title for column in columns], columns, widths), *(_line(line, columns, widths) for line in cells)]
    lines.append(spec.footer(data.totals, rows))
    lines.append(literal(of_sources(data.sources, now)))
    lines.extend(literal(problem.sentence) for problem in data.problems)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _width(column: Column[Any], cells: Sequence[str]) -> int:
    least = 0 if column.grows else column.width
    return max([least, len(column.title), *(width_of(cell) for cell in cells)])


def _line(cells: Sequence[str], columns: Sequence[Column[Any]], widths: Sequence[int]) -> str:
    return "  ".join(padded(cell, width, column.align) for cell, column, width in zip(cells, columns, widths, strict=True))


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no text form for {value!r}")


def _without_none(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_none(below) for key, below in value.items() if below is not None}
    if isinstance(value, list):
        return [_without_none(below) for below in value if below is not None]
    return value


def _flat(row: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, value in row.items():
        if isinstance(value, Mapping) and key in FIXED_TABLES:
            found.extend(_flat(value, f"{prefix}{key}."))
        else:
            found.append((prefix + key, _csv_value(value)))
    return found


FIXED_TABLES = frozenset({"cost", "recommendation", "change"})
"""Tables of a row that have the same keys everywhere, and so columns of their own."""


def _csv_value(value: Any) -> Any:
    if isinstance(value, Mapping | list):
        return json.dumps(value, ensure_ascii=False, default=_moment)
    return _moment(value) if isinstance(value, date) else value


WRITERS: dict[str, Callable[[Json], str]] = {"json": to_json, "toml": to_toml, "csv": to_csv}
