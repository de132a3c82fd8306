"""Inputs with a known answer, from the file to the judged row: rule, severity, money."""

import json
import pathlib
from decimal import Decimal
from typing import Any

import pytest

from costtui.domain.drift.judge import Judgement
from costtui.domain.drift.price_terms import Usage
from costtui.domain.drift.records import Difference, DriftRow
from costtui.domain.money import plain_or_none, rounded
from tests.sources.terraform.plan_file import PlanFile

OWN, FOREIGN = "arn:aws:iam::111122223333:root", "arn:aws:iam::999988887777:root"


@pytest.fixture
def plan(tmp_path: pathlib.Path) -> PlanFile:
    return PlanFile(tmp_path)


def one(judgement: Judgement) -> DriftRow:
    (row,) = judgement.rows
    return row


def real(row: DriftRow) -> list[Difference]:
    return [difference for difference in row.differences if difference.class_ != "noise"]


def counts(judgement: Judgement) -> tuple[int, int, int]:
    return judgement.reported, judgement.real, judgement.explained


def trust(*principals: str) -> dict[str, Any]:
    names = list(principals)
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": names}}]}


def ingress(port: int, *cidrs: str, **more: Any) -> dict[str, Any]:
    rule = {"protocol": "tcp", "from_port": port, "to_port": port, "cidr_blocks": list(cidrs), "ipv6_cidr_blocks": [], "self": False}
    return rule | {"prefix_list_ids": [], "security_groups": [], "description": ""} | more


def owned(port: int, *cidrs: str, **more: Any) -> dict[str, Any]:
    rule = {"type": "ingress", "security_group_id": "sg-1", "protocol": "tcp", "from_port": port, "to_port": port, "self": False}
    return rule | {"cidr_blocks": list(cidrs), "description": None, "source_security_group_id": None} | more


def group(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"id": "sg-1", "ingress": list(rules)}


def test_g1_null_tags_are_empty_tags(plan: PlanFile) -> None:
    judgement = plan.drifted("aws_instance", {"tags": None}, {"tags": {}}).judge()
    assert counts(judgement) == (1, 0, 1)
    assert [(d.path, d.rule) for d in one(judgement).differences] == [("/tags", "N1")]
    assert (one(judgement).tier, one(judgement).severity) == ("noise", "none")


def test_g1_one_tag_more_is_reported(plan: PlanFile) -> None:
    judgement = plan.drifted("aws_instance", {"tags": None}, {"tags": {"a": "b"}}).judge()
    assert counts(judgement) == (1, 1, 0)


def test_g2_a_policy_written_on_one_line_is_the_same_policy(plan: PlanFile) -> None:
    pretty, compact = json.dumps(trust(OWN), indent=2), json.dumps(trust(OWN))
    assert (
        one(plan.drifted("aws_iam_role", {"assume_role_policy": pretty}, {"assume_role_policy": compact}).judge()).differences[0].rule
        == "N3"
    )


def test_g3_principals_in_another_order_are_the_same(plan: PlanFile) -> None:
    before, after = json.dumps(trust(OWN, "arn:aws:iam::111122223333:role/b")), json.dumps(trust("arn:aws:iam::111122223333:role/b", OWN))
    judgement = plan.drifted("aws_iam_role", {"assume_role_policy": before}, {"assume_role_policy": after}).judge()
    assert counts(judgement) == (1, 0, 1)
    assert one(judgement).differences[0].rule == "N3"


def test_g3_a_foreign_account_more_is_critical(plan: PlanFile) -> None:
    before, after = json.dumps(trust(OWN)), json.dumps(trust(FOREIGN, OWN))
    row = one(plan.drifted("aws_iam_role", {"assume_role_policy": before}, {"assume_role_policy": after}).judge())
    assert (row.severity, row.differences[0].rule) == ("critical", "foreign-account")


def test_g5_ssh_open_to_the_world_is_critical(plan: PlanFile) -> None:
    row = one(plan.drifted("aws_security_group", group(), group(ingress(22, "0.0.0.0/0"))).judge())
    assert (row.severity, row.tier) == ("critical", "declared")
    (difference,) = row.differences
    assert (difference.path, difference.op, difference.class_) == ("/ingress/0", "add", "security")


def test_g6_a_rule_that_another_resource_owns_is_its_echo(plan: PlanFile) -> None:
    plan.drifted("aws_security_group", group(), group(ingress(22, "0.0.0.0/0"))).managed("aws_security_group_rule", owned(22, "0.0.0.0/0"))
    judgement = plan.judge()
    assert counts(judgement) == (1, 0, 1)
    assert one(judgement).differences[0].rule == "N8"


def test_g6_one_rule_more_is_critical_and_exactly_one_element(plan: PlanFile) -> None:
    after = group(ingress(22, "0.0.0.0/0"), ingress(3389, "0.0.0.0/0"))
    judgement = plan.drifted("aws_security_group", group(), after).managed("aws_security_group_rule", owned(22, "0.0.0.0/0")).judge()
    row = one(judgement)
    assert (judgement.real, row.severity) == (1, "critical")
    (difference,) = real(row)
    assert json.loads(difference.actual or "")["from_port"] == 3389
    assert [d.rule for d in row.differences if d.class_ == "noise"] == ["N8"]


def test_g6_of_merged_sources_only_the_unmanaged_one_is_left(plan: PlanFile) -> None:
    """AWS merges the sources of equal ports into one block."""
    after = group(ingress(22, "10.0.0.0/8", "0.0.0.0/0"))
    row = one(plan.drifted("aws_security_group", group(), after).managed("aws_security_group_rule", owned(22, "10.0.0.0/8")).judge())
    (difference,) = real(row)
    assert json.loads(difference.actual or "")["cidr_blocks"] == ["0.0.0.0/0"]
    assert row.severity == "critical"


def test_g7_an_open_rule_that_went_is_low(plan: PlanFile) -> None:
    row = one(plan.drifted("aws_security_group", group(ingress(22, "0.0.0.0/0")), group()).judge())
    assert (row.severity, row.differences[0].op) == ("low", "remove")


def test_g8_the_order_of_layers_matters(plan: PlanFile) -> None:
    judgement = plan.drifted("aws_lambda_function", {"layers": ["A", "B"]}, {"layers": ["B", "A"]}).judge()
    assert (judgement.real, one(judgement).severity) == (1, "medium")


def test_g11_a_masked_password_is_redacted_and_real(plan: PlanFile) -> None:
    mask = {"password": True}
    plan.drifted("aws_db_instance", {"password": "old-hunter2"}, {"password": "new-hunter2"}, before_sensitive=mask, after_sensitive=mask)
    judgement = plan.judge()
    (difference,) = one(judgement).differences
    assert (difference.expected, difference.actual, difference.redacted, judgement.real) == (None, None, True, 1)


def test_g12_a_move_is_no_drift(plan: PlanFile) -> None:
    plan.drifted("aws_instance", {"id": "i-1"}, {"id": "i-1"}, previous_address="aws_instance.w")
    plan.drift[0]["change"]["actions"] = ["no-op"]
    judgement = plan.judge()
    assert counts(judgement) == (1, 0, 1)
    assert (one(judgement).status, one(judgement).reason) == ("moved", "moved from aws_instance.w")


@pytest.mark.parametrize(("before", "after", "severity"), [(True, False, "high"), (False, True, "low")])
def test_g13_encryption_weighs_by_direction(plan: PlanFile, before: bool, after: bool, severity: str) -> None:
    assert one(plan.drifted("aws_ebs_volume", {"encrypted": before}, {"encrypted": after}).judge()).severity == severity


def test_g14_false_is_not_empty(plan: PlanFile) -> None:
    assert counts(plan.drifted("aws_instance", {"monitoring": False}, {"monitoring": None}).judge()) == (1, 1, 0)


def test_g15_subnets_are_a_set(plan: PlanFile) -> None:
    judgement = plan.drifted("aws_lb", {"subnet_ids": ["a", "b"]}, {"subnet_ids": ["b", "a"]}).judge()
    assert counts(judgement) == (1, 0, 1)
    assert [(d.path, d.rule) for d in one(judgement).differences] == [("/subnet_ids", "N4")]


def database(multi_az: bool) -> dict[str, Any]:
    return {"instance_class": "db.t3.large", "engine": "mysql", "multi_az": multi_az, "allocated_storage": 20}


def volume(type_: str, size: int, iops: int = 0, throughput: int = 0) -> dict[str, Any]:
    return {"type": type_, "size": size, "iops": iops, "throughput": throughput}


MONEY = [
    ("aws_instance", {"instance_type": "m5.large"}, {"instance_type": "m5.4xlarge"}, "490.56", "high"),
    ("aws_instance", {"instance_type": "m5.large"}, None, "-70.08", "high"),
    ("aws_instance", {"instance_type": "m5.large"}, {"instance_type": "m99.huge"}, None, "medium"),
    ("aws_ebs_volume", volume("gp2", 100), volume("gp2", 500), "40", "medium"),
    ("aws_ebs_volume", volume("gp2", 500), volume("gp3", 500), "-10", "medium"),
    ("aws_ebs_volume", volume("gp3", 40, 3000, 125), volume("gp3", 40, 4000, 130), "5.2", "low"),
    ("aws_ebs_volume", volume("io1", 10, 300), volume("io1", 10, 600), "19.5", "medium"),
    ("aws_db_instance", database(False), database(True), "99.28", "medium"),
    ("aws_db_instance", database(False), database(False) | {"allocated_storage": 99}, None, "medium"),
    ("aws_nat_gateway", {"id": "nat-1"}, None, "-32.85", "high"),
    ("aws_lambda_function", {"memory_size": 128}, {"memory_size": 256}, None, "medium"),
    ("aws_cloudwatch_log_group", {"retention_in_days": 30}, {"retention_in_days": 0}, None, "medium"),
    ("aws_instance", {"tags": {}}, {"tags": {"a": "b"}}, None, "low"),
]


@pytest.mark.parametrize(("type_", "before", "after", "delta", "severity"), MONEY)
def test_money_is_the_price_of_both_sides(
    plan: PlanFile, type_: str, before: dict[str, Any], after: dict[str, Any] | None, delta: str | None, severity: str
) -> None:
    row = one(plan.drifted(type_, before, after).judge())
    assert (plain_or_none(row.monthly_delta), row.severity) == (delta, severity)


def test_money_of_a_function_needs_its_usage(plan: PlanFile) -> None:
    before, after = {"id": "f", "memory_size": 128}, {"id": "f", "memory_size": 256}
    usage = {"terraform/plan.json/aws_lambda_function.x": Usage(invocations=Decimal(1_000_000), duration_ms=Decimal(100))}
    delta = one(plan.drifted("aws_lambda_function", before, after).judge(usage)).monthly_delta
    assert delta is not None
    assert rounded(delta) == Decimal("0.21")


@pytest.mark.parametrize(("architecture", "delta"), [("x86_64", "109.50"), ("arm64", "87.60")])
def test_money_of_provisioned_concurrency_reads_its_function(plan: PlanFile, architecture: str, delta: str) -> None:
    before, after = ({"function_name": "f", "provisioned_concurrent_executions": count} for count in (0, 10))
    plan.drifted("aws_lambda_provisioned_concurrency_config", before, after)
    plan.managed("aws_lambda_function", {"function_name": "f", "memory_size": 1024, "architectures": [architecture]})
    amount = one(plan.judge()).monthly_delta
    assert amount is not None
    assert rounded(amount) == Decimal(delta)


def test_money_of_logs_is_that_of_month_twelve(plan: PlanFile) -> None:
    plan.drifted("aws_cloudwatch_log_group", {"id": "g", "retention_in_days": 30}, {"id": "g", "retention_in_days": 0})
    usage = {"terraform/plan.json/aws_cloudwatch_log_group.x": Usage(log_gb_per_day=Decimal(10))}
    assert plain_or_none(one(plan.judge(usage)).monthly_delta) == "100.5"


def disk(name: str, size: int, type_: str = "gp2") -> dict[str, Any]:
    return {"device_name": name, "volume_type": type_, "volume_size": size, "iops": 100, "throughput": 0, "delete_on_termination": True}


@pytest.mark.parametrize(
    ("before", "after", "delta"),
    [
        ([disk("a", 10)], [disk("a", 20)], "1"),
        ([disk("a", 10)], [disk("b", 50), disk("a", 10)], "5"),
        ([disk("a", 10), disk("b", 50)], [disk("b", 50)], "-1"),
        ([disk("a", 10)], [disk("a", 10, "io9")], None),
    ],
)
def test_money_of_an_instance_counts_the_disks_that_changed(plan: PlanFile, before: Any, after: Any, delta: str | None) -> None:
    common = {"instance_type": "m99.huge", "root_block_device": [{"volume_size": 8, "volume_type": "gp3"}]}
    plan.drifted("aws_instance", common | {"ebs_block_device": before}, common | {"ebs_block_device": after})
    assert plain_or_none(one(plan.judge()).monthly_delta) == delta


def autoscaled(capacity: int) -> dict[str, Any]:
    return {"name": "web", "desired_capacity": capacity, "min_size": 1, "max_size": 8, "launch_template": [{"id": "lt-1", "name": "t"}]}


def test_money_of_a_group_is_that_of_its_instances(plan: PlanFile) -> None:
    plan.drifted("aws_autoscaling_group", autoscaled(2), autoscaled(6))
    plan.managed("aws_launch_template", {"id": "lt-1", "name": "t", "instance_type": "m5.large"})
    assert plain_or_none(one(plan.judge()).monthly_delta) == "280.32"


def test_a_group_with_a_scaling_policy_is_autoscaled_within_its_bounds(plan: PlanFile) -> None:
    plan.drifted("aws_autoscaling_group", autoscaled(2), autoscaled(6)).managed("aws_autoscaling_policy", {"autoscaling_group_name": "web"})
    row = one(plan.judge())
    assert ([d.rule for d in row.differences], row.monthly_delta, row.price_basis) == (["N9"], None, "autoscaled")


def test_a_group_beyond_its_bounds_is_real(plan: PlanFile) -> None:
    plan.drifted("aws_autoscaling_group", autoscaled(2), autoscaled(9)).managed("aws_autoscaling_policy", {"autoscaling_group_name": "web"})
    assert plan.judge().real == 1


def test_a_price_without_a_region_says_what_it_assumes(plan: PlanFile) -> None:
    row = one(plan.drifted("aws_instance", {"instance_type": "m5.large"}, {"instance_type": "m5.xlarge"}).judge())
    assert "us-east-1 (assumed" in (row.price_basis or "")


def test_another_region_is_unpriced(plan: PlanFile) -> None:
    where = {"availability_zone": "ap-south-2a"}
    row = one(plan.drifted("aws_instance", where | {"instance_type": "m5.large"}, where | {"instance_type": "m5.xlarge"}).judge())
    assert (row.region, row.monthly_delta, row.price_basis) == ("ap-south-2", None, "unpriced: no list price for ap-south-2")
