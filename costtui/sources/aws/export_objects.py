"""Billing exports in S3: ListObjectsV2, then GetObject of what changed, kept on disk by ETag and read there like any other file.

Listing costs $0.005 per 1,000 requests and is not counted; objects and their transfer are priced and afforded before the first byte.
Transfer is priced as to the internet: inside the bucket's region, or within the monthly 100 GB, AWS charges less.
"""

import hashlib
import re
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import ROUND_UP, Decimal
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import msgspec

from costtui.domain.asking import Price
from costtui.domain.datasets import Scope
from costtui.domain.money import total
from costtui.domain.prices.price_book import price_book
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.cloud import AwsCloud, moment
from costtui.sources.aws.errors import problem_of
from costtui.sources.billing_deliveries import Entry, is_data, is_manifest, newest
from costtui.sources.billing_formats import NoFormat
from costtui.sources.billing_source import S3, SOURCE, Remote

EXPORTS = "exports"
"""The folder of the copies, in the cache directory."""
REMEMBERED_SECONDS = 60
"""A listing is not asked again so soon: a pane is priced, opened and fetched with one."""
PIECE = 1 << 20
MEGABYTES_PER_SECOND = 10
"""About what comes through: for the time that is said before fetching."""


class Stored(msgspec.Struct, frozen=True):
    """An object as it was listed."""

    uri: str
    etag: str
    size: int
    modified: datetime


class ExportObjects:
    """The objects under the `s3://` paths of [customers.billing], asked for with one profile; copies live in `folder`."""

    def __init__(self, cloud: AwsCloud, patterns: Sequence[str], profile: str | None, folder: Path, *, offline: bool) -> None:
        self._cloud, self._patterns, self._profile, self._folder, self._offline = cloud, patterns, profile, folder, offline
        self._listing = folder / f"{hashlib.sha256(msgspec.json.encode([profile, *patterns])).hexdigest()[:16]}.json"
        self._listed: tuple[float, list[Stored]] | None = None

    def scope(self) -> Scope:
        """Whom is asked: the profile's own region does, S3 redirects to the bucket's. Raises SourceError."""
        if self._profile is not None:
            return self._cloud.scope_of(self._profile, SOURCE)
        scope = next(iter(self._cloud.scopes(SOURCE)), None)
        if scope is None:
            what = "no AWS profile is configured"
            raise SourceError(Problem("no-credentials", SOURCE, what, "set profile of [customers.billing], or copy the files here"))
        return scope

    def objects(self) -> list[Stored]:
        """The data files of the newest deliveries; offline, as they were last listed. Raises SourceError."""
        if self._offline:
            return self.remembered()
        if self._listed is None or time.monotonic() - self._listed[0] > REMEMBERED_SECONDS:
            self._listed = (time.monotonic(), self._list())
        return self._listed[1]

    def remembered(self) -> list[Stored]:
        """As they were last listed, in this run or an earlier one."""
        return _decoded(self._listing)

    def here(self, stored: Remote) -> Path | None:
        """The copy of an object in this very state."""
        path = self.place(stored)
        return path if path.is_file() and path.stat().st_size == stored.size else None

    def place(self, stored: Remote) -> Path:
        state = hashlib.sha256(f"{stored.uri}|{stored.etag}|{stored.size}".encode()).hexdigest()[:16]
        return self._folder / state / stored.uri.rpartition("/")[2]

    def price(self) -> Price:
        """What fetching the missing objects would cost. Raises SourceError."""
        missing = [stored for stored in self.objects() if self.here(stored) is None]
        size = sum(stored.size for stored in missing)
        files = f"{len(missing)} billing file{'s' if len(missing) != 1 else ''}"
        words = f"fetching {files} from S3, {_size(size)} (transfer is free inside the bucket's region),"
        usd = total(_price_of(stored) for stored in missing)
        return Price(SOURCE, len(missing), usd, size // (MEGABYTES_PER_SECOND << 20), words)

    def fetch(self, progress: Callable[[str, int, int], None], cancelled: Callable[[], bool]) -> None:
        """Bring what is missing, within consent, and let go of copies that no listing names any more. Raises SourceError."""
        objects = self.objects()
        missing = [stored for stored in objects if self.here(stored) is None]
        if missing:
            price = self.price()
            self._cloud.afford(SOURCE, price.usd, price.words)
            done, total = 0, sum(stored.size for stored in missing)
            for stored in missing:
                for piece in self._bring(stored):
                    done += piece
                    progress(f"fetching {stored.uri.rpartition('/')[2]}, MB", done >> 20, total >> 20)
                    if cancelled():
                        raise SourceError(Problem("stopped", SOURCE, "stopped before all files were here", "refresh to go on"))
        self._forget_others({self.place(stored).parent.name for stored in objects})

    def _bring(self, stored: Stored) -> Iterator[int]:
        """Download one object and say how many bytes have come; it takes its place only when it is whole."""
        bucket, _, key = stored.uri.removeprefix(S3).partition("/")
        scope = self.scope()
        answer = self._cloud.call(SOURCE, scope, "s3", "get_object", usd=_price_of(stored), Bucket=bucket, Key=key, IfMatch=stored.etag)
        path = self.place(stored)
        half = path.with_name(f"{path.name}.part")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with half.open("wb") as file:
                for chunk in answer["Body"].iter_chunks(PIECE):
                    file.write(chunk)
                    yield len(chunk)
        except OSError as error:
            raise SourceError(Problem("failed", SOURCE, f"cannot be kept here ({error})", "make room for it", stored.uri)) from error
        except Exception as error:
            raise SourceError(problem_of(error, source=SOURCE, where=stored.uri, profile=scope.profile)) from error
        half.replace(path)

    def _forget_others(self, kept: set[str]) -> None:
        if self._offline or not self._folder.exists():
            return
        others = {self.place(stored).parent.name for file in self._folder.glob("*.json") for stored in _decoded(file)}
        for folder in self._folder.iterdir():
            if folder.is_dir() and folder.name not in kept | others:
                shutil.rmtree(folder, ignore_errors=True)

    def _list(self) -> list[Stored]:
        scope = self.scope()
        found: dict[str, Stored] = {}
        for pattern in self._patterns:
            here = {stored.uri: stored for stored in self._under(scope, pattern)}
            if not any(is_data(uri) for uri in here):
                raise SourceError(Problem("failed", SOURCE, "no billing file lies there", "check paths of [customers.billing]", pattern))
            found |= here
        entries = [Entry(stored.uri, stored.modified.timestamp()) for stored in found.values()]
        try:
            names = newest(entries, lambda uri: self._manifest(scope, uri))
        except NoFormat as error:
            raise SourceError(Problem("malformed", SOURCE, error.what, error.action)) from None
        objects = [found[name] for name in sorted(names)]
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._listing.write_bytes(msgspec.json.encode(objects))
        return objects

    def _under(self, scope: Scope, pattern: str) -> Iterator[Stored]:
        bucket, _, key = pattern.removeprefix(S3).partition("/")
        prefix = re.split(r"[*?\[]", key, maxsplit=1)[0]
        pages = self._cloud.pages(
            SOURCE, scope, "s3", "list_objects_v2", ask="ContinuationToken", given="NextContinuationToken", Bucket=bucket, Prefix=prefix
        )
        for page in pages:
            for entry in page.get("Contents", ()):
                name = entry["Key"]
                wanted = fnmatchcase(name, key) if prefix != key else name == key or not key or name.startswith(f"{key.rstrip('/')}/")
                if wanted and (is_data(name) or is_manifest(name)) and entry["Size"]:
                    modified = moment(entry.get("LastModified")) or datetime.fromtimestamp(0, UTC)
                    yield Stored(f"{S3}{bucket}/{name}", entry["ETag"], entry["Size"], modified)

    def _manifest(self, scope: Scope, uri: str) -> bytes:
        bucket, _, key = uri.removeprefix(S3).partition("/")
        body: Any = self._cloud.call(SOURCE, scope, "s3", "get_object", Bucket=bucket, Key=key)["Body"]
        try:
            content: bytes = body.read()
        except Exception as error:
            raise SourceError(problem_of(error, source=SOURCE, where=uri, profile=scope.profile)) from error
        return content


def _price_of(stored: Stored) -> Decimal:
    """One request and its bytes, rounded up to a ten-millionth of a dollar."""
    request, gigabyte = (price_book().api_call(f"s3:{name}") for name in ("GetObject", "DataTransferOut"))
    return (request + gigabyte * stored.size / (1 << 30)).quantize(Decimal("0.0000001"), ROUND_UP)


def _decoded(listing: Path) -> list[Stored]:
    try:
        return msgspec.json.decode(listing.read_bytes(), type=list[Stored])
    except (OSError, msgspec.DecodeError):
        return []


def _size(count: int) -> str:
    return f"{count / (1 << 30):,.1f} GB" if count >= 1 << 30 else f"{max(count / (1 << 20), 0.1):,.1f} MB"
