"""Sources that are files of the user's: plans, bills, usage and customer lists on this machine."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from costtui import __version__
from costtui.config import Settings, resolve
from costtui.domain.datasets import Batch, DriftReport, Scope
from costtui.domain.problems import Problem, SourceError
from costtui.sources import terraform
from costtui.sources.port import Request


class TerraformPlans:
    """Plan and state files named in [drift] terraform, one scope a file."""

    dataset = "terraform-drift"
    after: tuple[str, ...] = ()
    local = True
    paid = False
    unconfigured = "no plan file: set [drift] terraform"

    def __init__(self, settings: Settings, pattern: str) -> None:
        self.name = f"terraform:{pattern}"
        self._settings, self._pattern = settings, pattern

    def scopes(self) -> Sequence[Scope]:
        found = _matching(self._settings, self._pattern)
        if not found:
            path = resolve(self._settings, self._pattern)
            raise SourceError(Problem("failed", self.name, "no such file", "check the path in [drift] terraform", str(path)))
        patterns = self._settings.drift.terraform
        earlier = patterns[: patterns.index(self._pattern)] if self._pattern in patterns else []
        told = {file for pattern in earlier for file in _local(self._settings, pattern)}
        return [Scope(str(file), version=_state_of(file)) for file in found if file not in told]

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        file = Path(request.scope.provider)
        reading = terraform.read(file, self._name_of(file), terraform.Watch(request.progress, request.cancelled), request.key)
        if reading.partial:
            yield Problem("warning", self.name, reading.partial, "plan again", request.scope.provider)
        yield plan_batch(reading, str(file.parent))

    def _name_of(self, file: Path) -> str:
        """The file's name, with as many of its folders as no other plan shares: "prod/plan.json" beside "stage/plan.json"."""
        others = {other.parts for pattern in self._settings.drift.terraform for other in _local(self._settings, pattern)} - {file.parts}
        tails = (file.parts[-count:] for count in range(1, len(file.parts)))
        tail = next((tail for tail in tails if not any(other[-len(tail) :] == tail for other in others)), file.parts)
        return "/".join(tail)


def plan_batch(reading: terraform.TerraformReading, folder: str) -> Batch:
    """What was read of one file of a folder, as old as the plan is."""
    detail = f"terraform {reading.terraform_version or 'of an unknown version'}, {reading.kind}"
    report = DriftReport(reading.findings, reading.coverage, reading.owned, inventory=reading.inventory(folder))
    return Batch([report], as_of=reading.taken_at, detail=detail)


def _matching(settings: Settings, pattern: str) -> list[Path]:
    path = resolve(settings, pattern)
    return sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor))))


def _local(settings: Settings, pattern: str) -> list[Path]:
    """The same, and nothing for a pattern of another place, such as s3://."""
    return [] if "://" in pattern else _matching(settings, pattern)


def _state_of(file: Path) -> str:
    """Changes when the file does, and with the program, which may read it otherwise; "" for a file that is gone meanwhile."""
    try:
        stat = file.stat()
    except OSError:
        return ""
    return f"{stat.st_mtime_ns}:{stat.st_size}:{__version__}"
