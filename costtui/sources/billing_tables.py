"""Billing files as tables for DuckDB: what columns each has, and which belong together.

Files with the same columns are one export's pieces and are read as one table: an instance in one piece and its containers in the next
must meet. The header of a CSV file is read here and not by DuckDB, which renames columns that differ only in case.
"""

import csv
import gzip
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple, cast

from costtui.sources.billing_formats import NoFormat
from costtui.sources.billing_sql import Columns, canonical, quoted

if TYPE_CHECKING:
    import duckdb

CSV, PARQUET = (".csv", ".csv.gz"), (".parquet",)
DELIMITERS = (",", ";", "\t", "|")
LONGEST_HEADER = 1 << 20


class Shape(NamedTuple):
    """The type of each column of a file, by its name there, and what divides the fields of a CSV file."""

    columns: Mapping[str, str]
    delimiter: str = ""


class Table(NamedTuple):
    """Files that are read together; of several, a row's `filename` says which one it is in."""

    paths: Sequence[Path]
    expression: str
    columns: Columns


def tables(shapes: Mapping[Path, Shape]) -> list[Table]:
    """Files by their shape, in the order of the first of each."""
    alike: dict[tuple[object, ...], list[Path]] = {}
    for path, found in shapes.items():
        alike.setdefault((found.delimiter, *found.columns.items()), []).append(path)
    return [_table(files, shapes[files[0]]) for files in alike.values()]


def shape(connection: "duckdb.DuckDBPyConnection", path: Path) -> Shape:
    """Looks at the beginning of a file. Raises NoFormat, duckdb.Error, OSError, EOFError, UnicodeDecodeError."""
    if _is_csv(path):
        names, delimiter = _header(path)
        return Shape(dict.fromkeys(names, "VARCHAR"), delimiter)
    if path.name.casefold().endswith(PARQUET):
        described = connection.execute(f"describe select * from read_parquet({_literal(path)})").fetchall()
        return Shape({name: str(kind) for name, kind, *_ in described})
    raise NoFormat("it is no CSV, CSV.gz or Parquet file", "point paths at billing exports")


def _table(paths: Sequence[Path], found: Shape) -> Table:
    columns_of = found.columns
    files = f"[{', '.join(map(_literal, paths))}], filename = {'true' if len(paths) > 1 else 'false'}"
    if not found.delimiter:
        return Table(paths, f"read_parquet({files})", {canonical(name): (quoted(name), kind) for name, kind in columns_of.items()})
    names = [f"c{number}" for number in range(len(columns_of))]
    listed = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    options = f"""header = true, auto_detect = false, delim = '{found.delimiter}', quote = '"', escape = '"', nullstr = ['NULL', '']"""
    columns = {canonical(name): (f'"{place}"', "VARCHAR") for name, place in zip(columns_of, names, strict=True)}
    return Table(paths, f"read_csv({files}, {options}, columns = {{{listed}}})", columns)


def _header(path: Path) -> tuple[list[str], str]:
    """The names of the columns, and what divides them: what gives the most of them, a comma where nothing does."""
    packed = path.name.casefold().endswith(".gz")
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") if packed else path.open(encoding="utf-8-sig", newline="") as file:
        text = cast("IO[str]", file).readline(LONGEST_HEADER)
    readings = {delimiter: next(csv.reader([text], delimiter=delimiter), []) for delimiter in DELIMITERS}
    delimiter = max(readings, key=lambda one: len(readings[one]))
    names = readings[delimiter]
    if not any(name.strip() for name in names):
        raise NoFormat("it is empty", "check that the export is complete")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise NoFormat(f"it has the column {twice!r} twice", "export it anew")
    return names, delimiter


def _is_csv(path: Path) -> bool:
    return path.name.casefold().endswith(CSV)


def _literal(path: Path) -> str:
    """The path as SQL text; DuckDB would take its stars and brackets for a pattern."""
    plain = re.sub(r"([*?\[])", r"[\1]", str(path))
    return "'" + plain.replace("'", "''") + "'"
