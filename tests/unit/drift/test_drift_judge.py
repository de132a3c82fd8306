"""Counting: reported = real + explained + ignored, and nothing is hidden in silence."""

from datetime import date

import pytest

from costtui.domain.drift.attribution import Actor, latest, read_event, words_of
from costtui.domain.drift.judge import judge
from costtui.domain.drift.records import DriftFinding, Ignore
from tests.unit.drift.drift_findings import finding, row

TODAY = date(2026, 11, 24)


def test_the_parts_add_up() -> None:
    findings = [
        finding("aws_a", ("/a", 1, 2)),
        finding("aws_b", ("/tags", None, {})),
        finding("aws_b", ("/tags", [], {}), ("/a", 1, 2)),
        finding("aws_c", status="moved"),
        finding("aws_d", ("/count", 1, 2), address="aws_d.web"),
        finding("aws_e", status="deleted"),
        finding("aws_f", status="unknown", counted=False),
        finding("aws_g", status="in-sync", counted=False),
    ]
    judgement = judge(findings, ignores=[Ignore("aws_d.*:count", "autoscaled")], today=TODAY)
    assert (judgement.reported, judgement.real, judgement.explained, judgement.ignored) == (6, 3, 2, 1)
    assert len(judgement.rows) == len(findings)
    assert [row.tier for row in judgement.rows] == ["declared", "noise", "declared", "noise", "noise", "declared", "declared", "declared"]


def test_an_explained_difference_inside_a_real_row_keeps_its_rule() -> None:
    judged = row("aws_b", ("/a", None, []), ("/b", 1, 2))
    assert [(d.class_, d.rule) for d in judged.differences] == [("noise", "N1"), ("config", "declared")]


def test_an_order_that_a_source_tells_by_position_is_explained() -> None:
    judged = row("AWS::X::Y", ("/SubnetIds/0", "a", "b"), ("/SubnetIds/1", "b", "c"), ("/SubnetIds/2", "c", "a"))
    assert [d.rule for d in judged.differences] == ["N4", "N4", "N4"]


@pytest.mark.parametrize(
    "changes",
    [
        [("/SubnetIds/0", "a", "b"), ("/SubnetIds/1", "b", "x")],
        [("/Layers/0", "a", "b"), ("/Layers/1", "b", "a")],
        [("/SubnetIds/0", "a", "b"), ("/SecurityGroupIds/0", "b", "a")],
        [("/SubnetIds/0", "a", "b")],
    ],
)
def test_an_element_more_in_a_new_order_is_reported(changes: list[tuple[str, str, str]]) -> None:
    assert row("AWS::X::Y", *changes).tier == "declared"


def test_tags_all_repeats_tags_and_is_counted_once() -> None:
    mirrored = row("aws_x", ("/tags/a", None, "b"), ("/tags_all/a", None, "b"))
    assert [d.rule for d in mirrored.differences] == ["tag", "N6"]
    defaults = row("aws_x", ("/tags_all/team", None, "b"))
    assert (defaults.tier, defaults.differences[0].rule) == ("noise", "N6")
    other = row("aws_x", ("/tags/a", None, "b"), ("/tags_all/c", None, "b"))
    assert [d.class_ for d in other.differences] == ["tag", "tag"]


def test_cloudformation_lists_of_tags_know_those_of_aws() -> None:
    assert row("AWS::X::Y", ("/Tags/0", None, {"Key": "aws:x", "Value": "1"})).differences[0].rule == "N7"
    assert row("AWS::X::Y", ("/Tags/0", None, {"Key": "x", "Value": "aws:"})).differences[0].rule == "tag"


@pytest.mark.parametrize(
    ("actual", "flag", "rule"),
    [("14.9", "true", "N9"), ("15.0", "true", "declared"), ("14.6", "true", "declared"), ("14.9", "false", "declared")],
)
def test_aws_may_raise_a_minor_version_and_nothing_else(actual: str, flag: str, rule: str) -> None:
    judged = row("AWS::RDS::DBInstance", ("/EngineVersion", "14.7", actual), context={"/AutoMinorVersionUpgrade": flag})
    assert judged.differences[0].rule == rule


IGNORES = [
    ("aws_ecs_service.*:desired_count", "/desired_count", True),
    ("aws_ecs_service.web:desired_count", "/desired_count", True),
    ("aws_ecs_service.web", "/desired_count", True),
    ("aws_ecs_service.web:*", "/desired_count", True),
    ("module.m.aws_ecs_service.web:desired_count", "/desired_count", True),
    ("aws_ecs_service.*:tags", "/tags/team", True),
    ("aws_ecs_service.*:network.*.subnets", "/network/0/subnets/1", True),
    ("aws_ecs_service.*:network.subnets", "/network/0/subnets/1", True),
    ("aws_ecs_service.web:desired", "/desired_count", False),
    ("aws_ecs_service.we:desired_count", "/desired_count", False),
    ("aws_ecs_task.web:desired_count", "/desired_count", False),
    ("service.web:desired_count", "/desired_count", False),
]


@pytest.mark.parametrize(("pattern", "path", "matches"), IGNORES)
def test_ignore_patterns(pattern: str, path: str, matches: bool) -> None:
    found = finding("aws_ecs_service", (path, 1, 2), address='module.m["k"].aws_ecs_service.web[0]')
    judgement = judge([found], ignores=[Ignore(pattern, "why")], today=TODAY)
    assert (judgement.ignored, judgement.real) == ((1, 0) if matches else (0, 1))
    assert bool(judgement.problems) == (not matches)
    if matches:
        assert judgement.rows[0].reason == "ignored: why"


def test_cloudformation_names_are_ignored_in_both_spellings() -> None:
    found = finding("AWS::ECS::Service", ("/DesiredCount", 1, 2), address="Web")
    for pattern in ("AWS::ECS::Service.Web:DesiredCount", "AWS::ECS::Service.*:desired_count", "Web:DesiredCount"):
        assert judge([found], ignores=[Ignore(pattern, "why")], today=TODAY).ignored == 1, pattern


def test_one_difference_more_than_ignored_is_real() -> None:
    found = finding("aws_x", ("/a", 1, 2), ("/b", 1, 2))
    judgement = judge([found], ignores=[Ignore("aws_x.*:a", "why")], today=TODAY)
    assert (judgement.real, [d.rule for d in judgement.rows[0].differences]) == (1, ["ignored", "declared"])


def test_a_deleted_resource_is_not_ignored_through_a_property() -> None:
    found = finding("aws_x", status="deleted")
    assert judge([found], ignores=[Ignore("aws_x.*:a", "why")], today=TODAY).real == 1


def test_an_expired_ignore_hides_nothing_and_warns() -> None:
    found = finding("aws_x", ("/a", 1, 2))
    last_day = judge([found], ignores=[Ignore("aws_x.*:a", "why", TODAY)], today=TODAY)
    after = judge([found], ignores=[Ignore("aws_x.*:a", "why", date(2026, 11, 23))], today=TODAY)
    assert (last_day.ignored, last_day.problems) == (1, [])
    assert (after.ignored, after.real, after.problems[0].kind) == (0, 1, "warning")
    assert "expired on 2026-11-23" in after.problems[0].what


EVENT = '{"eventTime":"2026-11-20T10:00:00Z","eventName":"ModifyX","eventID":"e1","readOnly":false,"userAgent":"%s","userIdentity":%s%s}'
USER = '{"type":"IAMUser","userName":"alice"}'
ROLE = (
    '{"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/Admin/bob@example.com",'
    '"sessionContext":{"sessionIssuer":{"userName":"Admin"}}}'
)


@pytest.mark.parametrize(
    ("agent", "identity", "more", "who", "via"),
    [
        ("signin.amazonaws.com", USER, "", "alice", "console"),
        ("Mozilla/5.0", USER, ',"sessionCredentialFromConsole":"true"', "alice", "console"),
        ("aws-cli/2.1 Python", ROLE, "", "Admin/bob@example.com", "cli"),
        ("Boto3/1.4", USER, "", "alice", "sdk"),
        ("x", '{"type":"AWSService","invokedBy":"autoscaling.amazonaws.com"}', "", "autoscaling.amazonaws.com", "service"),
    ],
)
def test_who_and_by_which_way(agent: str, identity: str, more: str, who: str, via: str) -> None:
    actor = read_event(EVENT % (agent, identity, more))
    assert actor is not None
    assert (actor.who, actor.via, actor.event) == (who, via, "ModifyX")


@pytest.mark.parametrize(
    ("agent", "identity", "more"),
    [
        ("aws-cli/2", USER, ',"errorCode":"AccessDenied"'),
        ("aws-cli/2", USER, ',"readOnly":"true"'),
        ("APN/1.0 HashiCorp/1.0 Terraform/1.11.4", USER, ""),
        ("OpenTofu/1.9", USER, ""),
        ("Pulumi/3", USER, ""),
        ("cloudformation.amazonaws.com", USER, ""),
        ("x", USER, ',"sourceIPAddress":"cloudformation.amazonaws.com"'),
        ("x", '{"invokedBy":"cloudformation.amazonaws.com"}', ""),
        ("x", "7", ""),
    ],
)
def test_reads_failures_and_our_own_code_are_nobody(agent: str, identity: str, more: str) -> None:
    assert read_event(EVENT % (agent, identity, more)) is None


def test_the_last_change_counts() -> None:
    older = EVENT.replace("10:00", "09:00") % ("aws-cli/2", '{"userName":"old"}', "")
    actor = latest([older, EVENT % ("aws-cli/2", USER, ""), "no json"])
    assert isinstance(actor, Actor)
    assert (actor.who, actor.via, str(actor.when)) == ("alice", "cli", "2026-11-20 10:00:00+00:00")


@pytest.mark.parametrize(
    ("found", "event"),
    [
        (finding("aws_s3_bucket", ("/tags/owner", "a", None)), "DeleteBucketTagging"),
        (finding("AWS::S3::Bucket", ("/Tags/0", {"Key": "owner", "Value": "a"}, None)), "DeleteBucketTagging"),
        (finding("aws_s3_bucket", ("/acl", "private", "public-read")), "PutBucketVersioning"),
        (finding("aws_s3_bucket", status="deleted"), "DeleteBucketTagging"),
        (finding("aws_s3_bucket", ("/bucket_prefix", "a", "b")), "PutBucketVersioning"),
    ],
)
def test_a_call_that_speaks_of_the_change_counts_before_later_ones(found: DriftFinding, event: str) -> None:
    older, newer = ((EVENT % ("x", USER, "")).replace("ModifyX", name) for name in ("DeleteBucketTagging", "PutBucketVersioning"))
    actor = latest([older.replace("10:00", "09:00"), newer], words_of(found))
    assert actor is not None
    assert actor.event == event
