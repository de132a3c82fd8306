"""AWS, through boto3. `sources` lists everything it can be asked; nothing is imported or opened before it is."""

from costtui.config import Settings
from costtui.sources.aws.accounts import Accounts
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.aws.cloudformation import CloudFormation
from costtui.sources.aws.cloudtrail import CloudTrail
from costtui.sources.aws.compute_optimizer import ComputeOptimizer
from costtui.sources.aws.config_rules import ConfigCompliance, ConfigRules
from costtui.sources.aws.cost_explorer import CostExplorer
from costtui.sources.aws.functions import Functions
from costtui.sources.aws.tags import Tags
from costtui.sources.aws.usage import FunctionUsage
from costtui.sources.aws.whole_window import FunctionWindow
from costtui.sources.port import Source


def sources(cloud: AwsCloud, settings: Settings) -> list[Source]:
    """Every AWS source, in the order in which they are worth asking."""
    found: list[Source] = [
        Accounts(cloud),
        Functions(cloud),
        Tags(cloud),
        FunctionUsage(cloud),
        FunctionWindow(cloud),
        ComputeOptimizer(cloud),
        CloudFormation(cloud, wanted=settings.drift.cloudformation),
        ConfigRules(cloud, wanted=settings.drift.config_rules),
        ConfigCompliance(cloud, wanted=settings.drift.config_rules),
        CloudTrail(cloud, settings.drift),
    ]
    if settings.customers.billing.source == "cost-explorer":
        found.append(CostExplorer(cloud, settings.customers, settings.aws.billing_profile))
    return found
