"""The IAM actions behind every question to AWS, and the least-privilege policy that the settings need.

Names are those of the Service Authorization Reference (https://docs.aws.amazon.com/service-authorization/latest/reference/), which
differ from the operations' now and then: s3:ListBucket is ListObjectsV2, tag:GetResources is resourcegroupstaggingapi's.
"""

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

from costtui.config import Settings

Account = Literal["hub", "member", "billing"]
"""`hub` is where costtui starts from, `member` every account that it looks into, `billing` the one whose bill it reads."""
ACCOUNTS: tuple[Account, ...] = ("hub", "member", "billing")


class Part(NamedTuple):
    """A part of costtui that can be left out: the statement of its actions, and which accounts it asks."""

    sid: str
    accounts: frozenset[Account]


LOOKS = frozenset[Account](("hub", "member"))
PAYS = frozenset[Account](("billing",))
STARTS = frozenset[Account](("hub",))

PARTS = {
    "core": Part("Core", frozenset(ACCOUNTS)),
    "functions": Part("Functions", LOOKS),
    "logs": Part("ReportLines", LOOKS),
    "drift": Part("Drift", LOOKS),
    "detection": Part("DriftDetection", LOOKS),
    "config": Part("ConfigRules", LOOKS),
    "trail": Part("WhoChangedIt", LOOKS),
    "organization": Part("Organization", STARTS),
    "guardrails": Part("Guardrails", STARTS),
    "prices": Part("Prices", STARTS),
    "setup": Part("Init", STARTS | PAYS),
    "tenants": Part("TenantMetrics", LOOKS),
    "plans": Part("StoredPlans", STARTS),
    "lambda-bill": Part("LambdaBill", PAYS),
    "bill": Part("Bill", PAYS),
    "exports": Part("BillingExports", PAYS),
    "athena": Part("Athena", PAYS),
}

ACTIONS: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {
    "core": {
        "sts": {"get_caller_identity": ("sts:GetCallerIdentity",)},
    },
    "functions": {
        "resourcegroupstaggingapi": {"get_resources": ("tag:GetResources",)},
        "lambda": {
            "list_functions": ("lambda:ListFunctions",),
            "get_account_settings": ("lambda:GetAccountSettings",),
            "list_versions_by_function": ("lambda:ListVersionsByFunction",),
            "list_aliases": ("lambda:ListAliases",),
            "list_provisioned_concurrency_configs": ("lambda:ListProvisionedConcurrencyConfigs",),
        },
        "cloudwatch": {
            "get_metric_data": ("cloudwatch:GetMetricData",),
            "get_metric_statistics": ("cloudwatch:GetMetricStatistics",),
            "list_metrics": ("cloudwatch:ListMetrics",),
        },
        "compute-optimizer": {
            "get_lambda_function_recommendations": (
                "compute-optimizer:GetLambdaFunctionRecommendations",
                "lambda:GetFunctionConfiguration",
            )
        },
    },
    "logs": {
        "logs": {
            "describe_log_groups": ("logs:DescribeLogGroups",),
            "start_query": ("logs:StartQuery",),
            "get_query_results": ("logs:GetQueryResults",),
            "stop_query": ("logs:StopQuery",),
        },
    },
    "drift": {
        "cloudformation": {
            "describe_stacks": ("cloudformation:DescribeStacks",),
            "list_stack_resources": ("cloudformation:ListStackResources",),
            "describe_stack_resource_drifts": ("cloudformation:DescribeStackResourceDrifts",),
            "describe_stack_resources": ("cloudformation:DescribeStackResources",),
            "get_template": ("cloudformation:GetTemplate",),
            "list_change_sets": ("cloudformation:ListChangeSets",),
            "describe_change_set": ("cloudformation:DescribeChangeSet",),
        },
        "ec2": {"describe_security_group_rules": ("ec2:DescribeSecurityGroupRules",)},
    },
    "detection": {
        "cloudformation": {
            "detect_stack_drift": ("cloudformation:DetectStackDrift",),
            "detect_stack_resource_drift": ("cloudformation:DetectStackResourceDrift",),
            "describe_stack_drift_detection_status": ("cloudformation:DescribeStackDriftDetectionStatus",),
        },
    },
    "guardrails": {
        "organizations": {
            "describe_organization": ("organizations:DescribeOrganization",),
            "list_policies": ("organizations:ListPolicies",),
            "describe_policy": ("organizations:DescribePolicy",),
            "list_targets_for_policy": ("organizations:ListTargetsForPolicy",),
            "list_parents": ("organizations:ListParents",),
        },
    },
    "config": {
        "config": {
            "describe_config_rules": ("config:DescribeConfigRules",),
            "get_compliance_details_by_config_rule": ("config:GetComplianceDetailsByConfigRule",),
            "get_resource_config_history": ("config:GetResourceConfigHistory",),
            "list_discovered_resources": ("config:ListDiscoveredResources",),
        },
    },
    "trail": {
        "cloudtrail": {"lookup_events": ("cloudtrail:LookupEvents",)},
    },
    "organization": {
        "organizations": {"list_accounts": ("organizations:ListAccounts",)},
    },
    "setup": {
        "resourcegroupstaggingapi": {"get_tag_keys": ("tag:GetTagKeys",)},
        "bcm-data-exports": {"list_exports": ("bcm-data-exports:ListExports",), "get_export": ("bcm-data-exports:GetExport",)},
    },
    "prices": {
        "pricing": {"get_products": ("pricing:GetProducts",)},
    },
    "tenants": {
        "cloudwatch": {"list_metrics": ("cloudwatch:ListMetrics",)},
    },
    "plans": {
        "s3": {"list_objects_v2": ("s3:ListBucket",), "get_object": ("s3:GetObject",)},
    },
    "lambda-bill": {
        "ce": {"get_cost_and_usage": ("ce:GetCostAndUsage",)},
    },
    "exports": {
        "s3": {"list_objects_v2": ("s3:ListBucket",), "get_object": ("s3:GetObject",)},
    },
    "athena": {
        "athena": {
            "get_table_metadata": ("athena:GetTableMetadata", "glue:GetTable"),
            "get_work_group": ("athena:GetWorkGroup",),
            "list_query_executions": ("athena:ListQueryExecutions",),
            "batch_get_query_execution": ("athena:BatchGetQueryExecution",),
            "start_query_execution": (
                "athena:StartQueryExecution",
                "glue:GetDatabase",
                "glue:GetPartitions",
                "s3:GetBucketLocation",
                "s3:GetObject",
                "s3:ListBucket",
                "s3:PutObject",
            ),
            "get_query_execution": ("athena:GetQueryExecution",),
            "get_query_results": ("athena:GetQueryResults",),
            "stop_query_execution": ("athena:StopQueryExecution",),
        },
    },
    "bill": {
        "ce": {"get_cost_and_usage": ("ce:GetCostAndUsage",), "list_cost_allocation_tags": ("ce:ListCostAllocationTags",)},
    },
}
"""By part, client and operation of that client."""


ANYWHERE = {("athena", "s3:GetObject"), ("athena", "s3:ListBucket"), ("athena", "s3:GetBucketLocation")}
"""Which bucket a table's files lie in, only Glue knows."""


def parts_of(settings: Settings) -> list[str]:
    """The parts that these settings use, in the order of `PARTS`."""
    drift, customers = settings.drift, settings.customers
    bill = bool(customers.ordered_keys)
    used = {
        "core": True,
        "functions": True,
        "logs": settings.functions.logs_insights != "never",
        "drift": drift.cloudformation,
        "detection": drift.cloudformation,
        "config": drift.config_rules,
        "trail": drift.cloudformation or bool(drift.terraform),
        "organization": settings.aws.organization,
        "guardrails": drift.cloudformation or bool(drift.terraform),
        "prices": True,
        "setup": True,
        "tenants": any(usage.source == "cloudwatch" for usage in customers.usage),
        "plans": any(map(_is_bucket, drift.terraform)),
        "lambda-bill": customers.billing.source == "cost-explorer",
        "bill": bill and customers.billing.source == "cost-explorer",
        "exports": bill and customers.billing.source == "files" and any(map(_is_bucket, customers.billing.paths)),
        "athena": bill and customers.billing.source == "athena",
    }
    return [part for part in PARTS if used[part]]


def policy(settings: Settings, account: Account | None = None) -> dict[str, Any]:
    """The policy document for one kind of account, or for one that is all of them."""
    parts = [part for part in parts_of(settings) if account is None or account in PARTS[part].accounts]
    return {"Version": "2012-10-17", "Statement": [statement for part in parts for statement in _statements(part, settings)]}


def _statements(part: str, settings: Settings) -> Iterable[dict[str, Any]]:
    """What can be limited to buckets is: the rest of these actions knows no resources, or is asked of all of them."""
    operations = ACTIONS.get(part, {}).values()
    actions = sorted({action for named in operations for some in named.values() for action in some})
    stored = [action for action in actions if action.startswith("s3:") and (part, action) not in ANYWHERE]
    anywhere = [action for action in actions if action not in stored]
    sid = PARTS[part].sid
    if part == "organization" and settings.aws.role:
        yield {
            "Sid": "LookIntoMembers",
            "Effect": "Allow",
            "Action": ["sts:AssumeRole"],
            "Resource": settings.aws.role.replace("{account}", "*"),
        }
    if anywhere:
        yield {"Sid": sid, "Effect": "Allow", "Action": anywhere, "Resource": "*"}
    if stored and _buckets(part, settings):
        resources = sorted(resource for path in _buckets(part, settings) for resource in _arns(path))
        yield {"Sid": f"{sid}Objects" if anywhere else sid, "Effect": "Allow", "Action": stored, "Resource": resources}


def _buckets(part: str, settings: Settings) -> list[str]:
    billing = settings.customers.billing
    paths = {"plans": settings.drift.terraform, "exports": billing.paths, "athena": [billing.output or ""]}[part]
    return [path for path in paths if _is_bucket(path)]


def _arns(path: str) -> tuple[str, str]:
    """The bucket itself, for listing, and everything under the fixed beginning of the path."""
    bucket, _, key = path.removeprefix("s3://").partition("/")
    fixed = key.partition("*")[0]
    return f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/{fixed if fixed == key and not key.endswith('/') and key else fixed + '*'}"


def _is_bucket(path: str) -> bool:
    return path.startswith("s3://")
