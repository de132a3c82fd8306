"""All AWS sources over real boto3, and the account that answers them over a real socket."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from costtui.config import parse
from costtui.domain.datasets import Batch, Scope
from costtui.domain.money import total
from costtui.domain.problems import Problem, SourceError
from costtui.sources import aws
from costtui.sources.aws.cloud import AwsCloud
from costtui.sources.bridge import Pacer
from costtui.sources.demo import DEMO_NOW, World
from costtui.sources.demo.answers.call import Call
from costtui.sources.port import Request, Source
from tests.fakes import http_cloud
from tests.fakes.http_cloud import HttpCloud

HERE = Scope("aws", "", "us-east-1")
DAYS = [DEMO_NOW.date() - timedelta(number) for number in (3, 2, 1)]
CENT = Decimal("0.01")


class Meter:
    """Counts; with `limit`, refuses the request that would pass it."""

    def __init__(self, limit: Decimal | None = None) -> None:
        self.limit = limit
        self.charges: list[tuple[str, str, Decimal]] = []
        self.afforded: list[tuple[Decimal, str]] = []
        self.free: list[tuple[str, str, Decimal]] = []

    def afford(self, source: str, usd: Decimal, what: str) -> None:
        assert source.startswith(("aws.", "usage:"))
        self.afforded.append((usd, what))

    def charge(self, source: str, operation: str, usd: Decimal) -> None:
        if self.limit is not None and self.paid + usd > self.limit:
            raise SourceError(Problem("over-budget", source, f"one more {operation} would pass the budget", "wait"))
        self.charges.append((source, operation, usd))

    def settle(self, source: str, operation: str, usd: Decimal) -> None:
        self.charges.append((source, operation, usd))

    def covered(self, source: str, operation: str, usd: Decimal) -> None:
        self.free.append((source, operation, usd))

    @property
    def paid(self) -> Decimal:
        return total(usd for _, _, usd in self.charges)


class Here:
    """All sources of one account in one region, and the cloud that they ask."""

    def __init__(self, server: HttpCloud, monkeypatch: pytest.MonkeyPatch) -> None:
        self.server, self.world = server, server.world
        self._patch = monkeypatch
        self.use(Meter())

    def use(self, meter: Meter, *, tag: str = "customer") -> None:
        self.meter = meter
        self.cloud = AwsCloud(meter, Pacer(unlimited=True), profiles=[""], regions=["us-east-1"], prompt=lambda _question: "")
        settings = parse(f"[customers]\ntag = '{tag}'", name="config.toml", base=Path())
        self.sources: dict[str, Source] = {source.dataset: source for source in aws.sources(self.cloud, settings)}

    def ask(self, dataset: str, days: Sequence[date] = (), **inputs: Sequence[Any]) -> tuple[list[Batch], list[Problem]]:
        source = self.sources[dataset]
        items = list(source.fetch(Request(source.scopes()[0], DEMO_NOW, days, inputs)))
        return [item for item in items if isinstance(item, Batch)], [item for item in items if isinstance(item, Problem)]

    def records(self, dataset: str, days: Sequence[date] = (), **inputs: Sequence[Any]) -> list[Any]:
        return [record for batch in self.ask(dataset, days, **inputs)[0] for record in batch.records]

    def fails(self, dataset: str, days: Sequence[date] = (), **inputs: Sequence[Any]) -> Problem:
        with pytest.raises(SourceError) as caught:
            self.ask(dataset, days, **inputs)
        return caught.value.problem

    def say(self, service: str, operation: str, handler: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        """Answer this operation by `handler` instead of the demo's."""
        before = vars(http_cloud)["answer"]

        def answer(world: World, asked_service: str, asked: str, call: Call) -> Any:
            return handler(call.params) if (asked_service, asked) == (service, operation) else before(world, asked_service, asked, call)

        self._patch.setattr(http_cloud, "answer", answer)

    @property
    def wire(self) -> list[str]:
        return [operation for _, operation in self.server.calls]
