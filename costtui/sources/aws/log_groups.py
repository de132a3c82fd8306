"""What the log groups of functions hold, asked free of charge (DescribeLogGroups), and what reading a window of it would scan.

Logs Insights bills the bytes that it scans. Nobody tells how many a window holds, so they are estimated: the stored bytes of the log
group, times the part of its life that the window covers. Its life is as long as it keeps logs, or as it has been there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal

from costtui.domain.datasets import Scope
from costtui.domain.functions.records import Function
from costtui.domain.money import EXACT, ZERO, total
from costtui.sources.aws.cloud import AwsCloud, moment

GROUPS_PER_CALL = 50
BYTES_PER_GB = Decimal(1_000_000_000)
NOT_QUERIED = "DELIVERY"
"""The class of log groups that Logs Insights cannot read."""


@dataclass(frozen=True)
class LogGroup:
    """One log group; `kept_days` None keeps everything."""

    name: str
    stored_bytes: int
    kept_days: int | None
    created: datetime | None
    kind: str

    def holds_since(self, first: date, now: datetime) -> bool:
        """Whether nothing of the days since `first` has been thrown away yet."""
        return self.kept_days is None or now.date() - timedelta(self.kept_days) <= first

    def window_bytes(self, days: Sequence[date], now: datetime) -> Decimal:
        """About how many of its bytes are of these days."""
        born = (now - self.created).days + 1 if self.created else None
        life = max(1, min(age for age in (self.kept_days, born, 10**6) if age is not None))
        asked = sum(1 for day in days if 0 <= (now.date() - day).days < life)
        return EXACT.multiply(Decimal(self.stored_bytes), EXACT.divide(Decimal(min(asked, life)), Decimal(life)))


def log_groups(cloud: AwsCloud, source: str, scope: Scope, functions: Sequence[Function]) -> dict[str, LogGroup]:
    """The log groups of these functions that exist, by name. Raises SourceError."""
    names = sorted({function.log_group for function in functions})
    found: dict[str, LogGroup] = {}
    for start in range(0, len(names), GROUPS_PER_CALL):
        asked = names[start : start + GROUPS_PER_CALL]
        pages = cloud.pages(
            source, scope, "logs", "describe_log_groups", ask="nextToken", given="nextToken", logGroupIdentifiers=asked, limit=50
        )
        for page in pages:
            found |= {group.name: group for group in _read(page)}
    return found


def _read(page: Mapping[str, list[Mapping[str, object]]]) -> Iterator[LogGroup]:
    for item in page.get("logGroups", ()):
        created, kept = item.get("creationTime"), item.get("retentionInDays")
        yield LogGroup(
            name=str(item["logGroupName"]),
            stored_bytes=int(str(item.get("storedBytes", 0))),
            kept_days=None if kept is None else int(str(kept)),
            created=moment(created / 1000) if isinstance(created, int) else None,
            kind=str(item.get("logGroupClass", "STANDARD")),
        )


def scan_usd(groups: Sequence[LogGroup], days: Sequence[date], now: datetime, rate: Decimal) -> Decimal:
    """What scanning these days costs at `rate` USD a GB, to the micro-dollar above."""
    size = total(group.window_bytes(days, now) for group in groups) if groups else ZERO
    return priced(size, rate).quantize(Decimal("0.000001"), rounding=ROUND_CEILING, context=EXACT)


def priced(size: Decimal, rate: Decimal) -> Decimal:
    """USD of `size` bytes."""
    return EXACT.multiply(EXACT.divide(size, BYTES_PER_GB), rate)


def amount(size: Decimal) -> str:
    """Bytes in words: "1.24 GB"."""
    for unit, factor in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6)):
        if size >= factor:
            return f"{size / factor:.3g} {unit}" if size < 1000 * factor else f"{size / factor:,.0f} {unit}"
    return f"{size / 1000:.0f} kB"
