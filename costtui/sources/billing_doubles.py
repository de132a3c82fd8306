"""The same bill twice: a copy, a later download beside the earlier one, one bill in two formats. Added up, it would double."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import combinations
from pathlib import Path

from costtui.domain.customers.records import LedgerLine
from costtui.domain.money import EXACT, ZERO

Days = Mapping[tuple[date, str], Decimal]
"""What is billed, by day and currency."""

ALIKE_PCT = 80
"""So many of its days with the very same amount: pieces of one export share days, but never their sums."""
AT_LEAST = 2
"""Days: one alone may well cost the same as another's."""


def days_of(lines: Iterable[LedgerLine]) -> Days:
    found: dict[tuple[date, str], Decimal] = {}
    for line in lines:
        key = (line.day, line.currency)
        found[key] = EXACT.add(found.get(key, ZERO), line.billed or ZERO)
    return found


def doubles(bills: Mapping[Path, Days]) -> Iterator[tuple[Path, Path, int]]:
    """Pairs of files, the earlier first, that hold the same bill, and on how many days they agree to the last digit."""
    holders: dict[object, list[Path]] = defaultdict(list)
    for path, days in bills.items():
        for key, amount in days.items():
            if amount:
                holders[key, amount].append(path)
    agreed: Counter[tuple[Path, Path]] = Counter()
    for paths in holders.values():
        agreed.update(combinations(paths, 2))
    for (first, second), count in agreed.items():
        shorter = min(_filled(bills[first]), _filled(bills[second]))
        if count >= AT_LEAST and count * 100 >= shorter * ALIKE_PCT:
            yield first, second, count


def twins(paths: Sequence[Path]) -> tuple[Path, Path] | None:
    """Two files that differ in nothing but their ending: one was packed or converted from the other."""
    seen: dict[Path, Path] = {}
    for path in paths:
        bare = path.with_name(path.name.split(".csv")[0].removesuffix(".parquet"))
        if bare in seen:
            return seen[bare], path
        seen[bare] = path
    return None


def _filled(days: Days) -> int:
    return sum(1 for amount in days.values() if amount)
