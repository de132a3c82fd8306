"""One vocabulary for two: CloudFormation's types and properties in the words of Terraform's AWS provider.

Every rule is then written once. What has no entry keeps its type, and its properties in snake_case.
"""

import re
from functools import lru_cache
from typing import Any

from costtui.domain.drift import pointer

_TYPES = {
    "AWS::ApplicationAutoScaling::ScalableTarget": "aws_appautoscaling_target",
    "AWS::AutoScaling::AutoScalingGroup": "aws_autoscaling_group",
    "AWS::AutoScaling::ScalingPolicy": "aws_autoscaling_policy",
    "AWS::CloudFront::Distribution": "aws_cloudfront_distribution",
    "AWS::CloudTrail::Trail": "aws_cloudtrail",
    "AWS::DynamoDB::Table": "aws_dynamodb_table",
    "AWS::EC2::FlowLog": "aws_flow_log",
    "AWS::EC2::Instance": "aws_instance",
    "AWS::EC2::NatGateway": "aws_nat_gateway",
    "AWS::EC2::RouteTable": "aws_route_table",
    "AWS::EC2::SecurityGroup": "aws_security_group",
    "AWS::EC2::SecurityGroupEgress": "aws_vpc_security_group_egress_rule",
    "AWS::EC2::SecurityGroupIngress": "aws_vpc_security_group_ingress_rule",
    "AWS::EC2::Volume": "aws_ebs_volume",
    "AWS::ECS::Service": "aws_ecs_service",
    "AWS::ECS::TaskDefinition": "aws_ecs_task_definition",
    "AWS::EFS::FileSystem": "aws_efs_file_system",
    "AWS::IAM::ManagedPolicy": "aws_iam_policy",
    "AWS::IAM::Policy": "aws_iam_role_policy",
    "AWS::IAM::Role": "aws_iam_role",
    "AWS::IAM::User": "aws_iam_user",
    "AWS::KMS::Key": "aws_kms_key",
    "AWS::Lambda::Alias": "aws_lambda_provisioned_concurrency_config",
    "AWS::Lambda::Version": "aws_lambda_provisioned_concurrency_config",
    "AWS::Lambda::Function": "aws_lambda_function",
    "AWS::Logs::LogGroup": "aws_cloudwatch_log_group",
    "AWS::RDS::DBCluster": "aws_rds_cluster",
    "AWS::RDS::DBInstance": "aws_db_instance",
    "AWS::S3::Bucket": "aws_s3_bucket",
    "AWS::S3::BucketPolicy": "aws_s3_bucket_policy",
    "AWS::SNS::Topic": "aws_sns_topic",
    "AWS::SQS::Queue": "aws_sqs_queue",
    "AWS::SSM::Parameter": "aws_ssm_parameter",
}

_PROPERTIES = {
    ("aws_security_group", "security_group_ingress"): "ingress",
    ("aws_security_group", "security_group_egress"): "egress",
    ("aws_db_instance", "db_instance_class"): "instance_class",
    ("aws_ebs_volume", "volume_type"): "type",
    ("aws_iam_role", "assume_role_policy_document"): "assume_role_policy",
    ("aws_lambda_provisioned_concurrency_config", "provisioned_concurrency_config"): "",
}


_AWS_TYPES = {ours: theirs for theirs, ours in reversed(_TYPES.items())}


def canonical_type(type_: str) -> str:
    return _TYPES.get(type_, type_)


def aws_type(type_: str) -> str | None:
    """AWS's own name of a type; None for one of Terraform's that has no entry."""
    return type_ if type_.startswith("AWS::") else _AWS_TYPES.get(type_)


@lru_cache(maxsize=4096)
def snake(name: str) -> str:
    """`DBInstanceClass` is `db_instance_class`; a name without capitals stays as it is."""
    if name.islower():
        return name
    spaced = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", spaced).lower()


@lru_cache(maxsize=65536)
def canonical_path(type_: str, path: str) -> str:
    """`path` in snake_case and in the words of the canonical type: `/SecurityGroupIngress/0` is `/ingress/0`.

    For judging only: the names of map entries (tags, variables) are folded too.
    """
    kind = canonical_type(type_)
    result = ""
    for depth, segment in enumerate(pointer.segments(path)):
        name = snake(segment)
        if depth == 0:
            name = _PROPERTIES.get((kind, name), name)
        if name:
            result = pointer.join(result, name)
    return result


def folded(values: dict[str, Any]) -> dict[str, Any]:
    """The values of a resource under snake_case names, at the first level."""
    return {snake(name): value for name, value in values.items()}
