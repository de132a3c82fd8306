"""Who changed what, asked of the demo's trail through real boto3: few questions, each once, and honest about silence."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from costtui.config import Drift
from costtui.domain.datasets import Account, Batch, DriftReport, Scope
from costtui.domain.drift.attribution import Attribution
from costtui.domain.drift.records import NO_EVENT, Difference, DriftCoverage, DriftFinding, Ignore
from costtui.domain.problems import Problem
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.aws.cloudtrail import CloudTrail
from costtui.sources.aws.trail import BURIED
from costtui.sources.bridge import Pacer
from costtui.sources.demo import DEMO_NOW, World, install
from costtui.sources.demo.answers import cloudtrail as answers
from costtui.sources.demo.answers.table import HANDLERS
from costtui.sources.demo.faults import Denied
from costtui.sources.port import Request
from tests.fakes.demo import PROD, STAGE

US = Scope("aws", "prod", "us-east-1")
CHECKED = DEMO_NOW - timedelta(hours=2)
LIMIT = Difference("/Timeout", "15", "30", "change")


class Meter:
    def afford(self, source: str, usd: Any, what: str) -> None: ...

    def charge(self, source: str, operation: str, usd: Any) -> None: ...

    settle = covered = charge


class Trail:
    """The source over a world, and the names that it asked for."""

    def __init__(self, profiles: Sequence[str] = ("prod", "stage"), settings: Drift | None = None) -> None:
        self.world, self.asked = World(), list[str]()
        cloud = AwsCloud(
            Meter(),
            Pacer(unlimited=True),
            profiles=list(profiles),
            regions=["us-east-1", "eu-west-1"],
            prompt=lambda _question: "",
            install=lambda session, profile: install(session, self.world, profile=profile, on_request=self._note),
        )
        self.source = CloudTrail(cloud, settings or Drift())

    def _note(self, _service: str, _operation: str, params: dict[str, Any]) -> None:
        self.asked.append(params["LookupAttributes"][0]["AttributeValue"])

    def inputs(self, *found: DriftFinding) -> dict[str, Sequence[Any]]:
        return {
            "accounts": [Account(PROD, "prod"), Account(STAGE, "stage")],
            "cloudformation-drift": [DriftReport(list(found), DriftCoverage("s", len(found), 0))],
        }

    def ask(
        self, *found: DriftFinding, scope: Scope = US, known: Sequence[Attribution] = (), now: datetime = DEMO_NOW
    ) -> tuple[list[Attribution], list[Problem]]:
        self.asked.clear()
        items = list(self.source.fetch(Request(scope, now, inputs=self.inputs(*found), known=lambda: known)))
        entries = [entry for item in items if isinstance(item, Batch) for entry in item.records]
        return entries, [item for item in items if isinstance(item, Problem)]


def finding(id_: str | None, type_: str = "AWS::Lambda::Function", **fields: Any) -> DriftFinding:
    told = {"account": PROD, "region": "us-east-1", "status": "drifted", "differences": [LIMIT], "last_checked": CHECKED, **fields}
    return DriftFinding("cloudformation", "s", str(id_), type_, id_, **told)


def test_the_last_change_by_a_person_is_named() -> None:
    (entry,), problems = Trail().ask(finding("checkout-authorize"))
    assert entry.actor is not None
    assert (entry.actor.who, entry.actor.via, entry.actor.when.isoformat()) == ("maria", "console", "2026-11-12T09:41:07+00:00")
    assert problems == []


def test_a_bucket_and_its_settings_share_a_name_and_not_an_actor() -> None:
    trail = Trail()
    trail.world = World(scenario="after")
    checked = {"account": PROD, "last_checked": trail.world.now - timedelta(hours=1)}
    tags = Difference("/tags/owner", '"data"', None, "remove")
    bucket = finding("lumen-exports", "AWS::S3::Bucket", differences=[tags], **checked)
    block = Difference("/block_public_acls", "true", "false", "change")
    settings = finding("lumen-exports", "aws_s3_bucket_public_access_block", differences=[block], **checked)
    entries, _ = trail.ask(bucket, settings, now=trail.world.now)
    assert {entry.kind: entry.actor.who for entry in entries if entry.actor} == {
        "aws_s3_bucket": "priya",
        "aws_s3_bucket_public_access_block": "jonas",
    }


def test_an_arn_is_also_asked_for_by_the_name_at_its_end() -> None:
    trail = Trail()
    (entry,), _ = trail.ask(finding(f"arn:aws:iam::{PROD}:role/nobody-knows", "AWS::IAM::Role", region=None))
    assert (entry.actor, entry.note) == (None, NO_EVENT)
    assert trail.asked == [f"arn:aws:iam::{PROD}:role/nobody-knows", "nobody-knows"]


def test_what_happened_after_the_check_did_not_cause_the_drift() -> None:
    before = datetime.fromisoformat("2026-11-12T09:00:00+00:00")
    (entry,), _ = Trail().ask(finding("checkout-authorize", last_checked=before))
    assert (entry.actor, entry.note) == (None, NO_EVENT), "only our own deployment came before"


def test_a_check_older_than_the_trail_asks_nothing() -> None:
    trail = Trail()
    (entry,), _ = trail.ask(finding("checkout-authorize", last_checked=DEMO_NOW - timedelta(days=91)))
    assert (entry.note, trail.asked) == (NO_EVENT, [])


def test_only_the_ten_worst_are_asked_about() -> None:
    trail = Trail()
    deleted = [finding(f"gone-{number}", status="deleted", differences=[]) for number in range(7)]
    changed = [finding(f"fn-{number}") for number in range(7)]
    entries, _ = trail.ask(*changed, *deleted)
    assert [entry.resource for entry in entries] == [*(f"gone-{n}" for n in range(7)), "fn-0", "fn-1", "fn-2"]


def test_noise_ignored_and_nameless_ones_are_not_asked_about() -> None:
    trail = Trail(settings=Drift(ignore=[Ignore("AWS::Lambda::Function.ignored", "known")]))
    noise = finding("noise", differences=[Difference("/Tags", None, "[]", "change")])
    assert trail.ask(noise, finding("ignored"), finding(None)) == ([], [])
    assert trail.asked == []


def test_each_trail_is_asked_for_its_own_account_and_region() -> None:
    here, there = finding("here"), finding("there", region="eu-west-1")
    other, bucket = finding("other", account=STAGE), finding("bucket", "AWS::S3::Bucket", account=None)
    trail = Trail()
    trail.ask(here, there, other, bucket)
    assert trail.asked == ["here"], "two accounts in the report: nobody knows whose bucket it is"
    trail.ask(here, there, bucket)
    assert trail.asked == ["bucket", "here"]
    trail.ask(here, there, other, scope=Scope("aws", "prod", "eu-west-1"))
    assert trail.asked == ["there"]
    trail.ask(here, there, other, scope=Scope("aws", "stage", "us-east-1"))
    assert trail.asked == ["other"]


def test_an_answer_is_kept_until_the_drift_is_found_anew() -> None:
    trail = Trail()
    known, _ = trail.ask(finding("checkout-authorize"))
    assert trail.ask(finding("checkout-authorize"), known=known, now=DEMO_NOW + timedelta(days=9)) == (known, [])
    assert trail.asked == []
    found_again = finding("checkout-authorize", last_checked=DEMO_NOW - timedelta(minutes=5))
    trail.ask(found_again, known=known)
    assert trail.asked == ["checkout-authorize"]
    assert trail.ask(finding("another"), known=known)[0][0].resource == "another", "what drifts no more is forgotten"


def test_a_resource_whose_reads_bury_its_changes_is_given_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    read = {"account": PROD, "region": "us-east-1", "name": "GetFunction", "source": "lambda.amazonaws.com", "user": "ci", "via": "cli"}

    def busy(_: World, call: Any) -> dict[str, Any]:
        event = {**read, "time": "2026-11-13T10:00:00Z", "read_only": True, "resources": [], "request": {}}
        token = int(call.params.get("NextToken", "0")) + 1
        return {"Events": [answers._event(event)] * 50, "NextToken": str(token)}

    monkeypatch.setitem(HANDLERS, ("cloudtrail", "LookupEvents"), busy)
    trail = Trail()
    (entry,), _ = trail.ask(finding("busy"))
    assert (entry.actor, entry.note, len(trail.asked)) == (None, BURIED, 3)


def test_a_refusal_keeps_what_is_known_and_says_why() -> None:
    trail = Trail()
    known, _ = trail.ask(finding("checkout-authorize"))
    trail.world.faults["cloudtrail", "LookupEvents"] = Denied()
    entries, problems = trail.ask(finding("checkout-authorize"), finding("another"), finding("third"), known=known)
    assert entries == known
    assert [(problem.kind, problem.what) for problem in problems] == [("denied", "no permission for cloudtrail:LookupEvents")]
    assert len(trail.asked) == 1, "the other resources would be refused too"


def test_what_has_a_price_only_with_its_usage_counts_as_high() -> None:
    trail = Trail()
    sized = finding("sized", differences=[Difference("/MemorySize", "512", "3008", "change")])
    trail.ask(*(finding(f"fn-{number}") for number in range(20)), sized)
    assert trail.asked[0] == "sized"
    assert len(trail.asked) == 10


def test_the_answer_is_as_old_as_its_youngest_question() -> None:
    trail = Trail()
    known, _ = trail.ask(finding("checkout-authorize"))
    later = Request(US, DEMO_NOW + timedelta(days=1), inputs=trail.inputs(finding("checkout-authorize")), known=lambda: known)
    ages = [item.as_of for item in trail.source.fetch(later) if isinstance(item, Batch)]
    assert ages == [DEMO_NOW], "or the pane would be built anew for nothing"
