"""Terraform plans that a pipeline leaves in S3: ListObjectsV2 and GetObject, cents for a hundred thousand. None is written to disk."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from costtui import __version__
from costtui.domain.datasets import Batch, DriftReport, Scope
from costtui.domain.problems import Problem, SourceError
from costtui.sources import terraform
from costtui.sources.aws.cloud import PROVIDER, AwsCloud, moment
from costtui.sources.aws.errors import problem_of
from costtui.sources.port import Request
from costtui.sources.terraform.watching import CHUNK

S3 = "s3://"


class Object(NamedTuple):
    """Where a plan lies."""

    bucket: str
    key: str
    folders: int = 0
    """How many of its folders belong to its name, for other plans are called the same."""

    @property
    def name(self) -> str:
        return "/".join(self.key.split("/")[-1 - self.folders :])

    def __str__(self) -> str:
        return f"{S3}{self.bucket}/{self.key}"


class Stored(NamedTuple):
    """An object as it was listed. `version` changes with its content; "" is not known."""

    object: Object
    size: int
    modified: datetime
    version: str


class StoredPlans:
    """The objects that one pattern of [drift] terraform names, asked for with the first profile."""

    dataset = "terraform-drift"
    after: tuple[str, ...] = ()
    local = False
    paid = False
    unconfigured = "no AWS profile is configured"

    def __init__(self, cloud: AwsCloud, pattern: str) -> None:
        self.name = f"terraform:{pattern}"
        self._cloud, self._pattern = cloud, Object(*pattern.removeprefix(S3).partition("/")[::2])

    def scopes(self) -> Sequence[Scope]:
        scope = next(iter(self._cloud.scopes(self.name)), None)
        return [Scope(PROVIDER, scope.profile, scope.region, about=str(self._pattern))] if scope else []

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        found = _told_apart(list(self._listed(request)))
        if not found:
            raise SourceError(Problem("failed", self.name, "no such object", "check the path in [drift] terraform", str(self._pattern)))
        kept = {report.version: report for report in request.known() if report.version}
        for stored in found:
            if request.cancelled():
                return
            try:
                report, partial = (kept[stored.version], "") if stored.version in kept else self._read(request, stored)
            except SourceError as error:
                yield error.problem
                continue
            if partial:
                yield Problem("warning", self.name, partial, "plan again", str(stored.object))
            yield Batch([report], as_of=report.taken_at, detail=f"{len(found)} of S3")

    def _read(self, request: Request, stored: Stored) -> tuple[DriftReport, str]:
        """What it says, and why it does not cover everything; such a plan is read anew each time, so that this is said each time."""
        watch = terraform.Watch(request.progress, request.cancelled)
        content = self._content(request, stored, watch)
        reading = terraform.read_content(stored.object, content, stored.modified, watch, request.key)
        version = "" if reading.partial else stored.version
        inventory = reading.inventory(str(stored.object).rpartition("/")[0])
        return DriftReport(reading.findings, reading.coverage, reading.owned, version, reading.taken_at, inventory), reading.partial

    def _listed(self, request: Request) -> Iterator[Stored]:
        bucket, pattern = self._pattern.bucket, self._pattern.key
        prefix = re.split(r"[*?\[]", pattern, maxsplit=1)[0]
        pages = self._cloud.pages(
            self.name,
            request.scope,
            "s3",
            "list_objects_v2",
            ask="ContinuationToken",
            given="NextContinuationToken",
            Bucket=bucket,
            Prefix=prefix,
        )
        for page in pages:
            for entry in page.get("Contents", ()):
                if fnmatchcase(entry["Key"], pattern):
                    yield _stored(Object(bucket, entry["Key"]), entry, request.now)

    def _content(self, request: Request, stored: Stored, watch: terraform.Watch) -> bytes | bytearray:
        plan = stored.object
        answer = self._cloud.call(self.name, request.scope, "s3", "get_object", Bucket=plan.bucket, Key=plan.key)
        body: Any = answer["Body"]
        try:
            return watch.joined(iter(lambda: body.read(CHUNK), b""), stored.size, plan.name, plan)
        except SourceError:
            raise
        except Exception as error:
            raise SourceError(problem_of(error, source=self.name, where=str(plan), profile=request.scope.profile)) from error


def _told_apart(found: list[Stored]) -> list[Stored]:
    """With as many folders in each name as no other one shares: "prod/plan.json" beside "stage/plan.json". A plan that got another
    name is read anew."""
    most = max((one.object.key.count("/") for one in found), default=0)
    for folders in range(1, most + 1):
        names = Counter(one.object.name for one in found)
        found = [
            one._replace(
                object=one.object._replace(folders=folders),
                version=one.version and f"{one.version}:{folders}",
            )
            if names[one.object.name] > 1
            else one
            for one in found
        ]
    return found


def _stored(plan: Object, entry: Mapping[str, Any], now: datetime) -> Stored:
    """With the program's version in its own, since another one may read the same plan otherwise."""
    version = f"{plan}:{entry['ETag']}:{__version__}" if entry.get("ETag") else ""
    return Stored(plan, entry.get("Size", 0), moment(entry.get("LastModified")) or now, version)
