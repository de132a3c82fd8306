"""Detection in the demo: what was never checked shows what it finds, and what fails stays unknown."""

from costtui.domain.datasets import Batch
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.aws.cloudformation import CloudFormation
from costtui.sources.aws.stack_detection import StackDetections
from costtui.sources.bridge import Pacer
from costtui.sources.demo import DEMO_NOW, World, install
from costtui.sources.port import Request
from tests.fakes.aws_account import Meter
from tests.fakes.demo import PROD


def test_the_demos_stack_that_was_never_checked_shows_what_a_detection_finds() -> None:
    world = World()
    cloud = AwsCloud(
        Meter(),
        Pacer(unlimited=True),
        profiles=["prod"],
        regions=["eu-west-1"],
        prompt=lambda _: "",
        install=lambda session, profile: install(session, world, profile=profile),
    )
    elapsed = [0.0]
    source = StackDetections(cloud, wanted=True, sleep=elapsed.append, clock=lambda: sum(elapsed))
    place = source.scopes()[0]
    asked = Request(place, DEMO_NOW, subjects=(f"{PROD}/eu-west-1/growth-prod", f"{PROD}/eu-west-1/billing-prod"))
    ended = [record for item in source.fetch(asked) if isinstance(item, Batch) for record in item.records]
    assert {one.subject.rpartition("/")[2]: one.outcome for one in ended} == {"growth-prod": "complete", "billing-prod": "partial"}
    reading = CloudFormation(cloud, wanted=True).fetch(Request(place, DEMO_NOW, inputs={"stack-detections": ended}))
    reports = {record.coverage.scope: record for item in reading if isinstance(item, Batch) for record in item.records}
    (lost,) = reports["growth-prod"].findings
    assert (lost.address, lost.status, lost.last_checked) == ("TrackQueue", "drifted", DEMO_NOW)
    assert [one.status for one in reports["billing-prod"].findings] == ["unknown"]
    assert reports["billing-prod"].coverage.unchecked == 1
