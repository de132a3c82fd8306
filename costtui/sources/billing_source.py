"""The bill from the files of [customers.billing] paths: which files those are, and when they have to be read again."""

import hashlib
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Protocol

import msgspec

from costtui import __version__
from costtui.config import Settings, resolve
from costtui.domain.asking import Price
from costtui.domain.customers.records import LedgerLine
from costtui.domain.customers.rules import SharedRule
from costtui.domain.datasets import Batch, Scope
from costtui.domain.period import Window
from costtui.domain.problems import Problem, SourceError
from costtui.sources import billing_files
from costtui.sources.billing_deliveries import Entry, covered, is_data, is_manifest, newest
from costtui.sources.billing_duckdb import Watch
from costtui.sources.billing_files import BillingReading
from costtui.sources.billing_formats import NoFormat
from costtui.sources.port import Request

SOURCE = "files"
S3 = "s3://"


class Remote(Protocol):
    """A file that lies elsewhere, in one state."""

    @property
    def uri(self) -> str: ...
    @property
    def etag(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def modified(self) -> datetime: ...


class Objects(Protocol):
    """The files of paths that are not on this machine, and their copies that are. All raise SourceError."""

    def objects(self) -> Sequence[Remote]:
        """Listed now, or a minute ago."""

    def remembered(self) -> Sequence[Remote]:
        """As they were when they could last be listed."""

    def here(self, stored: Remote) -> Path | None:
        """The copy of one in this very state."""

    def price(self) -> Price:
        """What fetching those that are missing here would cost."""

    def fetch(self, progress: Callable[[str, int, int], None], cancelled: Callable[[], bool]) -> None:
        """Bring those, within consent."""


class BillingFiles:
    """FOCUS and CUR exports. A state of the files is read once, whole, and kept by day."""

    name = SOURCE
    dataset = "bill"
    after: tuple[str, ...] = ()
    unconfigured = "no customer key: set [customers] tag"

    def __init__(self, settings: Settings, objects: Objects | None = None) -> None:
        self._settings, self._customers, self._objects = settings, settings.customers, objects
        self.local = objects is None
        self.paid = objects is not None
        self._keep = told_apart(settings.customers.shared, settings.ownership.team)
        self._lock = threading.Lock()
        self._read: tuple[str, BillingReading] | None = None
        self._unlisted: SourceError | None = None

    def scopes(self) -> Sequence[Scope]:
        """One, whose version is the state of all files. Files that cannot be listed now are those that were, in a state of their own:
        it is then asked for, and `fetch` says what is wrong."""
        if not self._customers.ordered_keys:
            return []
        question = (self._customers.billing.paths, self._customers.ordered_keys, self._customers.accounts, self._keep)
        states = [__version__, *((str(file), file.stat().st_size, str(file.stat().st_mtime_ns)) for file in self._local())]
        states += [(stored.uri, stored.size, stored.etag) for stored in self._stored()]
        version = _digest(states) + ("" if self._unlisted is None else "?")
        return [Scope(self.name, about=_digest(question), version=version)]

    def own_window(self) -> Window:
        """The billing periods that the files cover; of files that are not here yet, those that their paths name. Raises SourceError."""
        version = self.scopes()[0].version
        if self._objects is not None and any(self._objects.here(stored) is None for stored in self._stored()):
            named = [covered(stored.uri) for stored in self._stored()]
            if None in named or self._local():
                raise _problem("not all files are here", "refresh to fetch them")
            return Window(min(window.start for window in named if window), max(window.end for window in named if window))
        return self._reading(version, None).window

    def price(self, request: Request) -> Price:
        """Reading costs nothing; fetching from S3 does."""
        del request
        return self._objects.price() if self._objects else Price(self.name, 0, Decimal(0), 0, "files on this machine")

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        """Every day of the files, whichever are asked for: the next period is then answered from the store."""
        if self._unlisted is not None:
            raise self._unlisted
        if self._objects is not None:
            self._objects.fetch(request.progress, request.cancelled)
        watch = Watch(request.cancelled, lambda percent: request.progress("reading billing files, %", percent, 100))
        reading = self._reading(request.scope.version, watch)
        written = max(self._written())
        days: dict[date, list[LedgerLine]] = defaultdict(list)
        for line in reading.lines:
            days[line.day].append(line)
        for day in sorted({*days, *reading.window.days, *request.days}):
            yield Batch(days[day], day=day, as_of=written, detail=reading.detail)
        with self._lock:
            self._read = None  # the store has it now

    def files(self) -> list[Path]:
        """The export's files on this machine, without older deliveries of a period. Raises SourceError where a path has none."""
        found = [*self._local(), *self._copies()]
        if not found:
            raise _problem("its files are in S3 and not here yet", "open the customers pane, which fetches them within consent")
        return found

    def _reading(self, version: str, watch: Watch | None) -> BillingReading:
        with self._lock:
            if self._read is None or self._read[0] != version:
                customers = self._customers
                copies = self._copies()
                root = Path(self._settings.base)
                names = {file: str(file.relative_to(root)) for file in self._local() if file.is_relative_to(root)}
                found = billing_files.read(
                    self.files(),
                    keys=customers.ordered_keys,
                    accounts=customers.accounts,
                    keep=self._keep,
                    names=names | copies,
                    watch=watch,
                )
                self._read = (version, found)
            return self._read[1]

    def _stored(self) -> Sequence[Remote]:
        if self._objects is None:
            return ()
        try:
            found = self._objects.objects()
        except SourceError as error:
            self._unlisted = error
            return self._objects.remembered()
        self._unlisted = None
        return found

    def _copies(self) -> dict[Path, str]:
        """The copies of what lies in S3, and what they are called."""
        if self._objects is None:
            return {}
        return {copy: stored.uri for stored in self._stored() if (copy := self._objects.here(stored)) is not None}

    def _written(self) -> Iterator[datetime]:
        yield from (datetime.fromtimestamp(file.stat().st_mtime, UTC) for file in self._local())
        yield from (stored.modified for stored in self._stored())

    def _local(self) -> list[Path]:
        found: list[Path] = []
        for pattern in self._customers.billing.paths:
            if pattern.startswith(S3):
                if self._objects is None:
                    raise _problem("its files are in S3", "refresh to fetch them", pattern)
                continue
            path = resolve(self._settings, pattern)
            matches = sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor))))
            inside = [file for match in matches for file in (sorted(match.rglob("*")) if match.is_dir() else [match])]
            files = [file for file in inside if file.is_file() and (file in matches or is_data(file.name) or is_manifest(file.name))]
            if not any(not is_manifest(file.name) for file in files):
                raise _problem("no such file", "check paths of [customers.billing]", str(path))
            found += files
        return newest_files(list(dict.fromkeys(found)))


def told_apart(rules: Sequence[SharedRule], team_keys: Sequence[str]) -> tuple[str, ...]:
    """What lines must tell apart so that every rule can be applied; each makes the rollup longer, so no more than that."""
    matches = [rule.match for rule in rules]
    fields = [name for name in ("account", "region", "usage_type", "resource") if any(getattr(match, name) for match in matches)]
    tags = [f"tag:{match.tag_pair[0]}" for match in matches if match.tag]
    teams = [key for key in team_keys if key.startswith("tag:")] if any(match.team for match in matches) else []
    return tuple(dict.fromkeys((*fields, *tags, *teams)))


def newest_files(files: Sequence[Path]) -> list[Path]:
    """The files without manifests and without older deliveries of the same billing period. Raises SourceError."""
    by_name = {file.as_posix(): file for file in files}
    others = [name for name in by_name if not (is_data(name) or is_manifest(name))]  # reading them says that they are none
    try:
        kept = newest([Entry(name, file.stat().st_mtime) for name, file in by_name.items()], lambda name: by_name[name].read_bytes())
    except NoFormat as error:
        raise _problem(error.what, error.action) from None
    return [by_name[name] for name in [*others, *kept]]


def _digest(what: object) -> str:
    return hashlib.sha256(msgspec.json.encode(what)).hexdigest()[:16]


def _problem(what: str, action: str, where: str = "") -> SourceError:
    return SourceError(Problem("failed", SOURCE, what, action, where))
