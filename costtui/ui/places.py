"""The places that the user has been to, in order: a pane with its period, filter, sort and cursor, and the details opened from it."""

from dataclasses import dataclass, replace

from costtui.ui.base_screen import Step

MOST = 100


@dataclass(frozen=True)
class Place:
    """`pane` is empty on the overview. What makes another place of it is all but the cursor and the order."""

    pane: str
    period: str
    basis: str
    compares: bool
    expression: str = ""
    show_hidden: bool = False
    trail: tuple[Step, ...] = ()
    sort: str = ""
    anchor: str | None = None

    def is_same(self, other: "Place") -> bool:
        return self == replace(other, sort=self.sort, anchor=self.anchor)


class Places:
    def __init__(self) -> None:
        self._entries: list[Place] = []
        self._at = -1

    def visit(self, place: Place) -> None:
        """The user is here now. Going on from a place in the past forgets what lay ahead of it."""
        if self._at >= 0 and self._entries[self._at].is_same(place):
            self._entries[self._at] = place
            return
        del self._entries[self._at + 1 :]
        self._entries.append(place)
        del self._entries[:-MOST]
        self._at = len(self._entries) - 1

    def step(self, step: int) -> Place | None:
        """The place before or after; None at an end."""
        at = self._at + step
        if not 0 <= at < len(self._entries):
            return None
        self._at = at
        return self._entries[at]

    @property
    def words(self) -> str:
        """ "place 3 of 7"."""
        return f"place {self._at + 1} of {len(self._entries)}"
