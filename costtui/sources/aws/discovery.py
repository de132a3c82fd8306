"""What an AWS account has that costtui could use: looked up with free calls only, for `costtui init`."""

from collections.abc import Iterator
from typing import NamedTuple

from costtui.domain.datasets import Scope
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.cloud import GLOBAL_REGION, PROVIDER, AwsCloud

NAME = "aws"


class Found(NamedTuple):
    """One profile that answers. `problems` say what could not be looked up in it."""

    profile: str
    account: str
    region: str | None
    tag_keys: list[str]
    exports: list[str]
    """Where cost and usage exports are written, as `s3://bucket/prefix/`."""
    problems: list[Problem]


def profiles() -> list[str]:
    """The profiles of the shared configuration files, in their order."""
    import botocore.session

    return list(botocore.session.Session().available_profiles)


def look(cloud: AwsCloud, profile: str) -> Found:
    """What the account of one profile has. Raises SourceError when the profile cannot sign in."""
    here = Scope(PROVIDER, profile, GLOBAL_REGION)
    account = cloud.call(NAME, here, "sts", "get_caller_identity")["Account"]
    problems: list[Problem] = []
    try:
        scopes = cloud.scopes(NAME)
    except SourceError as error:
        problems.append(error.problem)
        scopes = []
    region = next((scope.region for scope in scopes if scope.profile == profile), None)
    keys, exports = [], []
    try:
        keys = list(_tag_keys(cloud, Scope(PROVIDER, profile, region or GLOBAL_REGION)))
    except SourceError as error:
        problems.append(error.problem)
    try:
        exports = list(_exports(cloud, here))
    except SourceError as error:
        problems.append(error.problem)
    return Found(profile, account, region, keys, exports, problems)


def _tag_keys(cloud: AwsCloud, scope: Scope) -> Iterator[str]:
    pages = cloud.pages(NAME, scope, "resourcegroupstaggingapi", "get_tag_keys", ask="PaginationToken", given="PaginationToken")
    return (key for page in pages for key in page.get("TagKeys", ()) if not key.startswith("aws:"))


def _exports(cloud: AwsCloud, scope: Scope) -> Iterator[str]:
    """Data Exports (FOCUS, CUR 2.0); older Cost and Usage Reports are found by the same bucket."""
    pages = cloud.pages(NAME, scope, "bcm-data-exports", "list_exports", ask="NextToken", given="NextToken")
    for export in (export for page in pages for export in page.get("Exports", ())):
        answer = cloud.call(NAME, scope, "bcm-data-exports", "get_export", ExportArn=export["ExportArn"])
        where = answer["Export"]["DestinationConfigurations"]["S3Destination"]
        folders = [where["S3Bucket"], *filter(None, [where.get("S3Prefix", "").strip("/")]), answer["Export"]["Name"]]
        yield f"s3://{'/'.join(folders)}/"
