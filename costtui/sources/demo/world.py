"""One state of the demo cloud: how large, in which scenario, at which moment, and what goes wrong in it."""

import threading
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar, cast

from costtui.sources.demo.calendar import DEMO_NOW, Scenario, clock
from costtui.sources.demo.charges import Charge, shared_charges, tenant_charges
from costtui.sources.demo.company import Company, Function, company
from costtui.sources.demo.customers import Tenant, tenants
from costtui.sources.demo.drift import DriftStory, drift_story
from costtui.sources.demo.faults import Fault
from costtui.sources.demo.fleet import fleet
from costtui.sources.demo.lambda_charges import lambda_charges
from costtui.sources.demo.series import Series, function_series
from costtui.sources.demo.stacks import Stack, stacks

T = TypeVar("T")

__all__ = ["DEMO_NOW", "World"]

SHAPES_CHECKED_UP_TO = 1_000
"""Checking every answer against botocore's shapes takes four fifths of the time at 100,000 rows."""


class World:
    """The company at `scale` rows a pane (0 is its own size). Everything is built when it is first asked for, and always the same.

    `faults` maps (service, operation), as in ("lambda", "ListFunctions"), to what happens to such calls.
    """

    def __init__(
        self,
        scale: int = 0,
        scenario: Scenario = "before",
        now: datetime | None = None,
        *,
        extra_functions: tuple[Function, ...] = (),
    ) -> None:
        if scale < 0:
            raise ValueError(f"the demo's scale is {scale}: use 0 for the company's own size, or a number of rows")
        self.scale, self.scenario = scale, scenario
        self.now = clock(scenario) if now is None else now
        self.extra_functions = extra_functions
        self.lock = threading.RLock()
        """Held while a request is answered, so that what is built on first use is built once, whatever the number of threads."""
        self.faults: dict[tuple[str, str], Fault] = {}
        self.log_queries: dict[str, Any] = {}
        """Logs Insights queries that were started, by their number."""
        self._last: tuple[str, object] = ("", None)
        self._series: dict[str, Series] = {}

    @property
    def company(self) -> Company:
        return company()

    @property
    def check_shapes(self) -> bool:
        return self.scale <= SHAPES_CHECKED_UP_TO

    @cached_property
    def functions(self) -> list[Function]:
        return fleet(self.company, self.scale, self.scenario, self.extra_functions)

    @cached_property
    def functions_by_place(self) -> dict[tuple[str, str], dict[str, Function]]:
        """Functions by name within (account, region), in the order of their names as Lambda lists them."""
        places: dict[tuple[str, str], dict[str, Function]] = {}
        for function in sorted(self.functions, key=lambda one: one.name):
            places.setdefault((function.account, function.region), {})[function.name] = function
        return places

    def functions_in(self, account: str, region: str) -> dict[str, Function]:
        return self.functions_by_place.get((account, region), {})

    def series(self, function: Function) -> Series:
        found = self._series.get(function.arn)
        if found is None:
            found = self._series[function.arn] = function_series(function)
        return found

    @cached_property
    def drift(self) -> DriftStory:
        told = (*self.company.functions, *self.extra_functions)
        return drift_story(self.scale, self.scenario, self.functions, told)

    @cached_property
    def stacks_by_place(self) -> dict[tuple[str, str], dict[str, Stack]]:
        """Stacks by name within (account, region)."""
        places: dict[tuple[str, str], dict[str, Stack]] = {}
        for stack in stacks(self.functions, self.drift.cloudformation, self.drift.functions):
            places.setdefault((stack.account, stack.region), {})[stack.name] = stack
        return places

    def stacks_in(self, account: str, region: str) -> dict[str, Stack]:
        return self.stacks_by_place.get((account, region), {})

    @cached_property
    def tenants(self) -> list[Tenant]:
        return tenants(self.scale, self.scenario)

    @cached_property
    def charges(self) -> list[Charge]:
        """Every line of the bill."""
        return [
            *shared_charges(self.company),
            *lambda_charges(self.company, self._billed_functions, self.series),
            *tenant_charges(self.company, self.tenants),
        ]

    @property
    def _billed_functions(self) -> list[Function]:
        """The bill also knows the function that was deleted, and the days before another was there."""
        if 0 < self.scale < len(self.company.functions):
            return self.functions
        return self.functions + [function for function in self.company.functions if function.scenario not in ("", self.scenario)]

    def remember(self, question: str, work: Callable[[], T]) -> T:
        """The result of `work` for the last question, so that the pages of one long answer are computed once."""
        known, result = self._last
        if known != question:
            result = work()
            self._last = (question, result)
        return cast("T", result)
