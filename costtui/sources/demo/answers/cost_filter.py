"""Cost Explorer's dimensions, tags and filter expressions over the lines of the bill."""

from collections.abc import Callable
from typing import Any

from costtui.sources.demo.charges import Charge
from costtui.sources.demo.faults import CloudError

Reader = Callable[[Charge], str | None]

DIMENSIONS: dict[str, Reader] = {
    "SERVICE": lambda charge: charge.service,
    "RECORD_TYPE": lambda charge: charge.record_type,
    "USAGE_TYPE": lambda charge: charge.usage_type,
    "LINKED_ACCOUNT": lambda charge: charge.account,
    "REGION": lambda charge: charge.region,
}


def reader(kind: str, key: str) -> Reader:
    """How a dimension or tag is read from a line. A tag that is spelt otherwise, or not active, is on no line: no error, as in AWS."""
    if kind == "TAG":
        return (lambda charge: charge.customer) if key == "customer" else (lambda _: None)
    if kind == "DIMENSION" and key in DIMENSIONS:
        return DIMENSIONS[key]
    raise CloudError("ValidationException", f"The demo cloud does not group or filter by {kind} {key}")


def matches(condition: dict[str, Any], charge: Charge) -> bool:
    """Whether a filter expression takes the line."""
    if "And" in condition:
        return all(matches(one, charge) for one in condition["And"])
    if "Or" in condition:
        return any(matches(one, charge) for one in condition["Or"])
    if "Not" in condition:
        return not matches(condition["Not"], charge)
    if "Dimensions" in condition:
        return _values("DIMENSION", condition["Dimensions"], charge)
    if "Tags" in condition:
        return _values("TAG", condition["Tags"], charge)
    raise CloudError("ValidationException", f"The demo cloud does not filter by {', '.join(condition) or 'nothing'}")


_COMPARE: dict[str, Callable[[str, str], bool]] = {
    "EQUALS": lambda found, wanted: found == wanted,
    "CASE_SENSITIVE": lambda found, wanted: found == wanted,
    "CASE_INSENSITIVE": lambda found, wanted: found.casefold() == wanted.casefold(),
    "STARTS_WITH": lambda found, wanted: found.startswith(wanted),
    "ENDS_WITH": lambda found, wanted: found.endswith(wanted),
    "CONTAINS": lambda found, wanted: wanted in found,
}


def _values(kind: str, condition: dict[str, Any], charge: Charge) -> bool:
    found = reader(kind, condition["Key"])(charge)
    options = condition.get("MatchOptions") or ["EQUALS"]
    if "ABSENT" in options:
        return found is None
    values = condition.get("Values") or []
    compare = [_COMPARE[option] for option in options if option in _COMPARE]
    return found is not None and any(check(found, wanted) for wanted in values for check in compare)
