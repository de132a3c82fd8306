"""The tuning runs of one function, in the few numbers that its verdict, its plot and its row are made from."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

import msgspec

from costtui.domain.functions.measured_sizes import MeasuredSize, TuningRun, mean, measured_sizes, observed_cold_rate

ARN = re.compile(r"arn:aws[\w-]*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+")
"""A function's ARN (Lambda API reference), without version or alias."""


class FunctionRuns(msgspec.Struct, frozen=True):
    """What one file says of one function. `function` is a name or an ARN; `guessed` when only a comparison's label may name one."""

    function: str
    file: str
    runs: list[TuningRun]
    guessed: bool = False


class RunSummary(msgspec.Struct, frozen=True):
    """One run beside others: the mean duration in ms at each size."""

    name: str
    observations: int
    calls: bool
    duration_ms: dict[int, Decimal]


class Tuning(msgspec.Struct, frozen=True):
    """All runs of one function, pooled by size. `cold_rate` (0 to 1) and `init_ms` are None where no run tells them.

    `measured_on` is the architecture that the runs' embedded prices give away.
    """

    sizes: list[MeasuredSize]
    runs: list[RunSummary]
    cold_rate: Decimal | None
    init_ms: Decimal | None
    measured_on: str | None = None

    @property
    def max_memory_used_mb(self) -> int | None:
        return max((size.max_memory_used_mb for size in self.sizes if size.max_memory_used_mb is not None), default=None)


def measured_on(runs: Iterable[TuningRun]) -> str | None:
    """The architecture whose prices every dated run holds; None when none is dated, or they differ."""
    architectures = {run.match.price.architecture for run in runs if run.match is not None and run.match.sure}
    return architectures.pop() if len(architectures) == 1 else None


def tuning_of(runs: Sequence[TuningRun]) -> Tuning:
    """Pool at least one run of a function."""
    inits = [one.init_ms for run in runs for one in run.observations if one.init_ms is not None]
    return Tuning(
        sizes=measured_sizes(runs),
        runs=[_summary(run) for run in runs],
        cold_rate=observed_cold_rate(runs) if any(run.calls for run in runs) else None,
        init_ms=mean(inits) if inits else None,
        measured_on=measured_on(runs),
    )


def _summary(run: TuningRun) -> RunSummary:
    sizes = measured_sizes([run])
    return RunSummary(run.name, len(run.observations), run.calls, {size.memory_mb: size.duration_ms for size in sizes})
