"""Functions with usage and tuning runs, as the pane's `build` gets them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from costtui.config import Settings
from costtui.domain.functions.measured_sizes import Observation, TuningRun
from costtui.domain.functions.records import Function, FunctionRow, FunctionTotals, UsageDay
from costtui.domain.functions.tuning import FunctionRuns
from costtui.domain.loaded import PaneData, SourceState
from costtui.domain.period import Window
from costtui.panes.functions.rows import build
from costtui.panes.inputs import Inputs

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MONTH = Window(date(2026, 10, 21), date(2026, 11, 20))


def function(name: str = "resize", *, account: str = "111122223333", memory_mb: int = 256, **more: Any) -> Function:
    known = Function(
        arn=f"arn:aws:lambda:us-east-1:{account}:function:{name}",
        name=name,
        account=account,
        region="us-east-1",
        runtime="python3.12",
        architecture="x86_64",
        memory_mb=memory_mb,
        ephemeral_mb=512,
        package_type="Zip",
        last_modified=None,
    )
    return msgspec.structs.replace(known, **more)


def averages(name: str, sizes: dict[int, int | str], init_ms: int | None = None) -> TuningRun:
    """A run that knows one average a size."""
    init = None if init_ms is None else Decimal(init_ms)
    return TuningRun(name, [Observation(size, Decimal(ms), init) for size, ms in sizes.items()])


def calls(name: str, memory_mb: int, ms: int, *, count: int, cold: int = 0, init_ms: int = 135, used_mb: int | None = None) -> TuningRun:
    """A log: every call is an observation, the first `cold` of them with INIT."""
    seen = [Observation(memory_mb, Decimal(ms), Decimal(init_ms) if n < cold else None, used_mb) for n in range(count)]
    return TuningRun(name, seen, calls=True)


def runs(of: str, *found: TuningRun, file: str = "") -> FunctionRuns:
    return FunctionRuns(of, file or f"{of}.json", list(found))


def used(one: Function, days: int, invocations: int, duration_ms: str, start: date = MONTH.start) -> list[UsageDay]:
    """The same use on each of the first `days` days."""
    return [UsageDay(one.arn, start + timedelta(n), invocations, Decimal(duration_ms)) for n in range(days)]


def built(
    functions: Sequence[Function],
    *,
    tuning: Sequence[FunctionRuns] = (),
    usage: Sequence[UsageDay] = (),
    window: Window = MONTH,
    settings: Settings | None = None,
    states: Sequence[SourceState] = (),
    **more: Sequence[Any],
) -> PaneData[FunctionRow, FunctionTotals]:
    records = {"functions": functions, "function-usage": usage, "tuning-runs": tuning}
    records |= {name.replace("_", "-"): found for name, found in more.items()}
    return build(Inputs(window, NOW, settings or Settings(), records, states, ()))
