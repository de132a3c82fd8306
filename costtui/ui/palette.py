"""Commands by name: what they are called, and how well what is typed fits them. No terminal in here."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import NamedTuple

ALIASES = {
    "fn": "functions",
    "func": "functions",
    "lambda": "functions",
    "dr": "drift",
    "cust": "customers",
    "home": "overview",
    "q": "quit",
    "q!": "quit",
    "exit": "quit",
    "snap": "snapshot of every pane",
    "h": "this help",
    "help": "this help",
    "errors": "problems: what, where, what to do",
    "md": "markdown",
}
"""What people type in other tools, and the name of the command here."""
MOST = 400
"""Lines of the list: more than anybody scrolls through."""
LOOSE = 5
"""The rank of names that only have the letters in order: they count where nothing fits better."""

Run = Callable[[], Awaitable[object] | None]


class Command(NamedTuple):
    """`name` is what is typed for it, `about` says more, `key` is the key that does the same."""

    name: str
    about: str
    run: Run
    key: str = ""
    is_row: bool = False
    """One of many rows: found by a part of its name, never listed unasked."""


def ranked(query: str, commands: Iterable[Command], recent: Sequence[str]) -> list[Command]:
    """The best first. Without a query all commands, those that were used last first."""
    folded = " ".join(query.casefold().split())
    if not folded:
        places = {name: place for place, name in enumerate(recent)}
        return sorted((one for one in commands if not one.is_row), key=lambda one: places.get(one.name, len(places)))[:MOST]
    wanted = ALIASES.get(folded, folded)
    found = [(rank, one) for one in commands if (rank := _rank(wanted, one)) is not None]
    found.sort(key=lambda pair: (pair[0], len(pair[1].name)))
    best = found[0][0] if found else 0
    return [one for rank, one in found[:MOST] if rank < LOOSE or best >= LOOSE]


def _rank(wanted: str, command: Command) -> int | None:
    """0 is the very name, then its beginning, the beginning of a word in it, a part of it, a part of what is said about it, and its
    letters in order; None does not fit."""
    name = command.name.casefold()
    fits = [
        name == wanted,
        name.startswith(wanted),
        f" {wanted}" in f" {name}".replace("-", " "),
        wanted in name,
        not command.is_row and wanted in command.about.casefold(),
        not command.is_row and len(wanted) > 1 and _in_order(wanted, name),
    ]
    return next((rank for rank, does in enumerate(fits) if does), None)


def _in_order(letters: str, text: str) -> bool:
    rest = iter(text)
    return all(letter in rest for letter in letters)
