"""Terraform and OpenTofu: plan JSON for drift, state for coverage."""

import pathlib
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from costtui.sources.terraform.files import RAW_NOTHING, Origin, Plan, content_of, read_plan, refuse
from costtui.sources.terraform.plan import read_drift
from costtui.sources.terraform.reading import TerraformReading
from costtui.sources.terraform.state import read_state
from costtui.sources.terraform.watching import Content, Watch

__all__ = ["TerraformReading", "Watch", "read", "read_content"]

UNWATCHED = Watch()


class Local(NamedTuple):
    """A file of this machine, under the name that people tell it by."""

    path: pathlib.Path
    name: str

    def __str__(self) -> str:
        return str(self.path)


def read(path: pathlib.Path, name: str = "", watch: Watch = UNWATCHED, key: bytes = b"") -> TerraformReading:
    """Read one plan or state file; secrets are gone from what is returned. `name` is its scope, where the file's own is not enough;
    `key` tells changed secrets apart.

    Raises SourceError, in one sentence, for a file that is no plan or state, is encrypted, or has a format that is not known.
    """
    content = content_of(path, watch)
    return read_content(Local(path, name or path.name), content, datetime.fromtimestamp(path.stat().st_mtime, UTC), watch, key)


def read_content(path: Origin, content: Content, modified: datetime, watch: Watch = UNWATCHED, key: bytes = b"") -> TerraformReading:
    """The same for content that came from elsewhere; `modified` is UTC."""
    watch.check(path)
    plan = read_plan(path, content)
    taken_at = _taken_at(plan, modified)
    is_state = plan.version is not None and plan.format_version is None
    shown_state = plan.values is not RAW_NOTHING and plan.resource_changes is None and plan.resource_drift is None
    try:
        if is_state or shown_state:
            return read_state(path, plan, taken_at)
        return read_drift(path, plan, taken_at, watch, key)
    except (msgspec.DecodeError, UnicodeDecodeError, AttributeError, TypeError, RecursionError) as error:
        refuse(path, f"a part of the plan has an unexpected shape ({type(error).__name__})", "write it again with: terraform show -json")


def _taken_at(plan: Plan, modified: datetime) -> datetime:
    if plan.timestamp:
        try:
            when = datetime.fromisoformat(plan.timestamp.replace("Z", "+00:00"))
            return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            pass
    return modified
