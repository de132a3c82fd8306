"""AWS Config's history of a resource: GetResourceConfigHistory, free to read and only asked on a key. What Config records is paid for by
whoever switched its recorder on.

Config names some resources by an id that nobody else uses (`db-ABC…` of a database, `AROA…` of a role); ListDiscoveredResources tells it
by the name (https://docs.aws.amazon.com/config/latest/APIReference/API_GetResourceConfigHistory.html).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from costtui.domain.asking import Price
from costtui.domain.datasets import Batch, Scope
from costtui.domain.drift.config_history import CHANGED, ConfigHistory, State, Subject, changes
from costtui.domain.problems import Problem, SourceError
from costtui.sources.aws.cloud import AwsCloud, moment
from costtui.sources.aws.trail import account_of
from costtui.sources.port import Request

MOST_STATES = 20
"""One page; older changes are a matter for the console."""
WORDS = {"ResourceDeleted": "deleted", "ResourceDeletedNotRecorded": "deleted", "ResourceDiscovered": "found"}
UNKNOWN_HERE = "ResourceNotDiscoveredException"
OFF = "AWS Config is off here, so nothing was recorded"
NOTHING = "AWS Config has recorded nothing of it"
ONE_STATE = "no change since AWS Config first recorded it"
MORE = f"only the last {MOST_STATES} recorded states were read"


class ConfigHistories:
    """The recorded changes of the resources that are asked about."""

    name = "aws.config.history"
    dataset = "config-history"
    after: tuple[str, ...] = ()
    across: tuple[str, ...] = ("accounts",)
    local = False
    paid = False

    def __init__(self, cloud: AwsCloud, *, wanted: bool) -> None:
        self._cloud, self._wanted = cloud, wanted
        self.unconfigured = "no AWS profile is configured" if wanted else "switched off in [drift]"

    def scopes(self) -> Sequence[Scope]:
        return self._cloud.scopes(self.name) if self._wanted else []

    def price(self, request: Request) -> Price:
        count = len(self._asked(request))
        return Price(self.name, count, Decimal(0), 0, f"the recorded history of {count} resource{'s' * (count != 1)}" if count else "")

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        asked = self._asked(request)
        for number, subject in enumerate(asked, 1):
            if request.cancelled():
                return
            request.progress(f"reading the history of {subject.id}", number, len(asked))
            try:
                yield Batch([self._history(request, subject)])
            except SourceError as error:
                if error.problem.kind != "not-enabled":
                    yield error.problem
                    return
                yield Batch([ConfigHistory(str(one), request.now, note=OFF) for one in asked])
                return

    def _asked(self, request: Request) -> list[Subject]:
        account = account_of(request)
        read = (Subject.read(text) for text in request.subjects)
        return [subject for subject in read if subject and (subject.account, subject.region) == (account, request.scope.region)]

    def _history(self, request: Request, subject: Subject) -> ConfigHistory:
        items = self._items(request, subject.type, subject.id)
        if not items and (known := self._id_of(request, subject)):
            items = self._items(request, subject.type, known)
        if not items:
            return ConfigHistory(str(subject), request.now, note=NOTHING)
        states = [state for item in items if (state := _state(item))]
        found = list(changes(subject, states, request.key))
        note = MORE if len(items) == MOST_STATES else "" if found else ONE_STATE
        return ConfigHistory(str(subject), request.now, found, note)

    def _items(self, request: Request, type_: str, id_: str) -> Sequence[Mapping[str, Any]]:
        try:
            answer = self._cloud.call(
                self.name, request.scope, "config", "get_resource_config_history", resourceType=type_, resourceId=id_, limit=MOST_STATES
            )
        except SourceError as error:
            if UNKNOWN_HERE in error.problem.what:
                return ()
            raise
        return list(answer.get("configurationItems", ()))

    def _id_of(self, request: Request, subject: Subject) -> str:
        """Config's own id of a resource that others know by its name, or by an ARN or URL that ends with it."""
        name = subject.id.replace(":", "/").rpartition("/")[2]
        answer = self._cloud.call(
            self.name,
            request.scope,
            "config",
            "list_discovered_resources",
            resourceType=subject.type,
            resourceName=name,
            includeDeletedResources=True,
        )
        found = [one["resourceId"] for one in answer.get("resourceIdentifiers", ()) if one.get("resourceName") == name]
        return str(found[0]) if found and found[0] != subject.id else ""


def _state(item: Mapping[str, Any]) -> State | None:
    """`configuration` and each supplementary part are JSON texts."""
    at = moment(item.get("configurationItemCaptureTime"))
    if at is None:
        return None
    parts = {name: _parsed(text) for name, text in (item.get("supplementaryConfiguration") or {}).items()}
    configuration = _parsed(item.get("configuration"))
    values = {**(configuration if isinstance(configuration, dict) else {}), **parts}
    tags = item.get("tags")
    return State(at, WORDS.get(item.get("configurationItemStatus", ""), CHANGED), {**values, "tags": tags} if tags else values)


def _parsed(text: Any) -> Any:
    try:
        return json.loads(text) if isinstance(text, str) else text
    except (ValueError, RecursionError):
        return text
