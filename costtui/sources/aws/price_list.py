"""AWS's current Lambda prices: pricing GetProducts at us-east-1, one question a meter, free of charge.

Asked without a filter the service answers with thousands of managed-instance products first.
"""

from collections.abc import Iterator

from costtui.domain.datasets import Scope
from costtui.domain.prices.offer_file import ARM, GROUPS, LambdaOffer, OfferFileError, read_price_list
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.cloud import GLOBAL_REGION, PROVIDER, AwsCloud

NAME = "aws.pricing"


def lambda_offer(cloud: AwsCloud, profile: str) -> LambdaOffer:
    """Every region's rates. Raises SourceError."""
    scope = Scope(PROVIDER, profile, GLOBAL_REGION)
    items = [item for group in GROUPS for name in (group, group + ARM) for item in _products(cloud, scope, name)]
    try:
        return read_price_list(items)
    except OfferFileError as error:
        what, _, action = str(error).partition(": ")
        raise SourceError(Problem("malformed", NAME, what, action or "ask again later")) from None


def _products(cloud: AwsCloud, scope: Scope, group: str) -> Iterator[str]:
    pages = cloud.pages(
        NAME,
        scope,
        "pricing",
        "get_products",
        ask="NextToken",
        given="NextToken",
        ServiceCode="AWSLambda",
        Filters=[{"Type": "TERM_MATCH", "Field": "group", "Value": group}],
        MaxResults=100,
    )
    for page in pages:
        yield from page.get("PriceList", ())
