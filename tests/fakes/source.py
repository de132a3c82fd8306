"""A source that answers from a script, and remembers what it was asked."""

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from costtui.domain.datasets import Batch, Scope
from costtui.domain.problems import Problem, SourceError
from costtui.sources.port import Request

HERE = Scope("aws", "prod", "us-east-1")
DENIED = Problem("denied", "fake", "no permission for fake:Ask", "let the identity have fake:Ask")

Item = Batch | Problem | SourceError


class FakeSource:
    """`say` makes the answer to a request; an exception among the items is raised when it is reached."""

    unconfigured = "nothing is configured"

    def __init__(
        self,
        say: Callable[[Request], Sequence[Item]],
        dataset: str = "functions",
        *,
        name: str = "aws.lambda",
        after: tuple[str, ...] = (),
        local: bool = False,
        paid: bool = False,
        scopes: Sequence[Scope] | SourceError = (HERE,),
    ) -> None:
        self.say, self.dataset, self.name, self.after, self.local = say, dataset, name, after, local
        self.paid = paid
        self.where = scopes
        self.asked: list[Request] = []
        self.gate: threading.Event | None = None

    def scopes(self) -> Sequence[Scope]:
        if isinstance(self.where, SourceError):
            raise self.where
        return self.where

    def fetch(self, request: Request) -> Iterator[Batch | Problem]:
        self.asked.append(request)
        if self.gate is not None:
            self.gate.wait(10)
        for item in self.say(request):
            if isinstance(item, SourceError):
                raise item
            yield item

    @property
    def days_asked(self) -> list[list[int]]:
        return [[day.day for day in request.days] for request in self.asked]


def by_day(records: Callable[[date], list[Any]], **more: Any) -> Callable[[Request], list[Item]]:
    return lambda request: [Batch(records(day), day=day, **more) for day in request.days]
