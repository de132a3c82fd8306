"""The bill from the files of [customers.billing] paths: which files those are, and when they have to be read again."""

import hashlib
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from costtui.config import Settings, resolve
from costtui.domain.customers.records import LedgerLine
from costtui.domain.customers.rules import SharedRule
from costtui.domain.datasets import Batch, Scope
from costtui.domain.period import Window
from costtui.domain.problems import Problem, SourceError
from costtui.sources import billing_files
from costtui.sources.billing_files import BillingReading
from costtui.sources.port import Request

ENDINGS = (".csv", ".csv.gz", ".parquet")
PERIOD_FOLDER = "BILLING_PERIOD="
"""Data Exports put each billing period into a folder of this name (AWS Data Exports user guide, "delivery")."""


class BillingFiles:
    """FOCUS and CUR exports on this machine. A state of the files is read once, whole, and kept by day."""

    name = billing_files.SOURCE
    dataset = "bill"
    after: tuple[str, ...] = ()
    local = True
    unconfigured = "no customer key: set [customers] tag"

    def __init__(self, settings: Settings) -> None:
        self._settings, self._customers = settings, settings.customers
        self._keep = told_apart(settings.customers.shared, settings.ownership.team)
        self._lock = threading.Lock()
        self._read: tuple[str, BillingReading] | None = None

    def scopes(self) -> Sequence[Scope]:
        if not self._customers.ordered_keys:
            return []
        question = (self._customers.billing.paths, self._customers.ordered_keys, self._customers.accounts, self._keep)
        states = [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in self._files()]
        return [Scope(self.name, about=_digest(question), version=_digest(states))]

    def own_window(self) -> Window:
        """The billing periods that the files cover. Raises SourceError."""
        return self._reading(self.scopes()[0].version).window

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        """Every day of the files, whichever are asked for: the next period is then answered from the store."""
        request.progress("reading billing files", 0, 0)
        reading = self._reading(request.scope.version)
        written = max(datetime.fromtimestamp(file.stat().st_mtime, UTC) for file in self._files())
        days: dict[date, list[LedgerLine]] = defaultdict(list)
        for line in reading.lines:
            days[line.day].append(line)
        for day in sorted({*days, *reading.window.days, *request.days}):
            yield Batch(days[day], day=day, as_of=written, detail=reading.detail)
        with self._lock:
            self._read = None  # the store has it now

    def _reading(self, version: str) -> BillingReading:
        with self._lock:
            if self._read is None or self._read[0] != version:
                customers = self._customers
                found = billing_files.read(
                    self._files(),
                    keys=customers.ordered_keys,
                    accounts=customers.accounts,
                    keep=self._keep,
                    root=Path(self._settings.base),
                )
                self._read = (version, found)
            return self._read[1]

    def _files(self) -> list[Path]:
        found: list[Path] = []
        for pattern in self._customers.billing.paths:
            if pattern.startswith("s3://"):
                raise _problem(f"{pattern} is in S3", "copy it with aws s3 sync and name the folder here")
            path = resolve(self._settings, pattern)
            matches = sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor))))
            inside = [file for match in matches for file in (sorted(match.rglob("*")) if match.is_dir() else [match])]
            files = [file for file in inside if file.is_file() and (file in matches or file.name.casefold().endswith(ENDINGS))]
            if not files:
                raise _problem("no such file", "check paths of [customers.billing]", str(path))
            found += files
        return newest_deliveries(list(dict.fromkeys(found)))


def told_apart(rules: Sequence[SharedRule], team_keys: Sequence[str]) -> tuple[str, ...]:
    """What lines must tell apart so that every rule can be applied; each makes the rollup longer, so no more than that."""
    matches = [rule.match for rule in rules]
    fields = [name for name in ("account", "region", "usage_type", "resource") if any(getattr(match, name) for match in matches)]
    tags = [f"tag:{match.tag_pair[0]}" for match in matches if match.tag]
    teams = [key for key in team_keys if key.startswith("tag:")] if any(match.team for match in matches) else []
    return tuple(dict.fromkeys((*fields, *tags, *teams)))


def newest_deliveries(files: Sequence[Path]) -> list[Path]:
    """The files without older deliveries of the same billing period: an export that "creates new" keeps them side by side, one
    folder a delivery, and each holds the whole period."""
    newest: dict[Path, tuple[int, str]] = {}
    for file in files:
        if (place := _delivery(file)) is not None:
            period, delivery = place
            newest[period] = max(newest.get(period, (0, "")), (file.stat().st_mtime_ns, delivery))
    return [file for file in files if (place := _delivery(file)) is None or newest[place[0]][1] == place[1]]


def _delivery(file: Path) -> tuple[Path, str] | None:
    """The folder of the billing period and, inside it, that of the delivery; None for a file that lies in no such folders."""
    folder = file.parent.parent
    return (folder, file.parent.name) if folder.name.startswith(PERIOD_FOLDER) else None


def _digest(what: object) -> str:
    return hashlib.sha256(msgspec.json.encode(what)).hexdigest()[:16]


def _problem(what: str, action: str, where: str = "") -> SourceError:
    return SourceError(Problem("failed", BillingFiles.name, what, action, where))
