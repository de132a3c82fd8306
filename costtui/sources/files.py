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
    unconfigured = "no plan file: set [drift] terraform"

    def __init__(self, settings: Settings, pattern: str) -> None:
        self.name = f"terraform:{pattern}"
        self._settings, self._pattern = settings, pattern

    def scopes(self) -> Sequence[Scope]:
        path = resolve(self._settings, self._pattern)
        found = sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor))))
        if not found:
            raise SourceError(Problem("failed", self.name, "no such file", "check the path in [drift] terraform", str(path)))
        return [Scope(str(file), version=_state_of(file)) for file in found]

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        reading = terraform.read(Path(request.scope.provider))
        if reading.partial:
            yield Problem("warning", self.name, reading.partial, "plan again", request.scope.provider)
        detail = f"terraform {reading.terraform_version or 'of an unknown version'}, {reading.kind}"
        yield Batch([DriftReport(reading.findings, reading.coverage)], as_of=reading.taken_at, detail=detail)


def _state_of(file: Path) -> str:
    """Changes when the file does, and with the program, which may read it otherwise; "" for a file that is gone meanwhile."""
    try:
        stat = file.stat()
    except OSError:
        return ""
    return f"{stat.st_mtime_ns}:{stat.st_size}:{__version__}"
