"""Reading a large plan: told how far it is, and stopped on demand."""

import pathlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias, TypeVar

from costtui.domain.problems import Problem, SourceError

CHUNK = 8 << 20
MEGABYTE = 1_000_000
OFTEN = 200
"""Entries between two words about them."""
Content: TypeAlias = bytes | bytearray
T = TypeVar("T")


class Watch(NamedTuple):
    """Who is told, and asked whether to go on."""

    progress: Callable[[str, int, int], None] = lambda _doing, _done, _total: None
    cancelled: Callable[[], bool] = lambda: False

    def check(self, where: object) -> None:
        """Raises SourceError once the user has had enough."""
        if self.cancelled():
            raise SourceError(Problem("stopped", "terraform", "stopped while the plan was read", "refresh to read it", str(where)))

    def content(self, path: pathlib.Path) -> Content:
        """The file, a part at a time. Raises SourceError when stopped, OSError when it cannot be read."""
        with path.open("rb") as file:
            return self.joined(iter(lambda: file.read(CHUNK), b""), path.stat().st_size, path.name, path)

    def joined(self, parts: Iterable[bytes], size: int, name: str, where: object) -> Content:
        """All parts, of `size` bytes together (0: nobody knows), in memory once."""
        content = bytearray()
        for part in parts:
            self.check(where)
            content += part
            done = len(content) // MEGABYTE
            self.progress(f"reading {name}, in MB", done, max(size // MEGABYTE, done) if size else 0)
        return content

    def entries(self, doing: str, entries: Sequence[T], where: object) -> Iterator[T]:
        """Each of the plan's entries, told and asked now and then."""
        for number, entry in enumerate(entries):
            if number % OFTEN == 0:
                self.check(where)
                self.progress(doing, number, len(entries))
            yield entry
