"""Who changed the rows on the screen: the same questions as for the worst ten, one row at a time (see `trail`)."""

from collections.abc import Iterator, Sequence

import msgspec

from costtui.config import Drift
from costtui.domain.datasets import Batch, Scope
from costtui.domain.drift.attribution import Attribution
from costtui.domain.drift.records import DriftFinding
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.aws.trail import ACROSS, Trail, account_of, key_of
from costtui.sources.port import Request


class RowActors:
    """The last change of the resources that are asked about, by the ids of their rows."""

    name = "aws.cloudtrail.rows"
    dataset = "row-attributions"
    after: tuple[str, ...] = ()
    across: tuple[str, ...] = ACROSS
    local = False
    paid = False

    def __init__(self, cloud: AwsCloud, settings: Drift) -> None:
        self._cloud, self._trail = cloud, Trail(cloud, self.name)
        self._wanted = settings.cloudformation or bool(settings.terraform)
        self.unconfigured = "no AWS profile is configured" if self._wanted else "switched off in [drift]"

    def scopes(self) -> Sequence[Scope]:
        return self._cloud.scopes(self.name) if self._wanted else []

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        account = account_of(request)
        wanted = [finding for finding in self._trail.findings(request, account) if finding.id in request.subjects]
        answered: dict[tuple[str, str], Attribution] = {}
        for number, finding in enumerate(wanted, 1):
            if request.cancelled():
                return
            request.progress(f"who changed what in {request.scope.words}", number, len(wanted))
            try:
                yield Batch([self._one(request, account, finding, answered)])
            except SourceError as error:
                yield error.problem
                return

    def _one(self, request: Request, account: str, finding: DriftFinding, answered: dict[tuple[str, str], Attribution]) -> Attribution:
        """Rows of one resource (in a stack and in a plan) share one answer."""
        key = key_of(finding)
        if key not in answered:
            answered[key] = self._trail.ask(request, account, finding)
        return msgspec.structs.replace(answered[key], subject=finding.id)
