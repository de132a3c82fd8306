"""What functions of one payer share: the tiers of the month, and the free tier."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from itertools import pairwise

import msgspec

from costtui.config import Settings
from costtui.domain.functions.bill import GB_SECONDS, function_cost
from costtui.domain.functions.bill_records import PayerMonth, TierPart
from costtui.domain.functions.billing_rules import gb_seconds
from costtui.domain.functions.records import FunctionRow, UsageDay
from costtui.domain.functions.tiers import amount_of, shared, tier_parts
from costtui.domain.money import EXACT, ZERO, total
from costtui.domain.period import Window, month_start, next_month
from costtui.domain.prices.price_book import PriceBook
from costtui.panes.functions.bills import window_bill

Place = tuple[str, str, str]
"""Payer, region, architecture."""
LONGEST_MONTH = 31
STEP = Decimal("1e-12")

Duration = Callable[[str], Decimal | None]


def payer_of(account: str, settings: Settings) -> str:
    """Whose tiers an account's functions climb: one organization's under a payer, otherwise the account's own."""
    return "" if settings.aws.billing_profile is not None or settings.aws.organization else account


def places(rows: Iterable[FunctionRow], settings: Settings) -> dict[Place, list[FunctionRow]]:
    """Rows that are priced on one ladder, in the order of their ARNs."""
    found: dict[Place, list[FunctionRow]] = defaultdict(list)
    for row in rows:
        if row.kind in GB_SECONDS and row.billed_gb_seconds:
            found[payer_of(row.account, settings), row.region, row.architecture].append(row)
    return found


def tiered(
    found: Mapping[Place, Sequence[FunctionRow]],
    usage: Mapping[str, Sequence[UsageDay]],
    window: Window,
    elapsed: int,
    discount_pct: Decimal,
    book: PriceBook,
) -> tuple[dict[str, FunctionRow], list[PayerMonth]]:
    """Rows by ARN whose payer may have left the first tier, priced anew in the payer's mix of tiers, and the months in which it did."""
    rows: dict[str, FunctionRow] = {}
    months: list[PayerMonth] = []
    for place, members in sorted(found.items()):
        rates = book.lambda_rates(place[1], place[2])
        first = rates.duration[0].end if rates else None
        # The month of a window that began in its midst is reckoned up to 31 times as long as the one day that is known of it.
        if rates is None or first is None or total(_size(row) for row in members) * LONGEST_MONTH <= first:
            continue
        ordered = sorted(members, key=lambda row: row.arn)
        by_month = _by_month(ordered, usage)
        parts: dict[str, list[TierPart]] = {row.arn: [] for row in ordered}
        for month, sizes in sorted(by_month.items()):
            size = total(sizes)
            before = _before(month, window, elapsed, size)
            found_parts = tier_parts(rates.duration, before, size)
            if found_parts[-1].tier > 1:
                months.append(PayerMonth(*place, month, size, before, found_parts))
            for row, mine in zip(ordered, shared(found_parts, sizes), strict=True):
                parts[row.arn] += mine
        rows |= {row.arn: _priced(row, _merged(parts[row.arn]), usage.get(row.arn, ()), discount_pct) for row in ordered}
    return rows, months


def _size(row: FunctionRow) -> Decimal:
    """GB-seconds on the ladder: what provisioned concurrency served has no tiers."""
    size = row.billed_gb_seconds or ZERO
    if row.reports is not None and row.cost.basis == "measured":  # INIT comes on top of the ladder's mix
        size = EXACT.subtract(size, gb_seconds(row.memory_mb, row.reports.init_at(row.memory_mb)))
    return EXACT.subtract(size, gb_seconds(row.extra.served_mb, row.extra.served_ms)) if row.extra and row.extra.served_ms else size


def _by_month(rows: Sequence[FunctionRow], usage: Mapping[str, Sequence[UsageDay]]) -> dict[date, list[Decimal]]:
    """GB-seconds of each row by calendar month, as its milliseconds fell into the months; together exactly the row's."""
    durations: list[dict[date, Decimal]] = []
    for row in rows:
        mine: dict[date, Decimal] = {}
        for day in usage.get(row.arn, ()):
            if day.duration_ms is not None:
                month = _month(day.day)
                mine[month] = EXACT.add(mine.get(month, ZERO), day.duration_ms)
        durations.append(mine)
    months = sorted({month for mine in durations for month in mine})
    found: dict[date, list[Decimal]] = {month: [] for month in months}
    for row, mine in zip(rows, durations, strict=True):
        size, whole, passed = _size(row), total(mine.values()), ZERO
        edges = [ZERO]
        for month in months:
            passed = EXACT.add(passed, mine.get(month, ZERO))
            edges.append(size if passed == whole else _share(size, passed, whole))
        for month, (low, high) in zip(months, pairwise(edges), strict=True):
            found[month].append(EXACT.subtract(high, low))
    return found


_month = cache(month_start)


def _share(size: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    return EXACT.divide(EXACT.multiply(size, part), whole).quantize(STEP, rounding=ROUND_HALF_EVEN, context=EXACT)


def _before(month: date, window: Window, elapsed: int, size: Decimal) -> Decimal:
    """What the payer used of the month before the window began, if those days were like the ones that are known."""
    earlier = (window.start - month).days
    if earlier <= 0:
        return ZERO
    known = min(elapsed, (next_month(month) - window.start).days)
    return _share(size, Decimal(earlier), Decimal(max(1, known)))


def _merged(parts: Iterable[TierPart]) -> list[TierPart]:
    """One part a tier, over all months."""
    found: dict[int, TierPart] = {}
    for part in parts:
        before = found.get(part.tier)
        size = part.gb_seconds if before is None else EXACT.add(before.gb_seconds, part.gb_seconds)
        found[part.tier] = TierPart(part.tier, size, part.rate)
    return [found[number] for number in sorted(found)]


def _priced(row: FunctionRow, parts: list[TierPart], days: Sequence[UsageDay], discount_pct: Decimal) -> FunctionRow:
    row = msgspec.structs.replace(row, tiers=parts)
    before, amount = row.cost, amount_of(parts)
    if before.init is None and before.duration is not None and before.total is not None and amount is not None:
        duration = EXACT.multiply(amount, 1 - discount_pct / 100) if discount_pct else amount
        whole = EXACT.add(EXACT.subtract(before.total, before.duration), duration)
        return msgspec.structs.replace(row, cost=msgspec.structs.replace(before, duration=duration, total=whole))
    priced = window_bill(row, total(day.duration_ms for day in days if day.duration_ms is not None), discount_pct)
    assert priced is not None, "a function with GB-seconds has calls"
    return msgspec.structs.replace(row, cost=function_cost(priced))


def free_tier_of(found: Mapping[Place, Sequence[FunctionRow]], window: Window, discount_pct: Decimal, book: PriceBook) -> Decimal:
    """What the free tier takes off: each payer's requests and GB-seconds of all regions and both architectures share it by their size.

    A month that the window holds from its first day has the whole month's, any other in proportion to its days."""
    months = _free_months(window)
    payers: dict[str, list[Place]] = defaultdict(list)
    for place in sorted(found):
        payers[place[0]].append(place)
    taken = ZERO
    for own in payers.values():
        calls = {place: Decimal(sum(row.invocations or 0 for row in found[place])) for place in own}
        sizes = {place: total(_size(row) for row in found[place]) for place in own}
        for place in own:
            rates = book.lambda_rates(place[1], place[2])
            if rates is not None:
                requests = _free(EXACT.multiply(months, Decimal(book.free_tier.requests)), calls, place)
                seconds = _free(EXACT.multiply(months, book.free_tier.gb_seconds), sizes, place)
                amount = EXACT.add(EXACT.multiply(requests, rates.request), EXACT.multiply(seconds, rates.duration[0].rate))
                taken = EXACT.subtract(taken, amount)
    return EXACT.multiply(taken, 1 - discount_pct / 100) if discount_pct else taken


def _free(allowed: Decimal, used: Mapping[Place, Decimal], place: Place) -> Decimal:
    whole = total(used.values())
    return used[place] if whole <= allowed else _share(allowed, used[place], whole)


def _free_months(window: Window) -> Decimal:
    months, month = ZERO, month_start(window.start)
    while month < window.end:
        following = next_month(month)
        length = monthrange(month.year, month.month)[1]
        covered = length if window.start <= month else (min(window.end, following) - window.start).days
        months = EXACT.add(months, EXACT.divide(Decimal(covered), Decimal(length)))
        month = following
    return months
