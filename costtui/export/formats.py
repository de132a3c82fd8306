"""One document in four formats: JSON, TOML, CSV, and a table for people."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import zip_longest
from typing import Any

from costtui.domain.text import cells as width_of
from costtui.domain.text import literal, padded
from costtui.export.document import Part
from costtui.panes.comparing import with_change_columns
from costtui.panes.grouping import grouped
from costtui.panes.plots import drawn
from costtui.panes.spec import Align, Column, Detail, Json
from costtui.panes.words import money, of_sources

FORMATS = ("table", "json", "csv", "toml")
PLOT_WIDTH = 76


def to_json(document: Json) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False, default=_moment) + "\n"


def to_toml(document: Json) -> str:
    """TOML 1.0; an unknown value is absent."""
    import tomli_w

    return tomli_w.dumps(known_only(document))


def to_csv(document: Json) -> str:
    """The rows alone: nested keys joined by dots, lists and tables that vary as JSON."""
    rows = [dict(_flat(row)) for row in document["rows"]]
    known = dict.fromkeys(name for row in rows for name in row)
    opened = {name.partition(".")[0] for name in known if "." in name}
    names = [name for name in known if name not in FIXED_TABLES or name not in opened]
    out = io.StringIO()
    writer = csv.DictWriter(out, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def to_table(part: Part, width: int, now: datetime) -> str:
    """Columns that fit `width`, as the explorer shows them, with totals and sources below."""
    if part.group_by is not None:
        return _group_table(part)
    data, rows = part.data, part.rows
    spec = part.spec if part.changed is None else with_change_columns(part.spec, part.changed)
    columns = [column for column in spec.columns if column.from_width <= width]
    cells = [[literal(column.text(row)) for column in columns] for row in rows]
    widths = [_width(column, [line[at] for line in cells]) for at, column in enumerate(columns)]
    lines = [_line([column.title for column in columns], columns, widths), *(_line(line, columns, widths) for line in cells)]
    lines.append(spec.footer(data.totals, rows))
    lines.append(literal(of_sources(data.sources, now)))
    lines.extend(literal(problem.sentence) for problem in data.problems)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _group_table(part: Part) -> str:
    assert part.group_by is not None
    groups = grouped(part.spec, part.rows, part.group_by, getattr(part.data.totals, "currency", "USD"))
    cells = [[literal(group.key), f"{group.rows:,}", money(group.amount), group.currency] for group in groups]
    table = [[part.group_by, part.spec.noun, "amount", ""], *cells]
    widths = [max(map(width_of, column)) for column in zip(*table, strict=True)]
    aligns: Sequence[Align] = ("left", "right", "right", "left")
    lines = ["  ".join(map(padded, line, widths, aligns)) for line in table]
    return "\n".join(line.rstrip() for line in [*lines, part.spec.footer(part.data.totals, part.rows)]) + "\n"


def to_detail(detail: Detail) -> str:
    """What Enter shows of a row, for people."""
    least = max((width_of(name) for name, _ in detail.facts), default=0)
    lines = [literal(detail.title), *(f"{padded(name, least)}  {literal(value)}" for name, value in detail.facts)]
    for section in detail.sections:
        lines += ["", section.title]
        cells = [[literal(cell) for cell in line.cells] for line in section.lines]
        table = [list(section.head), *cells] if section.head else cells
        widths = [max(map(width_of, column)) for column in zip_longest(*table, fillvalue="")]
        lines += ["  ".join(padded(cell, width) for cell, width in zip(line, widths, strict=False)) for line in table]
        lines += [*drawn(section.plots, PLOT_WIDTH), *([section.note] if section.note else [])]
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


def known_only(value: Any) -> Any:
    """Without what is unknown, as TOML holds it."""
    if isinstance(value, Mapping):
        return {key: known_only(below) for key, below in value.items() if below is not None}
    if isinstance(value, list):
        return [known_only(below) for below in value if below is not None]
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
