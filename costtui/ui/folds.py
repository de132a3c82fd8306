"""Lines of a table that stand for several rows. No terminal in here."""

from collections.abc import Sequence
from typing import Any

from costtui.panes.spec import PaneSpec

FEWEST = 3
"""Rows that are worth a common line: of two, the second name would be lost for one line won."""


class Folds:
    """Which rows share a line. Rows are told by their index; a line has that of the first row on it."""

    def __init__(self, spec: PaneSpec[Any, Any]) -> None:
        self._fold = spec.fold
        self.all_open = False
        """Whether every row has a line of its own."""
        self._open: set[str] = set()
        """Keys of those that the user has unfolded, one by one."""
        self._keys: list[str] = []
        self._members: dict[int, list[int]] = {}
        self._line_of: dict[int, int] = {}
        self._drawn: dict[int, Any] = {}

    @property
    def any(self) -> bool:
        """Whether there is anything to fold or to unfold."""
        return self._fold is not None and bool(self._members or self.all_open or self._open)

    @property
    def folded(self) -> int:
        """Rows that have no line of their own."""
        return sum(len(members) for members in self._members.values())

    def lines(self, order: list[int], rows: Sequence[Any]) -> list[int]:
        """`order` with those that are alike on the line of the first of them."""
        self._members, self._line_of, self._drawn = {}, {}, {}
        if self._fold is None or self.all_open:
            return order
        if len(self._keys) != len(rows):
            self._keys = [self._fold.key(row) for row in rows]
        keys, together = self._keys, dict[str, list[int]]()
        for index in order:
            if keys[index] and keys[index] not in self._open:
                together.setdefault(keys[index], []).append(index)
        self._members = {members[0]: members for members in together.values() if len(members) >= FEWEST}
        self._line_of = {index: line for line, members in self._members.items() for index in members}
        return [index for index in order if self._line_of.get(index, index) == index]

    def members(self, line: int) -> list[int]:
        """The rows on a line, in order."""
        return self._members.get(line, [line])

    def line_of(self, index: int) -> int:
        """The line that a row is on."""
        return self._line_of.get(index, index)

    def drawn(self, line: int, rows: Sequence[Any]) -> Any:
        """What a line shows."""
        members = self._members.get(line)
        if members is None or self._fold is None:
            return rows[line]
        if line not in self._drawn:
            self._drawn[line] = self._fold.together([rows[index] for index in members])
        return self._drawn[line]

    def open(self, line: int, rows: Sequence[Any]) -> bool:
        """Unfold one line; False where it is a single row's."""
        if line not in self._members or self._fold is None:
            return False
        self._open.add(self._fold.key(rows[line]))
        return True

    def toggle(self) -> None:
        """All of them: together again where any was opened, else apart."""
        self.all_open = not (self.all_open or self._open)
        self._open.clear()

    def release(self) -> None:
        """The rows are gone; what the user has opened stays open."""
        self._keys, self._members, self._line_of, self._drawn = [], {}, {}, {}
