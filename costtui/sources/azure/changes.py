"""Resource Graph's `resourcechanges`, 14 days: what changed, who did it and with which client.

Source: https://learn.microsoft.com/azure/governance/resource-graph/changes/get-resource-changes. What Azure itself changed
(`changeCategory` System) says nothing, and neither does what deployments and infrastructure code did.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from costtui.domain.drift import pointer
from costtui.domain.drift.attribution import Actor
from costtui.domain.drift.records import Via
from costtui.domain.problems import Problem, SourceError
from costtui.sources.azure.arm import Arm, Json

URL = "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01"
QUERY = (
    "resourcechanges | extend at = todatetime(properties.changeAttributes.timestamp) | where at > ago(14d) "
    "| order by at asc | project properties"
)
PAGE = 1000
_OUR_CODE = re.compile(r"terraform|opentofu|pulumi|bicep|template|deployment", re.IGNORECASE)
_CLIENTS: tuple[tuple[str, Via], ...] = (("portal", "console"), ("cli", "cli"), ("powershell", "cli"), ("shell", "cli"))


class Attributes(msgspec.Struct, frozen=True, rename="camel"):
    timestamp: datetime
    changed_by: str = ""
    changed_by_type: str = ""
    client_type: str = ""
    operation: str = ""


class Property(msgspec.Struct, frozen=True, rename="camel"):
    previous_value: Any = None
    new_value: Any = None
    change_category: str = ""


class ResourceChange(msgspec.Struct, frozen=True, rename="camel"):
    """One change of one resource, `properties` of a row."""

    change_attributes: Attributes
    target_resource_id: str
    target_resource_type: str = ""
    change_type: str = ""
    changes: dict[str, Property] = {}

    @property
    def resource(self) -> str:
        """The id in small letters: Azure's answers differ in its case."""
        return self.target_resource_id.lower()

    @property
    def actor(self) -> Actor | None:
        """None for Azure itself, deployments and infrastructure code."""
        told = self.change_attributes
        if told.changed_by_type.lower() not in ("user", "application") or not told.changed_by:
            return None
        if _OUR_CODE.search(told.client_type) or "/deployments/" in told.operation:
            return None
        client = told.client_type.lower()
        via: Via = next((via for word, via in _CLIENTS if word in client), "sdk")
        when = told.timestamp if told.timestamp.tzinfo else told.timestamp.replace(tzinfo=UTC)
        return Actor(told.changed_by, when.astimezone(UTC), via, told.operation)

    @property
    def by_hand(self) -> bool:
        """A person at the portal or a shell."""
        actor = self.actor
        return actor is not None and actor.via in ("console", "cli") and self.change_attributes.changed_by_type.lower() == "user"

    def properties(self) -> Iterator[tuple[str, Property]]:
        """JSON pointer and values of what was changed on purpose."""
        for path, told in self.changes.items():
            if told.change_category.lower() != "system":
                yield _pointer(path), told


def changes(arm: Arm, source: str, subscription: str) -> list[ResourceChange]:
    """Those of one subscription, oldest first. Raises SourceError."""
    found: list[ResourceChange] = []
    token, seen = None, set[str]()
    while True:
        options: Json = {"$top": PAGE, "resultFormat": "objectArray", **({"$skipToken": token} if token else {})}
        page = arm.post(source, subscription, URL, {"subscriptions": [subscription], "query": QUERY, "options": options})
        try:
            found += msgspec.convert([row["properties"] for row in page.get("data", ())], list[ResourceChange])
        except (msgspec.ValidationError, KeyError, TypeError) as error:
            problem = Problem("malformed", source, f"a change cannot be read ({error})", "report it with --log-file", subscription)
            raise SourceError(problem) from error
        token = page.get("$skipToken")
        if not token or token in seen:
            return found
        seen.add(token)


def _pointer(path: str) -> str:
    """`properties.ipConfigurations[0].name` and `tags["cost.center"]` as JSON pointers."""
    result = ""
    for quoted, bare in re.findall(r"\[[\"']([^\"']*)[\"']\]|([^.\[\]]+)", path):
        result = pointer.join(result, quoted or bare)
    return result
