"""The store on disk: whatever is wrong with it is a miss and a warning, never a crash, and never a pickle."""

import os
import pickle
import sqlite3
import stat
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import diskcache
import pytest

from costtui.domain.datasets import Account
from costtui.domain.loaded import PaidCalls
from costtui.store import FINGERPRINTS, Store, Stored, StoreError
from tests.conftest import NOW

TODAY = date(2026, 11, 20)
ACCOUNTS = [Account("111122223333", "prod")]


class Boom:
    """A pickle that leaves a file behind when it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def plain_disk(directory: Path, disk: type[diskcache.Disk] = diskcache.Disk) -> Any:
    settings = {} if disk is diskcache.Disk else {"disk_compress_level": 1}  # kept in the database, for a Disk that ours is not
    return diskcache.Cache(str(directory / "store"), disk=disk, **settings)


def test_a_value_comes_back_with_its_age(store: Store) -> None:
    assert store.put("a", ACCOUNTS, as_of=NOW, final=True)
    assert store.get("a", list[Account]) == Stored(NOW, ACCOUNTS, True)
    assert store.stamp("a") == Stored(NOW, None, True)
    assert store.get("b", list[Account]) is None
    assert store.warnings == []


def test_it_outlives_the_process_that_wrote_it(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from datetime import *; from costtui.store import Store\n"
        "store = Store(Path(sys.argv[1])); store.put('a', [1, 2], as_of=datetime(2026, 11, 20, tzinfo=UTC)); import os; os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    store = Store(tmp_path)
    found = store.get("a", list[int])
    store.close()
    assert found is not None
    assert found.value == [1, 2]


def test_only_the_user_may_read_it(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        store = Store(tmp_path / "deep" / "cache")
        store.put("a", ACCOUNTS, as_of=NOW)
        files = list((tmp_path / "deep" / "cache" / "store").iterdir())
        modes = {stat.S_IMODE(file.stat().st_mode) for file in files}
        store.close()
    finally:
        os.umask(before)
    assert {file.name for file in files} >= {"cache.db", "cache.db-wal"}
    assert modes == {0o600}
    for folder in ("deep", "deep/cache", "deep/cache/store"):
        assert stat.S_IMODE((tmp_path / folder).stat().st_mode) == 0o700


def test_a_planted_pickle_is_refused_and_not_read(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    store = Store(tmp_path)
    store.put("a", ACCOUNTS, as_of=NOW)
    store.close()
    with sqlite3.connect(tmp_path / "store" / "cache.db") as database:
        database.execute("UPDATE Cache SET value = ?, mode = 4 WHERE key = 'a'", (pickle.dumps(Boom(mark)),))
        database.execute("UPDATE Cache SET key = ?, raw = 0 WHERE key = 'a@'", (pickle.dumps(Boom(mark)),))
    database.close()
    store = Store(tmp_path)
    assert store.get("a", list[Account]) is None
    assert store.get("a@", list[Account]) is None
    store.clear()
    store.close()
    assert not mark.exists()
    assert any("refused" in warning for warning in store.warnings)


@pytest.mark.parametrize("disk", [diskcache.Disk, diskcache.JSONDisk])
def test_a_store_of_another_disk_is_set_aside_unread(tmp_path: Path, disk: type[diskcache.Disk]) -> None:
    mark = tmp_path / "mark"
    planted = plain_disk(tmp_path, disk)
    value = Boom(mark) if disk is diskcache.Disk else {"a": "b"}
    planted["schema"] = value
    planted["a"] = value
    planted.close()
    store = Store(tmp_path)
    assert store.get("a", list[Account]) is None
    assert store.put("a", ACCOUNTS, as_of=NOW)
    store.close()
    assert not mark.exists()
    assert any("set aside" in warning for warning in store.warnings)
    again = Store(tmp_path)
    assert again.get("a", list[Account]) == Stored(NOW, ACCOUNTS)
    assert again.warnings == []
    again.close()


def test_a_pickle_beside_our_own_entries_does_not_stop_the_others(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    store = Store(tmp_path)
    store.put("a", ACCOUNTS, as_of=NOW)
    store.close()
    planted = plain_disk(tmp_path)
    planted["b"] = Boom(mark)
    planted.close()
    store = Store(tmp_path)
    assert store.get("b", list[Account]) is None
    assert store.get("a", list[Account]) == Stored(NOW, ACCOUNTS)
    store.close()
    assert not mark.exists()


def test_an_older_schema_is_set_aside_and_todays_paid_calls_are_kept(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put("a", ACCOUNTS, as_of=NOW)
    store.charge("real", TODAY, Decimal("0.01"), None)
    store._cache.set("schema", b"0")
    store.close()
    store = Store(tmp_path)
    assert store.get("a", list[Account]) is None
    assert store.paid("real", TODAY) == PaidCalls(1, Decimal("0.01"))
    assert "another version" in store.warnings[0]
    store.close()
    assert (tmp_path / "store.older-0" / "cache.db").exists()


def test_a_record_of_another_shape_is_passed_over(store: Store) -> None:
    store.put("a", [{"id": 7}], as_of=NOW)
    store._cache.set("b", b"\xc1 no msgpack")
    assert store.get("a", list[Account]) is None
    assert store.get("b", list[Account]) is None
    assert len(store.warnings) == 1


def test_garbage_in_place_of_the_database_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "cache.db").write_bytes(b"no database at all " * 400)
    store = Store(tmp_path)
    assert store.put("a", ACCOUNTS, as_of=NOW)
    assert store.get("a", list[Account]) == Stored(NOW, ACCOUNTS)
    store.close()
    assert (tmp_path / "store.damaged-0" / "cache.db").exists()
    assert "set aside" in store.warnings[0]


def test_damage_in_the_middle_costs_entries_and_no_crash(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for number in range(400):
        store.put(f"key {number}", list(range(number, number + 400)), as_of=NOW)
    store.close()
    database = tmp_path / "store" / "cache.db"
    size = database.stat().st_size
    with database.open("r+b") as file:
        file.seek(size // 4)
        file.write(os.urandom(size // 2))
    store = Store(tmp_path)
    for number in range(400):
        found = store.get(f"key {number}", list[int])
        assert found is None or found.value == list(range(number, number + 400))
    assert store.put("new", ACCOUNTS, as_of=NOW) or not store.put("new", ACCOUNTS, as_of=NOW)
    store.clear()
    assert store.size() > 0
    store.close()
    assert store.warnings
    again = Store(tmp_path)
    assert again.put("a", ACCOUNTS, as_of=NOW)
    assert again.get("a", list[Account]) == Stored(NOW, ACCOUNTS)
    again.close()


FILLS_THE_DISK = """
import resource, signal, sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from costtui.store import Store, StoreError
store = Store(Path(sys.argv[1]))
store.put("small", [1], as_of=datetime(2026, 11, 20, tzinfo=UTC))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
now = datetime(2026, 11, 20, tzinfo=UTC)
kept = [store.put(f"big {n}", ["x" * 50_000], as_of=now) for n in range(10)]
assert not all(kept), kept
assert store.get("small", list[int]).value == [1]
assert store.warnings, "nothing was said"
try:
    while True:
        store.charge("real", now.date(), Decimal("0.01"), None)
        for n in range(200):
            store.put(f"more {n}", ["x" * 20_000], as_of=now)
except StoreError as error:
    print("refused:", error)
"""


def test_a_full_disk_is_a_miss_and_a_ledger_that_cannot_be_kept_stops_paid_calls(tmp_path: Path) -> None:
    ran = subprocess.run([sys.executable, "-c", FILLS_THE_DISK, str(tmp_path)], capture_output=True, text=True, timeout=60, check=False)
    assert ran.stderr == ""
    assert ran.stdout.startswith("refused: the ledger of paid calls cannot be written")
    store = Store(tmp_path)
    found = store.get("small", list[int])
    store.close()
    assert found is not None


@pytest.mark.skipif(os.geteuid() == 0 and not Path("/proc/self").exists(), reason="root may write everywhere")
def test_a_place_that_cannot_be_written_is_no_cache(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    store = Store(blocked / "cache")
    assert store.put("a", ACCOUNTS, as_of=NOW) is False
    assert store.get("a", list[Account]) is None
    assert store.paid("real", TODAY) == PaidCalls()
    assert store.clear() == 0
    with pytest.raises(StoreError, match="ledger"):
        store.charge("real", TODAY, Decimal("0.01"), None)
    assert "working without a cache" in store.warnings[0]


WRITES = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from costtui.store import Store
store = Store(Path(sys.argv[1]))
for n in range(150):
    store.put("rows", [n] * 2000, as_of=datetime(2026, 11, 20, tzinfo=UTC))
"""


def test_a_reader_beside_a_writer_sees_whole_values(store: Store, tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", WRITES, str(tmp_path / "cache")]) as writer:
        seen: set[int] = set()
        while writer.poll() is None or not seen:
            found = store.get("rows", list[int])
            if found is not None:
                assert len(found.value) == 2000
                assert len(set(found.value)) == 1
                seen.add(found.value[0])
    assert writer.returncode == 0
    last = store.get("rows", list[int])
    assert last is not None
    assert last.value[0] == 149
    assert store.warnings == []


def test_a_reader_follows_a_store_that_another_process_has_set_aside(store: Store, tmp_path: Path) -> None:
    store.put("a", ACCOUNTS, as_of=NOW)
    (tmp_path / "cache" / "store").rename(tmp_path / "cache" / "store.damaged-0")
    other = Store(tmp_path / "cache")
    other.put("a", [Account("1", "new")], as_of=NOW)
    store.follow()
    assert store.get("a", list[Account]) == Stored(NOW, [Account("1", "new")])
    store._trouble(sqlite3.DatabaseError("malformed"))  # its own, which it can only have met before it followed
    other.close()


CHARGES = """
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from costtui.store import Store
store = Store(Path(sys.argv[1]))
print(sum(store.charge("real", date(2026, 11, 20), Decimal("0.01"), Decimal("0.50")) is not None for _ in range(40)))
"""


def test_two_processes_together_never_pass_the_days_limit(store: Store, tmp_path: Path) -> None:
    command = [sys.executable, "-c", CHARGES, str(tmp_path / "cache")]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as one,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as two,
    ):
        made = int(one.communicate()[0]) + int(two.communicate()[0])
    assert made == 50
    assert store.paid("real", TODAY) == PaidCalls(50, Decimal("0.50"))


def test_ledgers_are_kept_apart_by_book_and_day_and_outlive_clear(store: Store) -> None:
    store.charge("real", TODAY, Decimal("0.01"), Decimal("0.01"))
    assert store.charge("real", TODAY, Decimal("0.01"), Decimal("0.01")) is None
    assert store.charge("demo", TODAY, Decimal("0.02"), None) == PaidCalls(1, Decimal("0.02"))
    assert store.charge("real", date(2026, 11, 21), Decimal("0.01"), Decimal("0.01")) == PaidCalls(1, Decimal("0.01"))
    store.put("a", ACCOUNTS, as_of=datetime(2026, 1, 1, tzinfo=UTC))
    assert store.clear() == 2
    assert store.get("a", list[Account]) is None
    assert store.paid("real", TODAY) == PaidCalls(1, Decimal("0.01"))


def test_a_secret_is_made_once_and_outlives_clear(store: Store, tmp_path: Path) -> None:
    made = store.secret(FINGERPRINTS, NOW)
    store.clear()
    assert (len(made), store.secret(FINGERPRINTS, NOW)) == (32, made)
    assert Store(tmp_path / "another").secret(FINGERPRINTS, NOW) != made


def test_everything_stays_inside_the_database(store: Store, tmp_path: Path) -> None:
    store.put("big", ["x" * 200_000], as_of=NOW)
    assert {file.name for file in (tmp_path / "cache" / "store").iterdir()} <= {"cache.db", "cache.db-wal", "cache.db-shm"}
    assert store.size() > 200_000
