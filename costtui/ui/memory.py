"""What the explorer remembers of its user from one run to the next: nothing of the account, no secrets."""

import msgspec

MOST = 50
"""Filters, and commands, that are remembered of each pane."""


class Memory(msgspec.Struct):
    """`sorts` and `filters` by pane id; `saved` holds filters under their names, each with the pane that it belongs to."""

    sorts: dict[str, str] = {}
    filters: dict[str, list[str]] = {}
    """Newest first."""
    saved: dict[str, tuple[str, str]] = {}
    recent: list[str] = []
    """Ids of commands, newest first."""
    snapshots: dict[str, str] = {}
    """The file of the last snapshot of every pane, by where the data is from (`Backend.place`)."""
    theme: str = ""
    declined: bool = False
    """Whether the question about paid calls was answered with no."""

    def filtered(self, pane: str, expression: str) -> None:
        self.filters[pane] = _first(expression, self.filters.get(pane, []))

    def used(self, command: str) -> None:
        self.recent = _first(command, self.recent)


def _first(entry: str, entries: list[str]) -> list[str]:
    return [entry, *(one for one in entries if one != entry)][:MOST]
