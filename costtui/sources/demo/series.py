"""Daily calls, durations and errors of a function, over all days of the demo's calendar."""

from dataclasses import dataclass
from math import fsum

from costtui.sources.demo.calendar import ALL_DAYS, DAYS, DELETED_ON, REFERENCE_END, REFERENCE_START, WEEKDAYS, day_number
from costtui.sources.demo.company import Function
from costtui.sources.demo.seed import stream

WEEKS = {
    "office": (1.0, 1.06, 1.08, 1.04, 0.95, 0.38, 0.33),
    "consumer": (0.92, 0.93, 0.96, 1.0, 1.1, 1.22, 1.18),
    "flat": (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
    "nightly": (3.1, 0.8, 0.8, 0.8, 0.9, 0.3, 0.3),
    "idle": (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
}
"""Monday to Sunday, relative."""

_NOISE = {"flat": 0.01, "nightly": 0.05}


@dataclass(frozen=True, slots=True)
class Series:
    """One number per calendar day. A day with no calls has no data, as in CloudWatch."""

    calls: list[int]
    duration_ms: list[float]
    errors: list[int]
    throttles: list[int]


def shape(rhythm: str, growth: float, *subject: object) -> list[float]:
    """Relative weight of every day: rhythm of the week, linear growth over 60 days, a little noise."""
    week, noise, draw = WEEKS[rhythm], _NOISE.get(rhythm, 0.035), stream("shape", *subject).random
    step = growth / 60
    return [max(0.05, 1 + step * (day - REFERENCE_END)) * week[WEEKDAYS[day]] * (1 + noise * (2 * draw() - 1)) for day in range(DAYS)]


def spread(quantity: int, weights: list[float]) -> list[int]:
    """`weights` scaled to integers that add up to `quantity` over the reference days, exactly."""
    base = fsum(weights[REFERENCE_START:REFERENCE_END])
    if not base:
        return [0] * len(weights)
    factor = quantity / base
    result = [int(weight * factor) for weight in weights]
    result[REFERENCE_END - 1] += quantity - sum(result[REFERENCE_START:REFERENCE_END])
    return result


def function_series(function: Function) -> Series:
    calls = spread(function.calls, shape(function.rhythm, function.growth, function.name))
    if function.scenario == "after":
        born = day_number(function.modified.date())
        calls[:born] = [0] * born
    if function.scenario == "before":
        gone = day_number(DELETED_ON)
        calls[gone:] = [0] * (DAYS - gone)
    draw = stream("load", function.name).random
    wobble = [1 + 0.02 * (2 * draw() - 1) for _ in range(DAYS)]
    reference = range(REFERENCE_START, REFERENCE_END)
    weighted = fsum(calls[day] * wobble[day] for day in reference)
    level = function.duration_ms * sum(calls[day] for day in reference) / weighted if weighted else function.duration_ms
    rate = function.errors_ppm / 1_000_000
    errors = [int(count * rate * (0.5 + draw())) for count in calls]
    throttles = [int(count * rate * draw() / 40) for count in calls]
    return Series(calls, [round(count * level * factor, 3) for count, factor in zip(calls, wobble, strict=True)], errors, throttles)


def memory_on(function: Function, change_day: int, earlier_mb: int) -> list[int]:
    """The memory size in force on each day, for a function that was changed on `change_day`."""
    return [earlier_mb if day < change_day else function.memory_mb for day in range(len(ALL_DAYS))]
