"""Whether tags can place cost at all, asked before the bill is paid for: ListCostAllocationTags, one request for all keys.

Cost Explorer answers a tag that is inactive, or written in another case, without any error: everything is untagged, and paid.
AWS's price of its API makes no exception for this operation ("each request will incur a cost of $0.01",
https://aws.amazon.com/aws-cost-management/aws-cost-explorer/pricing/), so it is counted like the others.
"""

from collections.abc import Iterator, Mapping

from costtui.domain.customers.tags import normalise
from costtui.domain.datasets import Scope
from costtui.domain.prices.price_book import price_book
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.cloud import AwsCloud

OPERATION = "ce:ListCostAllocationTags"
PAGE = 1_000
MAY_NOT_LOOK = ("denied", "failed", "not-enabled")
"""A member account may read its costs and not the payer's tags: then the answer itself has to show what the key is worth."""


def allocation_tags(cloud: AwsCloud, source: str, scope: Scope) -> Mapping[str, str] | None:
    """Status by tag; None where this identity may not look. Raises SourceError."""
    try:
        return dict(_statuses(cloud, source, scope))
    except SourceError as error:
        if error.problem.kind in MAY_NOT_LOOK:
            return None
        raise


def unusable(statuses: Mapping[str, str] | None, source: str, scope: Scope, tag: str) -> Problem | None:
    """Why the tag places nothing; None where it is active, or where nobody may look."""
    if statuses is None or statuses.get(tag) == "Active":
        return None
    if tag in statuses:
        what, action = f"the tag {tag!r} is not active for cost allocation", "activate it in Billing, Cost allocation tags"
    elif other := next((name for name in sorted(statuses) if normalise(name) == normalise(tag)), None):
        what, action = f"there is no cost allocation tag {tag!r}, but {other!r}", "write it as AWS has it, its case counts"
    else:
        what, action = f"there is no cost allocation tag {tag!r}", "tag something, activate the tag in Billing, or set another key"
    return Problem("not-enabled", source, what, action, scope.words)


def _statuses(cloud: AwsCloud, source: str, scope: Scope) -> Iterator[tuple[str, str]]:
    pages = cloud.pages(
        source,
        scope,
        "ce",
        "list_cost_allocation_tags",
        ask="NextToken",
        given="NextToken",
        usd=price_book().api_call(OPERATION),
        MaxResults=PAGE,
    )
    for page in pages:
        yield from ((tag["TagKey"], tag["Status"]) for tag in page["CostAllocationTags"])
