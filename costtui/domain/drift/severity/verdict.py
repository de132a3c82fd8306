"""What a severity rule says of one difference, and what it is told."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

from costtui.domain.drift import pointer
from costtui.domain.drift.noise.values import parse
from costtui.domain.drift.records import Class, Difference, DriftFinding, Severity
from costtui.domain.drift.vocabulary import canonical_path, canonical_type


class Verdict(NamedTuple):
    severity: Severity
    class_: Class
    rule: str


class Case:
    """One difference of one finding, in canonical words and with its values parsed."""

    def __init__(self, finding: DriftFinding, difference: Difference) -> None:
        self.finding = finding
        self.difference = difference
        self.kind = canonical_type(finding.type)
        self.path = canonical_path(finding.type, difference.path)
        self.parts = pointer.segments(self.path)
        self.names = [part for part in self.parts if not part.isdigit()]

    @property
    def last(self) -> str:
        """The name of the property itself; "" for the whole document."""
        return self.names[-1] if self.names else ""

    @cached_property
    def expected(self) -> Any:
        return parse(self.difference.expected)

    @cached_property
    def actual(self) -> Any:
        return parse(self.difference.actual)

    @cached_property
    def context(self) -> Mapping[str, Any]:
        """Unchanged properties by canonical pointer."""
        return {canonical_path(self.finding.type, path): parse(text) for path, text in self.finding.context.items()}


def is_on(value: Any) -> bool:
    return value is True or value == "true"
