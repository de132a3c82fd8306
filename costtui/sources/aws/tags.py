"""Tags of resources: Resource Groups Tagging API GetResources, 100 a page, free."""

from collections.abc import Iterator, Sequence

from costtui.domain.datasets import Batch, ResourceTags, Scope
from costtui.domain.problems import Problem
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.port import Request


class Tags:
    """Tags of the Lambda functions of an account and region."""

    name = "aws.tagging"
    dataset = "resource-tags"
    after: tuple[str, ...] = ()
    local = False
    paid = False
    unconfigured = "no AWS profile is configured"

    def __init__(self, cloud: AwsCloud) -> None:
        self._cloud = cloud

    def scopes(self) -> Sequence[Scope]:
        return self._cloud.scopes(self.name)

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        pages = self._cloud.pages(
            self.name,
            request.scope,
            "resourcegroupstaggingapi",
            "get_resources",
            ask="PaginationToken",
            given="PaginationToken",
            ResourcesPerPage=100,
            ResourceTypeFilters=["lambda:function"],
        )
        for page in pages:
            yield Batch(
                [
                    ResourceTags(item["ResourceARN"], {tag["Key"]: tag["Value"] for tag in item.get("Tags", ())})
                    for item in page.get("ResourceTagMappingList", ())
                ]
            )
