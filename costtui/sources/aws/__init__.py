"""AWS, through boto3. `sources` lists everything it can be asked; nothing is imported or opened before it is."""

from costtui.config import Settings
from costtui.sources.aws.accounts import Accounts
from costtui.sources.aws.athena import AthenaBilling
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.aws.cloudformation import CloudFormation
from costtui.sources.aws.cloudtrail import CloudTrail
from costtui.sources.aws.compute_optimizer import ComputeOptimizer
from costtui.sources.aws.config_history import ConfigHistories
from costtui.sources.aws.config_rules import ConfigCompliance, ConfigRules
from costtui.sources.aws.cost_explorer import CostExplorer
from costtui.sources.aws.customer_services import ServicesOfCustomers
from costtui.sources.aws.functions import Functions
from costtui.sources.aws.lambda_bill import LambdaBill
from costtui.sources.aws.logs_insights import FunctionReportLines
from costtui.sources.aws.metric_statistics import FunctionHistory, FunctionStatistics
from costtui.sources.aws.organizations import Organizations
from costtui.sources.aws.row_actors import RowActors
from costtui.sources.aws.stack_detection import StackDetections
from costtui.sources.aws.tags import Tags
from costtui.sources.aws.usage import FunctionUsage
from costtui.sources.aws.versions import ProvisionedConcurrency, Versions
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
        FunctionStatistics(cloud),
        FunctionHistory(cloud),
        FunctionReportLines(cloud, settings.functions.logs_insights),
        ProvisionedConcurrency(cloud),
        Versions(cloud),
        ComputeOptimizer(cloud),
        StackDetections(cloud, wanted=settings.drift.cloudformation),
        CloudFormation(cloud, wanted=settings.drift.cloudformation),
        ConfigRules(cloud, wanted=settings.drift.config_rules),
        ConfigCompliance(cloud, wanted=settings.drift.config_rules),
        ConfigHistories(cloud, wanted=settings.drift.config_rules),
        CloudTrail(cloud, settings.drift),
        RowActors(cloud, settings.drift),
        Organizations(cloud, wanted=settings.drift.cloudformation or bool(settings.drift.terraform)),
    ]
    if settings.customers.billing.source == "cost-explorer":
        found.append(CostExplorer(cloud, settings.customers, settings.aws.billing_profile))
        found.append(ServicesOfCustomers(cloud, settings.customers, settings.aws.billing_profile))
        found.append(LambdaBill(cloud, settings.aws.billing_profile))
    if settings.customers.billing.source == "athena":
        found.append(AthenaBilling(cloud, settings))
    return found
