"""The store on disk: the only place that knows diskcache.

Values are msgpack, never pickle (diskcache unpickles by default, CVE-2025-69872). Whatever is wrong with the disk is a miss
and a warning, never a crash. Keys are made of connection, scope, dataset and day.
"""

import contextlib
import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import diskcache
import msgspec

from costtui.domain.loaded import PaidCalls

if TYPE_CHECKING:
    from costtui.domain.datasets import Scope

SCHEMA = 2
"""Raised whenever a stored record changes shape; an older store is set aside."""

T = TypeVar("T")
_DISK_TROUBLE = (sqlite3.Error, OSError, ValueError, diskcache.Timeout, msgspec.DecodeError)
_SCHEMA_KEY = "schema"
_STAMP = "@"
_LEDGER = "paid|"
_ALERTS = "alerts|"
CONSENT = "consent"
"""Where the USD a day that the user has agreed to on the screen lies."""
SCREEN = "screen"
"""Where what the explorer remembers of its user lies."""
PSEUDONYMS = "pseudonyms"
"""Where the secret that pseudonyms are made with lies."""
FINGERPRINTS = "fingerprints"
"""Where the secret that changed secrets are told apart with lies."""
_KEPT = (_LEDGER, _ALERTS, CONSENT, SCREEN, PSEUDONYMS, FINGERPRINTS)
"""What cannot be fetched again: what was paid, what somebody was told, what the user agreed to and has set on the screen."""


class Stored(msgspec.Struct, Generic[T], frozen=True):
    """A value with the moment it was true. `final` values never expire."""

    as_of: datetime
    value: T
    final: bool = False


class StoreError(Exception):
    """The paid-call ledger could not be written; its text is a sentence."""


class BytesDisk(diskcache.Disk):  # type: ignore[misc]
    """Text keys and bytes values, inside the database; a pickled or foreign row is refused, not read."""

    def put(self, key: object) -> tuple[str, bool]:
        if not isinstance(key, str):
            raise TypeError(f"not a text key: {key!r}")
        return key, True

    def get(self, key: Any, raw: bool) -> str:
        if not raw or not isinstance(key, str):
            raise ValueError("a pickled key was refused")
        return key

    def store(self, value: Any, read: bool, key: Any = None) -> tuple[int, int, None, sqlite3.Binary]:  # noqa: ARG002
        if read or not isinstance(value, bytes):
            raise TypeError("only bytes are stored")
        return 0, diskcache.core.MODE_RAW, None, sqlite3.Binary(value)

    def fetch(self, mode: int, filename: str | None, value: Any, read: bool) -> bytes:
        if mode != diskcache.core.MODE_RAW or filename is not None or read or not isinstance(value, bytes):
            raise ValueError("a stored value that is not ours was refused")
        return value


@lru_cache(maxsize=64)
def _decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(Stored[kind])


_encode = msgspec.msgpack.Encoder().encode


class Store:
    """An open store. Safe for threads, and for one process that writes beside others that read."""

    def __init__(self, directory: Path) -> None:
        self._home = directory / "store"
        self.warnings: list[str] = []
        self._lock = threading.Lock()
        self._cache: Any = None
        self._inode = 0
        self._open()

    def get(self, key: str, kind: Any) -> Stored[Any] | None:
        """The value of `kind` under `key`, or None when there is none that can be read."""
        cache = self._cache  # another thread may set a damaged store aside meanwhile
        if cache is None:
            return None
        try:
            blob = cache.get(key)
            return None if blob is None else _decoder(kind).decode(blob)
        except msgspec.DecodeError:
            self._warn(f"{self._home}: an entry of another version was passed over")
        except _DISK_TROUBLE as error:
            self._trouble(error)
        return None

    def stamp(self, key: str) -> Stored[None] | None:
        """When the value under `key` was true, and whether it is final, without reading it."""
        return self.get(key + _STAMP, None)

    def put(self, key: str, value: object, *, as_of: datetime, final: bool = False) -> bool:
        """Keep `value`; False, with a warning, when the disk will not have it."""
        cache = self._cache
        if cache is None:
            return False
        try:
            cache.set(key, _encode(Stored(as_of, value, final)))
            cache.set(key + _STAMP, _encode(Stored(as_of, None, final)))  # second: a kill in between costs a fetch, no more
        except _DISK_TROUBLE as error:
            self._trouble(error)
            return False
        return True

    def secret(self, key: str, as_of: datetime) -> bytes:
        """32 random bytes that are kept under `key`, made at the first call; on a disk that will not have them, new ones each time."""
        kept = self.get(key, bytes)
        if kept is not None:
            return bytes(kept.value)
        made = secrets.token_bytes(32)
        self.put(key, made, as_of=as_of)
        return made

    def charge(self, book: str, day: date, usd: Decimal, limit: Decimal | None) -> PaidCalls | None:
        """Enter one paid request into the ledger of `day`, unless it would pass `limit` USD; then None and nothing is entered.

        `book` keeps the demo's play money apart from real money.

        Raises StoreError when the ledger cannot be kept: a budget that is forgotten is no budget.
        """
        cache = self._cache
        if cache is None:
            raise StoreError(f"the ledger of paid calls cannot be written to {self._home}")
        try:
            with self._lock, cache.transact():  # one row: held for a fraction of a millisecond
                spent = _ledger(cache, book, day)
                if limit is not None and spent.usd + usd > limit:
                    return None
                spent = spent + PaidCalls(1, usd)
                cache.set(_ledger_key(book, day), _encode(spent))
                return spent
        except _DISK_TROUBLE as error:
            raise StoreError(f"the ledger of paid calls cannot be written to {self._home}: {error}") from error

    def paid(self, book: str, day: date) -> PaidCalls:
        """What paid calls of `day` (UTC) have cost so far, all runs together."""
        cache = self._cache
        if cache is None:
            return PaidCalls()
        try:
            return _ledger(cache, book, day)
        except _DISK_TROUBLE as error:
            self._trouble(error)
            return PaidCalls()

    def size(self) -> int:
        """Bytes on disk."""
        return sum(file.stat().st_size for file in self._home.glob("*") if file.is_file()) if self._home.exists() else 0

    def clear(self) -> int:
        """Forget everything that can be fetched again; paid calls and delivered alerts stay known. Returns how many entries went."""
        cache = self._cache
        if cache is None:
            return 0
        gone = 0
        try:
            for key in list(cache.iterkeys()):
                if key != _SCHEMA_KEY and not key.startswith(_KEPT):
                    gone += bool(cache.delete(key))
        except _DISK_TROUBLE as error:
            self._trouble(error)
        return gone

    def follow(self) -> None:
        """Open the store anew when another process has set this one aside."""
        if self._cache is not None and self._inode != self._inode_now():
            with self._lock:
                self.close()
                self._open()

    def close(self) -> None:
        if self._cache is not None:
            with contextlib.suppress(sqlite3.Error):
                self._cache.close()
            self._cache = None

    def _open(self) -> None:
        try:
            self._cache = self._connect()
            found = self._cache.get(_SCHEMA_KEY)
        except sqlite3.OperationalError as error:  # locked, full, read-only: the data may be fine
            self._warn(f"{self._home}: {error}: working without a cache")
            self._cache = None
            return
        except (sqlite3.Error, ValueError, TypeError) as error:  # TypeError: settings of a Disk that is not ours
            self._set_aside("damaged", str(error))
            return
        except (OSError, diskcache.Timeout) as error:
            self._warn(f"{self._home}: {error}: working without a cache")
            return
        if found is None:
            with contextlib.suppress(*_DISK_TROUBLE):
                self._cache.set(_SCHEMA_KEY, str(SCHEMA).encode())
        elif found != str(SCHEMA).encode():
            self._set_aside("older", "it was written by another version")

    def _connect(self) -> Any:
        with _private():
            self._home.mkdir(mode=0o700, parents=True, exist_ok=True)
            cache = diskcache.Cache(
                str(self._home),
                disk=BytesDisk,
                timeout=5,
                eviction_policy="none",
                cull_limit=0,  # the default evicts at 1 GiB
                sqlite_mmap_size=0,  # what is read through a map stays in the explorer's memory: 10 to 25 MB at 10,000 rows
                sqlite_cache_size=256,  # pages; each value is read once
                disk_min_file_size=1 << 40,  # a value in a file of its own is orphaned by a kill
            )
        self._inode = self._inode_now()
        return cache

    def _inode_now(self) -> int:
        try:
            return (self._home / "cache.db").stat().st_ino
        except OSError:
            return 0

    def _set_aside(self, why: str, reason: str) -> None:
        replaced = self._inode and self._inode != self._inode_now()  # by another process, which was faster: what lies there is new
        ledgers = {} if replaced else self._ledgers()
        self.close()
        aside = next(path for n in range(1000) if not (path := self._home.with_name(f"store.{why}-{n}")).exists())
        try:
            if not replaced:
                self._home.rename(aside)
                self._warn(f"{self._home} was set aside as {aside.name} ({reason}); everything in it can be fetched again")
            self._cache = self._connect()
            for key, blob in {**ledgers, _SCHEMA_KEY: str(SCHEMA).encode()}.items():
                self._cache.set(key, blob)
        except _DISK_TROUBLE as error:
            self._warn(f"{self._home}: {error}: working without a cache")
            self._cache = None

    def _ledgers(self) -> dict[str, bytes]:
        """What can still be read of the paid calls and the consent: today's budget outlives a store that is set aside."""
        found: dict[str, bytes] = {}
        with contextlib.suppress(*_DISK_TROUBLE):
            for key in self._cache.iterkeys() if self._cache is not None else ():
                if key.startswith((_LEDGER, CONSENT)):
                    found[key] = self._cache.get(key)
        return found

    def _trouble(self, error: Exception) -> None:
        damaged = isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError)
        with self._lock:
            if damaged and self._cache is not None:
                self._set_aside("damaged", str(error))
            else:
                self._warn(f"{self._home}: {error}")

    def _warn(self, sentence: str) -> None:
        if sentence not in self.warnings:
            self.warnings.append(sentence)


def dataset_key(connection: str, scope: "Scope", dataset: str, day: date | None = None) -> str:
    """Where one scope's answer for a dataset (and a day, for daily ones) lies."""
    return "|".join((connection, scope.provider, scope.profile, scope.region, scope.about, dataset, day.isoformat() if day else ""))


def alerts_key(connection: str) -> str:
    """Where the alerts that were delivered and are still on lie."""
    return _ALERTS + connection


def organization_key(connection: str) -> str:
    """Where the accounts of the organization lie, as they were last seen."""
    return f"{connection}|organization"


def own_window_key(connection: str, scope: "Scope") -> str:
    """Where the window that a scope's files cover lies, for one state of the files."""
    return "|".join((connection, scope.provider, scope.about, "window", scope.version))


def pane_key(connection: str, pane: str, window: object, basis: str = "") -> str:
    """Where a pane's finished data for a window (and a cost basis, where the pane knows several) lies.

    It is one value: one of 10,000 rows reads in 20 ms, 10,000 of one row in 500 ms."""
    return "|".join((connection, "pane", pane, str(window), basis))


def _ledger(cache: Any, book: str, day: date) -> PaidCalls:
    blob = cache.get(_ledger_key(book, day))
    return PaidCalls() if blob is None else msgspec.msgpack.decode(blob, type=PaidCalls)


def head_key(key: str) -> str:
    """Where the first rows of the pane under `key` lie."""
    return f"{key}|head"


def _ledger_key(book: str, day: date) -> str:
    return f"{_LEDGER}{book}|{day.isoformat()}"


@contextlib.contextmanager
def _private() -> Iterator[None]:
    """Whatever is created meanwhile is the user's alone."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)
