"""AI models in a bill: which model a usage type is of, which kind of tokens, and how many.

Bedrock writes a line per kind of token (Bedrock user guide, "Understanding your Cost and Usage Report data"):
`USE1-Claude4.6Sonnet-input-tokens`, `…-mantle-output-tokens-…`, `…-cache-read-input-token-count`, `…-cache-write-input-token-count`.
Other vendors' FOCUS meters are read the same way: "gpt-4o, output tokens".
"""

import re
from decimal import Decimal
from functools import lru_cache

from costtui.domain.money import EXACT

SEPARATOR = "\x1f"
"""chr(31) in SQL: between meter, unit and model where they travel as one text."""

KINDS = (
    ("cache-read", re.compile(r"cache[-_ ]?read|cached|cache[-_ ]?hit", re.IGNORECASE)),
    ("cache-write", re.compile(r"cache[-_ ]?(write|creation)", re.IGNORECASE)),
    ("output", re.compile(r"output|completion|generated", re.IGNORECASE)),
    ("input", re.compile(r"input|prompt", re.IGNORECASE)),
)
_REGION = re.compile(r"^[A-Z]{2,4}\d{0,2}-(?:MP:[A-Z]{2,4}\d{0,2}_)?")
_AFTER_MODEL = re.compile(
    r"[-_ ,:/]*(?:mantle[-_ ])?(?:cache|cached|input|output|prompt|completion|generated|tokens?)(?![a-z]*[0-9]).*$",
    re.IGNORECASE | re.DOTALL,
)
_UNIT = re.compile(r"^\s*(?P<count>[\d,]+)?\s*(?P<scale>k|m|thousand|million)?\b.*token", re.IGNORECASE)
_SCALES = {"": 1, "k": 1_000, "thousand": 1_000, "m": 1_000_000, "million": 1_000_000}
_EDITION = " (Amazon Bedrock Edition)"


def tokens(told: str, service: str, quantity: Decimal | None) -> tuple[str, str, Decimal | None]:
    """Model, kind of token and number of tokens of a charge. The number is None where the unit is not one of tokens."""
    model, kind, scale = _read(told)
    counted = None if quantity is None or scale is None else EXACT.multiply(quantity, Decimal(scale))
    return model or service.removesuffix(_EDITION), kind, counted


@lru_cache(maxsize=4096)
def _read(told: str) -> tuple[str, str, int | None]:
    meter, unit, named = told.split(SEPARATOR, 2)
    kind = next((name for name, pattern in KINDS if pattern.search(meter)), "")
    model = _AFTER_MODEL.sub("", _REGION.sub("", meter)).strip(" -_,:/")
    found = _UNIT.match(unit)
    scale = int((found["count"] or "1").replace(",", "")) * _SCALES[(found["scale"] or "").lower()] if found else None
    return model or named, kind, scale
