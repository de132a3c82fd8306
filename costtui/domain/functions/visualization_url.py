"""The visualization URL of aws-lambda-power-tuning: three base64 parts after `#`, or eight for a comparison of two runs.

`base64(Int16LE memory sizes);base64(Float32LE ms);base64(Float32LE USD)`, twice and followed by two names in a comparison
(https://github.com/matteo-ronchetti/aws-lambda-power-tuning-ui).
"""

import base64
import binascii
import math
import struct
from decimal import Decimal
from urllib.parse import unquote

from costtui.domain.functions.limits import LONGEST_MS
from costtui.domain.functions.measured_sizes import Observation, TuningRun
from costtui.domain.functions.power_tuning import tool_match
from costtui.domain.prices.price_book import ToolPrice

PARTS = ("memory sizes", "durations", "costs")
SINGLE, COMPARISON = 3, 8
COPY_AGAIN = "copy the whole URL again"


class TuningError(ValueError):
    """An import that cannot be read: `what` happened and where, and the `action` that helps."""

    def __init__(self, what: str, action: str) -> None:
        super().__init__(f"{what}: {action}")
        self.what = what
        self.action = action


def is_visualization_url(text: str) -> bool:
    """True for a text that can only be meant as such a URL."""
    return text.startswith(("http://", "https://")) or ("#" in text and ";" in text)


def _numbers(part: str, position: int, code: str) -> list[float]:
    where = f"part {position} ({PARTS[(position - 1) % 3]}) of the visualization URL"
    try:
        raw = base64.b64decode(unquote(part), validate=True)
    except (binascii.Error, ValueError):
        raise TuningError(f"{where} is not base64 or is cut off", COPY_AGAIN) from None
    width = struct.calcsize(code)
    if not raw or len(raw) % width:
        raise TuningError(f"{where} decodes to {len(raw)} bytes, which are no {width}-byte numbers", COPY_AGAIN)
    return [float(value) for (value,) in struct.iter_unpack("<" + code, raw)]


def _observations(parts: list[str], first: int) -> list[Observation]:
    sizes, durations, costs = (_numbers(part, first + n, code) for n, (part, code) in enumerate(zip(parts, "hff", strict=True)))
    if not len(sizes) == len(durations) == len(costs):
        counts = f"{len(sizes)} memory sizes, {len(durations)} durations and {len(costs)} costs"
        raise TuningError(f"parts {first} to {first + 2} of the visualization URL hold {counts}", COPY_AGAIN)
    for n, (size, ms, usd) in enumerate(zip(sizes, durations, costs, strict=True), start=1):
        if size <= 0:
            what = f"memory size {n} in part {first} of the visualization URL is {size:.0f}, as sizes above 32,767 MB overflow its 16 bits"
            raise TuningError(what, "import the tool's JSON output or a CSV instead")
        if not 0 <= ms <= LONGEST_MS:  # also false for a NaN
            raise TuningError(f"duration {n} in part {first + 1} of the visualization URL is {ms}", "measure that size again")
        if not 0 <= usd < math.inf:
            raise TuningError(f"cost {n} in part {first + 2} of the visualization URL is {usd}", COPY_AGAIN)
    return [Observation(int(size), Decimal(ms), tool_cost=usd) for size, ms, usd in zip(sizes, durations, costs, strict=True)]


def _run(name: str, parts: list[str], first: int, prices: tuple[ToolPrice, ...], compared: bool = False) -> TuningRun:
    observations = _observations(parts, first)
    points = [(one.memory_mb, float(one.duration_ms), one.tool_cost or 0.0) for one in observations]
    return TuningRun(name, observations, match=tool_match(prices, points), compared=compared)


def read_visualization_url(url: str, prices: tuple[ToolPrice, ...]) -> list[TuningRun]:
    """The run in a URL, or the two of a comparison; raises TuningError naming the part and the number that is wrong.

    Durations are the exact values of the 32-bit floats, so that rounding up gives what the tool rounded up.
    """
    _, hash_sign, fragment = url.strip().partition("#")
    if not hash_sign or not fragment:
        raise TuningError("the visualization URL has nothing after #, which is where its data is", COPY_AGAIN)
    parts = fragment.partition("?")[0].split(";")
    if len(parts) not in (SINGLE, COMPARISON):
        raise TuningError(f"the visualization URL has {len(parts)} parts after #, not 3 or 8", f"{COPY_AGAIN}, in quotes because of its ;")
    if len(parts) == SINGLE:
        return [_run("run", parts, 1, prices)]
    return [
        _run(unquote(parts[6]) or "first", parts[:3], 1, prices),
        _run(unquote(parts[7]) or "second", parts[3:6], 4, prices, compared=True),
    ]
