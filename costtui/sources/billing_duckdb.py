"""Billing files opened in DuckDB: bounded memory, stoppable, and what goes wrong told as a sentence that names the file."""

import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from costtui.domain.problems import Kind, Problem, SourceError
from costtui.sources.billing_formats import NoFormat
from costtui.sources.billing_keys import UnknownKey
from costtui.sources.billing_rollup import BadRow
from costtui.sources.billing_tables import Shape, Table, shape, tables

if TYPE_CHECKING:
    import duckdb

SOURCE = "files"
MEMORY = "700MB"
"""DuckDB's own limit: with Python, the lines and what DuckDB does not count, a reading stays below 1 GB."""
LOOKS = 0.1
"""Seconds between two looks whether the user has had enough."""

Found = TypeVar("Found")


class Watch(NamedTuple):
    """Whether the user has had enough, and who hears how far a query is, in percent."""

    cancelled: Callable[[], bool] = lambda: False
    progress: Callable[[int], None] = lambda _: None


class Opened:
    """Files as tables of one connection. `names` are what files are called in sentences, where that is not their path."""

    def __init__(self, connection: "duckdb.DuckDBPyConnection", paths: Sequence[Path], names: Mapping[Path, str], watch: "Watch") -> None:
        self.connection, self._names, self._watch = connection, names, watch
        self._shapes: dict[Path, Shape] = {}
        for path in paths:
            with self._told(path):
                self._shapes[path] = shape(connection, path)
        self.tables = tables(self._shapes)

    def name(self, path: Path) -> str:
        return self._names.get(path, str(path))

    def short(self, path: Path) -> str:
        return self._names.get(path, path.name)

    def ask(self, table: Table, work: Callable[[Table], Found]) -> Found:
        """What `work` finds in the table. Raises SourceError, which names the one of its files that is to blame."""
        try:
            with self._told(table.paths[0]), self._interruptible():
                return work(table)
        except SourceError:
            if len(table.paths) > 1 and not self._watch.cancelled():
                for path in table.paths:
                    for alone in tables({path: self._shapes[path]}):
                        with self._told(path), self._interruptible():
                            work(alone)
            raise

    @contextmanager
    def _told(self, path: Path) -> Iterator[None]:
        import duckdb

        where = self.name(path)
        try:
            yield
        except duckdb.InterruptException:
            raise problem("stopped", "stopped before the files were read", "refresh to go on") from None
        except UnknownKey as error:
            raise problem("malformed", str(error), "correct the configuration") from None
        except NoFormat as error:
            raise problem("malformed", error.what, error.action, where) from None
        except BadRow as error:
            raise problem("malformed", str(error), "check the export", where) from None
        except duckdb.OutOfMemoryException:
            raise problem("failed", "it does not fit in 1 GB of memory", "convert it to Parquet, or use athena", where) from None
        except (duckdb.Error, OSError, EOFError, UnicodeDecodeError) as error:
            raise problem(
                "malformed", f"it cannot be read ({self._reason(error, path)})", "check that it is a complete export", where
            ) from None

    def _reason(self, error: Exception, path: Path) -> str:
        """What DuckDB says in one line, its names of columns turned back into the file's."""
        said = str(error).strip().splitlines() or [type(error).__name__]
        counts = [line for line in said[1:] if line.startswith("Expected Number of Columns")]
        names = list(self._shapes[path].columns) if path in self._shapes else []

        def column(match: re.Match[str]) -> str:
            at = int(match[1])
            return names[at] if at < len(names) else match[0]

        return re.sub(r"\bc(\d+)\b", column, " ".join([said[0], *counts]))

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        """A query inside stops soon after the user has had enough (2.3 s were seen on CSV), and how far it is gets told."""
        done = threading.Event()

        def watch() -> None:
            while not done.wait(LOOKS):
                if self._watch.cancelled():
                    self.connection.interrupt()
                    return
                self._watch.progress(max(0, int(self.connection.query_progress())))

        watcher = threading.Thread(target=watch, name="billing-files-stop", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()  # a look at a connection that is closed by then would fail


@contextmanager
def opened(paths: Sequence[Path], names: Mapping[Path, str] = {}, watch: Watch | None = None) -> Iterator[Opened]:
    """The files, in a DuckDB of their own that spills to disk. Raises SourceError."""
    import duckdb

    if not paths:
        raise problem("malformed", "no file matches", "set paths of [customers.billing]")
    with TemporaryDirectory(prefix="costtui-") as spill:
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": MEMORY,
            "temp_directory": spill,
            "preserve_insertion_order": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        connection = duckdb.connect(config=config)
        try:
            connection.execute("set TimeZone = 'UTC'; set enable_progress_bar = true; set enable_progress_bar_print = false")
            yield Opened(connection, paths, names, watch or Watch())
        finally:
            connection.close()


def problem(kind: Kind, what: str, action: str, where: str = "") -> SourceError:
    return SourceError(Problem(kind, SOURCE, what, action, where))
