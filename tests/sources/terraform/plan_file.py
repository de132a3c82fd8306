"""A plan built for one resource, read and judged as a whole."""

import json
import pathlib
from datetime import date
from typing import Any

from costtui.domain.drift.judge import Judgement, judge
from costtui.domain.drift.price_terms import Usage
from costtui.sources.terraform import TerraformReading, read

TODAY = date(2026, 11, 24)
Values = dict[str, Any]


class PlanFile:
    """A plan under construction: drifted resources, and managed ones that did not drift."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._path = folder / "plan.json"
        self.document: Values = {"format_version": "1.2", "terraform_version": "1.11.4", "timestamp": "2026-11-20T10:00:00Z"}
        self.drift: list[Values] = []
        self.state: list[Values] = []

    def drifted(self, type_: str, before: Values | None, after: Values | None, **more: Any) -> "PlanFile":
        change = {"actions": ["delete"] if after is None else ["update"], "before": before, "after": after}
        change |= {"before_sensitive": more.pop("before_sensitive", {}), "after_sensitive": more.pop("after_sensitive", {})}
        name = more.pop("name", "x")
        entry = {"address": f"{type_}.{name}", "mode": "managed", "type": type_, "name": name, "change": change, **more}
        self.drift.append({key: value for key, value in entry.items() if value is not None})
        if after is not None:
            self.managed(type_, after, name=name)
        return self

    def managed(self, type_: str, values: Values, name: str = "y", sensitive: Any = None) -> "PlanFile":
        resource = {"address": f"{type_}.{name}", "mode": "managed", "type": type_, "name": name, "values": values}
        self.state.append(resource | {"sensitive_values": sensitive or {}})
        return self

    def with_part(self, **parts: Any) -> "PlanFile":
        self.document |= parts
        return self

    def write(self) -> pathlib.Path:
        document = {**self.document, "resource_drift": self.drift}
        document.setdefault("prior_state", {"values": {"root_module": {"resources": self.state}}})
        self._path.write_text(json.dumps(document))
        return self._path

    def read(self) -> TerraformReading:
        return read(self.write())

    def judge(self, usage: dict[str, Usage] | None = None) -> Judgement:
        return judge(self.read().findings, today=TODAY, usage=usage)
