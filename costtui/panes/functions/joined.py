"""What stands beside a function's own records: its tuning runs, its metrics of the whole window, AWS's own advice."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from costtui.domain.functions.bill_records import BilledLine, FunctionVersions
from costtui.domain.functions.measured_sizes import TuningRun
from costtui.domain.functions.records import Function, FunctionDays, OptimizerAdvice, OptimizerReport, WindowMetrics
from costtui.domain.functions.reported import FunctionReports
from costtui.domain.functions.tuning import FunctionRuns, Tuning, tuning_of
from costtui.domain.loaded import SourceState
from costtui.domain.problems import Problem
from costtui.panes.inputs import Inputs

OPTIMIZER = "aws.compute-optimizer"
NOT_ENROLLED = "not enrolled, or not offered here: opt in, which costs nothing, then refresh"


class Joined(msgspec.Struct, frozen=True):
    """By ARN. `enrolled` are the accounts and regions that Compute Optimizer looks at, `strays` are files whose function is not listed."""

    tuning: Mapping[str, Tuning]
    metrics: Mapping[str, WindowMetrics]
    optimizer: Mapping[str, OptimizerAdvice]
    enrolled: frozenset[tuple[str, str]]
    versions: Mapping[str, FunctionVersions]
    billed: Mapping[str, Sequence[BilledLine]]
    reports: Mapping[str, FunctionReports]
    history: Mapping[str, FunctionDays]
    strays: list[Problem]


def join(inputs: Inputs) -> Joined:
    metrics: Iterable[WindowMetrics] = inputs.of("function-window")
    reports: Sequence[OptimizerReport] = inputs.of("optimizer-advice")
    tuning, strays = _tuning(inputs.of("tuning-runs"), inputs.of("functions"))
    return Joined(
        tuning=tuning,
        metrics={one.arn: one for one in metrics},
        optimizer={_without_version(advice.arn): advice for report in reports for advice in report.advice},
        enrolled=frozenset((report.account, report.region) for report in reports if report.enrolled),
        versions=_versions(inputs),
        billed=_billed(inputs.of("function-billed")),
        reports={one.subject: one for one in inputs.of("function-reports")},
        history={one.subject: one for one in inputs.of("function-history")},
        strays=strays,
    )


def _versions(inputs: Inputs) -> dict[str, FunctionVersions]:
    """What was asked about a function says more than what is known of all that have provisioned concurrency."""
    found: dict[str, FunctionVersions] = {one.subject: one for one in inputs.of("function-provisioned")}
    asked: Iterable[FunctionVersions] = inputs.of("function-versions")
    for one in asked:
        known = found.get(one.subject)
        if known is None or not one.reason:
            found[one.subject] = one
    return found


def _billed(lines: Iterable[BilledLine]) -> dict[str, list[BilledLine]]:
    found: dict[str, list[BilledLine]] = defaultdict(list)
    for line in lines:
        found[line.arn].append(line)
    return found


def _without_version(arn: str) -> str:
    return ":".join(arn.split(":")[:7])


def _tuning(files: Iterable[FunctionRuns], functions: Sequence[Function]) -> tuple[dict[str, Tuning], list[Problem]]:
    """A name belongs to every function that has it, since the same code runs in each account and region."""
    arns: dict[str, list[str]] = defaultdict(list)
    for function in functions:
        arns[function.arn] = [function.arn]
        arns[function.name].append(function.arn)
    runs: dict[str, list[TuningRun]] = defaultdict(list)
    strays: list[Problem] = []
    for file in files:
        for arn in arns.get(file.function, ()):
            runs[arn] += [msgspec.structs.replace(run, name=file.file.removeprefix(file.function).lstrip(".")) for run in file.runs]
        if file.function not in arns and not file.guessed and functions:
            what = f"its tuning run is of {file.function!r}, which is no function here"
            strays.append(Problem("warning", "tuning", what, "name the file after the function, or add its account", file.file))
    return {arn: tuning_of(found) for arn, found in runs.items()}, strays


def with_enrolment(states: Iterable[SourceState], *, enrolled: bool) -> list[SourceState]:
    """Compute Optimizer without enrolment answered, and has nothing to say: its state tells why."""
    return [
        msgspec.structs.replace(state, detail=NOT_ENROLLED)
        if state.name == OPTIMIZER and state.state in ("fresh", "stale") and not enrolled
        else state
        for state in states
    ]
