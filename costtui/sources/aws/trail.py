"""Questions to CloudTrail about one resource: LookupEvents, free, 90 days of management events.

The quota is 2 requests a second for everybody in an account and region, of which costtui takes one. Source:
https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from costtui.domain.datasets import Account, DriftReport, Scope
from costtui.domain.drift.attribution import Attribution, latest, trail_region, words_of
from costtui.domain.drift.records import NO_EVENT, DriftFinding
from costtui.domain.drift.vocabulary import canonical_type
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.port import Request

ACROSS = ("accounts", "cloudformation-drift", "terraform-drift")
"""Whose findings a trail is asked about."""
MOST_PAGES = 3
"""Of 50 events each: a resource that is read a thousand times a day is given up on."""
KEPT = timedelta(days=90)
BURIED = "no change among its last 150 events"


class Trail:
    """The trail of an account and region."""

    def __init__(self, cloud: AwsCloud, source: str) -> None:
        self._cloud, self._source = cloud, source

    def findings(self, request: Request, account: str) -> list[DriftFinding]:
        """Those of the account whose changes are recorded in the scope's region; [] where STS did not say which account it is."""
        return [
            finding
            for report in _reports(request)
            for finding in report.findings
            if account and _owner(finding, report, self._cloud.profiles, account) == account and _recorded_in(finding, request.scope)
        ]

    def ask(self, request: Request, account: str, finding: DriftFinding) -> Attribution:
        """By the id itself, then, where that is an ARN or a URL, by the name at its end: services differ in what they record.

        What happened after the check that found the drift cannot have caused it."""
        (resource, kind), until = key_of(finding), finding.last_checked or request.now
        about, whole = words_of(finding), True
        names = dict.fromkeys((resource, resource.replace(":", "/").rpartition("/")[2]))
        for name in names if until > request.now - KEPT else ():
            for number, page in enumerate(self._pages(request, name, until), 1):
                events = [event["CloudTrailEvent"] for event in page.get("Events", ()) if "CloudTrailEvent" in event]
                if actor := latest(events, about):
                    return Attribution(account, request.scope.region, resource, request.now, actor, kind=kind)
                if number == MOST_PAGES:
                    whole = not page.get("NextToken")
                    break
        return Attribution(account, request.scope.region, resource, request.now, note=NO_EVENT if whole else BURIED, kind=kind)

    def _pages(self, request: Request, name: str, until: datetime) -> Iterator[dict[str, list[dict[str, str]]]]:
        return self._cloud.pages(
            self._source,
            request.scope,
            "cloudtrail",
            "lookup_events",
            ask="NextToken",
            given="NextToken",
            LookupAttributes=[{"AttributeKey": "ResourceName", "AttributeValue": name}],
            StartTime=request.now - KEPT,
            EndTime=until,
            MaxResults=50,
        )


def account_of(request: Request) -> str:
    """The number of the scope's account; "" where STS did not say."""
    accounts: Sequence[Account] = request.inputs.get("accounts", ())
    return next((one.id for one in accounts if one.name == (request.scope.profile or one.id)), "")


def _owner(finding: DriftFinding, report: DriftReport, profiles: Sequence[str], account: str) -> str | None:
    """A finding without an account (a bucket's ARN has none) belongs to the only one that there is, or that its plan speaks of."""
    if finding.account or len(profiles) == 1:
        return finding.account or account
    others = {other.account for other in report.findings if other.account}
    return next(iter(others)) if len(others) == 1 else None


def _recorded_in(finding: DriftFinding, scope: Scope) -> bool:
    return bool(finding.physical_id) and trail_region(finding) == scope.region


def _reports(request: Request) -> list[DriftReport]:
    return [*request.inputs.get("cloudformation-drift", ()), *request.inputs.get("terraform-drift", ())]


def key_of(finding: DriftFinding) -> tuple[str, str]:
    return finding.physical_id or "", canonical_type(finding.type)
