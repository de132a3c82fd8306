"""Tuning runs on this machine, named in [functions] tuning: power-tuning outputs, *.url files, REPORT logs, CSV.

A file belongs to the function that its `function` key or its one Lambda ARN names, else to the one it is named after, up to the
first dot: `thumbnail-render.json` and `thumbnail-render.2.url` are two runs of the same function.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from costtui.config import Settings, resolve
from costtui.domain.datasets import Batch, Scope
from costtui.domain.functions.tuning import ARN, FunctionRuns
from costtui.domain.functions.tuning_runs import read_tuning
from costtui.domain.functions.visualization_url import TuningError
from costtui.domain.prices.price_book import price_book
from costtui.domain.problems import Problem, SourceError
from costtui.sources.port import Request

SHORTCUT = "URL="
"""What an Internet shortcut (*.url as browsers save it) has before its address."""


class TuningFiles:
    """The files of one pattern, one scope a file."""

    dataset = "tuning-runs"
    after: tuple[str, ...] = ()
    local = True
    paid = False
    unconfigured = "no tuning run: set [functions] tuning"

    def __init__(self, settings: Settings, pattern: str) -> None:
        self.name = f"tuning:{pattern}"
        self._settings, self._pattern = settings, pattern

    def scopes(self) -> Sequence[Scope]:
        path = resolve(self._settings, self._pattern)
        found = sorted(file for file in Path(path.anchor).glob(str(path.relative_to(path.anchor))) if file.is_file())
        if not found:
            raise SourceError(Problem("failed", self.name, "no such file", "check the path in [functions] tuning", str(path)))
        return [Scope(str(file)) for file in found]

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        path = Path(request.scope.provider)
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            raise SourceError(Problem("failed", self.name, f"cannot be read ({error.strerror})", "check the file", str(path))) from None
        try:
            runs = read_tuning(_without_shortcut(text) if path.suffix == ".url" else text, path.name, price_book().power_tuning)
        except TuningError as error:
            raise SourceError(Problem("malformed", self.name, error.what, error.action, str(path))) from None
        if broken := sum(run.broken for run in runs):
            yield Problem("warning", self.name, f"{broken} broken REPORT lines were skipped", "export the log again", str(path))
        own = [run for run in runs if not run.compared]
        compared = [FunctionRuns(run.name, path.name, [run], guessed=True) for run in runs if run.compared]
        yield Batch([FunctionRuns(_function(text, path), path.name, own), *compared])


def _without_shortcut(text: str) -> str:
    addresses = [line.removeprefix(SHORTCUT) for line in text.splitlines() if line.startswith(SHORTCUT)]
    return "\n".join(addresses) or text


class _Named(msgspec.Struct, frozen=True):
    function: str = ""


def _function(text: str, path: Path) -> str:
    try:
        named = msgspec.json.decode(text, type=_Named).function
    except (msgspec.DecodeError, RecursionError):
        named = ""
    if named:
        arn = ARN.match(named)
        return arn[0] if arn else named.partition(":")[0]
    arns = set(ARN.findall(text))
    return arns.pop() if len(arns) == 1 else path.name.partition(".")[0]
