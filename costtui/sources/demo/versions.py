"""Published versions, aliases and provisioned concurrency of the demo company's functions."""

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from costtui.sources.demo.company import story_text


@dataclass(frozen=True)
class Published:
    number: str
    memory_mb: int
    published: datetime


@dataclass(frozen=True)
class Alias:
    name: str
    version: str
    share: float


@dataclass(frozen=True)
class Provisioned:
    qualifier: str
    count: int
    since: datetime
    served: float


@dataclass(frozen=True)
class Versions:
    versions: tuple[Published, ...] = ()
    aliases: tuple[Alias, ...] = ()
    provisioned: tuple[Provisioned, ...] = ()
    snap_start: bool = False

    @property
    def served(self) -> float:
        """The part of the calls that provisioned concurrency takes."""
        return sum(one.served for one in self.provisioned)

    def share_of(self, qualifier: str) -> float:
        return next((alias.share for alias in self.aliases if alias.name == qualifier), 0.0)


NONE = Versions()


@cache
def _story() -> dict[str, Versions]:
    found: dict[str, dict[str, Any]] = tomllib.loads(story_text("versions.toml"))
    return {name: _versions(**told) for name, told in found.items()}


def _versions(
    versions: list[dict[str, Any]],
    aliases: list[dict[str, Any]],
    provisioned: list[dict[str, Any]] | None = None,
    *,
    snap_start: bool = False,
) -> Versions:
    return Versions(
        tuple(Published(**{**one, "published": one["published"].replace(tzinfo=UTC)}) for one in versions),
        tuple(Alias(**one) for one in aliases),
        tuple(Provisioned(**{**one, "since": one["since"].replace(tzinfo=UTC)}) for one in provisioned or ()),
        snap_start,
    )


def versions_of(name: str) -> Versions:
    """What a function has beside its newest code; nothing for most."""
    return _story().get(name, NONE)
