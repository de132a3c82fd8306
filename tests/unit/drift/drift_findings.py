"""Findings as a source would report them, and their judged rows."""

from datetime import date
from typing import Any

from costtui.domain.drift.judge import judge
from costtui.domain.drift.noise.values import dump
from costtui.domain.drift.records import Difference, DriftFinding, DriftRow, Op


def _text(value: Any) -> str | None:
    return None if value is None else dump(value)


def finding(type_: str, *changes: tuple[str, Any, Any], **fields: Any) -> DriftFinding:
    """`finding(type, (path, expected, actual), …)`: a side that is None is missing."""
    ops: dict[tuple[bool, bool], Op] = {(True, False): "add", (False, True): "remove"}
    differences = [
        Difference(path, _text(expected), _text(actual), ops.get((expected is None, actual is None), "change"))
        for path, expected, actual in changes
    ]
    source = "cloudformation" if "::" in type_ else "terraform"
    known = {"physical_id": "id-1", "account": "111122223333", "region": "us-east-1", "status": "drifted", "address": f"{type_}.x"}
    told = {"source": source, "scope": "s"} | known | fields
    return DriftFinding(type=type_, differences=differences, **told)


def row(type_: str, *changes: tuple[str, Any, Any], **fields: Any) -> DriftRow:
    """The judged row of one finding."""
    required = fields.pop("required_tags", ())
    return judge([finding(type_, *changes, **fields)], today=date(2026, 11, 24), required_tags=required).rows[0]
