"""A billing query under construction: columns by the names that exports give them, values as parameters.

Money is cast row by row to DECIMAL(38,12) before any sum. Tag keys are bound parameters, column names come from the file's own
schema, quoted.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from costtui.domain.customers.tags import normalise
from costtui.sources.billing_dialect import DUCKDB, Dialect

Columns = Mapping[str, tuple[str, str]]
"""Canonical column name to (quoted name in the file, SQL type)."""

NULL = "cast(null as varchar)"
NO_MONEY = "cast(null as decimal(38,12))"


@dataclass
class Query:
    """SQL text under construction, with the parameters that its `$n` stand for."""

    columns: Columns
    dialect: Dialect = DUCKDB
    parameters: dict[str, object] = field(default_factory=dict)

    def bind(self, value: object) -> str:
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"

    @cached_property
    def _folded(self) -> dict[str, tuple[str, str]]:
        return {normalise(name): column for name, column in reversed(list(self.columns.items()))}

    def column(self, name: str) -> tuple[str, str] | None:
        """Quoted name and type of a column: as spelt, else the first that is equal but for case (Athena folds all names)."""
        return self.columns.get(name) or self._folded.get(normalise(name))

    def has(self, name: str) -> bool:
        return self.column(name) is not None

    def text(self, *names: str) -> str:
        """The first of the columns that the file has and that is not null, as text."""
        found = [f"cast({column[0]} as varchar)" for name in names if (column := self.column(name))]
        return f"coalesce({', '.join(found)})" if len(found) > 1 else found[0] if found else NULL

    def money(self, name: str, default: str = NO_MONEY) -> str:
        column = self.column(name)
        return self.dialect.number(*column) if column else default

    def day(self, name: str) -> str:
        return f"cast({self.moment(name)} as date)"

    def moment(self, name: str) -> str:
        column = self.column(name)
        return self.dialect.moment(*column) if column else "cast(null as timestamp)"

    def value(self, column: str, keys: Sequence[str]) -> str:
        """The value of the first of `keys` that a map-like column has: as spelt, else the smallest key equal but for case."""
        found = self.column(column)
        return self.dialect.value(self, *found, keys) if found else NULL

    def values(self, columns: Sequence[str], keys: Sequence[str]) -> list[str]:
        """That of each of `columns`, where two names may mean one column."""
        names = {found[0]: name for name in reversed(columns) if (found := self.column(name))}
        return [self.value(name, keys) for name in columns if name in names.values()]


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def canonical(name: str) -> str:
    """A legacy CUR column as CUR 2.0 and Athena call it: `lineItem/UnblendedCost` is `line_item_unblended_cost`."""
    name = name.strip()
    if "/" not in name:
        return name
    head, _, tail = name.partition("/")
    if normalise(head) in ("resourcetags", "costcategory"):  # what follows is the user's own
        return name
    return f"{_snake(head)}_{_snake(tail)}"


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace(":", "_").lower()


def tag_spellings(key: str) -> list[str]:
    """How exports spell the tag `key`: itself, CUR's `user:key` and `user_key`, and CUR 2.0's `resourceTags/key`."""
    plain = re.sub(r"[^0-9A-Za-z]", "_", key).lower()
    spelt = [key, f"user:{key}", f"user_{key}", f"user_{plain}", f"resourceTags/{key}", f"resourceTags/user:{key}", f"accountTag/{key}"]
    return list(dict.fromkeys(spelt))
