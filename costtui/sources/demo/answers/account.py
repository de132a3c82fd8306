"""Who asks, and which accounts and regions there are: STS, Organizations, EC2 DescribeRegions, Compute Optimizer's opt-in."""

from costtui.sources.demo.answers.call import Answer, Call, Table, page, page_size
from costtui.sources.demo.answers.organizations import organization
from costtui.sources.demo.faults import CloudError
from costtui.sources.demo.seed import hexadecimal
from costtui.sources.demo.world import World

ACCOUNTS_PAGE = 20
REGIONS = {
    "us-east-1": "opt-in-not-required",
    "us-east-2": "opt-in-not-required",
    "us-west-2": "opt-in-not-required",
    "eu-central-1": "opt-in-not-required",
    "eu-west-1": "opt-in-not-required",
    "eu-south-1": "not-opted-in",
}


def get_caller_identity(_: World, call: Call) -> Answer:
    user = "AIDA" + hexadecimal(16, "user", call.account).upper()
    return {"UserId": user, "Account": call.account, "Arn": f"arn:aws:iam::{call.account}:user/costtui-reader"}


def describe_organization(world: World, _: Call) -> Answer:
    """An account of its own manages it, which hands the reading of bills and policies to the first of the company's."""
    company, management = world.company, organization()["management"]
    arn = f"arn:aws:organizations::{management}"
    return {
        "Organization": {
            "Id": company.organization,
            "Arn": f"{arn}:organization/{company.organization}",
            "FeatureSet": "ALL",
            "MasterAccountArn": f"{arn}:account/{company.organization}/{management}",
            "MasterAccountId": management,
            "MasterAccountEmail": "aws-root@lumenlabs.invalid",
        }
    }


def list_accounts(world: World, call: Call) -> Answer:
    company = world.company
    accounts = [
        {
            "Id": account.id,
            "Arn": f"arn:aws:organizations::{company.accounts[0].id}:account/{company.organization}/{account.id}",
            "Email": account.email,
            "Name": account.name,
            "Status": "ACTIVE",
            "JoinedMethod": "CREATED",
        }
        for account in company.accounts
    ]
    size = page_size(call.params.get("MaxResults"), ACCOUNTS_PAGE)
    listed, token = page(accounts, call.params.get("NextToken"), size, error="InvalidInputException")
    return {"Accounts": list(listed)} if token is None else {"Accounts": list(listed), "NextToken": token}


def describe_regions(_: World, call: Call) -> Answer:
    wanted = call.params.get("RegionNames") or list(REGIONS)
    if unknown := [name for name in wanted if name not in REGIONS]:
        raise CloudError("InvalidParameterValue", f"Invalid region names: {', '.join(unknown)}")
    listed = [name for name in wanted if call.params.get("AllRegions") or REGIONS[name] != "not-opted-in"]
    return {"Regions": [{"RegionName": name, "Endpoint": f"ec2.{name}.amazonaws.com", "OptInStatus": REGIONS[name]} for name in listed]}


HANDLERS: Table = {
    ("sts", "GetCallerIdentity"): get_caller_identity,
    ("organizations", "DescribeOrganization"): describe_organization,
    ("organizations", "ListAccounts"): list_accounts,
    ("ec2", "DescribeRegions"): describe_regions,
}
