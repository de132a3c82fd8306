"""Who changed a drifted resource: CloudTrail LookupEvents, free, 90 days of management events, one resource a question.

The quota is 2 requests a second for everybody in an account and region, so only the worst drifts are asked about, and what was
answered once is kept. Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from costtui.config import Drift
from costtui.domain.datasets import Account, Batch, DriftReport, Scope
from costtui.domain.drift.attribution import Attribution, latest, trail_region, words_of
from costtui.domain.drift.judge import judge
from costtui.domain.drift.price_delta import NEEDS_USAGE
from costtui.domain.drift.records import NO_EVENT, SEVERITIES, DriftFinding, DriftRow
from costtui.domain.drift.vocabulary import canonical_type
from costtui.domain.money import ZERO
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.port import Request

MOST_RESOURCES = 10
MOST_PAGES = 3
"""Of 50 events each: a resource that is read a thousand times a day is given up on."""
KEPT = timedelta(days=90)
ARRIVES = timedelta(minutes=15)
"""How late an event may reach CloudTrail."""
BURIED = "no change among its last 150 events"


class CloudTrail:
    """The last change of the worst drifted resources of an account and region."""

    name = "aws.cloudtrail"
    dataset = "attributions"
    after: tuple[str, ...] = ()
    across: tuple[str, ...] = ("accounts", "cloudformation-drift", "terraform-drift")
    local = False

    def __init__(self, cloud: AwsCloud, settings: Drift) -> None:
        self._cloud, self._settings = cloud, settings
        self._wanted = settings.cloudformation or bool(settings.terraform)
        self.unconfigured = "no AWS profile is configured" if self._wanted else "switched off in [drift]"

    def scopes(self) -> Sequence[Scope]:
        return self._cloud.scopes(self.name) if self._wanted else []

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        account = _account(request)
        found = [
            finding
            for report in _reports(request)
            for finding in report.findings
            if account and _owner(finding, report, self._cloud.profiles, account) == account and _recorded_in(finding, request.scope)
        ]
        there = {_key(finding): finding for finding in found}
        known: Sequence[Attribution] = request.known()
        kept = [entry for entry in known if (finding := there.get((entry.resource, entry.kind))) and _holds(entry, finding)]
        yield Batch(kept, as_of=max((entry.looked_up for entry in kept), default=request.now))
        answered = {(entry.resource, entry.kind) for entry in kept}
        missing = [finding for finding in self._worst(found, request) if _key(finding) not in answered]
        for number, finding in enumerate(missing, 1):
            request.progress(f"who changed what in {request.scope.words}", number, len(missing))
            try:
                yield Batch([self._ask(request, account, finding)])
            except SourceError as error:
                yield error.problem
                return

    def _worst(self, findings: Sequence[DriftFinding], request: Request) -> list[DriftFinding]:
        """By severity, then money; one finding a resource."""
        settings = self._settings
        likely = [finding for finding in findings if finding.status != "drifted" or not _only_noise(finding)]
        judged = judge(likely, ignores=settings.ignore, today=request.now.date(), required_tags=settings.required_tags)
        pairs = [(row, finding) for row, finding in zip(judged.rows, likely, strict=True) if row.severity != "none"]
        pairs.sort(key=lambda pair: _worst_first(pair[0]))
        unique = {_key(finding): finding for _, finding in reversed(pairs)}
        return list(reversed(unique.values()))[:MOST_RESOURCES]

    def _ask(self, request: Request, account: str, finding: DriftFinding) -> Attribution:
        """By the id itself, then, where that is an ARN or a URL, by the name at its end: services differ in what they record.

        What happened after the check that found the drift cannot have caused it."""
        (resource, kind), until = _key(finding), finding.last_checked or request.now
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
            self.name,
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


def _account(request: Request) -> str:
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


def _key(finding: DriftFinding) -> tuple[str, str]:
    return finding.physical_id or "", canonical_type(finding.type)


def _only_noise(finding: DriftFinding) -> bool:
    """What the sources explained needs no second judgement."""
    return bool(finding.differences) and all(one.class_ == "noise" for one in finding.differences)


def _worst_first(row: DriftRow) -> tuple[int, Decimal, str]:
    """The usage is not known here: what has a price only with it may cost much, and counts as high."""
    severity = SEVERITIES.index(row.severity)
    if (row.price_basis or "").startswith(NEEDS_USAGE):
        severity = min(severity, SEVERITIES.index("high"))
    return severity, -abs(row.monthly_delta or ZERO), row.id


def _holds(entry: Attribution, finding: DriftFinding) -> bool:
    """Every event up to the check that found the drift had arrived when it was looked up."""
    return finding.last_checked is None or entry.looked_up >= finding.last_checked + ARRIVES
