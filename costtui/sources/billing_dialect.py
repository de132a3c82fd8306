"""The few places where DuckDB and Athena (Trino) disagree about SQL; all else of the billing query is written once.

Trino reference: https://trino.io/docs/current/functions/map.html and json.html; Athena engine version 3 follows it. Athena takes its
parameters as text, in the order of their question marks, each substituted as an SQL literal of at most 1,024 characters.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from costtui.domain.customers.tags import normalise

LONGEST_PARAMETER = 1_000
"""Characters of one of Athena's ExecutionParameters, with its quotes (the API's limit is 1,024)."""


class Binder(Protocol):
    """Takes a value out of the text: what comes back stands for it."""

    def bind(self, value: object) -> str: ...


class Dialect(Protocol):
    """How one engine writes what the other writes otherwise. `column` is quoted, `kind` its type in the engine's own words."""

    def texts(self, query: Binder, values: Sequence[str]) -> str:
        """A list of texts."""

    def day(self, query: Binder, value: date) -> str: ...

    def moment(self, column: str, kind: str) -> str:
        """A column as a UTC timestamp, whether it is one or ISO 8601 text."""

    def number(self, column: str, kind: str) -> str:
        """A column as DECIMAL(38,12), exact where it is text or a decimal."""

    def named(self, keys: str, values: str, key: str) -> str:
        """The one of `values` that stands where `key` stands among `keys`; null where it does not."""

    def value(self, query: Binder, column: str, kind: str, keys: Sequence[str]) -> str:
        """The value of the first of `keys` that a map-like column has: as spelt, else the smallest key equal but for case."""


def folded(keys: Sequence[str]) -> list[str]:
    return sorted({normalise(key) for key in keys})


class DuckDb:
    """DuckDB 1.4 and later; parameters by name."""

    def texts(self, query: Binder, values: Sequence[str]) -> str:
        return query.bind(list(values))

    def day(self, query: Binder, value: date) -> str:
        return query.bind(value)

    def moment(self, column: str, kind: str) -> str:
        if kind == "TIMESTAMP_NS":  # a cast rounds, and the last moment of a day would be the next one's
            return f"make_timestamp(epoch_ns({column}) // 1000)"
        return f"cast({column} as timestamp)"

    def number(self, column: str, kind: str) -> str:  # noqa: ARG002
        return f"cast({column} as decimal(38,12))"

    def named(self, keys: str, values: str, key: str) -> str:
        return f"map({keys}, {values})[{key}]"

    def value(self, query: Binder, column: str, kind: str, keys: Sequence[str]) -> str:
        loose = (
            f"list_sort(list_filter({self._entries(column, kind)}, "
            f"lambda e: list_contains({self.texts(query, folded(keys))}, lower(trim(e.key)))))[1].value"
        )
        first, *others = [self._exact(query, column, kind, key) for key in keys]
        rest = f"coalesce({', '.join([*others, loose])})"
        filled = f"cardinality({column}) > 0" if kind.startswith("MAP") else f"{column} is not null"
        return f"coalesce({first}, case when {filled} then {rest} end)"  # a fifth of the time is saved on rows without tags

    def _exact(self, query: Binder, column: str, kind: str, key: str) -> str:
        if kind.startswith("MAP"):
            return f"cast({column}[{query.bind(key)}] as varchar)"
        if kind.endswith("[]"):
            name, value = _pair(kind)
            return f"cast(list_filter({column}, lambda e: e.{name} = {query.bind(key)})[1].{value} as varchar)"
        escaped = key.replace("\\", "\\\\").replace('"', '\\"')
        path = query.bind(f'$."{escaped}"')
        return f"case when json_valid({column}) then json_extract_string({column}, {path}) end"

    def _entries(self, column: str, kind: str) -> str:
        """A list of (key, value) from a map, a list of structs, or JSON text of either; null where the text is no JSON."""
        name, value = ("key", "value") if kind.startswith("MAP") else _pair(kind)
        listed = f"map_entries({column})" if kind.startswith("MAP") else column
        if kind.startswith("MAP") or kind.endswith("[]"):
            return f"list_transform({listed}, lambda e: {{'key': cast(e.{name} as varchar), 'value': cast(e.{value} as varchar)}})"
        document = f"case when json_valid({column}) then cast({column} as json) end"
        pair = """'[{"key":"VARCHAR","value":"VARCHAR"}]'"""
        return (
            f"case json_type({document}) when 'ARRAY' then from_json({document}, {pair}) when 'OBJECT' then "
            f"list_transform(json_keys({document}), lambda k: {{'key': k, 'value': json_extract_string({document}, "
            f"'$.\"' || replace(replace(k, '\\', '\\\\'), '\"', '\\\"') || '\"')}}) end"
        )


def _pair(kind: str) -> tuple[str, str]:
    """The fields of a list's structs that hold key and value: STRUCT("name" VARCHAR, "value" VARCHAR)[]."""
    fields = re.findall(r'[(,]\s*("[^"]+"|\w+)\s', kind)
    named = [field for field in fields if field.strip('"').casefold() in ("key", "name")]
    return (named[0], next((field for field in fields if field not in named), "value")) if named else ("key", "value")


class Trino:
    """Athena engine version 3; parameters by position. Types are those of the Glue catalog."""

    def texts(self, query: Binder, values: Sequence[str]) -> str:
        text = json.dumps(list(values), ensure_ascii=False)
        pieces, size = [], LONGEST_PARAMETER // 2  # a quote in it is written twice
        for start in range(0, len(text), size):
            pieces.append(query.bind(text[start : start + size]))
        return f"cast(json_parse({' || '.join(pieces)}) as array(varchar))"

    def day(self, query: Binder, value: date) -> str:
        return f"cast({query.bind(value.isoformat())} as date)"

    def moment(self, column: str, kind: str) -> str:
        if kind in ("string", "varchar"):
            return f"cast(from_iso8601_timestamp(replace({column}, ' ', 'T')) at time zone 'UTC' as timestamp(3))"
        return f"cast({column} as timestamp(3))"

    def number(self, column: str, kind: str) -> str:
        if kind in ("string", "varchar"):
            return f"cast(nullif(nullif({column}, ''), 'NULL') as decimal(38,12))"
        return f"cast({column} as decimal(38,12))"

    def named(self, keys: str, values: str, key: str) -> str:
        return f"element_at(map({keys}, {values}), {key})"

    def value(self, query: Binder, column: str, kind: str, keys: Sequence[str]) -> str:
        entries = self._map(column, kind)
        exact = f"filter(transform({self.texts(query, keys)}, k -> element_at({entries}, k)), v -> v is not null)"
        alike = f"filter(map_keys({entries}), k -> contains({self.texts(query, folded(keys))}, lower(trim(k))))"
        return f"coalesce(element_at({exact}, 1), element_at({entries}, element_at(array_sort({alike}), 1)))"

    def _map(self, column: str, kind: str) -> str:
        """The column as map(varchar, varchar); null where it is text and no JSON object."""
        if kind.startswith("map"):
            return column
        if kind.startswith("array"):
            return f"map_from_entries(transform({column}, e -> row(e.key, e.value)))"
        return f"try(cast(json_parse({column}) as map(varchar, varchar)))"


DUCKDB, TRINO = DuckDb(), Trino()


def positional(text: str, parameters: Mapping[str, object]) -> tuple[str, list[str]]:
    """The query with a question mark for each `$name`, and what Athena is to put there, in that order: SQL literals."""
    literals: list[str] = []

    def mark(match: re.Match[str]) -> str:
        literals.append("'" + str(parameters[match[1]]).replace("'", "''") + "'")
        return "?"

    return re.sub(r"\$(p\d+)\b", mark, text), literals
