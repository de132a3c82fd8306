"""Whether a tag can place cost at all, asked before anything is paid for: ListCostAllocationTags, which is free of charge.

Cost Explorer answers a tag that is inactive, or written in another case, without any error: everything is untagged, and paid.
"""

from collections.abc import Iterator

from costtui.domain.customers.tags import normalise
from costtui.domain.datasets import Scope
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.cloud import AwsCloud

PAGE = 1_000
MAY_NOT_LOOK = ("denied", "failed", "not-enabled")
"""A member account may read its costs and not the payer's tags: then the answer itself has to show what the key is worth."""


def unusable(cloud: AwsCloud, source: str, scope: Scope, tag: str) -> Problem | None:
    """Why the tag places nothing; None where it is active, or where this identity may not look."""
    try:
        statuses = dict(_statuses(cloud, source, scope))
    except SourceError as error:
        if error.problem.kind in MAY_NOT_LOOK:
            return None
        raise
    if statuses.get(tag) == "Active":
        return None
    if tag in statuses:
        what, action = f"the tag {tag!r} is not active for cost allocation", "activate it in Billing, Cost allocation tags"
    elif other := next((name for name in sorted(statuses) if normalise(name) == normalise(tag)), None):
        what, action = f"there is no cost allocation tag {tag!r}, but {other!r}", "write it as AWS has it, its case counts"
    else:
        what, action = f"there is no cost allocation tag {tag!r}", "tag something, activate the tag in Billing, or set another key"
    return Problem("not-enabled", source, what, action, scope.words)


def _statuses(cloud: AwsCloud, source: str, scope: Scope) -> Iterator[tuple[str, str]]:
    pages = cloud.pages(source, scope, "ce", "list_cost_allocation_tags", ask="NextToken", given="NextToken", MaxResults=PAGE)
    for page in pages:
        yield from ((tag["TagKey"], tag["Status"]) for tag in page["CostAllocationTags"])
