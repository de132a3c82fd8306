"""Cost that changed its owner: a tag that came late or was corrected looks like a spike on one side and like a saving on the other.

Told where, on one day, one owner's direct cost rose far above its own weekday and another's (a customer's, nobody's, or a pool's)
fell by about the same amount below its own.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from costtui.domain.customers.ledger import Book
from costtui.domain.customers.records import NOBODY, Retagged
from costtui.domain.customers.rules import SharedRule
from costtui.domain.customers.signals import NORMAL_MAD, SPIKE_Z, twice_median, weekdays_before
from costtui.domain.customers.units import from_units, to_units

LIKE_PCT = 10
"""Rise and fall are one move when they differ by no more than this many percent of the rise."""
Day = tuple[int, date]


class Change(msgspec.Struct, frozen=True):
    """An owner's cost of one day against the median of its weekday, in units. `pool` marks a pool."""

    owner: str
    units: int
    pool: bool = False


def retagged(book: Book, rules: Sequence[SharedRule], complete: Sequence[Day], floor: Decimal) -> list[Retagged]:
    """The moves of the last seven complete days, the oldest first; one that lasts is told on its first day."""
    least = to_units(floor, book.scale)
    moved: dict[tuple[str, str], Retagged] = {}
    for position, earlier in reversed(weekdays_before(tuple(day for _, day in complete))):
        number, day = complete[position]
        changes = list(_changes(book, rules, number, [complete[before][0] for before in earlier], least))
        for rise, fall in _pairs(changes):
            told = Retagged(day, from_units(min(rise.units, -fall.units), book.scale), fall.owner, rise.owner)
            moved.setdefault((fall.owner, rise.owner), told)
    return list(moved.values())


def _changes(book: Book, rules: Sequence[SharedRule], day: int, earlier: Sequence[int], least: int) -> Iterator[Change]:
    names = {number: rule.match.name for number, rule in enumerate(rules)}
    yield from _far_off(book.direct, day, earlier, least)
    yield from _far_off(book.nobody, day, earlier, least)
    for change in _far_off([{str(number): units for number, units in pools.items()} for pools in book.pools], day, earlier, least):
        yield Change(names[int(change.owner)], change.units, pool=True)


def _far_off(held: Sequence[Mapping[str, int]], day: int, earlier: Sequence[int], least: int) -> Iterator[Change]:
    """Whose amount is `least` or more away from the median of `earlier`, and more than chance explains."""
    now, before = held[day], [held[number] for number in earlier]
    for owner in now.keys() | before[-1].keys():
        history = [past.get(owner, 0) for past in before]
        middle = twice_median(history)
        off = 2 * now.get(owner, 0) - middle
        if abs(off) < 2 * least:
            continue
        spread = twice_median([abs(2 * past - middle) for past in history])
        if 2 * abs(off) * NORMAL_MAD >= SPIKE_Z * spread:
            yield Change(owner, off // 2)


def _pairs(changes: Iterable[Change]) -> Iterator[tuple[Change, Change]]:
    """Each rise of a customer with the fall that is most like it, nobody's and pools' falls first; each fall once."""
    falls = [change for change in changes if change.units < 0]
    rises = [change for change in changes if change.units > 0 and not change.pool and change.owner not in NOBODY]
    for rise in sorted(rises, key=lambda change: (-change.units, change.owner)):
        alike = [fall for fall in falls if abs(rise.units + fall.units) * 100 <= LIKE_PCT * rise.units and fall.owner != rise.owner]
        if alike:
            best = min(alike, key=lambda fall: (fall.owner not in NOBODY and not fall.pool, abs(rise.units + fall.units), fall.owner))
            falls.remove(best)
            yield rise, best
