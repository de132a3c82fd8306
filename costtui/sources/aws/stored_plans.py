"""Terraform plans that a pipeline leaves in S3: ListObjectsV2 and GetObject, cents for a hundred thousand. None is written to disk."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from costtui.domain.datasets import Batch, DriftReport, Scope
from costtui.domain.problems import Problem, SourceError
from costtui.sources import terraform
from costtui.sources.aws.cloud import PROVIDER, AwsCloud, moment
from costtui.sources.aws.errors import problem_of
from costtui.sources.port import Request

S3 = "s3://"


class Object(NamedTuple):
    """Where a plan lies."""

    bucket: str
    key: str

    @property
    def name(self) -> str:
        return self.key.rpartition("/")[2]

    def __str__(self) -> str:
        return f"{S3}{self.bucket}/{self.key}"


class StoredPlans:
    """The objects that one pattern of [drift] terraform names, asked for with the first profile."""

    dataset = "terraform-drift"
    after: tuple[str, ...] = ()
    local = False
    unconfigured = "no AWS profile is configured"

    def __init__(self, cloud: AwsCloud, pattern: str) -> None:
        self.name = f"terraform:{pattern}"
        self._cloud, self._pattern = cloud, Object(*pattern.removeprefix(S3).partition("/")[::2])

    def scopes(self) -> Sequence[Scope]:
        scope = next(iter(self._cloud.scopes(self.name)), None)
        return [Scope(PROVIDER, scope.profile, scope.region, about=str(self._pattern))] if scope else []

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        found = list(self._listed(request))
        if not found:
            raise SourceError(Problem("failed", self.name, "no such object", "check the path in [drift] terraform", str(self._pattern)))
        for number, (plan, modified) in enumerate(found, 1):
            request.progress(f"reading {plan.name}", number, len(found))
            try:
                reading = terraform.read_content(plan, self._content(request, plan), modified)
            except SourceError as error:
                yield error.problem
                continue
            if reading.partial:
                yield Problem("warning", self.name, reading.partial, "plan again", str(plan))
            yield Batch([DriftReport(reading.findings, reading.coverage)], as_of=reading.taken_at)

    def _listed(self, request: Request) -> Iterator[tuple[Object, datetime]]:
        bucket, pattern = self._pattern
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
                    yield Object(bucket, entry["Key"]), moment(entry.get("LastModified")) or request.now

    def _content(self, request: Request, plan: Object) -> bytes:
        answer = self._cloud.call(self.name, request.scope, "s3", "get_object", Bucket=plan.bucket, Key=plan.key)
        body: Any = answer["Body"]
        try:
            content: bytes = body.read()
        except Exception as error:
            raise SourceError(problem_of(error, source=self.name, where=str(plan), profile=request.scope.profile)) from error
        return content
