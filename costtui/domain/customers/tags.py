"""Keys and values as people write them: three spellings of one customer are one customer."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from costtui.domain.customers.records import Customer


def normalise(value: str) -> str:
    """The identity behind a spelling: Unicode NFC, trimmed, case-folded (NFC again: folding can undo it)."""
    text = value.strip()
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).strip().casefold())


def matching_key(tags: Mapping[str, str], key: str) -> str | None:
    """The key of `tags` that `key` means: the exact one, else the smallest that is equal when trimmed and case-folded.

    FOCUS leaves the case of tag keys to the provider (FOCUS_Spec issue 2322), so both spellings occur in one export.
    """
    if key in tags:
        return key
    wanted = normalise(key)
    return min((found for found in tags if normalise(found) == wanted), default=None)


def tag_value(tags: Mapping[str, str], key: str) -> str | None:
    """The value of the tag that `key` means, as written; None when no spelling of the key is present."""
    found = matching_key(tags, key)
    return None if found is None else tags[found]


def in_conflict(tags: Mapping[str, str], key: str) -> bool:
    """Whether several spellings of `key` are present with different values, so that one of them was passed over."""
    wanted = normalise(key)
    return len({normalise(value) for found, value in tags.items() if normalise(found) == wanted}) > 1


class Names:
    """The identity behind every spelling of a customer: normalised, then by the aliases of the customer list."""

    def __init__(self, customers: Iterable[Customer]) -> None:
        self._aliases: dict[str, str] = {}
        for customer in customers:
            own = normalise(customer.id)
            self._aliases.update((normalise(alias), own) for alias in customer.aliases)
        self._known: dict[str, str] = {}

    def id_of(self, raw: str) -> str:
        """The customer's id; empty when `raw` names nobody."""
        known = self._known.get(raw)
        if known is None:
            plain = normalise(raw)
            known = self._known[raw] = self._aliases.get(plain, plain)
        return known


def excluded(customer: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(customer, normalise(pattern)) for pattern in patterns)
