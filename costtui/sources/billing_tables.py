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


class Table(NamedTuple):
    """Files that are read together; of several, a row's `filename` says which one it is in."""

    paths: Sequence[Path]
    expression: str
    columns: Columns


def tables(shapes: Mapping[Path, Mapping[str, str]]) -> list[Table]:
    """Files by their columns, which `shape` tells, in the order of the first of each."""
    alike: dict[tuple[object, ...], list[Path]] = {}
    for path, shape in shapes.items():
        alike.setdefault((_is_csv(path), *shape.items()), []).append(path)
    return [_table(files, shapes[files[0]]) for files in alike.values()]


def shape(connection: "duckdb.DuckDBPyConnection", path: Path) -> Mapping[str, str]:
    """The type of each column of a file, by its name there. Raises NoFormat, duckdb.Error, OSError, EOFError, UnicodeDecodeError."""
    if _is_csv(path):
        return dict.fromkeys(_header(path), "VARCHAR")
    if path.name.casefold().endswith(PARQUET):
        described = connection.execute(f"describe select * from read_parquet({_literal(path)})").fetchall()
        return {name: str(kind) for name, kind, *_ in described}
    raise NoFormat("it is no CSV, CSV.gz or Parquet file", "point paths at billing exports")


def _table(paths: Sequence[Path], columns_of: Mapping[str, str]) -> Table:
    files = f"[{', '.join(map(_literal, paths))}], filename = {'true' if len(paths) > 1 else 'false'}"
    if not _is_csv(paths[0]):
        return Table(paths, f"read_parquet({files})", {canonical(name): (quoted(name), kind) for name, kind in columns_of.items()})
    names = [f"c{number}" for number in range(len(columns_of))]
    listed = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    options = """header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', nullstr = ['NULL', '']"""
    columns = {canonical(name): (f'"{place}"', "VARCHAR") for name, place in zip(columns_of, names, strict=True)}
    return Table(paths, f"read_csv({files}, {options}, columns = {{{listed}}})", columns)


def _header(path: Path) -> list[str]:
    packed = path.name.casefold().endswith(".gz")
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") if packed else path.open(encoding="utf-8-sig", newline="") as file:
        names = next(csv.reader(cast("IO[str]", file)), [])
    if not any(name.strip() for name in names):
        raise NoFormat("it is empty", "check that the export is complete")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise NoFormat(f"it has the column {twice!r} twice", "export it anew")
    return names


def _is_csv(path: Path) -> bool:
    return path.name.casefold().endswith(CSV)


def _literal(path: Path) -> str:
    """The path as SQL text; DuckDB would take its stars and brackets for a pattern."""
    plain = re.sub(r"([*?\[])", r"[\1]", str(path))
    return "'" + plain.replace("'", "''") + "'"
