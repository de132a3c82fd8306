"""What AWS Compute Optimizer says of a function, in a sentence."""

from costtui.domain.functions.records import FunctionRow, OptimizerAdvice
from costtui.panes.words import money, number

LARGEST_MB = 1792
"""Compute Optimizer looks at functions up to this size (its User Guide, "Supported resources and requirements")."""


def aws_says(row: FunctionRow) -> str:
    if row.memory_mb > LARGEST_MB:
        return f"Compute Optimizer does not look above {LARGEST_MB:,} MB"
    if row.optimizer is not None:
        return _advice(row.optimizer)
    if row.optimizer_enrolled:
        return "Compute Optimizer says nothing: it wants 50 calls in 14 days"
    return "Compute Optimizer is not enrolled here; opting in costs nothing"


def _advice(advice: OptimizerAdvice) -> str:
    basis = f"Compute Optimizer, {advice.days} days"
    if advice.memory_mb is None:
        return f"{basis}: {' '.join([advice.finding, *advice.reasons]).strip()}"
    saving = "" if advice.monthly_saving is None else f", saving {money(advice.monthly_saving)} $ a month"
    span = (
        ""
        if advice.lower_ms is None or advice.upper_ms is None
        else f", {number(advice.lower_ms)} to {number(advice.upper_ms)} ms expected"
    )
    return f"{basis}: {advice.memory_mb} MB{span}{saving}"
