"""Who a billing row belongs to: the configuration's ordered keys as SQL, the first that is present wins."""

from collections.abc import Mapping, Sequence

from costtui.domain.customers.tags import normalise
from costtui.sources.billing_sql import NULL, Query, tag_spellings

_TAG_MAPS = ("Tags", "resource_tags", "tags")
_CATEGORY_MAPS = ("cost_category", "x_CostCategories")
_TAG_COLUMNS = ("resourceTags/", "resource_tags_")
_CATEGORY_COLUMNS = ("costCategory/", "cost_category_")


class UnknownKey(ValueError):
    """A key of the configuration that billing files cannot answer; its text is one sentence."""


def customer(query: Query, keys: Sequence[str], account: str, accounts: Mapping[str, str]) -> tuple[str, str]:
    """Columns to be added to the table, and over these the SQL for the raw customer: the first key with a value that is not blank;
    '' is untagged, and so is a blank value of the last key. (Written in one piece, an engine looks each key up twice.)"""
    names = [f"costtui_key_{number}" for number in range(len(keys))]
    added = ", ".join(f"{_key(query, key, account, accounts)} as {name}" for key, name in zip(keys, names, strict=True))
    filled = [f"case when trim({name}) <> '' then {name} end" for name in names[:-1]]
    return added, f"coalesce({', '.join([*filled, *names[-1:], chr(39) * 2])})"


def tag(query: Query, key: str) -> str:
    """SQL for the value of a tag, in whichever of its spellings and columns the file has it."""
    spellings = tag_spellings(key)
    columns = _columns(query, _TAG_COLUMNS, spellings)
    return _first([*query.values(_TAG_MAPS, spellings), *columns])


def _key(query: Query, key: str, account: str, accounts: Mapping[str, str]) -> str:
    kind, _, name = key.partition(":")
    if key == "account":
        if not accounts:
            return account
        names, owners = query.dialect.texts(query, list(accounts)), query.dialect.texts(query, list(accounts.values()))
        return query.dialect.named(names, owners, account)
    if kind == "tag" and name:
        return tag(query, name)
    if kind == "cost-category" and name:
        spellings = [name, f"costCategory/{name}", *tag_spellings(name)[3:4]]
        maps = query.values(_CATEGORY_MAPS, spellings)
        tagged = query.values(_TAG_MAPS, [f"costCategory/{name}"])
        return _first([*maps, *tagged, *_columns(query, _CATEGORY_COLUMNS, spellings)])
    raise UnknownKey(f"customers.keys holds {key!r}: use tag:KEY, cost-category:NAME or account")


def _first(values: Sequence[str]) -> str:
    return f"coalesce({', '.join([*values, NULL])})" if values else NULL


def _columns(query: Query, prefixes: Sequence[str], spellings: Sequence[str]) -> list[str]:
    """The file's columns that are one key each (legacy CUR), the exact spellings first, then those equal but for case."""
    exact = [prefix + spelling for spelling in spellings for prefix in prefixes]
    folded = {normalise(name) for name in exact}
    loose = sorted(name for name in query.columns if normalise(name) in folded and name not in exact)
    return [f"nullif(cast({query.columns[name][0]} as varchar), '')" for name in [*exact, *loose] if name in query.columns]
