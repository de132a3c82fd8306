"""Who changed the worst drifted resources, asked without being told to: at most ten an account and region (see `trail`).

What was answered once is kept.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

from costtui.config import Drift
from costtui.domain.datasets import Batch, Scope
from costtui.domain.drift.attribution import Attribution
from costtui.domain.drift.judge import judge
from costtui.domain.drift.price_delta import NEEDS_USAGE
from costtui.domain.drift.records import SEVERITIES, DriftFinding, DriftRow
from costtui.domain.money import ZERO
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.aws.trail import ACROSS, Trail, account_of, key_of
from costtui.sources.port import Request

MOST_RESOURCES = 10
ARRIVES = timedelta(minutes=15)
"""How late an event may reach CloudTrail."""


class CloudTrail:
    """The last change of the worst drifted resources of an account and region."""

    name = "aws.cloudtrail"
    dataset = "attributions"
    after: tuple[str, ...] = ()
    across: tuple[str, ...] = ACROSS
    local = False
    paid = False

    def __init__(self, cloud: AwsCloud, settings: Drift) -> None:
        self._cloud, self._settings, self._trail = cloud, settings, Trail(cloud, self.name)
        self._wanted = settings.cloudformation or bool(settings.terraform)
        self.unconfigured = "no AWS profile is configured" if self._wanted else "switched off in [drift]"

    def scopes(self) -> Sequence[Scope]:
        return self._cloud.scopes(self.name) if self._wanted else []

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        account = account_of(request)
        found = self._trail.findings(request, account)
        there = {key_of(finding): finding for finding in found}
        known: Sequence[Attribution] = request.known()
        kept = [entry for entry in known if (finding := there.get((entry.resource, entry.kind))) and _holds(entry, finding)]
        yield Batch(kept, as_of=max((entry.looked_up for entry in kept), default=request.now))
        answered = {(entry.resource, entry.kind) for entry in kept}
        missing = [finding for finding in self._worst(found, request) if key_of(finding) not in answered]
        for number, finding in enumerate(missing, 1):
            request.progress(f"who changed what in {request.scope.words}", number, len(missing))
            try:
                yield Batch([self._trail.ask(request, account, finding)])
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
        unique = {key_of(finding): finding for _, finding in reversed(pairs)}
        return list(reversed(unique.values()))[:MOST_RESOURCES]


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
